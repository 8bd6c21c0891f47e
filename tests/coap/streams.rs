//! Frames and signals on streams (RFC 8323).

use super::*;

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
