//! What the gateway refuses, and by what name.

use super::*;

#[test]
fn only_who_is_registered_sends_and_is_reached() {
    let mut gateway = gateway();
    let message = LocalMessage::Sending(sending(1));
    assert_eq!(
        refused(gateway.from_application(LOCK, &message, 0)),
        Refusal::NotRegistered
    );
    assert_eq!(
        refused(gateway.deliver(&msg(1, None), None, 0)),
        Refusal::NoApplication
    );
    assert_eq!(
        gateway.from_application(LOCK, &registration(1), 0),
        Ok(Upward::Registered(ApplicationId::new(1)))
    );
    // Again is no harm; another's application is.
    assert!(gateway.from_application(LOCK, &registration(1), 0).is_ok());
    assert_eq!(gateway.applications(), 1);
    assert_eq!(
        refused(gateway.from_application(LAMP, &registration(1), 0)),
        Refusal::ApplicationTaken
    );
    assert_eq!(
        refused(gateway.from_application(LAMP, &deregistration(1), 0)),
        Refusal::NotRegistered
    );
    // The only one is meant when none is named.
    assert_eq!(gateway.deliver(&msg(1, None), None, 0).unwrap().0, LOCK);
    for other in [Some("2"), Some("metering"), Some("")] {
        assert_eq!(
            refused(gateway.deliver(&msg(2, other), None, 0)),
            Refusal::NoApplication
        );
    }
    gateway.from_application(LAMP, &registration(2), 0).unwrap();
    assert_eq!(
        refused(gateway.deliver(&msg(2, None), None, 0)),
        Refusal::NoApplication
    );
    assert_eq!(
        gateway.from_application(LAMP, &deregistration(2), 0),
        Ok(Upward::Deregistered(ApplicationId::new(2)))
    );
    assert_eq!(
        refused(gateway.deliver(&msg(2, Some("2")), None, 0)),
        Refusal::NoApplication
    );
}

#[test]
fn a_layer_2_id_is_that_of_the_link() {
    let named = |octets| {
        LocalMessage::Registration(Registration {
            application_id: ApplicationId::new(1),
            layer2_id: Some(Layer2Id(octets)),
        })
    };
    let mut gateway = gateway();
    assert_eq!(
        refused(gateway.from_application(LOCK, &named([1, 2, 3]), 0)),
        Refusal::OtherLink
    );
    assert!(
        gateway
            .from_application(LOCK, &named([0xa1, 0xb2, 0xc3]), 0)
            .is_ok()
    );
}

#[test]
fn what_cannot_be_done_is_refused_by_name() {
    let mut gateway = with_both();
    let mut refuse =
        |message: &LocalMessage<'_>| refused(gateway.from_application(LOCK, message, 0));
    let area = LocalMessage::Sending(Sending {
        target: Target {
            address: "cell-1",
            kind: Some(TargetType::BroadcastArea),
        },
        ..sending(1)
    });
    assert_eq!(refuse(&area), Refusal::Target);
    let long = "x".repeat(256);
    for address in ["", &long] {
        let nobody = LocalMessage::Sending(Sending {
            target: Target {
                address,
                kind: None,
            },
            ..sending(1)
        });
        assert_eq!(refuse(&nobody), Refusal::Target);
    }
    let opaque = LocalMessage::Sending(Sending {
        message_id: MessageId::Opaque("no. 7"),
        ..sending(1)
    });
    assert_eq!(refuse(&opaque), Refusal::MessageId);
    let mut gateway = with_both();
    let (_, down) = gateway.deliver(&msg(3, Some("1")), None, 0).unwrap();
    assert_eq!(
        refused(gateway.from_application(LOCK, &down, 0)),
        Refusal::Direction
    );
    // The same Message ID again, down and up.
    assert_eq!(
        refused(gateway.deliver(&msg(3, Some("1")), None, 0)),
        Refusal::MessageIdTaken
    );
    let up = LocalMessage::Sending(sending(3));
    assert_eq!(
        refused(gateway.from_application(LOCK, &up, 0)),
        Refusal::MessageIdTaken
    );
    let segment = Msg {
        segment: Some(Segment {
            set: "s",
            number: 1,
            total: Some(2),
            last: false,
        }),
        ..msg(4, Some("1"))
    };
    assert_eq!(
        refused(gateway.deliver(&segment, None, 0)),
        Refusal::Segment
    );
    // An ID that is no UUID passes down where no report has to be matched.
    let opaque = Msg {
        message_id: MessageId::Opaque("no. 7"),
        ..msg(4, Some("1"))
    };
    assert_eq!(
        refused(gateway.deliver(&opaque, None, 0)),
        Refusal::MessageId
    );
    let indifferent = Msg {
        report_wanted: false,
        ..opaque
    };
    assert!(gateway.deliver(&indifferent, None, 0).is_ok());
}

#[test]
fn memory_has_bounds_for_all_and_for_each_link() {
    let mut gateway = gateway();
    let mut register = |link, number| {
        gateway
            .from_application(link, &registration(number), 0)
            .map(drop)
    };
    assert_eq!(register(LOCK, 1), Ok(()));
    assert_eq!(register(LOCK, 2), Ok(()));
    assert_eq!(register(LOCK, 3), Err(Refusal::Full), "two for each link");
    assert_eq!(register(LAMP, 4), Ok(()));
    assert_eq!(
        register(Link::Other(8), 5),
        Err(Refusal::Full),
        "three in all"
    );

    let mut send = |link, last, now| {
        let message = LocalMessage::Sending(sending(last));
        gateway.from_application(link, &message, now).map(drop)
    };
    for last in 1..=3 {
        assert_eq!(send(LOCK, last, 0), Ok(()));
    }
    assert_eq!(send(LOCK, 4, 0), Err(Refusal::Full), "three for each link");
    assert_eq!(send(LAMP, 5, 500), Ok(()));
    assert_eq!(send(LAMP, 6, 999), Err(Refusal::Full), "four in all");
    // Reports that do not come are no longer waited for.
    assert_eq!(send(LOCK, 4, 1000), Ok(()));
    assert_eq!(gateway.exchanges(), 2);
    assert_eq!(
        refused(gateway.deliver_report(&report(1), 1000)),
        Refusal::UnknownMessage
    );
    assert_eq!(gateway.deliver_report(&report(5), 1499).unwrap().0, LAMP);

    gateway.forget(LOCK);
    assert_eq!((gateway.applications(), gateway.exchanges()), (1, 0));
}

#[test]
fn each_refusal_has_a_code_and_a_cause() {
    for (refusal, code, cause) in [
        (
            Refusal::NotRegistered,
            Code::FORBIDDEN,
            cause::APPLICATION_NOT_AVAILABLE,
        ),
        (
            Refusal::Full,
            Code::SERVICE_UNAVAILABLE,
            cause::RECIPIENT_NOT_REACHABLE,
        ),
        (
            Refusal::UnknownMessage,
            Code::NOT_FOUND,
            cause::MALFORMED_MESSAGE,
        ),
        (
            Refusal::NoApplication,
            Code::NOT_FOUND,
            cause::APPLICATION_NOT_AVAILABLE,
        ),
        (
            Refusal::Direction,
            Code::BAD_REQUEST,
            cause::MALFORMED_MESSAGE,
        ),
    ] {
        assert_eq!((refusal.code(), refusal.cause()), (code, cause));
        assert!(!refusal.to_string().is_empty());
    }
}
