//! What a client is told once: who it is and how it behaves.

mod check;

pub use check::ConfigError;
pub(crate) use check::LONGEST_PAUSE_MS;

use crate::coap::reliable::Params;
use crate::message::{Registration, SERVICE_IDENTIFIER, UeServiceId};

/// A client's identity and manners. Everything in it is borrowed and outlives the client.
/// [`check`](Self::check) tells whether it holds together; [`Client::new`](super::Client::new)
/// asks.
///
/// ```
/// use msgin5g::client::{Config, Reports};
/// use msgin5g::message::UeServiceId;
///
/// let mut config = Config::new(UeServiceId::new("meter-7@iot.example")?);
/// config.reports = Reports::ByApplication;
/// # Ok::<(), msgin5g::message::IdError>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Config<'a> {
    /// What the client registers as: the UE Service ID that the operator bound to this
    /// subscription, and what the server should know of the client. A registration under
    /// another UE Service ID is refused (TS 33.501 Y.2).
    pub registration: Registration<'a>,
    /// Path of the server's resource, one element a segment: the path of the configured
    /// server address, taken apart as RFC 7252 section 6.4 says. UNCONFIRMED in the
    /// standard's text; an empty list sends no Uri-Path. Up to 8 segments of up to 255 octets. One may
    /// be empty, as behind a slash at the end, but not the only one: that is no path.
    pub server_path: &'a [&'a str],
    /// Value of *MSGin5G service identifier*, 1 to 255 octets. UNCONFIRMED, hence settable.
    pub service_identifier: &'a str,
    /// Who answers a message that asks for a delivery status report.
    pub reports: Reports,
    /// How long an answer to a request may take, in milliseconds, before the request is
    /// repeated, up to a day. Default 93 s, CoAP's MAX_TRANSMIT_WAIT.
    pub answer_timeout_ms: u32,
    /// First pause before a request is repeated, in milliseconds; it doubles from one
    /// repetition to the next up to one hour, and each pause is shifted at random by up to
    /// half of itself. 1 to 3,600,000, default 30 s.
    pub retry_pause_ms: u32,
    /// How often a request is sent at the most, 1 to 255. Default 5. An attempt that a broken
    /// session cut short does not count.
    pub max_attempts: u8,
    /// How often a session may break while the same request, and no other, has been sent and not
    /// been answered, 1 to 255. After that the request is taken for the reason and fails with
    /// [`Failure::SessionBroken`](super::Failure::SessionBroken). Default 10.
    pub max_breaks: u8,
    /// Largest payload of a message that goes in one piece, and of one segment, in octets
    /// (TS 23.554 clause 8.5: 2048, configurable), 16 or more. What the transmit memory holds and
    /// what the server takes bound it further. Default 2048; over datagrams 512 is safe.
    pub segment_size: u16,
    /// How long the next segment of a message may take, in milliseconds, before the missing
    /// ones are asked for, up to a day. The standard has such a time and no value for it.
    /// UNCONFIRMED, default 15 s.
    pub segment_wait_ms: u32,
    /// How often missing segments of one message are asked for. UNCONFIRMED, default 3.
    pub segment_recoveries: u8,
    /// How long the segments of a message that was sent are kept in case some are missed, in
    /// milliseconds, up to a day: at least `segment_wait_ms`, after which they are asked for, or 0,
    /// which keeps none. UNCONFIRMED, default 120 s.
    pub segment_keep_ms: u32,
    /// How many segmented messages of one originator may be incomplete at the same time.
    /// Others wait, and no originator takes all the memory. 1 to 255, default 2.
    pub sets_per_originator: u8,
    /// How long a message that may be aggregated waits for others, in milliseconds, up to a day.
    /// UNCONFIRMED, default 2 s.
    pub aggregation_wait_ms: u32,
    /// After which time the client registers again, in milliseconds, 60,000 or more. The standard
    /// knows no such time; UNCONFIRMED. Default `None`: never.
    pub registration_refresh_ms: Option<u32>,
    /// How the message layer behaves over datagrams (RFC 7252 section 4.8). Retries above wait until
    /// it has given up, at least; that may take a day at the most.
    pub datagrams: Params,
    /// Largest CoAP message that goes out over datagrams, in octets. Default 1152, which RFC 7252
    /// section 4.6 recommends where nothing is known of the path. At least what a registration takes.
    pub max_datagram: u16,
}

/// Who sends the delivery status report that a received message asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Reports {
    /// The client, with *success*, as it hands the message over.
    #[default]
    OnDelivery,
    /// The application, by [`Client::report`](super::Client::report), with the result it found.
    ByApplication,
}

impl<'a> Config<'a> {
    /// A configuration with the defaults named at each field.
    pub const fn new(ue_service_id: UeServiceId<'a>) -> Self {
        Self {
            registration: Registration::new(ue_service_id),
            server_path: &["msgin5g"],
            service_identifier: SERVICE_IDENTIFIER,
            reports: Reports::OnDelivery,
            answer_timeout_ms: 93_000,
            retry_pause_ms: 30_000,
            max_attempts: 5,
            max_breaks: 10,
            segment_size: 2048,
            segment_wait_ms: 15_000,
            segment_recoveries: 3,
            segment_keep_ms: 120_000,
            sets_per_originator: 2,
            aggregation_wait_ms: 2_000,
            registration_refresh_ms: None,
            datagrams: Params::new(),
            max_datagram: 1152,
        }
    }
}
