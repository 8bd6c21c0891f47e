/// What a DTLS connection does besides what [`Config`](super::super::Config) says.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DtlsConfig<'a> {
    /// Octets that a datagram to the server may have. A longer ClientHello goes in fragments.
    /// At least 64; 1,152 by default, which IPv6 and UDP carry everywhere.
    pub mtu: u16,
    /// Milliseconds before an unanswered flight is sent again for the first time; doubled each
    /// time. 1,000 by RFC 9147 section 5.8.2. On NB-IoT a round trip takes longer: 9,000 (RFC
    /// 7925 section 11) or more.
    pub retransmit_first_ms: u32,
    /// Milliseconds between two tries at most. 60,000 by RFC 9147 section 5.8.2.
    pub retransmit_max_ms: u32,
    /// The Connection ID (RFC 9146) by which the server is to address this client, at most 20
    /// octets, so that it is known again after its address has changed. Usually empty: servers
    /// answer to one address, only they need to tell clients apart. `None` offers no Connection
    /// ID, and the session ends when a NAT forgets it.
    pub connection_id: Option<&'a [u8]>,
}

impl Default for DtlsConfig<'_> {
    fn default() -> Self {
        Self {
            mtu: 1152,
            retransmit_first_ms: 1_000,
            retransmit_max_ms: 60_000,
            connection_id: Some(&[]),
        }
    }
}
