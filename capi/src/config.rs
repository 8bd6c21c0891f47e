//! The configuration of a client.

use core::ffi::{c_char, c_void};

use crate::given::Sized32;
use crate::{
    msgin5g_event, msgin5g_keys, msgin5g_random, msgin5g_received, msgin5g_report,
    msgin5g_transport,
};

/// For msgin5g_config::registration_refresh_ms and others: not at all.
pub const MSGIN5G_NONE: u32 = 0xffff_ffff;

/// Which session protects what is sent.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum msgin5g_session {
    /// TLS 1.3 over a stream, by the library's own core.
    Tls13 = 0,
    /// TLS 1.3 over a stream, by embedded-tls: larger, for comparison. Its record buffers are always 640 octets.
    EmbeddedTls = 1,
    /// DTLS 1.3 over datagrams, by the library's own core. An association outlives the socket, and even the power:
    /// see msgin5g_snapshot_sleep().
    Dtls13 = 2,
    /// None over a stream: for a bench, never on a network. Asks for no key.
    InsecureStream = 3,
    /// None over datagrams: for a bench, never on a network. Asks for no key.
    InsecureDatagrams = 4,
}

impl msgin5g_session {
    /// cbindgen:ignore
    /// The largest of them.
    pub(crate) const LAST: u32 = Self::InsecureDatagrams as u32;
}

/// Who sends the delivery status report that a received message asks for.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum msgin5g_reports {
    /// The library, with success, as it hands the message over.
    OnDelivery = 0,
    /// The application, by msgin5g_give_report().
    ByApplication = 1,
}

/// How much of the memory goes where, in octets or as a number. 0: the default.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_sizes {
    /// Longest CoAP message that is received: about 350 octets and the payload. Default 1152.
    pub receive: u32,
    /// Longest CoAP message that is sent. Default 1152.
    pub send: u32,
    /// What waits for its answer: payloads, and 100 octets or so for each message. Default 2048.
    pub outbox: u32,
    /// Messages, reports and subscriptions that wait at the same time. Default 8.
    pub slots: u32,
    /// Received segments until their message is whole. Default 2048; MSGIN5G_NONE: none are taken.
    pub incoming: u32,
    /// Messages in segments that are received at the same time. Default 4; MSGIN5G_NONE: none.
    pub sets: u32,
    /// Longest record of the session, each way; over datagrams, longest datagram. Default 640; over datagrams 1280.
    pub record: u32,
}

/// What a client is told once. Set all of it to 0, then `size`, then what matters. Whatever a member points to,
/// texts, tables and memory, belongs to the client until msgin5g_wipe() and must not change; but `transport`,
/// `keys`, `random` and `profile` themselves are copied. Texts end with 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_config {
    /// sizeof(msgin5g_config).
    pub size: u32,
    /// One of msgin5g_session.
    pub session: u32,
    /// UE Service ID that the operator bound to this subscription, 5 to 255 octets without spaces. Needed.
    pub ue_service_id: *const c_char,
    /// Host name of the MSGin5G Server, as in the AKMA AF_ID. Needed.
    pub server_name: *const c_char,
    /// 5 octets of the Ua* protocol; NULL: that of TLS 1.3.
    pub ua_star_id: *const u8,
    /// Memory of the client, of any alignment: MSGIN5G_MEMORY_SIZE octets for the default sizes. Needed.
    pub memory: *mut c_void,
    /// Octets of `memory`.
    pub memory_size: usize,
    /// How the memory is shared out.
    pub sizes: msgin5g_sizes,
    /// The way to the server. Needed.
    pub transport: *const msgin5g_transport,
    /// Where keys come from. Needed.
    pub keys: *const msgin5g_keys,
    /// Random numbers. Needed.
    pub random: *const msgin5g_random,
    /// Handed to the three functions below as it is.
    pub user: *mut c_void,
    /// A message has arrived. What `message` points to is valid during the call. May be NULL.
    pub on_message:
        Option<unsafe extern "C" fn(user: *mut c_void, message: *const msgin5g_received)>,
    /// A delivery status report about a message sent from here has arrived; valid during the call. May be NULL.
    pub on_report: Option<unsafe extern "C" fn(user: *mut c_void, report: *const msgin5g_report)>,
    /// Anything else has happened; valid during the call. May be NULL.
    pub on_event: Option<unsafe extern "C" fn(user: *mut c_void, event: *const msgin5g_event)>,
    /// One of msgin5g_reports.
    pub reports: u32,
    /// How many elements `server_path` has, up to 8.
    pub server_path_count: u32,
    /// Path of the server's resource, one text an element. NULL: one element, "msgin5g".
    pub server_path: *const *const c_char,
    /// MSGin5G service identifier. NULL: the standard's.
    pub service_identifier: *const c_char,
    /// Between the prefix of the PSK identity and the A-KID, for servers that want something there. NULL: nothing.
    pub psk_separator: *const c_char,
    /// What the server should know of this UE. NULL: nothing.
    pub profile: *const msgin5g_profile,
    /// How long an answer may take before the request is repeated, ms. 0: 93,000.
    pub answer_timeout_ms: u32,
    /// First pause before a request is repeated, ms; it doubles each time. 0: 30,000.
    pub retry_pause_ms: u32,
    /// How often a request is sent at the most, up to 255. 0: 5.
    pub max_attempts: u32,
    /// How often a session may break under one request, up to 255. 0: 10.
    pub max_breaks: u32,
    /// Largest payload in one piece and of one segment, octets, 16 to 65,535. 0: 2048.
    pub segment_size: u32,
    /// How long the next segment may take before missing ones are asked for, ms. 0: 15,000.
    pub segment_wait_ms: u32,
    /// How often missing segments are asked for, up to 255. 0: 3; MSGIN5G_NONE: not.
    pub segment_recoveries: u32,
    /// How long sent segments are kept in case some are missed, ms. 0: 120,000; MSGIN5G_NONE: not.
    pub segment_keep_ms: u32,
    /// How many messages in segments of one sender may be incomplete, up to 255. 0: 2.
    pub sets_per_originator: u32,
    /// How long a message that may be aggregated waits for others, ms. 0: 2,000; MSGIN5G_NONE: not.
    pub aggregation_wait_ms: u32,
    /// After which time to register again, ms, 60,000 or more. 0: never.
    pub registration_refresh_ms: u32,
    /// How long the key source may take, ms. 0: 60,000.
    pub keys_timeout_ms: u32,
    /// How long connecting and the handshake may take together, ms. 0: 60,000.
    pub open_timeout_ms: u32,
    /// How long a silent server may leave a request unanswered before it counts as gone, ms. 0: 60,000.
    pub silence_ms: u32,
    /// After how much silence to look whether the server is there, ms. 0: never; the radio sleeps.
    pub ping_ms: u32,
    /// First pause before another session is tried, ms; it doubles each time. 0: 2,000.
    pub first_pause_ms: u32,
    /// Longest such pause, ms. 0: 900,000.
    pub longest_pause_ms: u32,
    /// After which time a session counts as stable, ms. 0: 60,000.
    pub stable_ms: u32,
    /// How long an orderly end may take, ms. 0: 5,000.
    pub close_timeout_ms: u32,
    /// DTLS: longest datagram to the server, octets, 64 to 65,535. 0: 1152.
    pub dtls_mtu: u32,
    /// DTLS: pause before what was not answered in the handshake is sent again for the first time, ms; it doubles each
    /// time. 0: 1,000; on NB-IoT 9,000 or more.
    pub dtls_retransmit_first_ms: u32,
    /// DTLS: longest such pause, ms. 0: 60,000.
    pub dtls_retransmit_max_ms: u32,
    /// DTLS: octets of `dtls_connection_id`, up to 20. Usually 0: the server need not tell this client's socket from
    /// others. MSGIN5G_NONE: no Connection ID is offered, and an association does not outlive its socket.
    pub dtls_connection_id_len: u32,
    /// DTLS: the Connection ID (RFC 9146) by which the server is to address this client. May be NULL.
    pub dtls_connection_id: *const u8,
}

// SAFETY: C's, size first, all 0 is valid.
unsafe impl Sized32 for msgin5g_config {}

/// What a client tells the server about itself as it registers (TS 23.554 tables 8.2.1-1 to 8.2.1-3). NULL and 0 are
/// not sent. Texts end with 0 and belong to the client as those of its configuration do.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_profile {
    /// sizeof(msgin5g_profile).
    pub size: u32,
    /// The largest payload of one segment that the server may send, octets.
    pub maximum_segment_size: u32,
    /// MSISDN or external identifier, to wake the UE by a device trigger.
    pub trigger_identifier: *const c_char,
    /// "SMS", "NIDD" ...
    pub trigger_protocol: *const c_char,
    /// Ports of the application that takes the trigger; 0: none.
    pub trigger_ports: [u16; 4],
    /// Days and times when the UE can be reached, in free text.
    pub schedule: *const c_char,
    /// Seconds.
    pub duration: u32,
    /// Seconds.
    pub interval: u32,
    /// Whether communication is periodic: 1 yes, 2 no, 0 not said.
    pub periodic: u32,
}

// SAFETY: C's, size first, all 0 is valid.
unsafe impl Sized32 for msgin5g_profile {}
