//! Messages of constrained UEs that come again, because the answer was lost.

use msgin5g::gateway::{
    ApplicationId, Gateway, Limits, Link, LocalMessage, Refusal, Registration, Sending, Target,
    Upward,
};
use msgin5g::message::{MessageId, UeServiceId};

const LOCK: Link = Link::Other(1);
const LAMP: Link = Link::Other(2);

fn gateway() -> Gateway<'static, 2, 4> {
    let us = UeServiceId::new("gateway-1@iot.example").unwrap();
    let mut gateway = Gateway::new(us, Limits::default());
    for (link, number) in [(LOCK, 1), (LAMP, 2)] {
        let registration = LocalMessage::Registration(Registration {
            application_id: ApplicationId::new(number),
            layer2_id: None,
        });
        gateway.from_application(link, &registration, 0).unwrap();
    }
    gateway
}

/// Whether the message goes up; `None`: it counts as a repeat.
fn goes_up(
    gateway: &mut Gateway<'static, 2, 4>,
    link: Link,
    number: u8,
    report_wanted: bool,
) -> Option<u8> {
    let message = LocalMessage::Sending(Sending {
        target: Target {
            address: "ue-0815@iot.example",
            kind: None,
        },
        message_id: MessageId::Uuid([number; 16]),
        payload: "door open",
        application_id: None,
        report_wanted,
    });
    match gateway.from_application(link, &message, 0).unwrap() {
        Upward::Message(_) => Some(number),
        Upward::Repeated => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_message_that_wants_no_report_is_sent_once() {
    let mut gateway = gateway();
    assert_eq!(goes_up(&mut gateway, LOCK, 1, false), Some(1));
    assert_eq!(goes_up(&mut gateway, LOCK, 1, false), None);
    assert_eq!(goes_up(&mut gateway, LOCK, 2, false), Some(2));
    assert_eq!(goes_up(&mut gateway, LOCK, 1, false), None);
    // Another UE is not kept from anything by an ID that it could not know.
    assert_eq!(goes_up(&mut gateway, LAMP, 1, false), Some(1));
    // No report is waited for, and nobody is refused for want of room.
    assert_eq!(gateway.exchanges(), 0);
    for number in 3..100 {
        assert_eq!(goes_up(&mut gateway, LOCK, number, false), Some(number));
    }
}

/// A lost link changes nothing: the UE comes back, and asks again.
#[test]
fn a_repeat_over_a_link_that_was_lost_is_known() {
    let mut gateway = gateway();
    assert_eq!(goes_up(&mut gateway, LOCK, 1, false), Some(1));
    gateway.forget(LOCK);
    let registration = LocalMessage::Registration(Registration {
        application_id: ApplicationId::new(1),
        layer2_id: None,
    });
    gateway.from_application(LOCK, &registration, 0).unwrap();
    assert_eq!(goes_up(&mut gateway, LOCK, 1, false), None);
}

#[test]
fn what_the_client_did_not_take_may_come_again() {
    let mut gateway = gateway();
    assert_eq!(goes_up(&mut gateway, LOCK, 1, false), Some(1));
    assert_eq!(goes_up(&mut gateway, LOCK, 2, false), Some(2));
    let untold = gateway.deliver_failure(MessageId::Uuid([1; 16]), "no room");
    assert_eq!(untold, Err(Refusal::UnknownMessage), "nobody waits for it");
    assert_eq!(goes_up(&mut gateway, LOCK, 1, false), Some(1));
    assert_eq!(goes_up(&mut gateway, LOCK, 2, false), None);
    // The same where a report is wanted.
    assert_eq!(goes_up(&mut gateway, LOCK, 3, true), Some(3));
    assert_eq!(goes_up(&mut gateway, LOCK, 3, true), None);
    assert!(
        gateway
            .deliver_failure(MessageId::Uuid([3; 16]), "")
            .is_ok()
    );
    assert_eq!(goes_up(&mut gateway, LOCK, 3, true), Some(3));
}

/// There is room for four. Who sends much pushes out its own, the oldest first.
#[test]
fn who_sends_much_pushes_out_nobody_else() {
    let mut gateway = gateway();
    assert_eq!(goes_up(&mut gateway, LAMP, 1, false), Some(1));
    for number in 10..20 {
        assert_eq!(goes_up(&mut gateway, LOCK, number, false), Some(number));
    }
    assert_eq!(goes_up(&mut gateway, LAMP, 1, false), None);
    for number in 17..20 {
        assert_eq!(goes_up(&mut gateway, LOCK, number, false), None);
    }
    assert_eq!(goes_up(&mut gateway, LOCK, 16, false), Some(16));
    // Of two with as many the one that sends loses its oldest.
    assert_eq!(goes_up(&mut gateway, LAMP, 2, false), Some(2));
    assert_eq!(goes_up(&mut gateway, LAMP, 3, false), Some(3));
    assert_eq!(goes_up(&mut gateway, LAMP, 1, false), Some(1));
    for number in [19, 16] {
        assert_eq!(goes_up(&mut gateway, LOCK, number, false), None, "{number}");
    }
}
