//! Who may fill the client's memory: nobody at the cost of others.

use crate::script;
use crate::script::{Bench, Counter};
use crate::segments;
use msgin5g::client::{Client, Config, IncomingSlot, OutboxSlot, Reports};
use msgin5g::client::{ClientMemory, Event, OutgoingMessage, Pieces, SendError};
use msgin5g::coap::Code;
use msgin5g::message::{Outcome, Priority, Recipient, UeServiceId};

fn msg(from: &str, id: u32, report: bool) -> String {
    format!(
        r#"{{"Message Type":"MSG","Originating UE Service ID":"{from}@iot.example","Recipient UE Service ID":"ue-4711@iot.example","Message ID":"{id:08x}-7a44-4e0b-9c61-1f2a5b6c7d01","Delivery status required":{report},"Payload":"x"}}"#
    )
}

// ---- repeats ------------------------------------------------------------------------------

/// Posts a message and tells whether it was taken for new.
fn is_new(bench: &mut Bench<'_>, from: &str, id: u32) -> bool {
    let (event, code, _) = bench.exchange(&msg(from, id, false), 0);
    assert_eq!(code, Code::CHANGED);
    match event.as_str() {
        "Duplicate" => false,
        message => message.starts_with("Message") || panic!("{message}"),
    }
}

#[test]
fn one_who_sends_much_pushes_out_nobody_else() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    assert!(is_new(&mut bench, "quiet", 1));
    assert!(is_new(&mut bench, "calm", 1), "the same ID from another");
    for id in 100..1100 {
        assert!(is_new(&mut bench, "loud", id));
    }
    assert!(!is_new(&mut bench, "quiet", 1));
    assert!(!is_new(&mut bench, "calm", 1));
    // And knows its own newest ones, 30 of 32.
    for id in 1070..1100 {
        assert!(!is_new(&mut bench, "loud", id));
    }
    assert!(is_new(&mut bench, "loud", 1069));
}

#[test]
fn many_share_the_memory_fairly() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let senders: Vec<String> = (0..8).map(|n| format!("ue-{n}")).collect();
    // Unequal crowds, one behind the other.
    for (sender, count) in senders.iter().zip([40, 1, 9, 4, 30, 5, 6, 32]) {
        for id in 0..count {
            assert!(is_new(&mut bench, sender, id));
        }
    }
    for (sender, count) in senders.iter().zip([40, 1, 9, 4, 30, 5, 6, 32_u32]) {
        for id in count.saturating_sub(4)..count {
            assert!(!is_new(&mut bench, sender, id), "{sender} {id}");
        }
    }
}

#[test]
fn of_more_senders_than_places_the_newest_are_known() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    for n in 0..40 {
        assert!(is_new(&mut bench, &format!("ue-{n}"), 1));
    }
    for n in 8..40 {
        assert!(!is_new(&mut bench, &format!("ue-{n}"), 1));
    }
    assert!(is_new(&mut bench, "ue-7", 1));
}

// ---- the outbox ---------------------------------------------------------------------------

fn fill(bench: &mut Bench<'_>, len: usize) -> (usize, SendError) {
    let to = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
    let text = "x".repeat(len);
    for count in 0.. {
        let message = OutgoingMessage::text(to, &text);
        if let Err(error) = bench.client.send(&message, &mut bench.rng) {
            return (count, error);
        }
    }
    unreachable!()
}

#[test]
fn an_application_that_sends_much_leaves_a_slot_for_a_report() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    assert_eq!(fill(&mut bench, 1), (6, SendError::OutboxFull));
    let (event, code, sent) = bench.exchange(&msg("ue-0815", 1, true), 0);
    assert_eq!(code, Code::CHANGED, "{event}");
    let is_report = |frame: &&script::Frame| frame.json()["Message Type"] == "IMDN";
    let report = sent.iter().find(is_report).expect("a report");
    // The next one waits for this one, and is not lost.
    let (_, code, _) = bench.exchange(&msg("ue-0815", 2, true), 0);
    assert_eq!(code, Code::SERVICE_UNAVAILABLE);
    bench.answer(report, Code::CHANGED, "");
    let (event, code, _) = bench.exchange(&msg("ue-0815", 2, true), 0);
    assert_eq!(code, Code::CHANGED, "{event}");
}

#[test]
fn and_the_octets_for_it() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    for len in (1..=600).rev() {
        let (_, error) = fill(&mut bench, len);
        assert!(matches!(error, SendError::OutboxTooSmall { .. }));
    }
    let (event, code, _) = bench.exchange(&msg("ue-0815", 1, true), 0);
    assert_eq!(code, Code::CHANGED, "{event}");
}

#[test]
fn reports_that_are_owed_leave_a_slot_for_a_message() {
    let mut memory = Bench::memory();
    let mut bench = Bench::by_application(&mut memory);
    let mut tickets = Vec::new();
    for id in 0.. {
        bench.post(&msg("ue-0815", id, true));
        match bench.client.poll_event(0) {
            Some(Event::Message { report, .. }) => tickets.push(report.unwrap()),
            Some(Event::Refused(code)) => {
                assert_eq!(code, Code::SERVICE_UNAVAILABLE);
                break;
            }
            other => panic!("{other:?}"),
        }
        bench.sent(0);
    }
    assert_eq!(tickets.len(), 6, "of seven slots");
    bench.send("one", Priority::Middle);
    let error = fill(&mut bench, 1);
    assert_eq!(error, (0, SendError::OutboxFull));
    assert_eq!(bench.client.pending(), 7);
}

/// With fewer than three slots nothing is kept: a message in segments could never be reported on.
#[test]
fn two_slots_are_for_all() {
    let mut memory = ClientMemory::<1024, 1024, 700, 2>::new();
    let mut config = Config::new(UeServiceId::new("ue-4711@iot.example").unwrap());
    config.reports = Reports::OnDelivery;
    let client = Client::new(config, memory.pieces(), &mut Counter(1)).unwrap();
    let mut bench = Bench::of(client);
    bench.client.connected();
    bench.register();
    bench.exchange(&segments::segment("s", 1, "a", &segments::total(2)), 0);
    let (event, _, sent) = bench.exchange(&segments::segment("s", 2, "b", segments::LAST), 0);
    assert!(event.contains("payload: \"ab\""), "{event}");
    assert_eq!(segments::ends(&sent), ["IMDN success", "SEGCONFIR success"]);
}

// ---- memory that is full, and time ------------------------------------------------------------

/// A set that cannot end because the outbox is full wakes nobody, and ends when there is room.
#[test]
fn a_set_that_waits_for_room_has_no_timer() {
    let (mut rx, mut tx, mut outbox) = ([0; 1024], [0; 1024], [0; 700]);
    let (mut slots, mut incoming) = ([OutboxSlot::EMPTY; 1], [0; 700]);
    let mut incoming_slots = [IncomingSlot::EMPTY; 2];
    let pieces = Pieces {
        rx: &mut rx,
        tx: &mut tx,
        outbox: &mut outbox,
        slots: &mut slots,
        incoming: &mut incoming,
        incoming_slots: &mut incoming_slots,
    };
    let mut config = Config::new(UeServiceId::new("ue-4711@iot.example").unwrap());
    config.segment_recoveries = 0;
    config.reports = Reports::ByApplication;
    let client = Client::new(config, pieces, &mut Counter(1)).unwrap();
    let mut bench = Bench::of(client);
    bench.client.connected();
    bench.register();
    bench.exchange(&segments::segment("s", 1, "a", &segments::total(2)), 0);
    // The only slot is taken until the application gives its report.
    bench.post(&msg("ue-0815", 1, true));
    let Some(Event::Message {
        report: Some(ticket),
        ..
    }) = bench.client.poll_event(0)
    else {
        panic!("a message");
    };
    bench.sent(0);
    assert_eq!(bench.client.next_deadline(), Some(segments::WAIT));
    assert_eq!(bench.client.poll_event(segments::WAIT), None);
    assert_eq!(bench.client.next_deadline(), None, "nothing to wake up for");
    let success = msgin5g::message::Outcome::Success;
    bench.client.report(ticket, success, None).unwrap();
    let now = segments::WAIT + 5_000;
    let report = bench.request(now);
    bench.answer(&report, Code::CHANGED, "");
    assert!(bench.event(now).starts_with("Incomplete"));
}

/// To the last octet: a failure that is half written down would be read as a success.
#[test]
fn a_report_of_failure_finds_room_or_is_refused() {
    let mut memory = Bench::memory();
    let mut bench = Bench::by_application(&mut memory);
    bench.post(&msg("ue-0815", 1, true));
    let event = bench.client.poll_event(0);
    let Some(Event::Message { report, .. }) = event else {
        panic!("{event:?}");
    };
    let ticket = report.expect("a ticket");
    bench.sent(0);
    for len in (1..=600).rev() {
        fill(&mut bench, len);
    }
    let cause = "c".repeat(600);
    let fits = (0..=600).rev().find(|len| {
        let given = bench
            .client
            .report(ticket, Outcome::Failure, Some(&cause[..*len]));
        assert!(
            matches!(given, Ok(()) | Err(SendError::OutboxTooSmall { .. })),
            "{given:?}"
        );
        given.is_ok()
    });
    let fits = fits.expect("some cause fits");
    assert!(fits < 600, "the outbox was full");
    let sent = bench.sent(0);
    let report = sent
        .iter()
        .map(script::Frame::json)
        .find(|json| json["Message Type"] == "IMDN")
        .expect("a report");
    assert_eq!(report["Delivery Status"], "failure");
    assert_eq!(report["Failure Cause"], cause[..fits]);
}
