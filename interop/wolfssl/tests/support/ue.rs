//! A UE over DTLS as a test sees it: keys, association and client in one, against the reference network.

use std::sync::Arc;

use msgin5g::akma::{Kaf, PskIdentity};
use msgin5g::client::{Client, ClientMemory, Config, Event, Failure, OutgoingMessage};
use msgin5g::driver;
use msgin5g::message::{MessageId, Recipient, UeServiceId};
use msgin5g::session::SessionError;
use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::dtls::{DtlsConfig, DtlsSession};
use msgin5g::transport::{Host, StdHost, UdpTransport};
use msgin5g_interop_wolfssl::WolfSsl;
use msgin5g_testnet::{Config as NetConfig, TestNet};
use rand_core::OsRng;

use super::who::{self, Who};

/// Long enough for any machine; no test waits for it to pass.
pub const PATIENCE_MS: u64 = 60_000;

pub type Session = DtlsSession<'static, UdpTransport, RustCrypto>;

/// A network that knows the meter and the pump, with DTLS by wolfSSL.
pub fn network(config: NetConfig) -> TestNet {
    network_with(config, WolfSsl::default())
}

pub fn network_with(mut config: NetConfig, dtls: WolfSsl) -> TestNet {
    config.patience = std::time::Duration::from_millis(PATIENCE_MS);
    who::network(config.with_dtls(Arc::new(dtls)))
}

/// K_AF and PSK identity for the server of this network.
pub fn keys(who: Who, network: &TestNet) -> (Kaf, PskIdentity) {
    who::keys(who, network.af_fqdn())
}

pub fn buffer(len: usize) -> &'static mut [u8] {
    Vec::leak(vec![0; len])
}

pub fn socket(network: &TestNet) -> UdpTransport {
    UdpTransport::connect(network.dtls_addr().expect("DTLS")).expect("a socket")
}

/// How a test opens its association.
pub struct Opening {
    pub transport: UdpTransport,
    pub server_name: &'static str,
    pub dtls: DtlsConfig<'static>,
    pub records_per_key: u64,
}

impl Opening {
    pub fn new(network: &TestNet) -> Self {
        Self {
            transport: socket(network),
            server_name: "msgin5g.example.com",
            dtls: DtlsConfig::default(),
            records_per_key: u64::MAX,
        }
    }

    pub fn open(self, (key, identity): &(Kaf, PskIdentity)) -> Result<Session, SessionError> {
        let identity = Vec::leak(identity.as_bytes().to_vec());
        let mut config = msgin5g::session::tls13::Config::new(identity, self.server_name);
        config.groups = &[NamedGroup::X25519, NamedGroup::Secp256r1];
        config.records_per_key = self.records_per_key;
        config.handshake_timeout_ms = u32::try_from(PATIENCE_MS).unwrap();
        DtlsSession::open_blocking(
            self.transport,
            (&config, &self.dtls),
            &mut SoftwarePsk::<RustCrypto>::new(key.as_octets()),
            &mut OsRng,
            (buffer(1536), buffer(1280)),
            &mut StdHost::new(),
        )
    }
}

pub struct Ue {
    pub client: Client<'static>,
    pub session: Session,
    pub host: StdHost,
}

impl Ue {
    /// Connected, and not registered yet.
    pub fn over(session: Session, who: Who, adjust: impl FnOnce(&mut Config<'_>)) -> Self {
        let mut ue = Self::new(session, who, adjust);
        ue.client.connected_datagram();
        ue
    }

    /// With a client that knows nothing.
    pub fn new(session: Session, who: Who, adjust: impl FnOnce(&mut Config<'_>)) -> Self {
        let mut config = Config::new(UeServiceId::new(who.service_id).unwrap());
        adjust(&mut config);
        let memory = Box::leak(Box::new(ClientMemory::<2048, 2048, 8192, 8, 8192, 4>::new()));
        let client = Client::new(config, memory.pieces(), &mut OsRng).expect("a configuration");
        Self {
            client,
            session,
            host: StdHost::new(),
        }
    }

    pub fn registered(network: &TestNet, who: Who, adjust: impl FnOnce(&mut Config<'_>)) -> Self {
        let session = Opening::new(network).open(&keys(who, network));
        let mut ue = Self::over(session.expect("an association"), who, adjust);
        ue.register().expect("registered");
        ue
    }

    pub fn register(&mut self) -> Result<(), String> {
        self.client.register().unwrap();
        self.until(|event| match event {
            Event::Registered => Some(Ok(())),
            Event::RegistrationFailed(failure) => Some(Err(text(failure))),
            _ => None,
        })
    }

    pub fn send(&mut self, to: Who, text: &str) -> MessageId<'static> {
        let to = Recipient::Ue(UeServiceId::new(to.service_id).unwrap());
        let message = OutgoingMessage::text(to, text)
            .with_report()
            .with_segments();
        self.client.send(&message, &mut OsRng).unwrap()
    }

    /// Lets it do all that it can do now, and gives what `wanted` finds.
    pub fn turn<T>(&mut self, mut wanted: impl FnMut(&Event<'_>) -> Option<T>) -> Option<T> {
        let now = self.host.now_ms();
        driver::exchange_datagrams(&mut self.session, &mut self.client, now).expect("the session");
        while let Some(event) = self.client.poll_event(now) {
            let failed = matches!(event, Event::Failed { .. } | Event::Malformed(_));
            assert!(!failed, "{event:?}");
            if let Some(found) = wanted(&event) {
                return Some(found);
            }
        }
        None
    }

    pub fn until<T>(&mut self, mut wanted: impl FnMut(&Event<'_>) -> Option<T>) -> T {
        let until = self.host.now_ms() + PATIENCE_MS;
        while self.host.now_ms() < until {
            if let Some(found) = self.turn(&mut wanted) {
                return found;
            }
            self.host.idle();
        }
        panic!("nothing within {PATIENCE_MS} ms");
    }

    /// Until everything is sent and acknowledged.
    pub fn settle(&mut self) {
        let until = self.host.now_ms() + PATIENCE_MS;
        loop {
            self.turn(|_| None::<()>);
            let quiet = self.client.pending() == 0 && self.client.next_deadline().is_none();
            if quiet && self.session.deadline().is_none() {
                return;
            }
            assert!(self.host.now_ms() < until, "not quiet in {PATIENCE_MS} ms");
            self.host.idle();
        }
    }
}

/// `from` writes to `to`, which gets it; the report comes back.
pub fn write(from: &mut Ue, to: &mut Ue, to_whom: Who, text: &str) {
    let sent = from.send(to_whom, text);
    let (mut got, mut reported) = (false, false);
    let until = from.host.now_ms() + PATIENCE_MS;
    while !(got && reported) {
        to.turn(|event| {
            if let Event::Message { msg, .. } = event {
                assert_eq!(msg.payload, text);
                got = true;
            }
            None::<()>
        });
        from.turn(|event| {
            if let Event::Report(report) = event {
                assert_eq!(report.message_id, sent);
                reported |= report.status.is_success();
            }
            None::<()>
        });
        assert!(
            from.host.now_ms() < until,
            "got: {got}, reported: {reported}"
        );
        from.host.idle();
    }
}

fn text(failure: &Failure<'_>) -> String {
    failure.to_string()
}
