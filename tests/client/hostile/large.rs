//! Frames that are too large, and frames of no meaning.

use super::*;

/// Asking whether there is an event takes nothing away.
#[test]
fn a_large_request_is_refused_also_when_one_looks_first() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    large(&mut bench, Code::POST, Token::from(7));
    assert!(bench.client.has_event(0));
    assert!(bench.client.has_event(0));
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Refused(Code::REQUEST_ENTITY_TOO_LARGE))
    );
    assert!(!bench.client.has_event(0));
    let sent = bench.sent(0);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].code, Code::REQUEST_ENTITY_TOO_LARGE);
}

#[test]
fn a_large_answer_counts_by_its_code() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("hello", Priority::Middle);
    let request = bench.request(0);
    large(&mut bench, Code::CHANGED, request.token);
    assert!(bench.client.has_event(0));
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Accepted { message_id: id })
    );
    assert_eq!(bench.client.pending(), 0);
    assert!(bench.sent(0).is_empty(), "an answer is not answered");
}

#[test]
fn a_large_answer_to_a_report_ends_it() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.post(&msg("m-1", "x", true));
    assert_eq!(events(&mut bench, 0).len(), 1);
    let report = bench.request(0);
    assert_eq!(report.json()["Message Type"], "IMDN");
    large(&mut bench, Code::CHANGED, report.token);
    assert_eq!(bench.client.poll_event(0), None);
    assert_eq!(bench.client.pending(), 0);
    assert!(bench.sent(0).is_empty());
}

#[test]
fn large_frames_that_ask_for_nothing_are_passed_over() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    for code in [
        Code::CHANGED,
        Code::CSM,
        Code::EMPTY,
        Code::new(1, 3),
        Code::new(6, 0),
    ] {
        large(&mut bench, code, Token::from(0xbad));
        assert_eq!(bench.client.poll_event(0), None, "{code}");
        assert!(bench.sent(0).is_empty(), "{code}");
    }
    large(&mut bench, Code::ABORT, Token::EMPTY);
    assert_eq!(bench.client.poll_event(0), Some(Event::Aborted));
    // And what follows is read.
    bench.post(&msg("m-1", "x", false));
    assert!(matches!(
        bench.client.poll_event(0),
        Some(Event::Message { .. })
    ));
}

// ---- answers ----------------------------------------------------------------------------------

/// Only answers are answers: an empty message or a reserved class with the right token is not.
#[test]
fn a_frame_of_no_meaning_does_not_put_a_message_off() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let id = bench.send("hello", Priority::Middle);
    let request = bench.request(0);
    for code in [
        Code::EMPTY,
        Code::new(1, 3),
        Code::new(6, 0),
        Code::new(7, 9),
    ] {
        bench.frame(code, request.token, &[], b"");
        assert_eq!(bench.client.poll_event(0), None);
    }
    bench.answer(&request, Code::CHANGED, "");
    assert_eq!(
        bench.client.poll_event(0),
        Some(Event::Accepted { message_id: id })
    );
}
