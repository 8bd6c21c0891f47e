//! A UE over UDP in plain code: it retransmits, tells repeats apart, and answers each POST with a piggybacked 2.04.

use std::collections::{HashSet, VecDeque};
use std::io::ErrorKind;
use std::net::UdpSocket;
use std::time::Duration;

use msgin5g_testnet::TestNet;
use serde_json::{Value, json};

use super::{Answer, Frame, datagram, parse_datagram};

pub const CON: u8 = 0;
pub const NON: u8 = 1;
pub const ACK: u8 = 2;
pub const RST: u8 = 3;

pub struct UdpUe {
    pub socket: UdpSocket,
    next: u16,
    seen: HashSet<u16>,
    posts: VecDeque<Value>,
    /// Datagrams that were sent again.
    pub retransmissions: u32,
}

impl UdpUe {
    pub fn new(net: &TestNet) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(net.udp_addr().unwrap()).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        Self {
            socket,
            next: 0x1000,
            seen: HashSet::new(),
            posts: VecDeque::new(),
            retransmissions: 0,
        }
    }

    pub fn send(&self, octets: &[u8]) {
        self.socket.send(octets).unwrap();
    }

    /// The next datagram: its kind, Message ID and content.
    pub fn receive(&self) -> (u8, u16, Frame) {
        parse_datagram(&self.receive_octets())
    }

    pub fn receive_octets(&self) -> Vec<u8> {
        let mut buffer = [0; 65536];
        let n = self.socket.recv(&mut buffer).unwrap();
        buffer[..n].to_vec()
    }

    /// A request that is not waited for: its Message ID, its token and its octets.
    pub fn post(&mut self, kind: u8, body: &Value) -> (u16, Vec<u8>, Vec<u8>) {
        self.next += 1;
        let token = self.next.to_be_bytes().to_vec();
        let frame = Frame {
            code: 0x02,
            token: token.clone(),
            options: vec![(11, b"msgin5g".to_vec()), (12, vec![50])],
            payload: body.to_string().into_bytes(),
        };
        let octets = datagram(kind, self.next, &frame);
        self.send(&octets);
        (self.next, token, octets)
    }

    pub fn register(&mut self, net: &TestNet, ue: &str) -> Answer {
        self.request(net, &json!({"Message Type": "REG", "UE Service ID": ue}))
    }

    /// A request over a network that may lose: when nothing comes, the clock is put forward and it goes again.
    pub fn request(&mut self, net: &TestNet, body: &Value) -> Answer {
        let (_, token, octets) = self.post(CON, body);
        let mut tries = 0;
        loop {
            let Some((kind, mid, frame)) = self.patient(net) else {
                tries += 1;
                assert!(tries < 50, "no answer\n{}", net.ladder());
                self.retransmissions += 1;
                self.send(&octets);
                continue;
            };
            if frame.code >> 5 >= 2 && frame.token == token {
                if kind == CON {
                    self.empty(ACK, mid);
                }
                let code = format!("{}.{:02}", frame.code >> 5, frame.code & 31);
                return Answer {
                    code,
                    options: frame.options,
                    payload: frame.payload,
                };
            }
            self.other(kind, mid, frame);
        }
    }

    /// The next POST of the server that is no repeat.
    pub fn take(&mut self, net: &TestNet) -> Value {
        for _ in 0..200 {
            if let Some(post) = self.posts.pop_front() {
                return post;
            }
            if let Some((kind, mid, frame)) = self.patient(net) {
                self.other(kind, mid, frame);
            }
        }
        panic!("no delivery\n{}", net.ladder());
    }

    pub fn empty(&self, kind: u8, mid: u16) {
        self.send(&[0x40 | kind << 4, 0, (mid >> 8) as u8, mid as u8]);
    }

    /// Answers a datagram with a piggybacked 2.04.
    pub fn changed(&self, mid: u16, token: &[u8]) {
        let frame = Frame {
            code: 0x44,
            token: token.to_vec(),
            options: Vec::new(),
            payload: Vec::new(),
        };
        self.send(&datagram(ACK, mid, &frame));
    }

    /// Whatever comes besides the awaited answer.
    fn other(&mut self, kind: u8, mid: u16, frame: Frame) {
        match (kind, frame.code) {
            (CON | NON, 0x02) => {
                if kind == CON {
                    self.changed(mid, &frame.token);
                }
                if self.seen.insert(mid) {
                    self.posts
                        .push_back(serde_json::from_slice(&frame.payload).unwrap());
                }
            }
            // An old answer, confirmed again.
            (CON, _) => self.empty(ACK, mid),
            _ => {}
        }
    }

    fn patient(&self, net: &TestNet) -> Option<(u8, u16, Frame)> {
        let mut buffer = [0; 65536];
        self.socket
            .set_read_timeout(Some(Duration::from_millis(5)))
            .unwrap();
        let received = self.socket.recv(&mut buffer);
        self.socket
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        match received {
            Ok(n) => Some(parse_datagram(&buffer[..n])),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                net.advance(Duration::from_millis(1500));
                None
            }
            Err(error) => panic!("{error}"),
        }
    }
}
