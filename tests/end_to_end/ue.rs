//! A UE as a test sees it: keys, session and client in one, against the reference network.

use msgin5g::akma::{Kaf, PskIdentity};
use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::driver;
use msgin5g::message::{MessageId, Recipient, UeServiceId};
use msgin5g::session::tls13::crypto::{RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::{self, TlsSession};
use msgin5g::session::{Session, SessionError};
use msgin5g::transport::{Host, StdHost, TcpTransport};
use msgin5g_testnet::TestNet;
use rand_core::OsRng;

use super::who::{Who, keys};

/// Long enough for any machine; no test waits for it to pass.
const PATIENCE_MS: u64 = 30_000;

/// What a session lives in: a line, a record each way, and the identity that it speaks of.
pub struct Memory {
    line: Option<TcpTransport>,
    records: [[u8; 640]; 2],
    identity: Option<PskIdentity>,
}

pub fn memory(network: &TestNet) -> Memory {
    Memory {
        line: Some(TcpTransport::connect(network.addr()).expect("a connection")),
        records: [[0; 640]; 2],
        identity: None,
    }
}

pub fn open<'m>(
    memory: &'m mut Memory,
    (key, identity): &(Kaf, PskIdentity),
) -> Result<TlsSession<'m, TcpTransport, RustCrypto>, SessionError> {
    let line = memory.line.take().expect("one session");
    let identity = memory.identity.insert(identity.clone());
    let mut config = tls13::Config::new(identity.as_bytes(), "msgin5g.example.com");
    config.handshake_timeout_ms = PATIENCE_MS as u32;
    let mut psk = SoftwarePsk::<RustCrypto>::new(key.as_octets());
    let [receive, send] = &mut memory.records;
    let buffers = (&mut receive[..], &mut send[..]);
    let mut host = StdHost::new();
    TlsSession::open_blocking(line, &config, &mut psk, &mut OsRng, buffers, &mut host)
}

/// Runs a test with a registered UE.
pub fn with_registered(network: &TestNet, who: Who, test: impl FnOnce(&mut Ue<'_, '_>)) {
    with_configured(network, who, |_| {}, test);
}

/// Runs a test with a registered UE of another configuration.
pub fn with_configured(
    network: &TestNet,
    who: Who,
    adjust: impl FnOnce(&mut Config<'_>),
    test: impl FnOnce(&mut Ue<'_, '_>),
) {
    let mut tls = memory(network);
    let mut session = open(&mut tls, &keys(who, network.af_fqdn())).expect("a session");
    let mut memory = ClientMemory::<2048, 2048, 8192, 8, 8192, 4>::new();
    let mut config = Config::new(UeServiceId::new(who.service_id).unwrap());
    adjust(&mut config);
    let mut ue = Ue {
        client: Client::new(config, memory.pieces(), &mut OsRng).expect("a sound configuration"),
        session: &mut session,
        host: StdHost::new(),
    };
    ue.client.connected();
    ue.client.register().unwrap();
    ue.until(|event| matches!(event, Event::Registered).then_some(()));
    test(&mut ue);
}

pub struct Ue<'s, 'm> {
    pub client: Client<'m>,
    pub session: &'s mut dyn Session,
    pub host: StdHost,
}

impl Ue<'_, '_> {
    pub fn send(&mut self, to: &str, text: &str) -> MessageId<'static> {
        let to = Recipient::Ue(UeServiceId::new(to).unwrap());
        let message = OutgoingMessage::text(to, text).with_report();
        self.client.send(&message, &mut OsRng).unwrap()
    }

    /// Takes events until `wanted` finds its own; anything else that is worth a word fails the test.
    pub fn until<T>(&mut self, mut wanted: impl FnMut(&Event<'_>) -> Option<T>) -> T {
        let until = self.host.now_ms() + PATIENCE_MS;
        while driver::wait(&mut self.session, &mut self.client, &mut self.host, until)
            .expect("the session")
        {
            let now = self.host.now_ms();
            let Some(event) = self.client.poll_event(now) else {
                continue;
            };
            if let Some(found) = wanted(&event) {
                return found;
            }
            assert!(
                matches!(
                    event,
                    Event::Accepted { .. }
                        | Event::Duplicate
                        | Event::Progress { .. }
                        | Event::Segment(_)
                        | Event::SegmentsReleased { .. }
                ),
                "unexpected {event:?}"
            );
        }
        panic!("nothing within {PATIENCE_MS} ms");
    }

    /// Moves octets without taking events, so that answers leave.
    pub fn flush(&mut self) {
        let now = self.host.now_ms();
        driver::exchange(&mut self.session, &mut self.client, now).expect("the session");
    }
}
