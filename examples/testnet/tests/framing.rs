//! CoAP over a stream: frames by the numbers of RFC 8323 3.2, and signals through the wire.

mod common;

use common::*;
use msgin5g_testnet::coap::stream::{decode, encode};
use msgin5g_testnet::coap::{CoapError, Code, Message, number};
use msgin5g_testnet::{Closing, EventKind};

#[test]
fn frames_at_the_borders_of_the_length_forms() {
    // RFC 8323 figure 6: an empty message with a token.
    assert_eq!(encode(&Message::new(Code::EMPTY, &[])), [0x00, 0x00]);
    assert_eq!(
        encode(&Message::new(Code::CONTENT, &[0xaa])),
        [0x01, 0x45, 0xaa]
    );
    let headers: [(usize, &[u8]); 7] = [
        (11, &[0xc0]),
        (12, &[0xd0, 0]),
        (267, &[0xd0, 255]),
        (268, &[0xe0, 0, 0]),
        (65803, &[0xe0, 0xff, 0xff]),
        (65804, &[0xf0, 0, 0, 0, 0]),
        (65805, &[0xf0, 0, 0, 0, 1]),
    ];
    for (payload, header) in headers {
        let mut message = Message::new(Code::POST, &[]);
        message.payload = vec![b'x'; payload];
        let octets = encode(&message);
        assert!(octets.starts_with(header), "{payload}: {:?}", &octets[..6]);
        assert_eq!(decode(&octets, 1 << 20), Ok(Some((message, octets.len()))));
        assert_eq!(decode(&octets[..octets.len() - 1], 1 << 20), Ok(None));
    }
}

#[test]
fn options_at_the_borders_of_their_forms() {
    let mut message = Message::new(Code::POST, &[1, 2, 3, 4, 5, 6, 7, 8]);
    for (option, length) in [
        (1, 0),
        (12, 12),
        (13, 13),
        (25, 268),
        (281, 269),
        (65535, 300),
    ] {
        message.options.add(option, &vec![7; length]);
    }
    let octets = encode(&message);
    assert_eq!(decode(&octets, 1 << 20), Ok(Some((message, octets.len()))));

    let mut path = Message::new(Code::POST, &[0x42]);
    path.options.add_uint(number::CONTENT_FORMAT, 50);
    path.options.add(number::URI_PATH, b"msgin5g");
    path.payload = b"{}".to_vec();
    // Written by hand: delta 11 length 7, delta 1 length 1, marker, payload.
    let by_hand = b"\xd1\x00\x02\x42\xb7msgin5g\x11\x32\xff{}";
    assert_eq!(encode(&path), by_hand);
    assert_eq!(
        frame(0x02, &[0x42], &[(11, b"msgin5g"), (12, &[50])], b"{}"),
        by_hand
    );
}

#[test]
fn octets_that_are_no_message() {
    assert_eq!(decode(&[0x09, 0x02], 100), Err(CoapError::TokenLength));
    assert_eq!(decode(&[0x10, 0x02, 0xf0], 100), Err(CoapError::Option));
    assert_eq!(decode(&[0x10, 0x02, 0x0f], 100), Err(CoapError::Option));
    assert_eq!(decode(&[0x10, 0x02, 0xd0], 100), Err(CoapError::Option));
    assert_eq!(decode(&[0x10, 0x02, 0x05], 100), Err(CoapError::Option));
    assert_eq!(
        decode(&[0x10, 0x02, 0xff], 100),
        Err(CoapError::EmptyPayload)
    );
    assert_eq!(
        decode(&[0xd0, 98, 0x02], 100),
        Err(CoapError::TooLarge { announced: 100 })
    );
    let huge = decode(&[0xf0, 0xff, 0xff, 0xff, 0xff], 100);
    assert_eq!(huge, Err(CoapError::TooLarge { announced: 100 }));
}

#[test]
fn the_server_speaks_first_and_wants_csm_first() {
    let net = network(|_| {});
    let mut ue = Ue::bare(&net);
    let csm = ue.next_frame().unwrap();
    assert_eq!((csm.code, csm.options), (0xe1, vec![(2, vec![0x40, 0x00])]));
    ue.raw(&frame(0x02, &[1], &[], b"{}"));
    let abort = ue.next_frame().unwrap();
    assert_eq!(
        (abort.code, abort.payload.as_slice()),
        (0xe5, b"the first message must be CSM".as_slice())
    );
    assert_eq!(ue.next_frame(), None);
    net.wait_for(|e| {
        matches!(
            &e.kind,
            EventKind::SessionClosed {
                how: Closing::Aborted(_),
                ..
            }
        )
    })
    .unwrap();
}

#[test]
fn ping_release_and_abort() {
    let net = network(|_| {});
    let mut ue = Ue::plain(&net);
    ue.next_frame();
    ue.raw(&frame(0xe2, &[9], &[], b""));
    let pong = ue.next_frame().unwrap();
    assert_eq!((pong.code, pong.token), (0xe3, vec![9]));
    // An empty message means nothing.
    ue.raw(&[0x00, 0x00]);
    ue.register(UE1);

    assert!(net.send_signal(UE1, Code::PING, ""));
    let ping = ue.next_frame().unwrap();
    assert_eq!(ping.code, 0xe2);
    ue.raw(&frame(0xe3, &ping.token, &[], b""));
    net.wait_for(
        |e| matches!(&e.kind, EventKind::Signal { inbound: true, what, .. } if what == "Pong"),
    )
    .unwrap();

    ue.raw(&frame(0xe4, &[], &[], b""));
    assert_eq!(ue.next_frame(), None);
    net.wait_for(|e| {
        matches!(
            &e.kind,
            EventKind::SessionClosed {
                how: Closing::Orderly,
                ..
            }
        )
    })
    .unwrap();
    assert!(!net.registered(UE1));

    let mut ue = Ue::plain(&net);
    ue.raw(&frame(0xe5, &[], &[], b"enough"));
    let aborted = |how: &Closing| *how == Closing::Aborted("enough".to_owned());
    net.wait_for(|e| matches!(&e.kind, EventKind::SessionClosed { how, .. } if aborted(how)))
        .unwrap();
}

#[test]
fn a_csm_with_an_unknown_critical_option() {
    let net = network(|_| {});
    let mut ue = Ue::bare(&net);
    ue.next_frame();
    ue.raw(&frame(0xe1, &[], &[(7, &[1])], b""));
    let abort = ue.next_frame().unwrap();
    assert_eq!((abort.code, abort.options), (0xe5, vec![(2, vec![7])]));
    // An elective one is passed over.
    let mut ue = Ue::bare(&net);
    ue.raw(&frame(0xe1, &[], &[(8, &[1])], b""));
    assert_eq!(ue.register(UE1).code, "2.01");
}

#[test]
fn a_request_in_single_octets_and_several_at_once() {
    let net = network(|_| {});
    let mut ue = Ue::plain(&net);
    let body = format!(r#"{{"Message Type":"REG","UE Service ID":"{UE1}"}}"#);
    let request = frame(0x02, &[5], &[(12, &[50])], body.as_bytes());
    for octet in &request {
        ue.raw(&[*octet]);
    }
    assert_eq!(ue.answer(&[5]).code, "2.01");
    let mut many = Vec::new();
    for token in 10..20 {
        many.extend(frame(0x02, &[token], &[(12, &[50])], body.as_bytes()));
    }
    ue.raw(&many);
    for token in 10..20 {
        assert_eq!(ue.answer(&[token]).code, "2.01");
    }
}

#[test]
fn a_message_that_stops_half_way() {
    let net = network(|_| {});
    let mut ue = Ue::plain(&net);
    ue.raw(&[0xd0, 100, 0x02]);
    drop(ue);
    net.wait_for(|e| {
        matches!(
            &e.kind,
            EventKind::SessionClosed {
                how: Closing::Truncated,
                ..
            }
        )
    })
    .unwrap();
}
