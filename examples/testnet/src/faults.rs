//! Misbehaviour on request. Everything is off by default; [`Faults`] can be replaced while the network runs.

use std::time::Duration;

use crate::coap::Code;

/// How many more times a fault happens; [`ALWAYS`] never runs out.
pub type Times = u32;

/// A fault that stays until it is taken away.
pub const ALWAYS: Times = Times::MAX;

/// What the network does wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults {
    /// Accepts the TCP connection and closes it at once.
    pub refuse_connections: Times,
    /// Reads the ClientHello and never answers.
    pub stall_handshakes: Times,
    /// Ends a connection after so many octets sent, counted from its beginning, TLS records included.
    pub cut_sent: Option<Cut>,
    /// The same for octets received.
    pub cut_received: Option<Cut>,
    /// Writes at most so many octets at once.
    pub write_at_most: Option<usize>,

    /// Behaves as if the PSK were unknown; with a certificate fallback the handshake goes on without it.
    pub ignore_psk: Times,
    /// Uses another K_AF than the AAnF gave.
    pub wrong_key: Times,

    /// Requests are lost before the server sees them.
    pub lose_requests: Times,
    /// Requests are answered with this, and not carried out.
    pub refuse_requests: Option<Refuse>,
    /// Answers are lost; the request was carried out.
    pub drop_answers: Times,
    /// Each answer is sent twice.
    pub duplicate_answers: Times,
    /// Answers come late.
    pub delay_answers: Option<Duration>,

    /// Deliveries (MSG, IMDN, MSGRESP to a UE) are lost; the server waits for an answer all the same.
    pub drop_deliveries: Times,
    /// Each delivery is sent twice, under two tokens.
    pub duplicate_deliveries: Times,
    /// Deliveries come late.
    pub delay_deliveries: Option<Duration>,
    /// Segments to a UE that are lost on their way, by number, each entry once. The server takes them for delivered.
    pub drop_segments: Vec<u32>,
    /// Segments of a UE that are lost on their way, each entry once. The UE takes them for delivered.
    pub lose_segments: Vec<u32>,
    /// Datagrams of UDP meet an unreliable network, both ways.
    pub datagrams: Option<DatagramFaults>,
    /// The payload of a MSG is blown up to this size, whatever the UE announced.
    pub oversize_deliveries: Option<usize>,
}

/// Bad luck of datagrams, in percent. The same seed brings the same luck, as long as the same datagrams pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatagramFaults {
    /// Where the luck begins; it moves on with each datagram.
    pub seed: u64,
    /// Lost.
    pub lose: u8,
    /// Delivered twice.
    pub duplicate: u8,
    /// Delivered late.
    pub delay: u8,
    /// Delivered behind the next datagram of that direction, or late when there is none.
    pub reorder: u8,
    /// The longest that one is late, on the clock of the network.
    pub late: Duration,
}

/// Ends a connection at an octet position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Octets that still pass, counted from the beginning of the connection.
    pub after_octets: u64,
    /// What comes after them.
    pub then: AfterCut,
    /// How many connections are cut.
    pub times: Times,
}

/// What comes after the cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterCut {
    /// The TCP connection is closed.
    Close,
    /// The connection stays open and silent.
    Silence,
}

/// An error answer in place of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refuse {
    /// The code of the answer.
    pub code: Code,
    /// Seconds, for 5.03.
    pub max_age: Option<u32>,
    /// How many requests are refused.
    pub times: Times,
}

impl Cut {
    /// One connection, closed after so many octets.
    pub fn once(after_octets: u64) -> Self {
        Self {
            after_octets,
            then: AfterCut::Close,
            times: 1,
        }
    }
}

impl Refuse {
    /// One request.
    pub fn once(code: Code) -> Self {
        Self {
            code,
            max_age: None,
            times: 1,
        }
    }
}

/// Uses a counted fault once. `false` when it has run out.
pub fn spend(times: &mut Times) -> bool {
    match *times {
        0 => false,
        ALWAYS => true,
        _ => {
            *times -= 1;
            true
        }
    }
}

/// Uses one entry of a list up. `false`: it is not in it.
pub fn spend_number(numbers: &mut Vec<u32>, number: u64) -> bool {
    match numbers.iter().position(|n| u64::from(*n) == number) {
        Some(at) => {
            numbers.remove(at);
            true
        }
        None => false,
    }
}
