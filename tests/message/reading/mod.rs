//! Liberal reading: names, values and forms that peers may use, and what is refused by name.

mod forms;
mod limits;
mod members;
mod segments;

use msgin5g::message::{
    DecodeError, Expected, Member, Message, MessageId, Msg, Originator, Outcome, Priority,
    Recipient, RegistrationResponse, ResponseStatus, ServiceCheck, Shape, StoreAndForward,
    SubscriptionResponse,
};

fn decode<T>(json: &str, look: impl FnOnce(Result<Message<'_>, DecodeError>) -> T) -> T {
    look(Message::decode(&mut json.as_bytes().to_vec()))
}

fn error(json: &str) -> DecodeError {
    decode(json, |message| message.expect_err(json))
}

/// A complete message with `members` behind the mandatory ones, of which the last counts.
fn msg_with<T>(members: &str, look: impl FnOnce(Msg<'_>) -> T) -> T {
    decode(&text_with(members), |message| match message {
        Ok(Message::Msg(msg)) => look(msg),
        other => panic!("{members}: {other:?}"),
    })
}

fn error_with(members: &str) -> DecodeError {
    error(&text_with(members))
}

fn text_with(members: &str) -> String {
    format!(
        r#"{{"Message Type":"MSG","Originating UE Service ID":"ue-1@a.b","Recipient UE Service ID":"ue-2@a.b",
        "Message ID":"no. 7"{}{members}}}"#,
        if members.is_empty() { "" } else { "," }
    )
}

const TYPED: &str = r#""Message Type":"MSG","Message ID":"7","#;

fn mistyped(member: Member) -> DecodeError {
    DecodeError::Mistyped {
        member,
        expected: member.shape(),
    }
}
