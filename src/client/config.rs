//! What a client is told once: who it is and how it behaves.

use crate::message::{Registration, SERVICE_IDENTIFIER, UeServiceId};

/// A client's identity and manners. Everything in it is borrowed and outlives the client.
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
    /// standard's text; an empty list sends no Uri-Path.
    pub server_path: &'a [&'a str],
    /// Value of *MSGin5G service identifier*. UNCONFIRMED, hence settable.
    pub service_identifier: &'a str,
    /// Who answers a message that asks for a delivery status report.
    pub reports: Reports,
    /// How long an answer to a request may take, in milliseconds, before the request is
    /// repeated. Default 93 s, CoAP's MAX_TRANSMIT_WAIT.
    pub answer_timeout_ms: u32,
    /// First pause before a request is repeated, in milliseconds; it doubles from one
    /// repetition to the next up to one hour, and each pause is shifted at random by up to
    /// half of itself. Default 30 s.
    pub retry_pause_ms: u32,
    /// How often a request is sent at the most, 1 to 255. Default 5.
    pub max_attempts: u8,
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
        }
    }
}
