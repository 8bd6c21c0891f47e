//! Recorded octets as a file for Wireshark: classic pcap with raw IPv4, written as if they had crossed a network.

use std::net::Ipv4Addr;

/// LINKTYPE_RAW: a packet begins with its IP header.
const RAW_IP: u32 = 101;
const TCP: u8 = 6;
const UDP: u8 = 17;
const FIN: u8 = 1;
const SYN: u8 = 2;
const PSH: u8 = 8;
const ACK: u8 = 16;
/// Octets in one TCP segment or UDP datagram.
const LARGEST: usize = 1400;

/// One way between a UE and the server.
pub struct Flow {
    ue: (Ipv4Addr, u16),
    server: (Ipv4Addr, u16),
    /// Next sequence numbers of UE and server; `None` for UDP.
    tcp: Option<[u32; 2]>,
}

/// Who sends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum From {
    Ue,
    Server,
}

impl Flow {
    /// CoAP or TLS over TCP. [`Pcap::open`] comes first.
    pub fn tcp(ue: (Ipv4Addr, u16), server: (Ipv4Addr, u16)) -> Self {
        Self {
            ue,
            server,
            tcp: Some([1000, 2000]),
        }
    }

    /// CoAP or DTLS over UDP.
    pub fn udp(ue: (Ipv4Addr, u16), server: (Ipv4Addr, u16)) -> Self {
        Self {
            ue,
            server,
            tcp: None,
        }
    }
}

/// The file, in memory.
pub struct Pcap {
    octets: Vec<u8>,
    packets: u32,
}

impl Pcap {
    pub fn new() -> Self {
        let mut octets = Vec::new();
        for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, RAW_IP] {
            octets.extend(word.to_le_bytes());
        }
        Self { octets, packets: 0 }
    }

    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// TCP's three packets before the first octet.
    pub fn open(&mut self, flow: &mut Flow) {
        self.segment(flow, From::Ue, SYN, &[]);
        self.segment(flow, From::Server, SYN | ACK, &[]);
        self.segment(flow, From::Ue, ACK, &[]);
    }

    /// The end of a TCP connection, from both sides.
    pub fn close(&mut self, flow: &mut Flow) {
        self.segment(flow, From::Ue, FIN | ACK, &[]);
        self.segment(flow, From::Server, FIN | ACK, &[]);
        self.segment(flow, From::Ue, ACK, &[]);
    }

    /// Octets of the stream, or one datagram.
    pub fn data(&mut self, flow: &mut Flow, from: From, octets: &[u8]) {
        if flow.tcp.is_some() {
            for part in octets.chunks(LARGEST) {
                self.segment(flow, from, PSH | ACK, part);
            }
            return;
        }
        let [source, destination] = ends(flow, from);
        let mut udp = Vec::new();
        udp.extend(source.1.to_be_bytes());
        udp.extend(destination.1.to_be_bytes());
        udp.extend(((8 + octets.len()) as u16).to_be_bytes());
        udp.extend([0, 0]); // no checksum, as UDP allows
        udp.extend(octets);
        self.packet(source.0, destination.0, UDP, &udp);
    }

    fn segment(&mut self, flow: &mut Flow, from: From, flags: u8, octets: &[u8]) {
        let [source, destination] = ends(flow, from);
        let Some(numbers) = &mut flow.tcp else { return };
        let (own, other) = match from {
            From::Ue => (0, 1),
            From::Server => (1, 0),
        };
        let acknowledged = if flags & ACK == 0 { 0 } else { numbers[other] };
        let mut tcp = Vec::new();
        tcp.extend(source.1.to_be_bytes());
        tcp.extend(destination.1.to_be_bytes());
        tcp.extend(numbers[own].to_be_bytes());
        tcp.extend(acknowledged.to_be_bytes());
        tcp.extend([5 << 4, flags, 0xff, 0xff, 0, 0, 0, 0]); // window; no checksum, as if a card filled it in
        tcp.extend(octets);
        let counts = octets.len() as u32 + u32::from(flags & (SYN | FIN) != 0);
        numbers[own] = numbers[own].wrapping_add(counts);
        self.packet(source.0, destination.0, TCP, &tcp);
    }

    fn packet(&mut self, source: Ipv4Addr, destination: Ipv4Addr, protocol: u8, body: &[u8]) {
        let length = 20 + body.len();
        let mut ip = vec![0x45, 0];
        ip.extend((length as u16).to_be_bytes());
        ip.extend((self.packets as u16).to_be_bytes());
        ip.extend([0x40, 0, 64, protocol, 0, 0]);
        ip.extend(source.octets());
        ip.extend(destination.octets());
        let sum: u32 = ip
            .chunks(2)
            .map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]])))
            .sum();
        let folded = (sum & 0xffff) + (sum >> 16);
        ip[10..12].copy_from_slice(&(!(folded as u16)).to_be_bytes());

        // One packet a millisecond, in the order in which they were recorded.
        let (seconds, micros) = (self.packets / 1000, self.packets % 1000 * 1000);
        for word in [seconds, micros, length as u32, length as u32] {
            self.octets.extend(word.to_le_bytes());
        }
        self.octets.extend(ip);
        self.octets.extend(body);
        self.packets += 1;
    }
}

fn ends(flow: &Flow, from: From) -> [(Ipv4Addr, u16); 2] {
    match from {
        From::Ue => [flow.ue, flow.server],
        From::Server => [flow.server, flow.ue],
    }
}
