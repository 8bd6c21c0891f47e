//! What others send and must not: answered as it should be, and nothing else is lost by it. The other tests of
//! this kind stand with their topics; `docs/conformance.md` lists them.

use crate::script::Bench;
use crate::segments::{numbers, run, send, small};
use msgin5g::client::Event;
use msgin5g::coap::{Code, OptionNumber, Token};
use msgin5g::message::{DecodeError, Member, Message, Priority};

fn msg(id: &str) -> String {
    format!(
        r#"{{"MSGin5G service identifier":"MSGin5G","Message Type":"MSG","Originating AS Service ID":"as-meter@iot.example","Recipient UE Service ID":"ue-4711@iot.example","Message ID":"{id}","Payload":"x"}}"#
    )
}

/// A good message is still taken, and our own still goes and comes to its end.
fn goes_on(bench: &mut Bench<'_>, id: &str) {
    let (event, code, _) = bench.exchange(&msg(id), 0);
    assert!(event.starts_with("Message"), "{event}");
    assert_eq!(code, Code::CHANGED);
    let ours = bench.send("ours", Priority::Middle);
    let request = bench.request(0);
    bench.answer(&request, Code::CHANGED, "");
    let accepted = Event::Accepted { message_id: ours };
    assert_eq!(bench.client.poll_event(0), Some(accepted));
}

#[test]
fn a_message_that_is_cut_anywhere_is_refused_and_harms_nothing() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let whole = msg("cut");
    for end in 0..whole.len() {
        let (event, code, sent) = bench.exchange(&whole[..end], 0);
        assert_eq!(code, Code::BAD_REQUEST, "{} {event}", &whole[..end]);
        assert!(sent.is_empty(), "{sent:?}");
    }
    goes_on(&mut bench, "cut");
}

#[test]
fn members_of_the_wrong_type_or_size_are_refused_and_harm_nothing() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let long = format!("\"{}\"", "x".repeat(256));
    let deep = "[[[[0]]]]";
    for (name, value) in [
        ("Message Type", "7"),
        ("Message Type", "\"MSG2\""),
        ("Message ID", "{}"),
        ("Message ID", "\"\""),
        ("Message ID", &long),
        ("Originating AS Service ID", "\"\""),
        ("Originating AS Service ID", "true"),
        ("Originating AS Service ID", &long),
        ("Recipient UE Service ID", &long),
        ("Recipient UE Service ID", "[\"a@b.c\"]"),
        ("Payload", "7"),
        ("Payload", "\"\\ud800\""),
        ("Payload", "\"\\x\""),
        ("Delivery status required", "\"perhaps\""),
        ("Application ID", "{\"a\":1}"),
        ("Anything", deep),
    ] {
        // The last of two counts.
        let json = msg("typed").replace("}", &format!(",\"{name}\":{value}}}"));
        let (event, code, _) = bench.exchange(&json, 0);
        assert_eq!(code, Code::BAD_REQUEST, "{json} {event}");
    }
    goes_on(&mut bench, "typed");
}

/// RFC 7252 section 5.4.5: a critical option that must not be repeated counts as not understood.
#[test]
fn critical_options_that_stand_twice_are_refused() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let format: (OptionNumber, &[u8]) = (OptionNumber::CONTENT_FORMAT, &[50]);
    for (number, value) in [
        (OptionNumber::URI_HOST, &b"a"[..]),
        (OptionNumber::URI_PORT, &[1][..]),
        (OptionNumber::IF_MATCH, b"x"),
    ] {
        let options = [(number, value), (number, value), format];
        bench.frame(
            Code::POST,
            Token::from(9),
            &options,
            msg("option").as_bytes(),
        );
        let refused = Event::Refused(Code::BAD_OPTION);
        assert_eq!(bench.client.poll_event(0), Some(refused), "{number:?}");
        assert_eq!(bench.sent(0)[0].code, Code::BAD_OPTION);
    }
    goes_on(&mut bench, "option");
}

/// RFC 8323 section 5.6: the session ends with an Abort. What was accepted goes in the next one.
#[test]
fn options_out_of_form_end_the_session_and_lose_nothing() {
    for body in [
        &[0xf0][..],         // reserved delta
        &[0x0f],             // reserved length
        &[0xb5, b'a'],       // runs past the end
        &[0xd0],             // without its second octet
        &[0xe0, 0xff, 0xff], // a number over 65535
    ] {
        let mut memory = Bench::memory();
        let mut bench = Bench::registered(&mut memory);
        let ours = bench.send("ours", Priority::Middle);
        bench.request(0);
        let len = u8::try_from(body.len()).unwrap();
        bench.octets(&[&[len << 4 | 1, Code::POST.0, 0x77][..], body].concat());
        assert!(matches!(
            bench.client.poll_event(0),
            Some(Event::Malformed(_))
        ));
        let codes: Vec<Code> = bench.sent(0).iter().map(|frame| frame.code).collect();
        assert_eq!(codes, [Code::ABORT], "{body:02x?}");
        assert!(bench.client.recv_space().is_empty());

        bench.client.disconnected();
        bench.client.connected();
        let registration = bench.request(0);
        bench.answer(&registration, Code::CREATED, "");
        assert_eq!(bench.client.poll_event(0), Some(Event::Registered));
        let again = bench.request(0);
        assert_eq!(again.json()["Message ID"], ours.to_string());
        bench.answer(&again, Code::CHANGED, "");
        let accepted = Event::Accepted { message_id: ours };
        assert_eq!(bench.client.poll_event(0), Some(accepted));
        goes_on(&mut bench, "form");
    }
}

#[test]
fn ranges_that_overlap_ask_for_each_segment_once() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    let id = send(&mut bench, &"y".repeat(200));
    assert_eq!(run(&mut bench, 0).0.len(), 4);
    let recovery = format!(
        r#"{{"Message Type":"SEGREC","Segmentation Set Identifier":"{id}","List of Segment range":[{{"start":3,"end":4}},{{"start":2,"end":3}},"3-3",4,[4,9],{{"start":3,"end":2}}]}}"#
    );
    let (_, code, sent) = bench.exchange(&recovery, 0);
    assert_eq!(code, Code::CHANGED);
    bench.answer(&sent[0], Code::CHANGED, "");
    bench.events(0);
    let (mut again, _) = run(&mut bench, 0);
    again.insert(0, sent[0].clone());
    assert_eq!(numbers(&again), [2, 3, 4]);
}

/// Nobody asked for them, and they change nothing.
#[test]
fn reports_and_answers_for_unknown_messages_end_nothing() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, small);
    let kept = send(&mut bench, &"y".repeat(200));
    run(&mut bench, 0);
    let pending = bench.send("ours", Priority::Middle);
    let request = bench.request(0);
    for kind in [
        r#""Message Type":"IMDN","Originating UE Service ID":"ue-0815@iot.example","Recipient UE Service ID":"ue-4711@iot.example","Delivery Status":"failure""#,
        r#""Message Type":"MSGRESP","Originating UE Service ID":"ue-4711@iot.example","Delivery Status":"failed""#,
        r#""Message Type":"SEGCONFIR","Segmentation Set Identifier":"seg-77""#,
        r#""Message Type":"SEGREC","Segmentation Set Identifier":"seg-77","List of Segment range":[1]"#,
    ] {
        let json = format!(r#"{{{kind},"Message ID":"3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7dff"}}"#);
        let (event, code, sent) = bench.exchange(&json, 0);
        // Whose they are, the application knows for what it sent before this client was made.
        let is_handed_over = event.starts_with("Report") || event.starts_with("Failed");
        let expected = if is_handed_over {
            Code::CHANGED
        } else {
            Code::NOT_FOUND
        };
        assert_eq!(code, expected, "{event}");
        assert!(sent.is_empty());
        assert_eq!(bench.client.pending(), 1);
        assert!(!event.contains(&pending.to_string()) && !event.contains(&kept.to_string()));
    }
    bench.answer(&request, Code::CHANGED, "");
    let accepted = Event::Accepted {
        message_id: pending,
    };
    assert_eq!(bench.client.poll_event(0), Some(accepted));
    let confirmed = format!(
        r#"{{"Message Type":"SEGCONFIR","Segmentation Set Identifier":"{kept}","Message ID":"{kept}","Result":"success"}}"#
    );
    assert_eq!(bench.exchange(&confirmed, 0).1, Code::CHANGED);
    assert!(bench.client.is_idle());
}

/// TS 23.554 clause 8.2.7: a gateway that collects registrations answers twice.
#[test]
fn an_interim_answer_to_a_registration_is_not_the_last_word() {
    let mut memory = Bench::memory();
    let mut bench = Bench::new(&mut memory);
    bench.client.register().unwrap();
    let request = bench.request(0);
    bench.answer(
        &request,
        Code::CHANGED,
        r#"{"UE Service ID":"ue-4711@iot.example","Expected registration time":"2026-01-01T00:00:00Z"}"#,
    );
    assert_eq!(bench.client.poll_event(0), Some(Event::RegistrationPending));
    assert!(!bench.client.is_registered());
    // It asks again when nothing more comes in the time for an answer.
    assert!(bench.sent(0).is_empty());
    assert_eq!(bench.client.next_deadline(), Some(93_000));
}

/// Each identifier: the longest that is read, and one more.
#[test]
fn identifiers_of_others_have_bounds_with_names() {
    let json = |member: &str, value: &str| {
        let (mut originator, mut recipient) =
            ("Originating UE Service ID", "Recipient UE Service ID");
        let mut values = ["a@b.c"; 3];
        match member {
            _ if member.starts_with("Orig") => (originator, values[0]) = (member, value),
            "Message ID" => values[2] = value,
            _ => (recipient, values[1]) = (member, value),
        }
        format!(
            r#"{{"Message Type":"MSG","{originator}":"{}","{recipient}":"{}","Message ID":"{}"}}"#,
            values[0], values[1], values[2]
        )
    };
    for (name, member, most) in [
        ("Originating UE Service ID", Member::OriginatingUe, 255),
        ("Originating AS Service ID", Member::OriginatingAs, 255),
        ("Recipient UE Service ID", Member::RecipientUe, 255),
        ("Recipient AS Service ID", Member::RecipientAs, 255),
        ("Recipient Group Service ID", Member::RecipientGroup, 255),
        ("Broadcast Area ID", Member::BroadcastArea, 255),
        ("Messaging Topic", Member::Topic, 255),
        ("Message ID", Member::MessageId, 64),
    ] {
        for len in [1, most] {
            let mut octets = json(name, &"x".repeat(len)).into_bytes();
            assert!(Message::decode(&mut octets).is_ok(), "{name} {len}");
        }
        for len in [0, most + 1] {
            let mut octets = json(name, &"x".repeat(len)).into_bytes();
            let error = DecodeError::Unusable(member);
            assert_eq!(Message::decode(&mut octets), Err(error), "{name} {len}");
        }
    }
}
