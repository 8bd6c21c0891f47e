//! Aggregates that come: each part by itself.

use super::*;

// ---- receiving ----------------------------------------------------------------------------

fn id(number: u8) -> String {
    format!("3f0c1d52-7a44-4e0b-9c61-1f2a5b6c7d{number:02x}")
}

/// An aggregate from an Application Server: number, text, whether a report is wanted.
fn aggregate(own: u8, list: &[(u8, &str, bool)]) -> String {
    let list: Vec<Value> = list
        .iter()
        .map(|(number, text, report)| {
            json!({"Message ID": id(*number), "Application ID": "app.meter", "Payload": text,
                "Delivery status required": report, "Priority type": "Low"})
        })
        .collect();
    json!({"MSGin5G service identifier": "MSGin5G", "Message Type": "MSG",
        "Originating AS Service ID": "as-meter@iot.example",
        "Recipient Group Service ID": "pumps@iot.example",
        "Recipient UE Service ID": "ue-4711@iot.example", "Message ID": id(own),
        "Number of individual messages": list.len(), "List of individual messages": list})
    .to_string()
}

#[test]
fn the_parts_of_an_aggregate_come_one_by_one_each_with_its_report() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let json = aggregate(
        0xa0,
        &[(1, "one", true), (2, "tw\"o", false), (3, "three", true)],
    );
    let (event, code, sent) = bench.exchange(&json, 0);
    assert_eq!(code, Code::CHANGED);
    assert!(
        event.contains("payload: \"one\"") && event.contains("app.meter"),
        "{event}"
    );
    assert!(
        event.contains("pumps@iot.example") && event.contains("group_member: Some"),
        "{event}"
    );
    let events = bench.events(0);
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(
        events[0].contains("tw\\\"o") && events[1].contains("three"),
        "{events:?}"
    );
    let reports: Vec<Frame> = sent.into_iter().chain(bench.sent(0)).collect();
    let about: Vec<Value> = reports
        .iter()
        .map(|frame| frame.json()["Message ID"].clone())
        .collect();
    assert_eq!(about, [id(1), id(3)]);
    for frame in reports {
        bench.answer(&frame, Code::CHANGED, "");
    }
    assert_eq!(bench.client.poll_event(0), None);
    assert!(bench.client.is_idle());
    // The same again, and a part of it by itself or in other company.
    let (event, code, sent) = bench.exchange(&json, 0);
    assert_eq!(
        (event.as_str(), code, sent.len()),
        ("Duplicate", Code::CHANGED, 0)
    );
    let other = aggregate(
        0xa1,
        &[
            (3, "three", true),
            (4, "four", false),
            (4, "four", false),
            (1, "one", true),
        ],
    );
    let (event, ..) = bench.exchange(&other, 0);
    assert!(event.contains("four"), "{event}");
    assert!(bench.events(0).is_empty());
}

#[test]
fn parts_wait_until_there_is_room_for_their_reports() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let mut sent = Vec::new();
    for _ in 0..6 {
        bench.send("x", Priority::Low);
        sent.extend(bench.sent(0));
    }
    let json = aggregate(0xa0, &[(1, "one", true), (2, "two", true)]);
    let (event, _, reports) = bench.exchange(&json, 0);
    assert!(event.contains("\"one\""), "{event}");
    assert_eq!(bench.client.poll_event(0), None, "no slot for its report");
    assert!(!bench.client.has_event(0));
    bench.answer(&reports[0], Code::CHANGED, "");
    assert!(bench.event(0).contains("\"two\""));
    // And not even the first one is taken without.
    let (event, code, _) = bench.exchange(&aggregate(0xa1, &[(7, "x", true)]), 0);
    assert_eq!(code, Code::SERVICE_UNAVAILABLE, "{event}");
    bench.answer(&sent[0], Code::CHANGED, "");
    bench.events(0);
    let (event, ..) = bench.exchange(&aggregate(0xa1, &[(7, "x", true)]), 0);
    assert!(event.contains("payload: \"x\""), "{event}");
}

/// A server that says the same twice in one breath, and once more for good measure.
#[test]
fn a_report_that_stands_twice_in_an_aggregate_is_told_once() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let report =
        |number: u8, status: &str| json!({"Message ID": id(number), "Delivery Status": status});
    let json = json!({"MSGin5G service identifier": "MSGin5G", "Message Type": "IMDN",
        "Originating UE Service ID": "ue-0815@iot.example",
        "Recipient UE Service ID": "ue-4711@iot.example", "Number of individual messages": 4,
        "List of individual messages": [report(1, "success"), report(2, "success"),
            report(1, "failure"), report(2, "success")]})
    .to_string();
    bench.post(&json);
    let told = bench.events(0);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told.iter().all(|event| event.contains("Success")),
        "{told:?}"
    );
    bench.post(&json);
    assert_eq!(bench.events(0), ["Duplicate"]);
}

#[test]
fn an_aggregated_report_is_a_report_for_each() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let json = json!({"MSGin5G service identifier": "MSGin5G", "Message Type": "IMDN",
        "Originating UE Service ID": "ue-0815@iot.example",
        "Recipient UE Service ID": "ue-4711@iot.example", "Number of individual messages": 3,
        "List of individual messages": [
            {"Message ID": id(1), "Delivery Status": "success"},
            {"Message ID": id(2), "Delivery Status": "failure", "Failure Cause": "no such application"},
            {"Message ID": id(3), "Delivery Status": "maybe"}]})
    .to_string();
    bench.post(&json);
    let mut seen = Vec::new();
    while let Some(Event::Report(report)) = bench.client.poll_event(0) {
        assert_eq!(report.originator.as_str(), "ue-0815@iot.example");
        let word = match report.status {
            ReportStatus::Success => "success",
            ReportStatus::Failure => "failure",
            ReportStatus::Other(word) => word,
        };
        seen.push(format!(
            "{} {word} {:?}",
            report.message_id, report.failure_cause
        ));
    }
    assert_eq!(
        seen,
        [
            format!("{} success None", id(1)),
            format!("{} failure Some(\"no such application\")", id(2)),
            format!("{} maybe None", id(3)),
        ]
    );
    assert_eq!(bench.sent(0)[0].code, Code::CHANGED);
    let (event, code, _) = bench.exchange(&json, 0);
    assert_eq!((event.as_str(), code), ("Duplicate", Code::CHANGED));
}

#[test]
fn an_aggregate_over_the_memory_is_refused() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    // Others hold the memory.
    let text = "x".repeat(300);
    let mut codes = Vec::new();
    for own in 0..8 {
        let token = bench.post(&segment(own, &text));
        bench.event(0);
        codes.push(
            bench
                .sent(0)
                .into_iter()
                .find(|frame| frame.token == token)
                .unwrap()
                .code,
        );
    }
    assert!(codes.contains(&Code::SERVICE_UNAVAILABLE));
    let json = aggregate(0xa0, &[(1, &text, false), (2, "x", false)]);
    let (event, code, _) = bench.exchange(&json, 0);
    assert!(
        code == Code::SERVICE_UNAVAILABLE || code == Code::CHANGED,
        "{event}"
    );
}

fn segment(own: u8, text: &str) -> String {
    json!({"Message Type": "MSG", "Originating AS Service ID": format!("as-{own}@iot.example"),
        "Recipient UE Service ID": "ue-4711@iot.example", "Message ID": id(own),
        "Payload": text, "Segmentation Set Identifier": "s", "Message segment number": 1,
        "Total number of message segments": 2})
    .to_string()
}
