//! The secrets of a session as lines that Wireshark reads: whoever has them reads the session.

use super::crypto::Crypto;
use super::handshake::Handshake;
use super::key_schedule::Secret;
use core::fmt;

/// Who is told the secrets of a session: put into [`Config::key_log`](super::Config::key_log).
///
/// Such a session is **not confidential** towards whoever sees the lines. It is for a bench, so that a recorded
/// exchange can be read; nothing is told unless a configuration asks for it.
///
/// ```
/// use msgin5g::session::tls13::{Config, KeyLogLine};
///
/// // Each line goes into the file that Wireshark has as `tls.keylog_file`.
/// let tell = |line: &KeyLogLine<'_>| {
///     // writeln!(file, "{line}")
/// };
/// let mut config = Config::new(b"3GPP-AKMA0.aabb@example.net", "af.example.net");
/// config.key_log = Some(&tell);
/// ```
pub type KeyLog<'a> = &'a (dyn Fn(&KeyLogLine<'_>) + Sync);

/// One secret. `Display` writes it in the key log format of NSS, without an end of line: the name, the random of
/// the ClientHello and the secret in hexadecimal digits, 160 octets at most.
///
/// Four come in a handshake: `CLIENT_HANDSHAKE_TRAFFIC_SECRET` and `SERVER_HANDSHAKE_TRAFFIC_SECRET` after the
/// ServerHello, `CLIENT_TRAFFIC_SECRET_0` and `SERVER_TRAFFIC_SECRET_0` with the Finished. Later ones follow from
/// these.
pub struct KeyLogLine<'a> {
    pub(super) label: &'static str,
    pub(super) random: &'a [u8; 32],
    pub(super) secret: &'a [u8; 32],
}

impl KeyLogLine<'_> {
    /// Which secret it is.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.label
    }
}

impl fmt::Display for KeyLogLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.label)?;
        self.random.iter().try_for_each(|o| write!(f, "{o:02x}"))?;
        f.write_str(" ")?;
        self.secret.iter().try_for_each(|o| write!(f, "{o:02x}"))
    }
}

/// What this prints must be asked for: a line in a log by mistake tells nothing.
impl fmt::Debug for KeyLogLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyLogLine")
            .field("label", &self.label)
            .finish_non_exhaustive()
    }
}

impl<C: Crypto> Handshake<'_, C> {
    pub(super) const HANDSHAKE_LABELS: [&'static str; 2] = [
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    ];
    pub(super) const APPLICATION_LABELS: [&'static str; 2] =
        ["CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"];

    /// Tells the secrets of both directions, if somebody asked.
    pub(super) fn tell(&self, labels: [&'static str; 2], secrets: [&Secret; 2]) {
        let Some(key_log) = self.config.key_log else {
            return;
        };
        log_warn!("INSECURE: the secrets of this session are told to a key log");
        for (label, secret) in labels.into_iter().zip(secrets) {
            key_log(&KeyLogLine {
                label,
                random: &self.random,
                secret,
            });
        }
    }
}
