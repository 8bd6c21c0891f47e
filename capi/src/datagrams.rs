//! What the configuration says of DTLS.

use msgin5g::session::tls13::dtls::DtlsConfig;

use crate::{MSGIN5G_NONE, given, msgin5g_config, msgin5g_status as Status};

/// # Safety
/// What it points to is what the header asks for.
pub(crate) unsafe fn config(given: &msgin5g_config) -> Result<DtlsConfig<'static>, Status> {
    let mut config = DtlsConfig::default();
    if given.dtls_mtu != 0 {
        let mtu = u16::try_from(given.dtls_mtu).ok();
        config.mtu = mtu
            .filter(|mtu| *mtu >= SMALLEST)
            .ok_or(Status::InvalidConfig)?;
    }
    if given.dtls_retransmit_first_ms != 0 {
        config.retransmit_first_ms = given.dtls_retransmit_first_ms;
    }
    if given.dtls_retransmit_max_ms != 0 {
        config.retransmit_max_ms = given.dtls_retransmit_max_ms;
    }
    config.connection_id = match given.dtls_connection_id_len {
        MSGIN5G_NONE => None,
        len @ 0..=LONGEST => {
            let len = usize::try_from(len).unwrap_or(0);
            // SAFETY: the caller's promise; they stay as long as the client.
            Some(unsafe { given::octets(given.dtls_connection_id, len, len) }?)
        }
        _ => return Err(Status::InvalidConfig),
    };
    Ok(config)
}

/// Octets of the smallest datagram that the crate makes do with.
const SMALLEST: u16 = 64;
/// Octets of the longest Connection ID that the crate takes.
const LONGEST: u32 = 20;
