//! What the probes of both sessions have in common, so that their figures can be compared.

use crate::record_line::RecordLine;
use crate::{console, meter};
use core::task::Poll;
use msgin5g::session::Session;

/// A PSK identity as long as one of AKMA: "3GPP-AKMA" and an A-KID with a realm of a PLMN.
pub const IDENTITY: &[u8] =
    b"3GPP-AKMA0.a7id5fA7hq0Qy8M1v4n2rK9w6Z3x5c7B0tY1uI2oP4s=@5gc.mnc001.mcc001.3gppnetwork.org-and-some-more";
/// The key of both sides.
pub const KEY: [u8; 32] = [0xA5; 32];
/// Octets of application data that one record is to hold.
pub const RECORD: usize = 512;

/// Reports what opening has cost.
pub fn opened(cost: &meter::Cost) {
    console::figure("handshake", cost.instructions);
    console::figure("handshake_octets", u64::from(cost.sent + cost.received));
}

/// Says 33 and 256 octets, as lines, to a server that answers with as many, and reports what each
/// exchange costs.
pub fn echo(session: &mut impl Session) -> Result<(), ()> {
    for (len, instructions, octets) in [
        (33, "echo_short", "echo_short_octets"),
        (256, "echo_long", "echo_long_octets"),
    ] {
        let mut data = [b'x'; 256];
        let data = data.get_mut(..len).unwrap_or_default();
        if let Some(last) = data.last_mut() {
            *last = b'\n';
        }
        let meter = meter::Meter::start();
        let mut rest = &*data;
        while !rest.is_empty() {
            match session.send(rest) {
                Poll::Ready(Ok(n)) => rest = rest.get(n..).unwrap_or_default(),
                Poll::Ready(Err(_)) => return Err(()),
                Poll::Pending => RecordLine::wait(),
            }
        }
        let (mut got, mut buf) = (0, [0; 256]);
        while got < len {
            match session.recv(&mut buf) {
                Poll::Ready(Ok(n)) => got += n,
                Poll::Ready(Err(_)) => return Err(()),
                Poll::Pending => RecordLine::wait(),
            }
        }
        let cost = meter.stop();
        console::figure(instructions, cost.instructions);
        console::figure(octets, u64::from(cost.sent + cost.received));
    }
    Ok(())
}
