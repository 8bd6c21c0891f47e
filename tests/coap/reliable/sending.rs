//! What we send: when it goes again, and what ends it.

use super::*;

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
