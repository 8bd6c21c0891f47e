//! CoAP over streams and datagrams: what is written, what is read, what is refused.

use crate::vectors;
use msgin5g::coap::{
    CoapError, Code, ContentFormat, OptionNumber, Outgoing, Token, UintValue,
    datagram::{self, Header, Type},
    signal::{Abort, Csm, Release, Signal},
    stream, uint,
};
use proptest::prelude::*;

type Owned = (Code, Vec<u8>, Vec<(u16, Vec<u8>)>, Vec<u8>);

fn encode_stream((code, token, options, payload): &Owned) -> Vec<u8> {
    let options: Vec<_> = options
        .iter()
        .map(|(n, v)| (OptionNumber(*n), &v[..]))
        .collect();
    let token = Token::new(token).unwrap();
    let outgoing = Outgoing {
        code: *code,
        token,
        options: &options,
        payload,
    };
    let Err(CoapError::BufferTooSmall { needed }) = outgoing.encode_stream(&mut []) else {
        panic!()
    };
    let mut out = vec![0; needed];
    assert_eq!(
        outgoing.encode_stream(&mut out[..needed - 1]),
        Err(CoapError::BufferTooSmall { needed })
    );
    assert_eq!(outgoing.encode_stream(&mut out), Ok(needed));
    out
}

fn decode_stream(frame: &[u8]) -> Result<Owned, CoapError> {
    let mut frame = frame.to_vec();
    let packet = stream::decode(&mut frame)?;
    let options = packet
        .options
        .iter()
        .map(|(n, v)| (n.0, v.to_vec()))
        .collect();
    Ok((
        packet.code,
        packet.token.as_octets().to_vec(),
        options,
        packet.payload.to_vec(),
    ))
}

/// Frames worked out by hand from RFC 8323 section 3.2.
#[test]
fn frames_are_those_of_rfc_8323() {
    let csm = (Code::CSM, vec![], vec![], vec![]);
    assert_eq!(encode_stream(&csm), [0x00, 0xe1]);

    // Figure 7's length forms at their borders: 12, 13, 268, 269, 65804, 65805 octets behind the token.
    let borders: [(usize, &[u8]); 6] = [
        (12, &[0xc1, 0x02, 0x7f]),
        (13, &[0xd1, 0x00, 0x02, 0x7f]),
        (268, &[0xd1, 0xff, 0x02, 0x7f]),
        (269, &[0xe1, 0x00, 0x00, 0x02, 0x7f]),
        (65804, &[0xe1, 0xff, 0xff, 0x02, 0x7f]),
        (65805, &[0xf1, 0x00, 0x00, 0x00, 0x00, 0x02, 0x7f]),
    ];
    for (body, head) in borders {
        let message = (Code::POST, vec![0x7f], vec![], vec![b'x'; body - 1]);
        let frame = encode_stream(&message);
        assert_eq!(frame[..head.len()], *head, "{body}");
        assert_eq!(frame.len(), head.len() + body);
        assert_eq!(
            stream::frame_len(&frame[..head.len() - 2]),
            Ok(Some(frame.len()))
        );
        assert_eq!(decode_stream(&frame), Ok(message));
    }
}

#[test]
fn options_at_the_borders_of_their_forms() {
    let options = [
        (0, 0),
        (12, 12),
        (25, 13),
        (294, 268),
        (563, 269),
        (832, 300),
        (65535, 0),
    ];
    let options: Vec<_> = options.iter().map(|(n, len)| (*n, vec![7; *len])).collect();
    let message = (Code::GET, vec![], options, vec![]);
    let frame = encode_stream(&message);
    assert_eq!(decode_stream(&frame), Ok(message));
    // Delta 0 and length 0; delta 12 and length 12; delta 13 and length 13, each with one octet more.
    assert_eq!(frame[4..6], [0x00, 0xcc]);
    assert_eq!(frame[18..21], [0xdd, 0x00, 0x00]);
    // Delta 269 and length 268: two octets and one.
    assert_eq!(frame[34..38], [0xed, 0x00, 0x00, 0xff]);
}

#[test]
fn frame_len_needs_only_the_first_octets() {
    assert_eq!(stream::frame_len(&[]), Ok(None));
    assert_eq!(stream::frame_len(&[0x02]), Ok(Some(4)));
    assert_eq!(stream::frame_len(&[0xd0]), Ok(None));
    assert_eq!(stream::frame_len(&[0xd0, 1]), Ok(Some(17)));
    assert_eq!(stream::frame_len(&[0xe0, 1]), Ok(None));
    assert_eq!(stream::frame_len(&[0xf8, 0, 0, 1]), Ok(None));
    assert_eq!(
        stream::frame_len(&[0xf8, 0, 0, 1, 0]),
        Ok(Some(6 + 8 + 256 + 65805))
    );
    assert_eq!(stream::frame_len(&[0x09]), Err(CoapError::TokenTooLong(9)));
}

#[test]
fn what_is_not_a_frame_is_refused_by_name() {
    let cases: [(&[u8], CoapError); 12] = [
        (&[], CoapError::Truncated),
        (&[0xd0], CoapError::Truncated),
        (&[0x0f, 0x02], CoapError::TokenTooLong(15)),
        (
            &[0x10, 0x02],
            CoapError::FrameLength {
                expected: 3,
                found: 2,
            },
        ),
        (
            &[0x00, 0x02, 0x00],
            CoapError::FrameLength {
                expected: 2,
                found: 3,
            },
        ),
        (&[0x10, 0x02, 0xf0], CoapError::ReservedNibble { at: 0 }),
        (
            &[0x20, 0x02, 0x10, 0x0f],
            CoapError::ReservedNibble { at: 1 },
        ),
        (&[0x10, 0x02, 0xb1], CoapError::OptionTruncated { at: 0 }),
        (&[0x10, 0x02, 0xd0], CoapError::OptionTruncated { at: 0 }),
        (&[0x10, 0x02, 0xff], CoapError::EmptyPayload),
        (
            &[0x30, 0x02, 0xe0, 0xff, 0x00],
            CoapError::OptionOverflow { at: 0 },
        ),
        (
            &[0x40, 0x02, 0xe0, 0xfe, 0xf2, 0x10],
            CoapError::OptionOverflow { at: 3 },
        ),
    ];
    for (frame, error) in cases {
        assert_eq!(decode_stream(frame), Err(error), "{frame:02x?}");
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn what_cannot_be_written_is_refused() {
    let outgoing = |options| {
        Outgoing {
            code: Code::GET,
            token: Token::EMPTY,
            options,
            payload: b"",
        }
        .encode_stream(&mut [0; 32])
    };
    assert_eq!(
        outgoing(&[(OptionNumber(12), b"a"), (OptionNumber(11), b"b")]),
        Err(CoapError::OptionsOrder)
    );
    assert_eq!(
        outgoing(&[(OptionNumber(11), &[0; 65805])]),
        Err(CoapError::OptionTooLong)
    );
    assert_eq!(
        outgoing(&[(OptionNumber(11), &[0; 65804])]),
        Err(CoapError::BufferTooSmall {
            needed: 6 + 3 + 65804
        })
    );
    assert_eq!(Token::new(&[0; 9]), Err(CoapError::TokenTooLong(9)));
    assert_eq!(Token::new(&[0; 8]).unwrap().as_octets(), [0; 8]);
}

/// RFC 7252 sections 5.4.1 and 5.4.5.
#[test]
fn critical_options_that_must_be_refused_are_found() {
    let find = |options: &[(u16, &[u8])]| {
        let options = options.iter().map(|(n, v)| (*n, v.to_vec())).collect();
        let mut frame = encode_stream(&(Code::POST, vec![], options, vec![]));
        let understood = [
            OptionNumber::URI_PATH,
            OptionNumber::ACCEPT,
            OptionNumber::URI_HOST,
        ];
        stream::decode(&mut frame)
            .unwrap()
            .options
            .unrecognised_critical(&understood)
            .map(|n| n.0)
    };
    assert_eq!(find(&[]), None);
    assert_eq!(
        find(&[(11, b"a"), (11, b"b"), (12, b"2"), (17, b"2")]),
        None
    );
    assert_eq!(find(&[(11, b"a"), (15, b"q")]), Some(15));
    assert_eq!(find(&[(14, b"a"), (60, b"q")]), None, "elective");
    assert_eq!(
        find(&[(17, b"2"), (17, b"2")]),
        Some(17),
        "repeated and must not be"
    );
    assert_eq!(
        find(&[(12, b"2"), (12, b"2")]),
        None,
        "Content-Format is elective"
    );
}

#[test]
fn option_values_that_are_numbers() {
    for (number, octets) in [
        (0, &[][..]),
        (50, &[50]),
        (256, &[1, 0]),
        (u32::MAX, &[255; 4]),
    ] {
        assert_eq!(UintValue::new(number).as_octets(), octets);
        assert_eq!(uint(octets), Some(number));
    }
    assert_eq!(uint(&[0, 0, 50]), Some(50));
    assert_eq!(uint(&[0; 5]), None);
    assert_eq!(ContentFormat::JSON.octets(), [50]);
}

#[test]
fn signals_survive_the_wire() {
    let signals = [
        (Signal::Csm(Csm::default()), "00e1"),
        (
            Signal::Csm(Csm {
                max_message_size: Some(1152),
                block_wise: true,
            }),
            "40e122048020",
        ),
        (
            Signal::Csm(Csm {
                max_message_size: Some(0),
                block_wise: false,
            }),
            "10e120",
        ),
        (Signal::Ping { custody: false }, "00e2"),
        (Signal::Pong { custody: true }, "10e320"),
        (
            Signal::Release(Release {
                alternative_address: Some("b:1"),
                hold_off: Some(60),
            }),
            "60e423623a31213c",
        ),
        (
            Signal::Release(Release {
                alternative_address: None,
                hold_off: Some(1),
            }),
            "20e44101",
        ),
        (
            Signal::Abort(Abort {
                bad_csm_option: Some(9),
                diagnostic: "no",
            }),
            "50e52109ff6e6f",
        ),
        (Signal::Abort(Abort::default()), "00e5"),
    ];
    for (signal, octets) in signals {
        let mut out = [0; 32];
        let len = signal.encode(Token::EMPTY, &mut out).unwrap();
        assert_eq!(hex::encode(&out[..len]), octets);
        let packet = stream::decode(&mut out[..len]).unwrap();
        assert_eq!(Signal::decode(&packet), Ok(signal));
        assert_eq!(packet.token, Token::EMPTY);
    }
}

#[test]
fn signals_with_what_must_be_refused() {
    let decode = |octets: &str| {
        let mut frame = hex::decode(octets).unwrap();
        Signal::decode(&stream::decode(&mut frame).unwrap()).map(drop)
    };
    assert_eq!(
        decode("10e110"),
        Err(CoapError::BadSignalOption(1)),
        "critical"
    );
    assert_eq!(decode("10e160"), Ok(()), "elective");
    assert_eq!(
        decode("60e1250102030405"),
        Err(CoapError::BadSignalOption(2)),
        "five octets"
    );
    assert_eq!(decode("00e6"), Err(CoapError::UnknownSignal(6)));
    assert_eq!(decode("0045"), Err(CoapError::UnknownSignal(5)));
}

#[test]
fn codes_know_their_class() {
    assert_eq!(Code::FORBIDDEN.to_string(), "4.03");
    assert!(Code::POST.is_request() && !Code::EMPTY.is_request() && !Code::CREATED.is_request());
    assert!(Code::CREATED.is_success() && Code::CREATED.is_response());
    assert!(Code::BAD_OPTION.is_response() && !Code::BAD_OPTION.is_success());
    assert!(Code::PING.is_signal() && !Code::PING.is_response());
}

/// The header of every vector, read and written again.
#[test]
fn datagrams_of_the_vectors() {
    for vector in vectors::all() {
        let (datagram, coap) = (vector.datagram(), &vector.json["coap"]);
        let mut copy = datagram.clone();
        let datagram::Datagram { header, packet } = datagram::decode(&mut copy).unwrap();
        assert_eq!(
            format!("{:?}", header.kind).to_uppercase(),
            coap["type"].as_str().unwrap(),
            "{}",
            vector.file
        );
        assert_eq!(u64::from(header.message_id), coap["mid"].as_u64().unwrap());
        assert_eq!(packet.code.to_string(), coap["code"].as_str().unwrap());
        assert_eq!(
            hex::encode(packet.token.as_octets()),
            coap["token"].as_str().unwrap()
        );
        let options: Vec<_> = packet.options.iter().collect();
        let expected = coap["options"].as_array().unwrap();
        assert_eq!(options.len(), expected.len());
        for ((number, value), expected) in options.iter().zip(expected) {
            assert_eq!(u64::from(number.0), expected["number"].as_u64().unwrap());
            match &expected["value"] {
                serde_json::Value::String(text) => assert_eq!(*value, text.as_bytes()),
                number => assert_eq!(uint(value).map(u64::from), number.as_u64()),
            }
        }
        assert_eq!(packet.payload, vector.payload());

        let outgoing = Outgoing {
            code: packet.code,
            token: packet.token,
            options: &options,
            payload: packet.payload,
        };
        let mut out = vec![0; datagram.len()];
        assert_eq!(
            outgoing.encode_datagram(header, &mut out),
            Ok(datagram.len())
        );
        assert_eq!(out, datagram);
    }
}

#[test]
fn what_is_not_a_datagram_is_refused_by_name() {
    let cases: [(&str, CoapError); 9] = [
        ("", CoapError::Truncated),
        ("400000", CoapError::Truncated),
        ("80020001", CoapError::Version(2)),
        ("41000001ff", CoapError::EmptyNotEmpty),
        ("40000001ff00", CoapError::EmptyNotEmpty),
        ("49020001", CoapError::TokenTooLong(9)),
        ("42020001aa", CoapError::Truncated),
        ("40e10001", CoapError::ReservedClass(7)),
        ("40020001ff", CoapError::EmptyPayload),
    ];
    for (datagram, error) in cases {
        let mut octets = hex::decode(datagram).unwrap();
        assert_eq!(datagram::decode(&mut octets), Err(error), "{datagram}");
    }
    let reset = datagram::decode(&mut [0x70, 0, 0x12, 0x34]).unwrap().header;
    assert_eq!(
        reset,
        Header {
            kind: Type::Rst,
            message_id: 0x1234
        }
    );
}

fn message() -> impl Strategy<Value = Owned> {
    let octets = |max| prop::collection::vec(any::<u8>(), 0..max);
    let options = prop::collection::vec((any::<u16>(), octets(300)), 0..6);
    (any::<u8>(), octets(9), options, octets(400)).prop_map(
        |(code, token, mut options, payload)| {
            options.sort_by_key(|(number, _)| *number);
            (Code(code), token, options, payload)
        },
    )
}

proptest! {
    #[test]
    fn written_then_read_is_the_same(message in message()) {
        let frame = encode_stream(&message);
        prop_assert_eq!(stream::frame_len(&frame), Ok(Some(frame.len())));
        prop_assert_eq!(decode_stream(&frame), Ok(message));
    }

    #[test]
    fn a_prefix_never_tells_a_wrong_length(message in message()) {
        let frame = encode_stream(&message);
        for len in 0..frame.len().min(stream::MAX_HEAD) {
            let told = stream::frame_len(&frame[..len]).unwrap();
            prop_assert!(told.is_none_or(|told| told == frame.len()));
        }
    }

    /// Whatever arrives: no panic, and what decodes has the length that `frame_len` told.
    #[test]
    fn any_octets(octets in prop::collection::vec(any::<u8>(), 0..64)) {
        let told = stream::frame_len(&octets);
        if let Ok(message) = decode_stream(&octets) {
            prop_assert_eq!(told, Ok(Some(octets.len())));
            // Not every frame is in shortest form, but what it says survives.
            prop_assert_eq!(decode_stream(&encode_stream(&message)), Ok(message));
        }
        let _ = datagram::decode(&mut octets.clone());
        let mut copy = octets.clone();
        if let Ok(packet) = stream::decode(&mut copy) {
            let _ = Signal::decode(&packet);
        }
    }
}

/// The front of a frame, told as soon as it is there.
#[test]
fn the_front_of_a_frame() {
    let message = (
        Code::CREATED,
        vec![1, 2, 3],
        vec![(12, vec![50])],
        vec![b'x'; 300],
    );
    let frame = encode_stream(&message);
    for len in 0..frame.len() {
        let front = stream::peek(&frame[..len]).unwrap();
        assert_eq!(front.is_some(), len >= 4 + 3, "{len}");
        if let Some(front) = front {
            assert_eq!(
                (front.code, front.token.as_octets()),
                (Code::CREATED, &[1, 2, 3][..])
            );
            assert_eq!(front.frame_len, frame.len());
        }
    }
    assert_eq!(stream::peek(&[0x0a]), Err(CoapError::TokenTooLong(10)));
}

/// A payload made in its place gives the frame that a finished payload gives.
#[test]
fn a_head_without_its_payload() {
    let options = [(OptionNumber::CONTENT_FORMAT, &[50][..])];
    let token = Token::from(0x0102_0304);
    let head = Outgoing {
        code: Code::POST,
        token,
        options: &options,
        payload: b"",
    };
    for payload in [&b""[..], b"x", &[b'y'; 300]] {
        let mut whole = [0; 400];
        let len = Outgoing { payload, ..head }
            .encode_stream(&mut whole)
            .unwrap();
        let mut parts = [0; 400];
        let start = head.encode_stream_head(payload.len(), &mut parts).unwrap();
        parts[start..start + payload.len()].copy_from_slice(payload);
        assert_eq!(parts, whole);
        assert_eq!(start + payload.len(), len);
        let short = head.encode_stream_head(payload.len(), &mut parts[..len - 1]);
        assert_eq!(short, Err(CoapError::BufferTooSmall { needed: len }));
    }
}
