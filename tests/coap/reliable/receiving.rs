//! What comes: served once, answered each time.

use super::*;

// ---- requests of the peer -----------------------------------------------------------------

#[test]
fn a_repeated_request_is_served_once_and_answered_each_time() {
    let mut endpoint = Endpoint::<1, 4>::new(Params::new(), 7);
    let request = datagram(Type::Con, 0x1234, Code::POST, token(3));
    assert_eq!(endpoint.accept(&request, 0, nobody), Arrival::Request);
    // It is being served: the answer to the first one is the answer to all.
    assert_eq!(endpoint.accept(&request, 10, nobody), Arrival::Ignored);
    let header = Header {
        kind: Type::Ack,
        message_id: 0x1234,
    };
    assert_eq!(endpoint.answer(token(3), Code::CHANGED), Some(header));
    assert_eq!(endpoint.answer(token(3), Code::CHANGED), None);

    let repeated = Arrival::Reply(Reply {
        header,
        code: Code::CHANGED,
        token: token(3),
    });
    assert_eq!(endpoint.accept(&request, 20, nobody), repeated);
    assert_eq!(endpoint.accept(&request, 246_999, nobody), repeated);
    // The ID may mean another message by now.
    assert_eq!(endpoint.accept(&request, 247_000, nobody), Arrival::Request);
}

#[test]
fn a_request_that_wants_no_acknowledgement_gets_none() {
    let mut endpoint = Endpoint::<1, 4>::new(Params::new(), 7);
    let request = datagram(Type::Non, 0x1234, Code::POST, token(3));
    assert_eq!(endpoint.accept(&request, 0, nobody), Arrival::Request);
    let header = endpoint.answer(token(3), Code::CHANGED).unwrap();
    assert_eq!((header.kind, header.message_id), (Type::Non, 7));
    assert_eq!(endpoint.accept(&request, 144_999, nobody), Arrival::Ignored);
    assert_eq!(endpoint.accept(&request, 145_000, nobody), Arrival::Request);
}

#[test]
fn requests_with_the_same_token_are_answered_in_their_order() {
    let mut endpoint = Endpoint::<1, 3>::new(Params::new(), 7);
    for id in 1..=5 {
        let request = datagram(Type::Con, id, Code::POST, Token::EMPTY);
        assert_eq!(endpoint.accept(&request, 0, nobody), Arrival::Request);
    }
    // The first two are forgotten: there is room for three.
    let answered = (0..4).map(|_| endpoint.answer(Token::EMPTY, Code::CHANGED));
    let ids: Vec<_> = answered.map(|header| Some(header?.message_id)).collect();
    assert_eq!(ids, [Some(3), Some(4), Some(5), None]);
}

// ---- what is not understood ---------------------------------------------------------------

#[test]
fn what_is_not_understood_is_reset_if_it_wants_to_know() {
    let mut endpoint = Endpoint::<1, 4>::new(Params::new(), 7);
    let reset = |id| Arrival::Reply(empty(Type::Rst, id));
    // An empty confirmable message is a ping (section 4.3).
    assert_eq!(endpoint.accept(&[0x40, 0, 0, 1], 0, nobody), reset(1));
    // Something behind an empty header, a reserved class, a token of nine octets, one cut off.
    for bad in [
        &[0x40, 0x00, 0, 1, 0xff][..],
        &[0x40, 0x20, 0, 1],
        &[0x49, 0x02, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &[0x44, 0x02, 0, 1, 0],
    ] {
        assert_eq!(endpoint.accept(bad, 0, nobody), reset(1), "{bad:02x?}");
        let mut non = bad.to_vec();
        non[0] |= 0x10;
        assert_eq!(endpoint.accept(&non, 0, nobody), Arrival::Ignored);
    }
    // Another version, and less than a header: silence (section 3).
    assert_eq!(
        endpoint.accept(&[0x80, 2, 0, 1], 0, nobody),
        Arrival::Ignored
    );
    assert_eq!(endpoint.accept(&[0x40, 2, 0], 0, nobody), Arrival::Ignored);
    assert_eq!(endpoint.accept(&[], 0, nobody), Arrival::Ignored);
}

#[test]
fn a_new_conversation_knows_nothing_of_the_old_one() {
    let mut endpoint = Endpoint::<1, 4>::new(Params::new(), 7);
    let request = datagram(Type::Con, 1, Code::POST, token(3));
    assert_eq!(endpoint.accept(&request, 0, nobody), Arrival::Request);
    let first = endpoint.confirm(token(9), 0).unwrap();
    endpoint.reset();
    assert_eq!(endpoint.next_deadline(), None);
    assert_eq!(endpoint.accept(&request, 0, nobody), Arrival::Request);
    let second = endpoint.confirm(token(9), 0).unwrap();
    assert_ne!(first.message_id, second.message_id);
}

#[test]
fn replies_are_datagrams() {
    let mut octets = [0; Reply::MAX_LEN];
    assert_eq!(empty(Type::Rst, 0x0102).encode(&mut octets), Ok(4));
    assert_eq!(octets[..4], [0x70, 0, 1, 2]);
    let long = Reply {
        code: Code::CHANGED,
        token: Token::new(&[1; 8]).unwrap(),
        ..empty(Type::Ack, 0x0102)
    };
    assert_eq!(long.encode(&mut octets), Ok(12));
    assert_eq!(octets[..4], [0x68, 0x44, 1, 2]);
    assert!(long.encode(&mut octets[..11]).is_err());
}

#[test]
fn the_front_of_a_datagram_is_enough() {
    let message = Outgoing {
        code: Code::POST,
        token: token(3),
        options: &[(OptionNumber::URI_PATH, b"msgin5g")],
        payload: &[b'x'; 40],
    };
    let header = Header {
        kind: Type::Con,
        message_id: 9,
    };
    let mut octets = [0; 80];
    message.encode_datagram(header, &mut octets).unwrap();
    let front = datagram::peek(&octets[..8]).unwrap();
    assert_eq!(front.header, header);
    assert_eq!((front.code, front.token), (Code::POST, token(3)));
    let mut endpoint = Endpoint::<1, 4>::new(Params::new(), 7);
    // An option that is cut off is the caller's to judge.
    assert_eq!(endpoint.accept(&octets[..10], 0, nobody), Arrival::Request);
}

/// The clock goes back: a message ID means its message for as long as it would have.
#[test]
fn a_message_is_known_again_no_longer_after_the_clock_went_back() {
    // EXCHANGE_LIFETIME, and NON_LIFETIME (RFC 7252 section 4.8.2).
    for (kind, lifetime_ms) in [(Type::Con, 247_000), (Type::Non, 145_000)] {
        let mut endpoint = Endpoint::<1, 4>::new(Params::new(), 7);
        let request = datagram(kind, 9, Code::POST, token(1));
        let (first, back, ahead) = (1_000_000, 400_000, 100_000);
        assert_eq!(endpoint.accept(&request, first, nobody), Arrival::Request);
        // After so long it is `back` again.
        endpoint.shift(first + ahead - back);
        let left = lifetime_ms - ahead;
        let again = endpoint.accept(&request, back + left - 1, nobody);
        assert_eq!(again, Arrival::Ignored);
        assert_eq!(
            endpoint.accept(&request, back + left, nobody),
            Arrival::Request
        );
    }
}
