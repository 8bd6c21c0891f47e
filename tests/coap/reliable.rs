//! The message layer for datagrams (RFC 7252 section 4), with a clock that the test owns.

use msgin5g::coap::datagram::{self, Header, Type};
use msgin5g::coap::reliable::{Arrival, Endpoint, Params, Reply, Timeout};
use msgin5g::coap::{Code, OptionNumber, Outgoing, Token};

const OURS: Token = Token::EMPTY;

fn token(number: u32) -> Token {
    Token::from(number)
}

fn datagram(kind: Type, message_id: u16, code: Code, token: Token) -> Vec<u8> {
    let payload: &[u8] = if code == Code::EMPTY { b"" } else { b"{}" };
    let message = Outgoing {
        code,
        token,
        options: &[],
        payload,
    };
    let mut octets = vec![0; 32];
    let header = Header { kind, message_id };
    let len = message.encode_datagram(header, &mut octets).unwrap();
    octets.truncate(len);
    octets
}

fn empty(kind: Type, message_id: u16) -> Reply {
    Reply {
        header: Header { kind, message_id },
        code: Code::EMPTY,
        token: Token::EMPTY,
    }
}

fn nobody(_: Token) -> bool {
    false
}

/// How an endpoint would take a datagram if it waited for this token.
fn waiting_for(wanted: Token) -> impl Fn(Token) -> bool {
    move |token| token == wanted
}

// ---- the parameters -----------------------------------------------------------------------

#[test]
fn derived_times_are_those_of_the_rfc() {
    // RFC 7252 section 4.8.2, table 3.
    let params = Params::new();
    assert_eq!(params.max_transmit_span_ms(), 45_000);
    assert_eq!(params.max_transmit_wait_ms(), 93_000);
    assert_eq!(params.exchange_lifetime_ms(), 247_000);
    assert_eq!(params.non_lifetime_ms(), 145_000);
}

#[test]
fn extreme_parameters_do_no_harm() {
    let mut params = Params::new();
    params.ack_timeout_ms = u32::MAX;
    params.ack_random_percent = u16::MAX;
    params.max_retransmit = u8::MAX;
    params.max_latency_ms = u32::MAX;
    assert!(params.exchange_lifetime_ms() > params.non_lifetime_ms());
    let mut endpoint = Endpoint::<1, 1>::new(params, u64::MAX);
    let mut now = u64::MAX - 5;
    endpoint.confirm(token(1), now).unwrap();
    let mut sent = 1;
    while let Some(at) = endpoint.next_deadline() {
        now = at;
        if let Some(Timeout::Again { .. }) = endpoint.lapse(now) {
            sent += 1;
        }
    }
    assert_eq!(sent, 17);
}

// ---- confirmable messages of ours ---------------------------------------------------------

#[test]
fn a_message_goes_again_after_pauses_that_double_and_then_is_given_up() {
    for seed in [0, 1, 0xdead_beef_0102_0304, u64::MAX] {
        let mut endpoint = Endpoint::<1, 4>::new(Params::new(), seed);
        let header = endpoint.confirm(token(9), 1_000).unwrap();
        assert_eq!(header.kind, Type::Con);

        let first = endpoint.next_deadline().unwrap() - 1_000;
        assert!((2_000..=3_000).contains(&first), "{first}");
        let mut at = 1_000;
        for doublings in 0..4 {
            at += first << doublings;
            assert_eq!(endpoint.next_deadline(), Some(at));
            assert_eq!(endpoint.lapse(at - 1), None);
            let again = Timeout::Again {
                header,
                token: token(9),
            };
            assert_eq!(endpoint.lapse(at), Some(again));
            assert_eq!(endpoint.lapse(at), None);
        }
        at += first << 4;
        assert_eq!(endpoint.lapse(at - 1), None);
        assert_eq!(endpoint.lapse(at), Some(Timeout::GivenUp(token(9))));
        assert!(at - 1_000 <= Params::new().max_transmit_wait_ms());
        assert_eq!(endpoint.next_deadline(), None);
        assert!(endpoint.may_confirm());
    }
}

#[test]
fn the_first_timeout_differs_and_covers_its_range() {
    let mut endpoint = Endpoint::<1, 1>::new(Params::new(), 3);
    let timeouts = (0..500).map(|number| {
        endpoint.confirm(token(number), 0).unwrap();
        let timeout = endpoint.next_deadline().unwrap();
        endpoint.cancel(token(number));
        timeout
    });
    let timeouts: Vec<u64> = timeouts.collect();
    assert!(timeouts.iter().all(|ms| (2_000..=3_000).contains(ms)));
    assert!(timeouts.iter().any(|ms| *ms < 2_100));
    assert!(timeouts.iter().any(|ms| *ms > 2_900));
}

#[test]
fn parameters_can_be_set() {
    let mut params = Params::new();
    params.ack_timeout_ms = 10_000;
    params.ack_random_percent = 100;
    params.max_retransmit = 1;
    let mut endpoint = Endpoint::<1, 1>::new(params, 5);
    endpoint.confirm(token(1), 0).unwrap();
    assert!(matches!(
        endpoint.lapse(10_000),
        Some(Timeout::Again { .. })
    ));
    assert_eq!(endpoint.lapse(30_000), Some(Timeout::GivenUp(token(1))));
}

#[test]
fn no_more_than_nstart_are_under_way() {
    let mut endpoint = Endpoint::<2, 1>::new(Params::new(), 5);
    let first = endpoint.confirm(token(1), 0).unwrap();
    let second = endpoint.confirm(token(2), 0).unwrap();
    assert_eq!(second.message_id, first.message_id.wrapping_add(1));
    assert!(!endpoint.may_confirm());
    assert_eq!(endpoint.confirm(token(3), 0), None);

    let ack = datagram(Type::Ack, first.message_id, Code::EMPTY, OURS);
    assert_eq!(
        endpoint.accept(&ack, 1, nobody),
        Arrival::Acknowledged(token(1))
    );
    // The refused one has used no message ID.
    let third = endpoint.confirm(token(3), 0).unwrap();
    assert_eq!(third.message_id, second.message_id.wrapping_add(1));
    assert!(endpoint.is_unacknowledged(token(2)) && endpoint.is_unacknowledged(token(3)));
}

#[test]
fn message_ids_start_at_random_and_go_round() {
    let start = |seed| Endpoint::<1, 1>::new(Params::new(), seed).unconfirmed();
    assert_ne!(start(1).message_id, start(2).message_id);
    let mut endpoint = Endpoint::<1, 1>::new(Params::new(), 0xffff);
    assert_eq!(endpoint.unconfirmed().message_id, 0xffff);
    assert_eq!(endpoint.unconfirmed().message_id, 0);
    assert_eq!(endpoint.unconfirmed().kind, Type::Non);
}

// ---- answers to them ----------------------------------------------------------------------

#[test]
fn a_piggybacked_answer_ends_it() {
    let mut endpoint = Endpoint::<1, 4>::new(Params::new(), 7);
    let id = endpoint.confirm(token(9), 0).unwrap().message_id;
    let stranger = datagram(Type::Ack, id.wrapping_add(1), Code::CHANGED, token(9));
    let misfit = datagram(Type::Ack, id, Code::CHANGED, token(8));
    let nonsense = datagram(Type::Ack, id, Code::POST, token(9));
    for wrong in [stranger, misfit, nonsense] {
        assert_eq!(
            endpoint.accept(&wrong, 5, waiting_for(token(9))),
            Arrival::Ignored
        );
        assert!(endpoint.is_unacknowledged(token(9)));
    }
    let answer = datagram(Type::Ack, id, Code::CHANGED, token(9));
    let arrival = endpoint.accept(&answer, 5, waiting_for(token(9)));
    assert_eq!(arrival, Arrival::Response { reply: None });
    assert_eq!(endpoint.next_deadline(), None);
    // The link has doubled it.
    assert_eq!(endpoint.accept(&answer, 6, nobody), Arrival::Ignored);
}

#[test]
fn a_separate_answer_is_acknowledged_each_time_it_comes() {
    for kind in [Type::Con, Type::Non] {
        let mut endpoint = Endpoint::<1, 4>::new(Params::new(), 7);
        let id = endpoint.confirm(token(9), 0).unwrap().message_id;
        let ack = datagram(Type::Ack, id, Code::EMPTY, OURS);
        assert_eq!(
            endpoint.accept(&ack, 5, waiting_for(token(9))),
            Arrival::Acknowledged(token(9))
        );
        assert_eq!(endpoint.next_deadline(), None);

        let answer = datagram(kind, 0x7777, Code::CREATED, token(9));
        let reply = (kind == Type::Con).then(|| empty(Type::Ack, 0x7777));
        let first = endpoint.accept(&answer, 60_000, waiting_for(token(9)));
        assert_eq!(first, Arrival::Response { reply });
        let second = endpoint.accept(&answer, 63_000, nobody);
        assert_eq!(second, reply.map_or(Arrival::Ignored, Arrival::Reply));
    }
}

#[test]
fn an_answer_makes_up_for_a_lost_acknowledgement() {
    let mut endpoint = Endpoint::<1, 4>::new(Params::new(), 7);
    let id = endpoint.confirm(token(9), 0).unwrap().message_id;
    let answer = datagram(Type::Con, 0x7777, Code::CREATED, token(9));
    let arrival = endpoint.accept(&answer, 100, waiting_for(token(9)));
    let reply = Some(empty(Type::Ack, 0x7777));
    assert_eq!(arrival, Arrival::Response { reply });
    assert_eq!(endpoint.lapse(10_000), None);
    // The acknowledgement was not lost but late.
    let ack = datagram(Type::Ack, id, Code::EMPTY, OURS);
    assert_eq!(endpoint.accept(&ack, 200, nobody), Arrival::Ignored);
}

#[test]
fn a_reset_ends_it() {
    let mut endpoint = Endpoint::<1, 4>::new(Params::new(), 7);
    let id = endpoint.confirm(token(9), 0).unwrap().message_id;
    let other = datagram(Type::Rst, id.wrapping_sub(1), Code::EMPTY, OURS);
    assert_eq!(endpoint.accept(&other, 5, nobody), Arrival::Ignored);
    let full = datagram(Type::Rst, id, Code::CHANGED, token(9));
    assert_eq!(endpoint.accept(&full, 5, nobody), Arrival::Ignored);
    let reset = datagram(Type::Rst, id, Code::EMPTY, OURS);
    assert_eq!(
        endpoint.accept(&reset, 5, nobody),
        Arrival::Rejected(token(9))
    );
    assert_eq!(endpoint.next_deadline(), None);
    assert_eq!(endpoint.accept(&reset, 6, nobody), Arrival::Ignored);
}

#[test]
fn an_answer_to_nothing_is_rejected() {
    let mut endpoint = Endpoint::<1, 4>::new(Params::new(), 7);
    let con = datagram(Type::Con, 5, Code::CHANGED, token(1));
    assert_eq!(
        endpoint.accept(&con, 0, nobody),
        Arrival::Reply(empty(Type::Rst, 5))
    );
    let non = datagram(Type::Non, 6, Code::CHANGED, token(1));
    assert_eq!(endpoint.accept(&non, 0, nobody), Arrival::Ignored);
}

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

// ---- two of them --------------------------------------------------------------------------

/// One end asks, the other serves; the link loses and doubles. Each request is served once unless it is
/// given up, and no answer is to another request.
#[test]
fn two_ends_over_a_bad_link() {
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
    let mut roll = move |sides: u64| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice % sides
    };
    let mut served = vec![0; 300];
    let mut answered = vec![0; 300];
    let mut given_up = 0;
    let mut a = Endpoint::<1, 8>::new(Params::new(), 1);
    let mut b = Endpoint::<1, 8>::new(Params::new(), 0xfff0);
    let (mut now, mut next) = (0, 0);
    // On the way: when, to whom, what.
    let mut way: Vec<(u64, bool, Vec<u8>)> = Vec::new();
    while next < 300 || !way.is_empty() || a.next_deadline().is_some() {
        let mut out = Vec::new();
        if next < 300 && a.may_confirm() {
            let header = a.confirm(token(next), now).unwrap();
            out.push((
                true,
                datagram(Type::Con, header.message_id, Code::POST, token(next)),
            ));
            next += 1;
        }
        match a.lapse(now) {
            Some(Timeout::Again { header, token }) => {
                out.push((
                    true,
                    datagram(Type::Con, header.message_id, Code::POST, token),
                ));
            }
            Some(Timeout::GivenUp(_)) => given_up += 1,
            None => {}
        }
        way.sort_by_key(|(at, ..)| *at);
        while way.first().is_some_and(|(at, ..)| *at <= now) {
            let (_, to_b, octets) = way.remove(0);
            let mut copy = octets.clone();
            let asked = datagram::decode(&mut copy).unwrap().packet.token;
            let number = u32::from_be_bytes(asked.as_octets().try_into().unwrap()) as usize;
            let end = if to_b { &mut b } else { &mut a };
            match end.accept(&octets, now, |token| {
                answered[number] == 0 && token == asked
            }) {
                Arrival::Request => {
                    served[number] += 1;
                    let header = b.answer(asked, Code::CHANGED).unwrap();
                    out.push((
                        false,
                        datagram(header.kind, header.message_id, Code::CHANGED, asked),
                    ));
                }
                Arrival::Response { reply: None } => answered[number] += 1,
                Arrival::Reply(reply) => {
                    out.push((
                        false,
                        datagram(
                            reply.header.kind,
                            reply.header.message_id,
                            reply.code,
                            reply.token,
                        ),
                    ));
                }
                Arrival::Ignored => {}
                other => panic!("{other:?}"),
            }
        }
        for (to_b, octets) in out {
            for _ in 0..[0, 1, 1, 2][roll(4) as usize] {
                way.push((now + 50 + roll(1_500), to_b, octets.clone()));
            }
        }
        let times = way.iter().map(|(at, ..)| *at).chain(a.next_deadline());
        now = times.min().unwrap_or(now).max(now + 1);
    }
    assert!(served.iter().all(|times| *times <= 1), "{served:?}");
    assert!(answered.iter().all(|times| *times <= 1));
    let missing = answered.iter().filter(|times| **times == 0).count();
    assert_eq!(missing, given_up);
    assert!(given_up < 60, "{given_up}");
}
