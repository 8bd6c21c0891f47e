//! Messages, answers and reports, one by one.

use super::*;

#[test]
fn messages_of_a_client() {
    let to_ue = Recipient::Ue(ue("ue-0815@iot.example"));
    let meter = Msg {
        application_id: Some("app.meter"),
        ..msg(to_ue, 0x01, "OPEN valve 3")
    };
    let wanted = Msg {
        report_wanted: true,
        ..meter
    };
    check(
        "10",
        &Message::Msg(Msg {
            priority: Some(Priority::Middle),
            ..wanted
        }),
    );
    check("11", &Message::Msg(msg(to_ue, 0x02, "t=21.5")));
    let high = Msg {
        priority: Some(Priority::High),
        ..wanted
    };
    check(
        "12",
        &Message::Msg(Msg {
            recipient: to_as(),
            message_id: id(3),
            payload: "ALARM leak",
            ..high
        }),
    );
    let group = Msg {
        recipient: to_group(),
        message_id: id(4),
        payload: "SYNC 1700000000",
        ..meter
    };
    check("13", &Message::Msg(group));
    check("14", &Message::Msg(msg(to_topic(), 0x05, "pressure high")));
    let store_and_forward = StoreAndForward::Yes {
        expiration: Some("2030-01-01T00:00:00Z"),
    };
    let stored = Msg {
        report_wanted: true,
        store_and_forward,
        ..msg(to_ue, 0x06, "firmware 1.4 ready")
    };
    check("15", &Message::Msg(stored));
}

#[test]
fn answers_of_the_server() {
    let answer = MsgResponse {
        originator: from_4711(),
        message_id: id(0x06),
        status: Some(ResponseStatus::Stored),
        failure_cause: None,
    };
    check("17", &Message::MsgResponse(answer));
    let failed = MsgResponse {
        message_id: id(0x01),
        status: Some(ResponseStatus::Failed),
        failure_cause: Some("recipient not registered"),
        ..answer
    };
    check("18", &Message::MsgResponse(failed));
    for empty in ["16", "20", "23", "55", "60", "63"] {
        check_written(&vector(empty), b"");
    }
}

fn vector_19() -> Msg<'static> {
    let from = Originator::As(AsServiceId::new("as-meter@iot.example").unwrap());
    let to = Recipient::Ue(ue("ue-4711@iot.example"));
    let plain = delivered(from, to, 0x07, "SET interval=3600");
    Msg {
        application_id: Some("app.meter"),
        report_wanted: true,
        ..plain
    }
}

#[test]
fn messages_to_a_client() {
    check("19", &Message::Msg(vector_19()));
    let group = delivered(from_0815(), to_group(), 0x04, "SYNC 1700000000");
    check(
        "21",
        &Message::Msg(Msg {
            group_member: Some(ue("ue-4711@iot.example")),
            ..group
        }),
    );
    let area = Recipient::BroadcastArea(BroadcastAreaId::new("ba-12").unwrap());
    check(
        "22",
        &Message::Msg(delivered(vector_19().originator, area, 0x08, "TEST siren")),
    );
    check(
        "62",
        &Message::Msg(delivered(from_0815(), to_topic(), 0x05, "pressure high")),
    );
}

#[test]
fn liberal_names_mean_the_same() {
    let mut json = vector("97").payload();
    assert_eq!(Message::decode(&mut json), Ok(Message::Msg(vector_19())));
}

#[test]
fn reports() {
    let report = Report {
        originator: from_4711(),
        recipient: to_as(),
        message_id: id(0x07),
        status: Outcome::Success,
        failure_cause: None,
    };
    check("30", &Message::Report(report));
    let failure_cause = Some("application not available");
    check(
        "31",
        &Message::Report(Report {
            status: Outcome::Failure,
            failure_cause,
            ..report
        }),
    );
    let recipient = Recipient::Ue(ue("ue-4711@iot.example"));
    check(
        "32",
        &Message::Report(Report {
            originator: from_0815(),
            recipient,
            message_id: id(0x01),
            ..report
        }),
    );
}
