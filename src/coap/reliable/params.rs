//! The constants of the message layer, and the times that follow from them.

/// The transmission parameters (RFC 7252 section 4.8). NSTART is not among them: it is the first
/// parameter of [`Endpoint`](super::Endpoint), because it takes memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Params {
    /// ACK_TIMEOUT: how long an acknowledgement may take at first, in milliseconds; it doubles each time.
    /// Default 2 s. For NB-IoT 10 s is a usual start.
    pub ack_timeout_ms: u32,
    /// ACK_RANDOM_FACTOR in hundredths, 100 or more: the first timeout lies between ACK_TIMEOUT and
    /// this much of it. Default 150.
    pub ack_random_percent: u16,
    /// MAX_RETRANSMIT: how often a message goes again, 0 to 16. Default 4.
    pub max_retransmit: u8,
    /// MAX_LATENCY: how long a datagram may be on its way, in milliseconds. Default 100 s.
    pub max_latency_ms: u32,
}

impl Params {
    /// The defaults of RFC 7252 section 4.8.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            ack_timeout_ms: 2_000,
            ack_random_percent: 150,
            max_retransmit: 4,
            max_latency_ms: 100_000,
        }
    }

    /// MAX_TRANSMIT_SPAN in milliseconds: from the first to the last transmission of a message. By
    /// default 45 s.
    #[must_use]
    pub fn max_transmit_span_ms(&self) -> u64 {
        self.longest(self.retransmissions())
    }

    /// MAX_TRANSMIT_WAIT in milliseconds: until the sender of a message gives it up. By default 93 s.
    #[must_use]
    pub fn max_transmit_wait_ms(&self) -> u64 {
        self.longest(self.retransmissions().saturating_add(1))
    }

    /// EXCHANGE_LIFETIME in milliseconds: how long the message ID of a confirmable message means this
    /// message. By default 247 s.
    #[must_use]
    pub fn exchange_lifetime_ms(&self) -> u64 {
        // PROCESSING_DELAY is ACK_TIMEOUT (section 4.8.2).
        self.non_lifetime_ms()
            .saturating_add(u64::from(self.max_latency_ms))
            .saturating_add(u64::from(self.ack_timeout_ms))
    }

    /// NON_LIFETIME in milliseconds: the same for a non-confirmable one. By default 145 s.
    #[must_use]
    pub fn non_lifetime_ms(&self) -> u64 {
        self.max_transmit_span_ms()
            .saturating_add(u64::from(self.max_latency_ms))
    }

    pub(super) fn retransmissions(&self) -> u32 {
        u32::from(self.max_retransmit).min(16)
    }

    /// ACK_TIMEOUT * (2 ^ doublings - 1) * ACK_RANDOM_FACTOR
    fn longest(&self, doublings: u32) -> u64 {
        let periods = (1_u64 << doublings).saturating_sub(1);
        self.spread().saturating_mul(periods)
    }

    /// The longest first timeout, in milliseconds.
    pub(super) fn spread(&self) -> u64 {
        let percent = u64::from(self.ack_random_percent.max(100));
        u64::from(self.ack_timeout_ms).saturating_mul(percent) / 100
    }
}

impl Default for Params {
    fn default() -> Self {
        Self::new()
    }
}
