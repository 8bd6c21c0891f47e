//! Codes and options, and what must hold for any message.

use super::*;

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
fn codes_know_their_class() {
    assert_eq!(Code::FORBIDDEN.to_string(), "4.03");
    assert!(Code::POST.is_request() && !Code::EMPTY.is_request() && !Code::CREATED.is_request());
    assert!(Code::CREATED.is_success() && Code::CREATED.is_response());
    assert!(Code::BAD_OPTION.is_response() && !Code::BAD_OPTION.is_success());
    assert!(Code::PING.is_signal() && !Code::PING.is_response());
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
