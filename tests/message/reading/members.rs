//! Members that are missing, surplus, or of another form.

use super::*;

#[test]
fn mandatory_members_and_surplus_ones() {
    let whole = [
        (r#""Message Type":"MSG""#, Member::MessageType),
        (
            r#""Originating UE Service ID":"a@b.c""#,
            Member::OriginatingUe,
        ),
        (r#""Recipient UE Service ID":"a@b.c""#, Member::RecipientUe),
        (r#""Message ID":"7""#, Member::MessageId),
    ];
    for (at, (_, member)) in whole.iter().enumerate() {
        let mut rest = whole.map(|(text, _)| text).to_vec();
        rest.remove(at);
        assert_eq!(
            error(&format!("{{{}}}", rest.join(","))),
            DecodeError::Missing(*member)
        );
    }
    assert_eq!(
        error_with(r#""Originating AS Service ID":"x""#),
        DecodeError::Surplus(Member::OriginatingAs)
    );
    assert_eq!(
        error_with(r#""Recipient AS Service ID":"x""#),
        DecodeError::Surplus(Member::RecipientAs)
    );
    assert_eq!(
        error_with(r#""Messaging Topic":"x""#),
        DecodeError::Surplus(Member::Topic)
    );
    assert_eq!(
        error_with(r#""Messaging Topic":["x","y"]"#),
        DecodeError::Surplus(Member::Topic)
    );
    msg_with(r#""Recipient Group ID":"grp@a.b""#, |msg| {
        assert!(matches!(msg.recipient, Recipient::Group(_)));
        assert_eq!(msg.group_member.map(|id| id.as_str()), Some("ue-2@a.b"));
    });
    let long = "x".repeat(256);
    for id in ["", &long] {
        let json = format!(r#""Recipient UE Service ID":"{id}""#);
        assert_eq!(
            error_with(&json),
            DecodeError::Unusable(Member::RecipientUe)
        );
    }
    assert_eq!(
        error_with(r#""Message Type":"PING""#),
        DecodeError::UnknownMessageType
    );
    assert_eq!(
        error_with(r#""Message Type":7"#),
        mistyped(Member::MessageType)
    );
    assert_eq!(error_with(r#""Payload":7"#), mistyped(Member::Payload));
    assert_eq!(
        error_with(r#""Store and forward parameters":"x""#),
        mistyped(Member::StoreAndForwardParameters)
    );
}

#[test]
fn lists_are_checked_when_they_are_read() {
    let list = |items: &str| error_with(&format!(r#""List of individual messages":{items}"#));
    assert_eq!(list("[]"), DecodeError::Unusable(Member::ListOfMessages));
    assert_eq!(list("[{}]"), DecodeError::Missing(Member::MessageId));
    assert_eq!(
        list(r#"[{"Message ID":"1"},7]"#),
        mistyped(Member::ListOfMessages)
    );
    assert_eq!(
        list(r#"[{"Message ID":"1","Payload":{}}]"#),
        mistyped(Member::Payload)
    );
    assert_eq!(
        list(r#"{"Message ID":"1"}"#),
        mistyped(Member::ListOfMessages)
    );
    let good = r#""List of individual messages":[
        {"x":{"Message ID":"9"},"Message ID":"1","Payload":"\ud83d\ude00\"","Application ID":["a","b"],"Payload":"last"},
        {"Payload":"gone","Message ID":"2","Payload":null,"Application ID":[]},
        {"Message ID":"3","Application ID":"gone","Application ID":null}]"#;
    decode(&text_with(good), |message| {
        let Ok(Message::AggregatedMsg(aggregate)) = message else {
            panic!("{message:?}")
        };
        let parts: Vec<_> = aggregate
            .messages
            .iter()
            .map(|m| (m.message_id, m.payload, m.application_id))
            .collect();
        assert_eq!(
            parts,
            [
                (MessageId::Opaque("1"), "last", Some("a")),
                (MessageId::Opaque("2"), "", None),
                (MessageId::Opaque("3"), "", None)
            ]
        );
        assert_eq!(aggregate.messages.len(), 3);
    });
}

#[test]
fn bulk_items_keep_their_profiles() {
    let bulk = r#"{"Message Type":"REG","List of individual MSGin5G UE registration request":[
        {"UE Service ID":"ue-1@a.b","MSGin5G Client Profile":
            {"MSGin5G Client Supported Maximum MSGin5G segment size":512}},
        {"UE Service ID":"ue-2@a.b","Registration urgent degree":1}]}"#;
    decode(bulk, |message| {
        let Ok(Message::BulkRegistration(bulk)) = message else {
            panic!("{message:?}")
        };
        let all: Vec<_> = bulk.registrations.iter().collect();
        assert_eq!(all[0].profile.maximum_segment_size, Some(512));
        assert_eq!(
            (all[1].profile.maximum_segment_size, all[1].urgent),
            (None, Some(true))
        );
    });
}

#[test]
fn ports_in_every_form() {
    let ports = |ports: &str| {
        let json = format!(
            r#"{{"Message Type":"REG","UE Service ID":"ue-1@a.b","MSGin5G Client Profile":
            {{"MSGin5G Client Triggering Information":{{"Port number":{ports}}}}}}}"#
        );
        decode(&json, |message| {
            message.map(|message| match message {
                Message::Registration(reg) => {
                    reg.profile.triggering.ports.iter().collect::<Vec<_>>()
                }
                other => panic!("{other:?}"),
            })
        })
    };
    assert_eq!(ports("[1,2,3,65535]"), Ok(vec![1, 2, 3, 65535]));
    assert_eq!(ports("5683"), Ok(vec![5683]));
    assert_eq!(ports(r#"["5683"]"#), Ok(vec![5683]));
    assert_eq!(ports("[]"), Ok(vec![]));
    assert_eq!(
        ports("[65536]"),
        Err(DecodeError::OutOfRange(Member::PortNumber))
    );
    assert_eq!(
        ports("[1,2,3,4,5]"),
        Err(DecodeError::OutOfRange(Member::PortNumber))
    );
    assert_eq!(ports("[[1]]"), Err(DecodeError::TooDeep { at: 144 }));
}

#[test]
fn the_service_identifier_is_looked_at() {
    let check = |members: &str| {
        let mut json = text_with(members).into_bytes();
        Message::decode_for("MSGin5G", &mut json).unwrap().1
    };
    assert_eq!(
        check(r#""MSGin5G service identifier":"msgin5g""#),
        ServiceCheck::Same
    );
    assert_eq!(
        check(r#""MSGin5G service identifier":"other""#),
        ServiceCheck::Other
    );
    assert_eq!(check(""), ServiceCheck::Missing);
}
