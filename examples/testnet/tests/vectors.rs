//! The server without I/O, fed with the vectors of what a client sends, judged by those of what a server sends.

mod common;

use common::vector;
use msgin5g_testnet::coap::{Code, Message, number};
use msgin5g_testnet::config::ServerSettings;
use msgin5g_testnet::server::{AsMessage, Effect, Identity, PeerId, Reply, Server};
use msgin5g_testnet::wire::{Address, AddressKind};
use msgin5g_testnet::{ApplicationServer, MsgRespCarriage};
use serde_json::Value;

const UE1: &str = "ue-4711@iot.example";
const UE2: &str = "ue-0815@iot.example";
const AS: &str = "as-meter@iot.example";
const GROUP: &str = "grp-07@iot.example";

/// A server and the two UEs of the vectors, each on a session of its own.
struct Bench {
    server: Server,
    effects: Vec<Effect>,
}

impl Bench {
    fn new(change: impl FnOnce(&mut ServerSettings)) -> Self {
        let mut settings = ServerSettings::default();
        settings
            .groups
            .insert(GROUP.to_owned(), vec![UE1.to_owned(), UE2.to_owned()]);
        settings.application_servers.push(ApplicationServer {
            id: AS.to_owned(),
            reports: false,
        });
        change(&mut settings);
        let mut server = Server::new(settings, 0);
        for (n, ue) in [(1, UE1), (2, UE2)] {
            let supi = format!("00101000000000{n}");
            server.bind(&supi, ue);
            server.peer_opened(
                PeerId(n),
                Identity::Proven {
                    supi,
                    expires_ms: 1000,
                },
            );
        }
        Self {
            server,
            effects: Vec::new(),
        }
    }

    /// The request of a vector, sent by a UE.
    fn send(&mut self, ue: u64, name: &str) -> Reply {
        let v = vector(&format!("msgin5g/{name}.json"));
        self.effects.clear();
        self.server
            .request(0, PeerId(ue), &request(&v["payload"]), &mut self.effects)
    }

    fn register(&mut self, ue: u64, id: &str) -> Reply {
        let mut payload = vector("msgin5g/03-reg-request-min.json")["payload"].clone();
        payload["UE Service ID"] = id.into();
        self.effects.clear();
        self.server
            .request(0, PeerId(ue), &request(&payload), &mut self.effects)
    }

    /// What the server wants posted, by recipient.
    fn posts(&self) -> Vec<(u64, String)> {
        let posts = self.effects.iter().filter_map(|effect| match effect {
            Effect::Post { to, body, .. } => {
                Some((to.0, String::from_utf8(body.octets()).unwrap()))
            }
            _ => None,
        });
        posts.collect()
    }
}

fn request(payload: &Value) -> Message {
    let mut message = Message::new(Code::POST, &[0xa1, 0x01]);
    message.options.add(number::URI_PATH, b"msgin5g");
    message.options.add_uint(number::CONTENT_FORMAT, 50);
    message.payload = payload.to_string().into_bytes();
    message
}

/// Code, options and payload octets are those of the vector.
fn assert_reply(reply: &Reply, name: &str) {
    let v = vector(&format!("msgin5g/{name}.json"));
    let message = reply.message(&[0xa1, 0x01]);
    assert_eq!(message.code.to_string(), v["coap"]["code"], "{name}");
    let options: Vec<u64> = message
        .options
        .iter()
        .map(|(number, _)| u64::from(number))
        .collect();
    let expected: Vec<u64> = v["coap"]["options"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["number"].as_u64().unwrap())
        .collect();
    assert_eq!(options, expected, "{name}");
    assert_eq!(
        String::from_utf8(message.payload).unwrap(),
        payload_text(&v),
        "{name}"
    );
}

fn payload_text(v: &Value) -> String {
    if v["payload_octets"] == 0 {
        String::new()
    } else {
        v["payload"].to_string()
    }
}

fn posted(name: &str) -> String {
    payload_text(&vector(&format!("msgin5g/{name}.json")))
}

#[test]
fn registration_and_deregistration() {
    let mut bench = Bench::new(|_| {});
    for request in ["01-reg-request", "02-reg-request-r17", "03-reg-request-min"] {
        assert_reply(&bench.send(1, request), "04-reg-response-ok");
    }
    assert_eq!(bench.server.registered(UE1), Some(PeerId(1)));
    assert_reply(&bench.send(2, "03-reg-request-min"), "05-reg-response-fail");
    assert_eq!(bench.server.registered(UE1), Some(PeerId(1)));
    assert_reply(&bench.send(1, "06-dereg-request"), "07-dereg-response-ok");
    assert_eq!(bench.server.registered(UE1), None);
}

#[test]
fn a_message_taken_and_its_report_passed_on() {
    let mut bench = Bench::new(|_| {});
    bench.register(1, UE1);
    bench.register(2, UE2);
    for request in ["10-msg-p2p-con", "11-msg-p2p-non", "12-msg-p2a-high"] {
        assert_reply(&bench.send(1, request), "16-msg-ack-empty");
    }
    assert_eq!(bench.register(2, UE2).code, Code::CREATED);

    // Vector 32 is what UE 1 gets when UE 2 reports message 10.
    bench.effects.clear();
    let report = vector("msgin5g/32-imdn-mt.json")["payload"].clone();
    let reply = bench
        .server
        .request(0, PeerId(2), &request(&report), &mut bench.effects);
    assert_reply(&reply, "16-msg-ack-empty");
    assert_eq!(bench.posts(), vec![(1, posted("32-imdn-mt"))]);
    for request in ["30-imdn-success", "31-imdn-failure"] {
        assert_reply(&bench.send(1, request), "16-msg-ack-empty");
    }
}

#[test]
fn a_recipient_who_is_not_there() {
    // Vector 10 asks for no storage: MSGRESP as the server's own POST.
    let mut bench = Bench::new(|settings| settings.msgresp = MsgRespCarriage::Post);
    bench.register(1, UE1);
    assert_reply(&bench.send(1, "10-msg-p2p-con"), "16-msg-ack-empty");
    assert_eq!(bench.posts(), vec![(1, posted("18-msgresp-failed-post"))]);

    // The same in the response.
    let mut bench = Bench::new(|_| {});
    bench.register(1, UE1);
    let reply = bench.send(1, "10-msg-p2p-con").message(&[]);
    assert_eq!(reply.code, Code::CHANGED);
    assert_eq!(
        String::from_utf8(reply.payload).unwrap(),
        posted("18-msgresp-failed-post")
    );

    // Vector 15 may be stored, and arrives when the recipient registers.
    assert_reply(
        &bench.send(1, "15-msg-store-and-forward"),
        "17-msgresp-stored-piggyback",
    );
    assert_reply(
        &bench.send(1, "15-msg-store-and-forward"),
        "17-msgresp-stored-piggyback",
    );
    bench.register(2, UE2);
    let posts = bench.posts();
    assert_eq!(posts.len(), 1);
    let stored = vector("msgin5g/15-msg-store-and-forward.json")["payload"].clone();
    let got: Value = serde_json::from_str(&posts[0].1).unwrap();
    assert_eq!(
        (posts[0].0, &got["Payload"], &got["Message ID"]),
        (2, &stored["Payload"], &stored["Message ID"])
    );
    assert_eq!(got.get("Store and forward flag"), None);
}

#[test]
fn from_an_application_server_to_a_ue_and_to_all() {
    let mut bench = Bench::new(|_| {});
    let mut message = AsMessage::to_ue(
        AS,
        UE1,
        "3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d07",
        "SET interval=3600",
    );
    message.application_id = Some("app.meter".to_owned());
    message.report_wanted = true;
    let refused = bench.server.take_from_as(0, &message, &mut bench.effects);
    assert_eq!(refused, Err("recipient not registered"));

    bench.register(1, UE1);
    bench.effects.clear();
    bench
        .server
        .take_from_as(0, &message, &mut bench.effects)
        .unwrap();
    assert_eq!(bench.posts(), vec![(1, posted("19-msg-mt-from-as"))]);

    bench.effects.clear();
    let mut message = AsMessage::to_ue(
        AS,
        UE1,
        "3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d08",
        "TEST siren",
    );
    message.to = Address {
        kind: AddressKind::Broadcast,
        id: "ba-12".to_owned(),
    };
    bench
        .server
        .take_from_as(0, &message, &mut bench.effects)
        .unwrap();
    assert_eq!(bench.posts(), vec![(1, posted("22-msg-mt-broadcast"))]);
}

#[test]
fn a_group_message_goes_to_the_other_members() {
    let mut bench = Bench::new(|_| {});
    bench.register(1, UE1);
    bench.register(2, UE2);
    let v = vector("msgin5g/21-msg-mt-group.json");
    let mut sent = v["payload"].clone();
    sent.as_object_mut()
        .unwrap()
        .shift_remove("Recipient UE Service ID");
    bench.effects.clear();
    let reply = bench
        .server
        .request(0, PeerId(2), &request(&sent), &mut bench.effects);
    assert_reply(&reply, "16-msg-ack-empty");
    assert_eq!(bench.posts(), vec![(1, posted("21-msg-mt-group"))]);
}

#[test]
fn liberal_names_mean_the_same() {
    let mut plain = Bench::new(|_| {});
    plain.register(1, UE1);
    plain.register(2, UE2);
    // Vector 97 is vector 19 in other spellings; here a UE says it.
    let clean = vector("msgin5g/19-msg-mt-from-as.json")["payload"].to_string();
    let liberal = vector("msgin5g/97-liberal-names.json")["payload"].to_string();
    let read = |text: &str| {
        let fields = msgin5g_testnet::wire::Fields::parse(text.as_bytes()).unwrap();
        (
            fields.message_type().unwrap(),
            fields.originator().unwrap().id,
            fields.recipient().unwrap().id,
            msgin5g_testnet::wire::fold(fields.message_id().unwrap()),
            fields
                .boolean(&msgin5g_testnet::wire::names::REPORT_WANTED)
                .unwrap(),
            fields
                .text(&msgin5g_testnet::wire::names::PAYLOAD)
                .unwrap()
                .map(str::to_owned),
        )
    };
    assert_eq!(read(&liberal), read(&clean));
}

#[test]
fn only_the_ue_of_the_session_may_speak() {
    let mut bench = Bench::new(|_| {});
    bench.register(2, UE2);
    // Nobody registered as UE 1 here: UE 1's session must register first, UE 2's may not at all.
    assert_eq!(bench.send(1, "10-msg-p2p-con").code, Code::UNAUTHORIZED);
    let refused = bench.send(2, "10-msg-p2p-con").message(&[]);
    assert_eq!(refused.code, Code::FORBIDDEN);
    assert_eq!(
        String::from_utf8(refused.payload).unwrap(),
        r#"{"Failure Cause":"not authorized"}"#
    );
    let payload = vector("msgin5g/03-reg-request-min.json")["payload"].clone();
    // The key of the session lives until 1000.
    let mut late = |now| {
        bench
            .server
            .request(now, PeerId(1), &request(&payload), &mut Vec::new())
            .code
    };
    assert_eq!((late(999), late(1000)), (Code::CREATED, Code::UNAUTHORIZED));
}
