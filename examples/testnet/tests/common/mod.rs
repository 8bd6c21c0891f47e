//! A client in plain code: OpenSSL's PSK client or bare TCP, and CoAP frames written by hand.
#![allow(dead_code, reason = "each test file uses its part")]

mod frame;
pub mod http;
mod messages;
pub mod udp;

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use msgin5g_testnet::{Config, Subscriber, TestNet, text};
use openssl::ssl::{
    ShutdownState, Ssl, SslContextBuilder, SslMethod, SslStream, SslVerifyMode, SslVersion,
};
use serde_json::{Value, json};

use frame::parse;
pub use frame::{Frame, datagram, frame, parse_datagram};
#[allow(unused_imports, reason = "each test file uses its part")]
pub use messages::*;

pub const FQDN: &str = "msgin5g.example.com";
pub const UE1: &str = "ue-4711@iot.example";
pub const UE2: &str = "ue-0815@iot.example";
/// Vectors akma-01 and akma-02.
pub const SUPI1: &str = "001010000000001";
pub const KAUSF1: &str = "474698caf02cc715db2ec0726510cfee6caa5bb1a649cb01224f2e23af94de1b";
pub const KAF1: &str = "57928ae6395cc0034792b1fbde071749542ec5c57da5e4d302ac654060923771";
pub const IDENTITY1: &str = "3GPP-AKMArid0.atida4763ff6a5427c58fa51f62e036c2aa33c88343cdda5f17db86cf1ab7b5661b6@5gc.mnc001.mcc001.3gppnetwork.org";
pub const SUPI2: &str = "555444333222111";
pub const KAUSF2: &str = "f861703cd775590e16c7679ea3874ada866311de290764d760cf76df647ea01c";

/// A file of the project's vectors.
pub fn vector(name: &str) -> Value {
    let path = format!("{}/../../tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A network with two subscribers, each with its UE Service ID.
pub fn network(change: impl FnOnce(&mut Config)) -> TestNet {
    let mut config = Config::default().with_plain();
    config.subscribers = vec![subscriber1(), subscriber2()];
    change(&mut config);
    TestNet::start(config).unwrap()
}

pub fn subscriber1() -> Subscriber {
    Subscriber::new(SUPI1, text::unhex_exact(KAUSF1).unwrap()).with_ue(UE1)
}

pub fn subscriber2() -> Subscriber {
    Subscriber::new(SUPI2, text::unhex_exact(KAUSF2).unwrap())
        .with_rid("1")
        .with_ue(UE2)
}

/// Identity and K_AF of a subscriber, computed anew (the values of the first are checked against the vector in `akma.rs`).
pub fn credentials(net: &TestNet, subscriber: &Subscriber) -> (String, [u8; 32]) {
    use msgin5g_testnet::kdf;
    let k_akma = kdf::k_akma(&subscriber.kausf, &subscriber.supi).unwrap();
    let identity = format!("3GPP-AKMA{}", net.a_kid(&subscriber.supi).unwrap());
    (identity, kdf::k_af(&k_akma, FQDN, kdf::UA_TLS13).unwrap())
}

trait Stream: Read + Write + Send {
    fn close_notify(&mut self) {}
    /// Whether the peer said that it ends.
    fn got_close_notify(&mut self) -> bool {
        true
    }
}

impl Stream for TcpStream {}

impl Stream for SslStream<TcpStream> {
    fn close_notify(&mut self) {
        self.shutdown().unwrap();
    }

    fn got_close_notify(&mut self) -> bool {
        self.get_shutdown().contains(ShutdownState::RECEIVED)
    }
}

/// One UE.
pub struct Ue {
    stream: Box<dyn Stream>,
    received: Vec<u8>,
    next_token: u16,
    /// POSTs of the server that came while something else was awaited: token and payload.
    posts: VecDeque<(Vec<u8>, Value)>,
}

/// What a request came back as: the code as text, and the payload.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub code: String,
    pub options: Vec<(u32, Vec<u8>)>,
    pub payload: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.payload).unwrap()
    }
}

impl Ue {
    pub fn tls(net: &TestNet, subscriber: &Subscriber) -> Self {
        let (identity, key) = credentials(net, subscriber);
        Self::tls_with(net, FQDN, &identity, &key).unwrap()
    }

    /// A TLS 1.3 PSK client of OpenSSL. The error is OpenSSL's text.
    pub fn tls_with(net: &TestNet, sni: &str, identity: &str, key: &[u8]) -> Result<Self, String> {
        Self::tls_alpn(net, sni, identity, key, b"\x04coap")
    }

    /// The same with other application protocols, or none.
    pub fn tls_alpn(
        net: &TestNet,
        sni: &str,
        identity: &str,
        key: &[u8],
        alpn: &[u8],
    ) -> Result<Self, String> {
        let mut context = SslContextBuilder::new(SslMethod::tls_client()).unwrap();
        context
            .set_min_proto_version(Some(SslVersion::TLS1_3))
            .unwrap();
        context.set_ciphersuites("TLS_AES_128_GCM_SHA256").unwrap();
        context.set_verify(SslVerifyMode::NONE);
        if !alpn.is_empty() {
            context.set_alpn_protos(alpn).unwrap();
        }
        let (identity, key) = (identity.to_owned(), key.to_vec());
        context.set_psk_client_callback(move |_, _, id_out, key_out| {
            id_out[..identity.len()].copy_from_slice(identity.as_bytes());
            id_out[identity.len()] = 0;
            key_out[..key.len()].copy_from_slice(&key);
            Ok(key.len())
        });
        let mut ssl = Ssl::new(&context.build()).unwrap();
        if !sni.is_empty() {
            ssl.set_hostname(sni).unwrap();
        }
        let stream = ssl.connect(tcp(net.addr())).map_err(|e| e.to_string())?;
        let mut ue = Self::over(stream);
        // TLS 1.3 lets a client believe it is connected before the server has judged its Finished.
        if ue.read_some().map_err(|e| e.to_string())? == 0 {
            return Err("closed".to_owned());
        }
        ue.stream.write_all(&CSM).map_err(|e| e.to_string())?;
        Ok(ue)
    }

    pub fn plain(net: &TestNet) -> Self {
        let mut ue = Self::over(tcp(net.plain_addr().unwrap()));
        ue.raw(&CSM);
        ue
    }

    /// Bare TCP, without even a CSM.
    pub fn bare(net: &TestNet) -> Self {
        Self::over(tcp(net.plain_addr().unwrap()))
    }

    /// The same to the port of TLS.
    pub fn bare_tls(net: &TestNet) -> Self {
        Self::over(tcp(net.addr()))
    }

    fn over(stream: impl Stream + 'static) -> Self {
        Self {
            stream: Box::new(stream),
            received: Vec::new(),
            next_token: 1,
            posts: VecDeque::new(),
        }
    }

    pub fn raw(&mut self, octets: &[u8]) {
        self.stream.write_all(octets).unwrap();
    }

    pub fn close_notify(&mut self) {
        self.stream.close_notify();
    }

    pub fn register(&mut self, ue: &str) -> Answer {
        self.request(&json!({"MSGin5G service identifier": "MSGin5G", "Message Type": "REG", "UE Service ID": ue}))
    }

    /// POST to /msgin5g with Content-Format 50.
    pub fn request(&mut self, body: &Value) -> Answer {
        self.post(
            &[(11, b"msgin5g"), (12, &[50])],
            body.to_string().as_bytes(),
        )
    }

    pub fn post(&mut self, options: &[(u32, &[u8])], payload: &[u8]) -> Answer {
        self.exchange(0x02, options, payload)
    }

    pub fn exchange(&mut self, code: u8, options: &[(u32, &[u8])], payload: &[u8]) -> Answer {
        let token = self.send(code, options, payload);
        self.answer(&token)
    }

    pub fn send(&mut self, code: u8, options: &[(u32, &[u8])], payload: &[u8]) -> Vec<u8> {
        let token = self.next_token.to_be_bytes().to_vec();
        self.next_token = self.next_token.wrapping_add(1);
        self.raw(&frame(code, &token, options, payload));
        token
    }

    /// POSTs and waits for any response; `false` when the connection ends before.
    pub fn try_request(&mut self, payload: &[u8]) -> bool {
        let token = [0x7e];
        let request = frame(0x02, &token, &[(12, &[50])], payload);
        if self.stream.write_all(&request).is_err() {
            return false;
        }
        loop {
            while let Some((frame, used)) = parse(&self.received) {
                self.received.drain(..used);
                if frame.token == token {
                    return true;
                }
            }
            if !matches!(self.read_some(), Ok(1..)) {
                return false;
            }
        }
    }

    /// The response with this token.
    pub fn answer(&mut self, token: &[u8]) -> Answer {
        loop {
            let frame = self.next_frame().unwrap();
            if frame.code == 0x02 {
                self.posts
                    .push_back((frame.token, serde_json::from_slice(&frame.payload).unwrap()));
            } else if frame.token == token && frame.code >> 5 != 7 {
                let code = format!("{}.{:02}", frame.code >> 5, frame.code & 31);
                return Answer {
                    code,
                    options: frame.options,
                    payload: frame.payload,
                };
            }
        }
    }

    /// The next request of the server, unanswered.
    pub fn delivery(&mut self) -> (Vec<u8>, Value) {
        if let Some(post) = self.posts.pop_front() {
            return post;
        }
        loop {
            let frame = self.next_frame().unwrap();
            if frame.code == 0x02 {
                assert!(frame.options.contains(&(12, vec![50])), "{frame:?}");
                return (frame.token, serde_json::from_slice(&frame.payload).unwrap());
            }
        }
    }

    /// The next request of the server, answered with 2.04.
    pub fn take(&mut self) -> Value {
        let (token, body) = self.delivery();
        self.raw(&frame(0x44, &token, &[], b""));
        body
    }

    /// The next frame, whatever it is. `None`: the server closed.
    pub fn next_frame(&mut self) -> Option<Frame> {
        loop {
            if let Some((frame, used)) = parse(&self.received) {
                self.received.drain(..used);
                return Some(frame);
            }
            if self.read_some().unwrap() == 0 {
                return None;
            }
        }
    }

    /// Reads until the server closes; `true` when it did, `false` when it reset or cut the session.
    pub fn closed(&mut self) -> bool {
        loop {
            match self.read_some() {
                Ok(0) => return self.stream.got_close_notify(),
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    }

    fn read_some(&mut self) -> std::io::Result<usize> {
        let mut buffer = [0; 4096];
        let n = self.stream.read(&mut buffer)?;
        self.received.extend_from_slice(&buffer[..n]);
        Ok(n)
    }
}

/// CSM with Max-Message-Size 16384.
pub const CSM: [u8; 5] = [0x30, 0xe1, 0x22, 0x40, 0x00];

fn tcp(addr: std::net::SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(addr).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// GET on the topics; `observe` 0 subscribes, 1 unsubscribes.
pub fn topics(ue: &mut Ue, observe: Option<u8>, queries: &[&str]) -> Answer {
    let zero = [observe.unwrap_or_default()];
    // Observe is a uint: zero has no octets.
    let value = if zero[0] == 0 { &zero[..0] } else { &zero[..] };
    let mut options: Vec<(u32, &[u8])> = Vec::new();
    if observe.is_some() {
        options.push((6, value));
    }
    options.extend([(11, b"msgin5g".as_slice()), (11, b"topics")]);
    options.extend(queries.iter().map(|query| (15, query.as_bytes())));
    options.push((17, &[50]));
    ue.exchange(0x01, &options, b"")
}

/// Takes a set and checks it against the table of TS 23.554 8.5.4. Returns its identifier.
pub fn check_set(ue: &mut Ue, id: &str, payload: &str, size: usize) -> String {
    let first = ue.take();
    let set = first["Segmentation Set Identifier"]
        .as_str()
        .unwrap()
        .to_owned();
    let total = first["Total number of message segments"].as_u64().unwrap();
    assert_eq!(first["Delivery status required"], true);
    let mut whole = first["Payload"].as_str().unwrap().to_owned();
    for n in 2..=total {
        let part = ue.take();
        assert_eq!(part["Message ID"], id);
        assert_eq!(part["Segmentation Set Identifier"], set.as_str());
        assert_eq!(part["Message segment number"], n);
        assert_eq!(part.get("Total number of message segments"), None);
        assert_eq!(part.get("Delivery status required"), None);
        assert_eq!(part.get("Last segment flag").is_some(), n == total);
        let text = part["Payload"].as_str().unwrap();
        assert!(text.len() <= size && !text.is_empty());
        whole.push_str(text);
    }
    assert_eq!(whole, payload);
    set
}
