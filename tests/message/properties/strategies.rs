//! Any message that can be written.

use super::*;

/// Text with everything that JSON escapes, and characters of one to four octets.
pub fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        any::<char>(),
        (0..0x20u8).prop_map(char::from),
        select(vec![
            '"',
            '\\',
            '/',
            '\u{7f}',
            '\u{e9}',
            '\u{20ac}',
            '\u{1f600}',
            '\u{fdfd}',
            '{',
            ']',
            ','
        ]),
    ];
    prop::collection::vec(character, 0..24).prop_map(String::from_iter)
}

/// Leaks: the messages borrow, and a test may waste memory.
pub fn kept() -> impl Strategy<Value = &'static str> {
    text().prop_map(|text| &*text.leak())
}

pub fn some_kept() -> impl Strategy<Value = Option<&'static str>> {
    prop::option::of(kept())
}

pub fn name() -> impl Strategy<Value = &'static str> {
    "[!-~\u{a1}-\u{ff}\u{1f600}]{5,30}".prop_map(|text| &*text.leak())
}

/// 64 octets at most: a message ID that is no UUID, a set of segments.
pub fn short_name() -> impl Strategy<Value = &'static str> {
    "[!-~\u{a1}-\u{ff}\u{1f600}]{1,16}".prop_map(|text| &*text.leak())
}

pub fn integer() -> impl Strategy<Value = Option<u32>> {
    prop::option::of(0..=0x7fff_ffffu32)
}

pub fn ue() -> impl Strategy<Value = UeServiceId<'static>> {
    name().prop_map(|text| UeServiceId::new(text).unwrap())
}

pub fn originator() -> impl Strategy<Value = Originator<'static>> {
    prop_oneof![
        ue().prop_map(Originator::Ue),
        name().prop_map(|text| Originator::As(AsServiceId::new(text).unwrap())),
    ]
}

pub fn recipient() -> impl Strategy<Value = Recipient<'static>> {
    let topic = kept().prop_filter("a topic has text", |text| !text.is_empty());
    prop_oneof![
        ue().prop_map(Recipient::Ue),
        name().prop_map(|text| Recipient::As(AsServiceId::new(text).unwrap())),
        name().prop_map(|text| Recipient::Group(GroupServiceId::new(text).unwrap())),
        name().prop_map(|text| Recipient::BroadcastArea(BroadcastAreaId::new(text).unwrap())),
        topic.prop_map(|text| Recipient::Topic(MessagingTopic::new(text).unwrap())),
    ]
}

pub fn message_id() -> impl Strategy<Value = MessageId<'static>> {
    prop_oneof![
        any::<[u8; 16]>().prop_map(MessageId::Uuid),
        short_name().prop_map(MessageId::Opaque)
    ]
}

pub fn outcome() -> impl Strategy<Value = Outcome<'static>> {
    prop_oneof![
        Just(Outcome::Success),
        Just(Outcome::Failure),
        Just(Outcome::Other("on \"its\" way"))
    ]
}

pub fn priority() -> impl Strategy<Value = Option<Priority>> {
    prop::option::of(select(vec![
        Priority::Low,
        Priority::Middle,
        Priority::High,
    ]))
}

pub fn store_and_forward() -> impl Strategy<Value = StoreAndForward<'static>> {
    prop_oneof![
        Just(StoreAndForward::Unstated),
        Just(StoreAndForward::No),
        some_kept().prop_map(|expiration| StoreAndForward::Yes { expiration }),
    ]
}

pub fn segment() -> impl Strategy<Value = Segment<'static>> {
    (
        short_name(),
        any::<u16>(),
        prop::option::of(1..=u16::MAX),
        any::<bool>(),
    )
        .prop_map(|(set, number, total, last)| Segment {
            set,
            number,
            total,
            last,
        })
}

pub fn list<T: msgin5g::message::Element<'static> + std::fmt::Debug>(
    element: impl Strategy<Value = T>,
    min: usize,
) -> impl Strategy<Value = List<'static, T>> {
    prop::collection::vec(element, min..4).prop_map(|items| List::of(items.leak()))
}

pub fn msg() -> impl Strategy<Value = Msg<'static>> {
    let application = kept().prop_filter("an empty one is none", |text| !text.is_empty());
    let head = (
        originator(),
        recipient(),
        prop::option::of(ue()),
        message_id(),
    );
    let body = (
        prop::option::of(application),
        list(kept(), 0),
        any::<bool>(),
        kept(),
        priority(),
    );
    (head, body, prop::option::of(segment()), store_and_forward()).prop_map(
        |(head, body, segment, saf)| Msg {
            originator: head.0,
            recipient: head.1,
            group_member: head.2.filter(|_| matches!(head.1, Recipient::Group(_))),
            message_id: head.3,
            application_id: body.0,
            more_application_ids: if body.0.is_some() {
                body.1
            } else {
                List::EMPTY
            },
            report_wanted: body.2,
            payload: body.3,
            priority: body.4,
            segment,
            store_and_forward: saf,
        },
    )
}

pub fn profile() -> impl Strategy<Value = ClientProfile<'static>> {
    let triggering = (
        some_kept(),
        prop::collection::vec(any::<u16>(), 0..5),
        some_kept(),
    );
    let availability = (
        some_kept(),
        integer(),
        prop::option::of(any::<bool>()),
        integer(),
    );
    (triggering, availability, integer()).prop_map(
        |(triggering, availability, maximum_segment_size)| ClientProfile {
            triggering: TriggeringInformation {
                ue_identifier: triggering.0,
                ports: Ports::new(&triggering.1).unwrap(),
                protocol: triggering.2,
            },
            availability: CommunicationAvailability {
                schedule: availability.0,
                duration: availability.1,
                periodic: availability.2,
                interval: availability.3,
            },
            maximum_segment_size,
        },
    )
}

pub fn registration() -> impl Strategy<Value = Registration<'static>> {
    (
        ue(),
        some_kept(),
        profile(),
        prop::option::of(any::<bool>()),
        integer(),
    )
        .prop_map(
            |(ue_service_id, credential, profile, urgent, expiration_time)| Registration {
                ue_service_id,
                credential,
                profile,
                urgent,
                expiration_time,
            },
        )
}

/// In a list the profile's own objects would be a fifth level.
pub fn bulk_registration() -> impl Strategy<Value = Registration<'static>> {
    registration().prop_map(|registration| Registration {
        profile: ClientProfile {
            maximum_segment_size: registration.profile.maximum_segment_size,
            ..ClientProfile::EMPTY
        },
        ..registration
    })
}

pub fn individual_msg() -> impl Strategy<Value = IndividualMsg<'static>> {
    let application = kept().prop_filter("an empty one is none", |text| !text.is_empty());
    (
        message_id(),
        prop::option::of(application),
        any::<bool>(),
        kept(),
        priority(),
    )
        .prop_map(
            |(message_id, application_id, report_wanted, payload, priority)| IndividualMsg {
                message_id,
                application_id,
                report_wanted,
                payload,
                priority,
            },
        )
}

pub fn individual_report() -> impl Strategy<Value = IndividualReport<'static>> {
    (message_id(), outcome(), some_kept()).prop_map(|(message_id, status, failure_cause)| {
        IndividualReport {
            message_id,
            status,
            failure_cause,
        }
    })
}

pub fn message() -> impl Strategy<Value = Message<'static>> {
    let addresses = || (originator(), recipient(), message_id());
    let response_status = prop::option::of(select(vec![
        ResponseStatus::Failed,
        ResponseStatus::Stored,
        ResponseStatus::Rejected,
        ResponseStatus::Other("?"),
    ]));
    prop_oneof![
        msg().prop_map(Message::Msg),
        registration().prop_map(Message::Registration),
        list(bulk_registration(), 1).prop_map(|registrations| Message::BulkRegistration(
            BulkRegistration { registrations }
        )),
        (ue(), some_kept()).prop_map(|(ue_service_id, credential)| {
            Message::Deregistration(Deregistration {
                ue_service_id,
                credential,
            })
        }),
        (addresses(), list(individual_msg(), 1), store_and_forward()).prop_map(
            |(head, messages, saf)| {
                Message::AggregatedMsg(AggregatedMsg {
                    originator: head.0,
                    recipient: head.1,
                    group_member: None,
                    message_id: head.2,
                    messages,
                    store_and_forward: saf,
                })
            }
        ),
        (addresses(), response_status, some_kept()).prop_map(|(head, status, failure_cause)| {
            Message::MsgResponse(MsgResponse {
                originator: head.0,
                message_id: head.2,
                status,
                failure_cause,
            })
        }),
        (addresses(), outcome(), some_kept()).prop_map(|(head, status, failure_cause)| {
            Message::Report(Report {
                originator: head.0,
                recipient: head.1,
                message_id: head.2,
                status,
                failure_cause,
            })
        }),
        (addresses(), any::<bool>(), list(individual_report(), 1)).prop_map(
            |(head, whole, reports)| {
                let message_id = whole.then_some(head.2);
                Message::AggregatedReport(AggregatedReport {
                    originator: head.0,
                    recipient: head.1,
                    message_id,
                    reports,
                })
            }
        ),
        (
            short_name(),
            prop::collection::vec(any::<(u16, u16)>(), 0..40)
        )
            .prop_map(|(set, list)| {
                let mut ranges = SegmentRanges::EMPTY;
                for (first, len) in list.into_iter().take(SegmentRanges::MAX) {
                    ranges.insert(first, first.saturating_add(len % 8));
                }
                Message::SegmentsRecovery(SegmentsRecovery { set, ranges })
            }),
        (
            short_name(),
            prop::option::of(message_id()),
            prop::option::of(outcome())
        )
            .prop_map(|(set, message_id, result)| {
                Message::SegmentsConfirmation(SegmentsConfirmation {
                    set,
                    message_id,
                    result,
                })
            }),
    ]
}
