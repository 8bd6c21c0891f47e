//! The crate's DTLS 1.3 with wolfSSL: handshake, cookie, fragments, loss, key update, Connection
//! ID.

use msgin5g::session::tls13::crypto::{CipherSuite, NamedGroup, RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::dtls::{DtlsConfig, DtlsConnection, Snapshot};
use msgin5g::session::tls13::{Config, TlsError};
use msgin5g_interop_wolfssl::{IDENTITY, KEY, P256, Server, Setup, X25519};
use std::task::Poll;

type Client = DtlsConnection<'static, RustCrypto>;

/// What happens to datagrams on the way.
struct Path {
    seed: u64,
    /// Of 256 datagrams.
    lost: u64,
    doubled: u64,
    delayed: u64,
    up: Vec<Vec<u8>>,
    down: Vec<Vec<u8>>,
}

impl Path {
    fn good() -> Self {
        Self {
            seed: 1,
            lost: 0,
            doubled: 0,
            delayed: 0,
            up: vec![],
            down: vec![],
        }
    }

    fn bad(seed: u64) -> Self {
        Self {
            seed: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            lost: 50,
            doubled: 30,
            delayed: 30,
            up: vec![],
            down: vec![],
        }
    }

    fn chance(&mut self, of_256: u64) -> bool {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        (self.seed >> 24) % 256 < of_256
    }

    fn put(&mut self, datagram: Vec<u8>, up: bool) {
        if self.chance(self.lost) {
            return;
        }
        let (twice, late) = (self.chance(self.doubled), self.chance(self.delayed));
        let queue = if up { &mut self.up } else { &mut self.down };
        if late {
            queue.insert(0, datagram.clone());
        } else {
            queue.push(datagram.clone());
        }
        if twice {
            queue.push(datagram);
        }
    }
}

fn buffer(len: usize) -> &'static mut [u8] {
    Vec::leak(vec![0; len])
}

fn config() -> Config<'static> {
    let mut config = Config::new(IDENTITY.to_bytes(), "msgin5g.example.net");
    config.groups = &[NamedGroup::X25519, NamedGroup::Secp256r1];
    config.handshake_timeout_ms = 120_000;
    config
}

fn client(config: &Config<'static>, dtls: &DtlsConfig<'static>, key: [u8; 32]) -> Client {
    let mut psk = SoftwarePsk::<RustCrypto>::new(&key);
    let mut rng = rand_core::OsRng;
    DtlsConnection::new(config, dtls, &mut psk, &mut rng, buffer(1024), buffer(1024)).unwrap()
}

/// Lets 10 ms pass: everything that is due goes where it goes. Data that came is given.
fn step(
    client: &mut Client,
    server: &mut Server,
    path: &mut Path,
    now: &mut u64,
) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let (mut to_client, mut to_server) = (vec![], vec![]);
    loop {
        let datagram = client.outgoing(*now).to_vec();
        if datagram.is_empty() {
            break;
        }
        client.sent();
        path.put(datagram, true);
    }
    for datagram in std::mem::take(&mut path.up) {
        server.deliver(&datagram);
        while let Some(data) = server.step() {
            to_server.push(data);
        }
    }
    while let Some(data) = server.step() {
        to_server.push(data);
    }
    while let Some(datagram) = server.take() {
        path.put(datagram, false);
    }
    for datagram in std::mem::take(&mut path.down) {
        let room = client.room();
        if room.is_empty() {
            continue;
        }
        room[..datagram.len()].copy_from_slice(&datagram);
        let _ = client.received(datagram.len(), *now);
        let mut buf = [0; 1024];
        while let Poll::Ready(Ok(n)) = client.read(&mut buf) {
            to_client.push(buf[..n].to_vec());
        }
    }
    *now += 10;
    server.pass(10);
    (to_client, to_server)
}

/// Until both are open and the client knows that the server is.
fn open(client: &mut Client, server: &mut Server, path: &mut Path, now: &mut u64) -> bool {
    for _ in 0..15_000 {
        let _ = step(client, server, path, now);
        if client.ended().is_some() {
            return false;
        }
        if client.is_confirmed() && server.open {
            return true;
        }
    }
    panic!(
        "neither open nor ended: {:?} {:?}",
        server.open, server.error
    );
}

fn assert_talks(client: &mut Client, server: &mut Server, path: &mut Path, now: &mut u64) {
    assert_eq!(client.write(b"to the server"), Poll::Ready(Ok(())));
    let (_, got) = step(client, server, path, now);
    assert_eq!(got, [b"to the server"]);
    server.write(b"to the client");
    let (mut got, _) = step(client, server, path, now);
    if got.is_empty() {
        got = step(client, server, path, now).0;
    }
    assert_eq!(got, [b"to the client"]);
}

#[test]
fn opens_with_and_without_cookie_with_either_group() {
    for cookie in [false, true] {
        for groups in [vec![X25519], vec![P256], vec![P256, X25519]] {
            let mut server = Server::new(&Setup {
                cookie,
                groups: groups.clone(),
                ..Setup::default()
            });
            let (mut path, mut now) = (Path::good(), 5);
            let mut client = client(&config(), &DtlsConfig::default(), KEY);
            let opened = open(&mut client, &mut server, &mut path, &mut now);
            assert!(
                opened,
                "{cookie} {groups:?} {:?} {:?}",
                client.ended(),
                server.error
            );
            assert!(now < 1000, "nothing was lost");
            assert_talks(&mut client, &mut server, &mut path, &mut now);
        }
    }
}

/// An MTU that the first ClientHello just fits. The second has the cookie besides and goes in
/// fragments; wolfSSL takes no other ClientHello in fragments.
fn mtu_of_first_hello() -> u16 {
    let mut client = client(&config(), &DtlsConfig::default(), KEY);
    client.outgoing(0).len().try_into().unwrap()
}

#[test]
fn a_hello_with_cookie_goes_in_fragments() {
    let mut server = Server::new(&Setup {
        hello_in_fragments: true,
        ..Setup::default()
    });
    let (mut path, mut now) = (Path::good(), 0);
    let mtu = mtu_of_first_hello();
    let dtls = DtlsConfig {
        mtu,
        ..DtlsConfig::default()
    };
    let mut client = client(&config(), &dtls, KEY);
    assert!(open(&mut client, &mut server, &mut path, &mut now));
    assert_talks(&mut client, &mut server, &mut path, &mut now);
}

#[test]
fn a_wrong_key_and_an_unknown_name_end_in_an_alert_or_at_the_deadline() {
    let mut server = Server::new(&Setup::default());
    let (mut path, mut now) = (Path::good(), 0);
    let mut client = client(&config(), &DtlsConfig::default(), [1; 32]);
    assert!(!open(&mut client, &mut server, &mut path, &mut now));
    assert!(client.ended().is_some());
}

#[test]
fn keys_change_both_ways() {
    let mut server = Server::new(&Setup::default());
    let (mut path, mut now) = (Path::good(), 0);
    let mut config = config();
    config.records_per_key = 3;
    let mut client = client(&config, &DtlsConfig::default(), KEY);
    assert!(open(&mut client, &mut server, &mut path, &mut now));
    for round in 0..12 {
        assert_talks(&mut client, &mut server, &mut path, &mut now);
        if round % 3 == 0 {
            server.update_keys();
        }
        for _ in 0..3 {
            let _ = step(&mut client, &mut server, &mut path, &mut now);
        }
    }
}

#[test]
fn close_notify_is_heard() {
    let mut server = Server::new(&Setup::default());
    let (mut path, mut now) = (Path::good(), 0);
    let mut client = client(&config(), &DtlsConfig::default(), KEY);
    assert!(open(&mut client, &mut server, &mut path, &mut now));
    server.shutdown();
    let _ = step(&mut client, &mut server, &mut path, &mut now);
    assert_eq!(client.ended(), Some(TlsError::Closed));
}

#[test]
fn an_association_goes_on_from_its_snapshot() {
    let mut server = Server::new(&Setup::default());
    let (mut path, mut now) = (Path::good(), 0);
    let mut client = client(&config(), &DtlsConfig::default(), KEY);
    assert!(open(&mut client, &mut server, &mut path, &mut now));
    for _ in 0..3 {
        for _ in 0..5 {
            let _ = step(&mut client, &mut server, &mut path, &mut now);
        }
        let octets = *client.export().expect("idle").as_octets();
        assert_eq!(client.ended(), Some(TlsError::Closed));
        assert_eq!(client.write(b"again"), Poll::Ready(Err(TlsError::Closed)));
        let snapshot = Snapshot::from_octets(&octets);
        let dtls = DtlsConfig::default();
        client = DtlsConnection::resume(snapshot, &dtls, buffer(1024), buffer(1024)).unwrap();
        assert_talks(&mut client, &mut server, &mut path, &mut now);
    }
}

/// 1,000 bad paths: each ends open or in a clean timeout.
#[test]
fn loss_doubling_and_delay_end_in_a_session_or_a_timeout() {
    let (mut opened, mtu) = (0, mtu_of_first_hello());
    for seed in 0..1000 {
        let mut server = Server::new(&Setup {
            cookie: seed % 3 != 0,
            hello_in_fragments: true,
            ..Setup::default()
        });
        let (mut path, mut now) = (Path::bad(seed), 0);
        let dtls = DtlsConfig {
            mtu: if seed % 2 == 0 { mtu } else { 1152 },
            ..DtlsConfig::default()
        };
        let mut client = client(&config(), &dtls, KEY);
        if open(&mut client, &mut server, &mut path, &mut now) {
            opened += 1;
            path = Path::good();
            for _ in 0..300 {
                let _ = step(&mut client, &mut server, &mut path, &mut now);
            }
            assert_talks(&mut client, &mut server, &mut path, &mut now);
        } else {
            assert_eq!(client.ended(), Some(TlsError::TimedOut), "seed {seed}");
        }
    }
    println!("{opened} of 1000 opened");
    assert!(opened > 900, "{opened}");
}

#[test]
fn the_short_tag_suite_works() {
    let mut server = Server::new(&Setup {
        suites: c"TLS13-AES128-CCM-8-SHA256",
        ..Setup::default()
    });
    let (mut path, mut now) = (Path::good(), 0);
    let mut config = config();
    config.suites = &[CipherSuite::Aes128Ccm8Sha256];
    let mut client = client(&config, &DtlsConfig::default(), KEY);
    let opened = open(&mut client, &mut server, &mut path, &mut now);
    assert!(opened, "{:?} {:?}", client.ended(), server.error);
    assert_talks(&mut client, &mut server, &mut path, &mut now);
}

#[test]
fn the_server_is_addressed_by_its_connection_id() {
    for own in [&[][..], &[9, 8, 7]] {
        let mut server = Server::new(&Setup {
            connection_id: Some(vec![1, 2, 3, 4, 5]),
            ..Setup::default()
        });
        let (mut path, mut now) = (Path::good(), 0);
        let dtls = DtlsConfig {
            connection_id: Some(own),
            ..DtlsConfig::default()
        };
        let mut client = client(&config(), &dtls, KEY);
        let opened = open(&mut client, &mut server, &mut path, &mut now);
        assert!(opened, "{:?} {:?}", client.ended(), server.error);
        assert_eq!(client.write(b"x"), Poll::Ready(Ok(())));
        assert_eq!(client.outgoing(now)[1..6], [1, 2, 3, 4, 5]);
        let (_, got) = step(&mut client, &mut server, &mut path, &mut now);
        assert_eq!(got, [b"x"]);
        assert_talks(&mut client, &mut server, &mut path, &mut now);
    }
}
