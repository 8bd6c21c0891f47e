//! Settings of the network. Everything that the sheets leave open is here.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::kdf::UA_TLS13;
use crate::secure::datagram::DatagramSecurity;
use crate::subscriber::{AKidForm, Subscriber};

/// How a network is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where TLS listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Also listens for CoAP over bare TCP, where the UE Service ID is simply believed.
    pub plain: Option<SocketAddr>,
    /// Also listens for CoAP over UDP, as plain. Operators use port 65401.
    pub udp: Option<SocketAddr>,
    /// Also listens for CoAP over DTLS 1.3, which the starter of the network brings.
    pub dtls: Option<DtlsSettings>,
    /// Also listens for application servers: TS 29.538 over plain HTTP.
    pub http: Option<SocketAddr>,
    /// How CoAP over UDP behaves.
    pub datagrams: DatagramSettings,
    /// Names of the application function: SNI must be one of them, and it is the FQDN in AF_ID.
    pub fqdns: Vec<String>,
    /// Ua* security protocol identifier of TLS.
    pub ua_tls: [u8; 5],
    /// What stands before the A-KID in the PSK identity (TS 24.109 K.3), a separator included.
    pub psk_prefix: String,
    /// How the AUSF writes an A-KID.
    pub a_kid_form: AKidForm,
    /// Life of a K_AF from the moment it is first given out.
    pub kaf_lifetime: Duration,
    /// Subscribers that are authenticated from the start.
    pub subscribers: Vec<Subscriber>,
    /// What OpenSSL is told.
    pub tls: TlsSettings,
    /// What the MSGin5G Server is told.
    pub server: ServerSettings,
    /// A file of SQLite for what waits and for subscriptions; without it they live as long as the process.
    pub store: Option<PathBuf>,
    /// UE Service IDs of built-in UEs that answer each message with one of their own.
    pub echo: Vec<String>,
    /// More connections than this are closed at once.
    pub max_connections: usize,
    /// A handshake must be over within this time.
    pub handshake_deadline: Duration,
    /// How long `wait_for` and its kin wait.
    pub patience: Duration,
}

/// CoAP over UDP in DTLS 1.3 (TS 33.535 Annex C). [`Config::datagrams`] goes for it too.
#[derive(Debug, Clone)]
pub struct DtlsSettings {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Ua* security protocol identifier of DTLS. TS 33.220 Annex H is not known to have one of its own; that of TLS 1.3
    /// is the default, because Annex C of TS 33.535 copies its procedures.
    pub ua: [u8; 5],
    /// The implementation.
    pub security: Arc<dyn DatagramSecurity>,
}

/// CoAP over UDP (RFC 7252); the defaults are those of section 4.8.
#[derive(Debug, Clone)]
pub struct DatagramSettings {
    /// ACK_TIMEOUT: at least so long until the first retransmission.
    pub ack_timeout: Duration,
    /// ACK_RANDOM_FACTOR - 1, in percent: so much more at most.
    pub ack_random_percent: u32,
    /// MAX_RETRANSMIT.
    pub max_retransmit: u32,
    /// NSTART: requests to one UE at once.
    pub nstart: usize,
    /// EXCHANGE_LIFETIME: how long repeats are told apart, and separate responses awaited.
    pub exchange_lifetime: Duration,
    /// A response that takes longer than this is separate.
    pub ack_delay: Duration,
    /// Every response is separate.
    pub separate: bool,
    /// Messages without a wish for a report go as NON.
    pub non: bool,
    /// Longest datagram that is sent; 1152 octets are advised where fragments get lost.
    pub max_datagram: usize,
}

/// What OpenSSL is told.
#[derive(Debug, Clone)]
pub struct TlsSettings {
    /// In OpenSSL's form. An external PSK works with suites of SHA-256 only.
    pub ciphersuites: String,
    /// Key exchange groups, in OpenSSL's form.
    pub groups: String,
    /// NewSessionTickets after each handshake.
    pub tickets: usize,
    /// Goes on with a self-signed certificate when no PSK fits.
    pub certificate_fallback: bool,
    /// The handshake fails when the client does not offer the protocol `coap`.
    pub require_alpn: bool,
}

/// What the MSGin5G Server is told.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Path segments of the server's resource.
    pub path: Vec<String>,
    /// Longest CoAP message taken, announced in CSM.
    pub max_message: usize,
    /// Longest CoAP payload; beyond it 4.13.
    pub max_request: usize,
    /// Longest value of `Payload`, in octets before escaping.
    pub max_payload: usize,
    /// How MSGRESP travels.
    pub msgresp: MsgRespCarriage,
    /// A repeated (originator, Message ID, segment) is answered and not passed on.
    pub deduplicate: bool,
    /// Deliveries under way to one UE at once.
    pub outstanding: usize,
    /// Deliveries waiting for one UE.
    pub queue: usize,
    /// Members by Group Service ID.
    pub groups: BTreeMap<String, Vec<String>>,
    /// Application servers that can be reached; others are unknown recipients.
    pub application_servers: Vec<ApplicationServer>,
    /// Segmentation, recovery and reassembly.
    pub segments: SegmentSettings,
    /// Messaging topics.
    pub topics: TopicSettings,
    /// Takes the update of a stored message (Rel-19), whose `Message Type` is a placeholder.
    pub stored_message_update: bool,
    /// The server puts small messages together before it delivers them.
    pub aggregate: Option<AggregateSettings>,
}

/// Segmentation on both sides of the server (TS 23.554 8.5).
#[derive(Debug, Clone)]
pub struct SegmentSettings {
    /// Longest payload, in octets, for a UE that told no size of its own.
    pub size: usize,
    /// How long after a segment the next one is expected; then SEGREC.
    pub wait: Duration,
    /// So many SEGREC without a new segment, then the set is given up.
    pub recoveries: u32,
    /// How long sent segments are kept for SEGREC, and an unfinished set of a UE that is away.
    pub keep: Duration,
    /// Unfinished sets of one UE at once; beyond it 5.03.
    pub sets: usize,
    /// Longest reassembled payload in octets; beyond it 4.13.
    pub max_message: usize,
    /// Highest segment number.
    pub max_number: u64,
}

/// Messaging topics (TS 23.554 8.8).
#[derive(Debug, Clone)]
pub struct TopicSettings {
    /// Topics that are there without a subscription.
    pub known: Vec<String>,
    /// A subscription to an unknown topic creates it.
    pub create: bool,
    /// How subscribers get messages.
    pub delivery: TopicDelivery,
    /// Life of a subscription that names no expiration.
    pub lifetime: Option<Duration>,
}

/// How a topic's messages travel to a subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TopicDelivery {
    /// As POST with a MSG, like every other message.
    #[default]
    Post,
    /// As notification of the observation (RFC 7641); as POST when that is gone.
    Notify,
}

/// When the server aggregates (TS 23.554 8.4).
#[derive(Debug, Clone, Copy)]
pub struct AggregateSettings {
    /// How long a message waits for others.
    pub wait: Duration,
    /// So many go at once without more waiting.
    pub most: usize,
}

/// A simulated application server.
#[derive(Debug, Clone)]
pub struct ApplicationServer {
    /// AS Service ID.
    pub id: String,
    /// Sends a delivery report when one is wanted.
    pub reports: bool,
}

/// Where a MSGRESP is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MsgRespCarriage {
    /// In the CoAP response, when the outcome is known at once.
    #[default]
    Response,
    /// Always as the server's own POST.
    Post,
}

impl Default for Config {
    fn default() -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            listen: loopback,
            plain: None,
            udp: None,
            dtls: None,
            http: None,
            datagrams: DatagramSettings::default(),
            fqdns: vec!["msgin5g.example.com".to_owned()],
            ua_tls: UA_TLS13,
            psk_prefix: "3GPP-AKMA".to_owned(),
            a_kid_form: AKidForm::default(),
            kaf_lifetime: Duration::from_secs(24 * 3600),
            subscribers: Vec::new(),
            tls: TlsSettings::default(),
            server: ServerSettings::default(),
            store: None,
            echo: Vec::new(),
            max_connections: 1024,
            handshake_deadline: Duration::from_secs(30),
            patience: Duration::from_secs(10),
        }
    }
}

impl Config {
    /// Also listens for application servers on a free port of the loopback.
    #[must_use]
    pub fn with_http(mut self) -> Self {
        self.http = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
        self
    }

    /// Also listens for CoAP over UDP on a free port of the loopback.
    #[must_use]
    pub fn with_udp(mut self) -> Self {
        self.udp = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
        self
    }

    /// Also listens for CoAP over DTLS 1.3 on a free port of the loopback.
    #[must_use]
    pub fn with_dtls(mut self, security: Arc<dyn DatagramSecurity>) -> Self {
        self.dtls = Some(DtlsSettings {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            ua: UA_TLS13,
            security,
        });
        self
    }

    /// Also listens for plain CoAP on a free port of the loopback.
    #[must_use]
    pub fn with_plain(mut self) -> Self {
        self.plain = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
        self
    }
}

impl Default for DatagramSettings {
    fn default() -> Self {
        Self {
            ack_timeout: Duration::from_secs(2),
            ack_random_percent: 50,
            max_retransmit: 4,
            nstart: 1,
            exchange_lifetime: Duration::from_secs(247),
            ack_delay: Duration::from_secs(1),
            separate: false,
            non: false,
            max_datagram: 4096,
        }
    }
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self {
            ciphersuites:
                "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_SHA256"
                    .to_owned(),
            groups: "P-256:X25519".to_owned(),
            tickets: 0,
            certificate_fallback: false,
            require_alpn: false,
        }
    }
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            path: vec!["msgin5g".to_owned()],
            max_message: 16 * 1024,
            max_request: 8 * 1024,
            max_payload: 2048,
            msgresp: MsgRespCarriage::default(),
            deduplicate: true,
            outstanding: 4,
            queue: 256,
            groups: BTreeMap::new(),
            application_servers: Vec::new(),
            segments: SegmentSettings::default(),
            topics: TopicSettings::default(),
            stored_message_update: false,
            aggregate: None,
        }
    }
}

impl Default for SegmentSettings {
    fn default() -> Self {
        Self {
            size: 2048,
            wait: Duration::from_secs(15),
            recoveries: 3,
            keep: Duration::from_secs(120),
            sets: 8,
            max_message: 256 * 1024,
            max_number: 4096,
        }
    }
}

impl Default for TopicSettings {
    fn default() -> Self {
        Self {
            known: Vec::new(),
            create: true,
            delivery: TopicDelivery::default(),
            lifetime: None,
        }
    }
}

impl Default for AggregateSettings {
    fn default() -> Self {
        Self {
            wait: Duration::from_secs(2),
            most: 8,
        }
    }
}
