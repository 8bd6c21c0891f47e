//! Sessions that go on after a reset, without a handshake and without a registration.

use crate::dtls;
use crate::dtls::{buffer, deliver, opened, opened_as, read};
use crate::sleeper;
use crate::sleeper::Fuses;
use crate::who::{METER, keys, network};
use core::task::Poll;
use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::coap::datagram::{Header, Type};
use msgin5g::coap::{Code, ContentFormat, OptionNumber, Outgoing, Token, datagram};
use msgin5g::driver;
use msgin5g::message::{Recipient, UeServiceId};
use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::dtls::{DtlsConfig, DtlsConnection};
use msgin5g::session::tls13::{self, TlsError, TlsSession};
use msgin5g::session::{Session, SessionError};
use msgin5g::snapshot::{self, Association, Contents, SnapshotError};
use msgin5g::transport::{Host, StdHost, StreamTransport, TcpTransport, TransportError};
use msgin5g_testnet::EventKind;
use rand_core::OsRng;

const ECHO: &str = "echo-1@iot.example";

type Memory = ClientMemory<1152, 1152, 2048, 8>;
type Tls<'m> = TlsSession<'m, Socket, RustCrypto>;

/// Puts a client and its session into flash and takes them out again.
fn sleep(
    client: Option<&mut Client<'_>>,
    association: Association,
    owner: &str,
    fuses: &mut Fuses,
) -> (Vec<u8>, usize) {
    let mut flash = vec![0xff; Memory::SNAPSHOT_LEN];
    let mut contents = Contents {
        client,
        association: Some(association),
        akma: None,
    };
    let key = sleeper::key(owner);
    // Too small first: the session is not used up by that.
    let made = snapshot::save(&mut contents, 0, &key, fuses, &mut OsRng, &mut flash[..100]);
    assert!(matches!(made, Err(SnapshotError::BufferTooSmall { .. })));
    let len = snapshot::save(&mut contents, 0, &key, fuses, &mut OsRng, &mut flash).unwrap();
    assert!(contents.association.is_none(), "used up");
    (flash, len)
}

fn new_client<'m>(memory: &'m mut Memory, name: &'static str) -> Client<'m> {
    let config = Config::new(UeServiceId::new(name).unwrap());
    Client::new(config, memory.pieces(), &mut OsRng).unwrap()
}

// ---- DTLS ---------------------------------------------------------------------------------

#[test]
fn an_association_goes_on_with_its_record_numbers() {
    let (mut dtls, _, mut up, mut down) = opened();
    let mut fuses = Fuses::default();
    let mut last = None;
    for round in 0..4_u8 {
        assert_eq!(dtls.write(&[round]), Poll::Ready(Ok(())));
        let datagram = dtls.outgoing(2).to_vec();
        dtls.sent();
        let (number, _, content) = up.open(&datagram);
        assert_eq!(content, [round]);
        assert!(last < Some(number), "each number once");
        last = Some(number);
        let record = down.seal(23, b"down");
        deliver(&mut dtls, &record, 2).unwrap();
        assert_eq!(read(&mut dtls).as_deref(), Some(&b"down"[..]));

        let association = Association::Datagrams(dtls.export().expect("idle"));
        // Here it is over.
        assert_eq!(dtls.write(b"x"), Poll::Ready(Err(TlsError::Closed)));
        assert!(dtls.outgoing(3).is_empty() && dtls.export().is_none());
        let (mut flash, len) = sleep(None, association, "ue@iot.example", &mut fuses);
        let key = sleeper::key("ue@iot.example");
        let mut found = snapshot::open(&mut flash[..len], &key, &mut fuses).unwrap();
        let Some(Association::Datagrams(kept)) = found.take_association() else {
            panic!("an association");
        };
        assert!(found.take_association().is_none());
        dtls = DtlsConnection::resume(kept, &no_id(), buffer(1024), buffer(640)).unwrap();
        // What came before does not come again.
        deliver(&mut dtls, &record, 2).unwrap();
        assert_eq!(read(&mut dtls), None);
    }
}

fn no_id() -> DtlsConfig<'static> {
    DtlsConfig {
        connection_id: None,
        ..DtlsConfig::default()
    }
}

#[test]
fn an_association_that_is_in_use_is_not_put_away() {
    let (mut dtls, _, _, mut down) = opened();
    deliver(&mut dtls, &down.seal(23, b"unread"), 2).unwrap();
    assert!(dtls.export().is_none());
    assert_eq!(read(&mut dtls).as_deref(), Some(&b"unread"[..]));
    assert_eq!(dtls.write(b"unsent"), Poll::Ready(Ok(())));
    assert!(dtls.export().is_none());
    dtls.sent();
    assert!(dtls.export().is_some());
}

#[test]
fn a_key_is_used_no_longer_than_configured_after_a_sleep_either() {
    let (mut dtls, _, mut up, mut down) = opened_as(|config| config.records_per_key = 4);
    for awake in [true, false] {
        deliver(&mut dtls, &down.seal(23, b"data"), 2).unwrap();
        assert!(read(&mut dtls).is_some());
        if awake {
            let kept = dtls.export().unwrap();
            dtls = DtlsConnection::resume(kept, &no_id(), buffer(1024), buffer(640)).unwrap();
        }
    }
    assert!(dtls.outgoing(2).is_empty());
    deliver(&mut dtls, &down.seal(23, b"data"), 2).unwrap();
    assert!(read(&mut dtls).is_some());
    let update = dtls.outgoing(2).to_vec();
    // KeyUpdate.
    assert_eq!(up.open(&update).2.first(), Some(&24));
}

#[test]
fn a_shorter_receive_buffer_is_refused() {
    let (mut dtls, ..) = opened();
    let kept = dtls.export().unwrap();
    let short = DtlsConnection::<RustCrypto>::resume(kept, &no_id(), buffer(900), buffer(640));
    assert_eq!(short.err(), Some(TlsError::BufferTooSmall { needed: 1024 }));
}

/// A server over DTLS, as far as these tests need one.
struct Peer {
    up: dtls::Epoch,
    down: dtls::Epoch,
    next_id: u16,
}

impl Peer {
    /// Carries what the client has to say, and answers each request.
    fn talk(&mut self, client: &mut Client<'_>, dtls: &mut dtls::Client, now: u64) -> Vec<String> {
        let mut requests = Vec::new();
        loop {
            let octets = client.poll_transmit(now).to_vec();
            if octets.is_empty() {
                return requests;
            }
            assert_eq!(dtls.write(&octets), Poll::Ready(Ok(())));
            client.transmitted(octets.len());
            let record = dtls.outgoing(now).to_vec();
            dtls.sent();
            let (_, _, mut octets) = self.up.open(&record);
            let message_id = u16::from_be_bytes([octets[2], octets[3]]);
            let packet = datagram::decode(&mut octets).unwrap().packet;
            if packet.code.is_request() {
                requests.push(String::from_utf8_lossy(packet.payload).into_owned());
                self.say(
                    client,
                    dtls,
                    Type::Ack,
                    message_id,
                    Code::CREATED,
                    packet.token,
                    b"",
                );
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn say(
        &mut self,
        client: &mut Client<'_>,
        dtls: &mut dtls::Client,
        kind: Type,
        message_id: u16,
        code: Code,
        token: Token,
        payload: &[u8],
    ) {
        let format = ContentFormat::JSON.octets();
        let options: &[(OptionNumber, &[u8])] = &[(OptionNumber::CONTENT_FORMAT, &format)];
        let message = Outgoing {
            code,
            token,
            options: if payload.is_empty() { &[] } else { options },
            payload,
        };
        let mut octets = [0; 1000];
        let len = message.encode_datagram(Header { kind, message_id }, &mut octets);
        let record = self.down.seal(23, &octets[..len.unwrap()]);
        deliver(dtls, &record, 1).unwrap();
        let octets = read(dtls).expect("data");
        client.recv_space()[..octets.len()].copy_from_slice(&octets);
        client.received(octets.len());
    }

    fn post(&mut self, client: &mut Client<'_>, dtls: &mut dtls::Client, json: &str) {
        self.next_id += 1;
        let (id, token) = (self.next_id, Token::from(u32::from(self.next_id)));
        self.say(
            client,
            dtls,
            Type::Con,
            id,
            Code::POST,
            token,
            json.as_bytes(),
        );
    }
}

#[test]
fn over_dtls_nothing_is_said_again_after_a_reset() {
    let name = "ue-4711@iot.example";
    let (mut dtls, _, up, down) = opened();
    let mut peer = Peer {
        up,
        down,
        next_id: 0x5e00,
    };
    let mut fuses = Fuses::default();
    let mut memory = Memory::new();
    let mut client = new_client(&mut memory, name);
    client.connected_datagram();
    client.register().unwrap();
    assert_eq!(peer.talk(&mut client, &mut dtls, 1).len(), 1);
    assert_eq!(client.poll_event(1), Some(Event::Registered));
    assert_eq!(client.next_deadline(), None, "may sleep for ever");

    assert!(client.is_quiet());
    let association = Association::Datagrams(dtls.export().unwrap());
    let (mut flash, len) = sleep(Some(&mut client), association, name, &mut fuses);
    drop((client, dtls));
    let mut memory = Memory::new();
    let mut client = new_client(&mut memory, name);
    let key = sleeper::key(name);
    let mut found = snapshot::open(&mut flash[..len], &key, &mut fuses).unwrap();
    client.restore(&found, 1, 1_000_000).unwrap();
    let Some(Association::Datagrams(kept)) = found.take_association() else {
        panic!("an association");
    };
    drop(found);
    // Over a transport of its own, from whatever address that has.
    let mut dtls = DtlsConnection::resume(kept, &no_id(), buffer(1024), buffer(640)).unwrap();
    assert!(client.resumed() && client.is_registered());
    assert!(client.poll_transmit(1).is_empty(), "not a word");

    let to = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
    client
        .send(&OutgoingMessage::text(to, "awake"), &mut OsRng)
        .unwrap();
    let said = peer.talk(&mut client, &mut dtls, 1);
    assert!(said.len() == 1 && said[0].contains("awake"), "{said:?}");
    assert!(matches!(client.poll_event(1), Some(Event::Accepted { .. })));
    let json = r#"{"Message Type":"MSG","Originating UE Service ID":"ue-0815@iot.example","Recipient UE Service ID":"ue-4711@iot.example","Message ID":"m-1","Payload":"good morning"}"#;
    peer.post(&mut client, &mut dtls, json);
    let Some(Event::Message { msg, .. }) = client.poll_event(1) else {
        panic!("a message");
    };
    assert_eq!(msg.payload, "good morning");
}

// ---- TLS ----------------------------------------------------------------------------------

/// A socket that a modem keeps open, whoever talks through it.
#[derive(Clone)]
struct Socket(std::rc::Rc<std::cell::RefCell<TcpTransport>>);

impl StreamTransport for Socket {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        self.0.borrow_mut().send(data)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        self.0.borrow_mut().recv(buf)
    }
}

fn until(
    session: &mut Tls<'_>,
    client: &mut Client<'_>,
    host: &mut StdHost,
    mut wanted: impl FnMut(&Event<'_>) -> bool,
) {
    let deadline = host.now_ms() + 30_000;
    loop {
        let came = driver::wait(session, client, host, deadline).expect("a session");
        assert!(came, "in time");
        let now = host.now_ms();
        while let Some(event) = client.poll_event(now) {
            if wanted(&event) {
                return;
            }
        }
    }
}

/// Moves octets until the session can be put away.
fn export(session: &mut Tls<'_>, client: &mut Client<'_>, host: &mut StdHost) -> tls13::Snapshot {
    let deadline = host.now_ms() + 30_000;
    loop {
        let now = host.now_ms();
        driver::exchange(session, client, now).unwrap();
        // What was not waited for comes in any order: an answer, a report. All of it is heard first.
        while let Some(event) = client.poll_event(now) {
            assert!(!matches!(event, Event::Failed { .. }), "{event:?}");
        }
        if client.is_quiet()
            && let Some(kept) = session.export()
        {
            return kept;
        }
        assert!(host.now_ms() < deadline);
        host.idle();
    }
}

/// Two lives over one socket, with the reference network at its other end.
#[test]
fn over_a_socket_that_the_modem_keeps_the_server_sees_one_registration() {
    let network = network(msgin5g_testnet::Config {
        echo: vec![ECHO.into()],
        ..Default::default()
    });
    let (k_af, identity) = keys(METER, network.af_fqdn());
    let tcp = TcpTransport::connect(network.addr()).unwrap();
    let socket = Socket(std::rc::Rc::new(tcp.into()));
    let mut config = tls13::Config::new(identity.as_bytes(), network.af_fqdn());
    config.groups = &[NamedGroup::X25519];
    let mut psk = SoftwarePsk::<RustCrypto>::new(k_af.as_octets());
    let (mut host, mut fuses) = (StdHost::new(), Fuses::default());
    let buffers = (buffer(640), buffer(640));
    let mut session = Tls::open_blocking(
        socket.clone(),
        &config,
        &mut psk,
        &mut OsRng,
        buffers,
        &mut host,
    )
    .unwrap();
    let mut memory = Memory::new();
    let mut client = new_client(&mut memory, METER.service_id);
    client.connected();
    client.register().unwrap();
    until(&mut session, &mut client, &mut host, |event| {
        *event == Event::Registered
    });

    for life in 0..3 {
        let kept = export(&mut session, &mut client, &mut host);
        let gone = session.send(b"x");
        assert_eq!(gone, Poll::Ready(Err(SessionError::Closed)));
        let association = Association::Stream(kept);
        let owner = METER.service_id;
        let (mut flash, len) = sleep(Some(&mut client), association, owner, &mut fuses);
        drop(session);
        let memory = Box::leak(Box::new(Memory::new()));
        client = new_client(memory, METER.service_id);
        let key = sleeper::key(METER.service_id);
        let mut found = snapshot::open(&mut flash[..len], &key, &mut fuses).unwrap();
        client.restore(&found, host.now_ms(), 0).unwrap();
        let Some(Association::Stream(kept)) = found.take_association() else {
            panic!("a session");
        };
        let (receive, send) = (buffer(640), buffer(640));
        session = Tls::resume(socket.clone(), kept, receive, send).unwrap();
        assert!(client.resumed());

        let text = format!("life {life}");
        let to = Recipient::Ue(UeServiceId::new(ECHO).unwrap());
        let message = OutgoingMessage::text(to, &text).with_report();
        client.send(&message, &mut OsRng).unwrap();
        let echo = format!("echo: {text}");
        until(&mut session, &mut client, &mut host, |event| {
            assert!(!matches!(event, Event::Failed { .. }), "{event:?}");
            matches!(event, Event::Message { msg, .. } if msg.payload == echo)
        });
    }
    let events = network.events();
    let registered =
        |kind: &EventKind| matches!(kind, EventKind::Registered { ue } if ue == METER.service_id);
    let count = events
        .iter()
        .filter(|event| registered(&event.kind))
        .count();
    assert_eq!(count, 1, "\n{}", network.ladder());
}

#[test]
fn a_handshake_is_not_put_away() {
    let config = tls13::Config::new(b"someone", "msgin5g.example.net");
    let mut psk = SoftwarePsk::<RustCrypto>::new(&[7; 32]);
    let (receive, send) = (buffer(640), buffer(640));
    let mut session =
        tls13::Connection::<RustCrypto>::new(&config, &mut psk, &mut OsRng, receive, send).unwrap();
    assert!(session.export().is_none());
    assert!(!session.outgoing().is_empty(), "it goes on");
}
