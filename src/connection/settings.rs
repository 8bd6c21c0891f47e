//! What a connection is told once.

use crate::akma::AfId;

/// Times of a connection, in milliseconds, and whose key it asks for.
///
/// ```
/// use msgin5g::akma::{AfId, UaStarId};
/// use msgin5g::connection::Settings;
///
/// let mut settings = Settings::new(AfId::new("msgin5g.example.com", UaStarId::TLS13)?);
/// settings.first_pause_ms = 5_000;
/// # Ok::<(), msgin5g::akma::AkmaError>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Settings<'a> {
    /// The server as an AKMA AF: its host name and the Ua* protocol. K_AF is asked for this one.
    pub af_id: AfId<'a>,
    /// How long the key source may take. A primary authentication counts. Default 60 s.
    pub keys_timeout_ms: u32,
    /// How long dialling and the handshake may take together. Default 60 s.
    pub open_timeout_ms: u32,
    /// How long a request may wait while nothing at all comes from the server, before the server
    /// counts as gone. This costs no octet on the air. Less than the client's
    /// [`answer_timeout_ms`](crate::client::Config::answer_timeout_ms), or an unanswered request
    /// costs an attempt on a dead session. Default 60 s.
    pub silence_ms: u32,
    /// After how much silence to ask the server for a sign of life although there is no need to:
    /// a keep-alive, for servers that write to a UE behind a NAT. Over datagrams it is four octets
    /// (RFC 7252 section 4.3). Default `None`: the radio sleeps.
    pub ping_ms: Option<u32>,
    /// The first pause before another attempt. It doubles with every failure up to
    /// `longest_pause_ms`, and each is shifted at random by up to half of itself, so that a fleet
    /// that failed together does not return together. Default 2 s.
    pub first_pause_ms: u32,
    /// The longest pause before that shift. Default 15 min.
    pub longest_pause_ms: u32,
    /// A session that lasted so long makes the next pause the first one again. Default 60 s.
    pub stable_ms: u32,
    /// After how many attempts in a row without a session that lasted so long this is
    /// [told](super::ConnectionEvent::NothingLasts); 0: never. Default 10, which with the pauses
    /// above takes about a quarter of an hour.
    pub tell_after: u8,
    /// How long an orderly end may take before it is made without. Default 5 s.
    pub close_timeout_ms: u32,
}

impl<'a> Settings<'a> {
    /// The defaults named at each field.
    #[must_use]
    pub const fn new(af_id: AfId<'a>) -> Self {
        Self {
            af_id,
            keys_timeout_ms: 60_000,
            open_timeout_ms: 60_000,
            silence_ms: 60_000,
            ping_ms: None,
            first_pause_ms: 2_000,
            longest_pause_ms: 900_000,
            stable_ms: 60_000,
            tell_after: 10,
            close_timeout_ms: 5_000,
        }
    }
}
