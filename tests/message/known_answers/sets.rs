//! Several messages in one, one in several, and what becomes of one that is stored.

use super::*;

#[test]
fn aggregates() {
    let first = IndividualMsg {
        message_id: id(0xa1),
        application_id: Some("app.meter"),
        report_wanted: false,
        payload: "t=21.5",
        priority: Some(Priority::Low),
    };
    let second = IndividualMsg {
        message_id: id(0xa2),
        report_wanted: true,
        payload: "h=40",
        ..first
    };
    let parts = [first, second];
    let messages = AggregatedMsg {
        originator: from_4711(),
        recipient: to_as(),
        group_member: None,
        message_id: id(0xa0),
        messages: List::of(&parts),
        store_and_forward: StoreAndForward::Unstated,
    };
    check("40", &Message::AggregatedMsg(messages));
    let good = IndividualReport {
        message_id: id(0xb1),
        status: Outcome::Success,
        failure_cause: None,
    };
    let bad = IndividualReport {
        message_id: id(0xb2),
        status: Outcome::Failure,
        failure_cause: Some("no such application"),
    };
    let parts = [good, bad];
    let reports = AggregatedReport {
        originator: from_4711(),
        recipient: to_as(),
        message_id: None,
        reports: List::of(&parts),
    };
    check("41", &Message::AggregatedReport(reports));
}

#[test]
fn segments() {
    let segment = |number, payload, total, last| {
        let part = msg(Recipient::Ue(ue("ue-0815@iot.example")), 0xe0, payload);
        let segment = Some(Segment {
            set: "seg-77",
            number,
            total,
            last,
        });
        let report_wanted = total.is_some();
        Message::Msg(Msg {
            segment,
            report_wanted,
            store_and_forward: StoreAndForward::Unstated,
            ..part
        })
    };
    check(
        "50",
        &segment(1, "The quick brown fox jumps over t", Some(3), false),
    );
    check(
        "51",
        &segment(2, "he lazy dog while the meter read", None, false),
    );
    check("52", &segment(3, "s 0042.1 m3/h", None, true));

    let recovery = |set, list: &[(u16, u16)]| {
        let mut ranges = SegmentRanges::EMPTY;
        list.iter()
            .for_each(|(first, last)| ranges.insert(*first, *last));
        Message::SegmentsRecovery(SegmentsRecovery { set, ranges })
    };
    check("53", &recovery("seg-77", &[(2, 2)]));
    check("54", &recovery("seg-91", &[(5, 7), (10, 10), (15, 19)]));
    let confirmation = SegmentsConfirmation {
        set: "seg-77",
        message_id: Some(id(0xe0)),
        result: Some(Outcome::Success),
    };
    check("56", &Message::SegmentsConfirmation(confirmation));
}

#[cfg(feature = "stored-message-update")]
#[test]
fn stored_message_update() {
    let update = msgin5g::message::StoredMessageUpdate {
        originator: from_4711(),
        destination: "coaps://msg.operator.example:65401/msgin5g",
        message_id: id(0x06),
        expiration: Some("2030-06-01T00:00:00Z"),
    };
    check("75", &Message::StoredMessageUpdate(update));
}

#[cfg(not(feature = "stored-message-update"))]
#[test]
fn stored_message_update_is_unknown_without_its_feature() {
    let mut json = vector("75").payload();
    assert_eq!(
        Message::decode(&mut json),
        Err(msgin5g::message::DecodeError::UnknownMessageType)
    );
}
