//! Originator, recipient and message ID: what messages, reports and answers share.

use super::{
    AsServiceId, BroadcastAreaId, DecodeError, GroupServiceId, List, MessageId, MessagingTopic,
    Originator, Recipient, UeServiceId, members::Fields, wire::Member, writer::Writer,
};

pub(super) fn write_originator(writer: &mut Writer<'_>, originator: Originator<'_>) {
    let member = match originator {
        Originator::Ue(_) => Member::OriginatingUe,
        Originator::As(_) => Member::OriginatingAs,
    };
    writer.text(member, originator.as_str());
}

pub(super) fn write_recipient(writer: &mut Writer<'_>, recipient: Recipient<'_>) {
    let member = match recipient {
        Recipient::Ue(_) => Member::RecipientUe,
        Recipient::As(_) => Member::RecipientAs,
        Recipient::Group(_) => Member::RecipientGroup,
        Recipient::BroadcastArea(_) => Member::BroadcastArea,
        Recipient::Topic(_) => Member::Topic,
    };
    writer.text(member, recipient.as_str());
}

pub(super) fn write_message_id(writer: &mut Writer<'_>, id: MessageId<'_>) {
    id.with_text(|text| writer.text(Member::MessageId, text));
}

pub(super) fn read_originator<'a>(fields: &dyn Fields<'a>) -> Result<Originator<'a>, DecodeError> {
    match (
        fields.text(Member::OriginatingUe),
        fields.text(Member::OriginatingAs),
    ) {
        (Some(ue), None) => ue_service_id(ue, Member::OriginatingUe).map(Originator::Ue),
        (None, Some(server)) => {
            usable(AsServiceId::received(server), Member::OriginatingAs).map(Originator::As)
        }
        (Some(_), Some(_)) => Err(DecodeError::Surplus(Member::OriginatingAs)),
        (None, None) => Err(DecodeError::Missing(Member::OriginatingUe)),
    }
}

/// The recipient, and the member that a copy for a group is meant for (TS 23.554 clause 8.7.4.2).
pub(super) fn read_recipient<'a>(
    fields: &dyn Fields<'a>,
) -> Result<(Recipient<'a>, Option<UeServiceId<'a>>), DecodeError> {
    const KINDS: [Member; 5] = [
        Member::RecipientGroup,
        Member::RecipientUe,
        Member::RecipientAs,
        Member::BroadcastArea,
        Member::Topic,
    ];
    let mut found = None;
    let mut group_member = None;
    for member in KINDS {
        let Some(text) = single(fields, member)? else {
            continue;
        };
        match (found, member) {
            (Some(Recipient::Group(_)), Member::RecipientUe) => {
                group_member = Some(ue_service_id(text, member)?);
            }
            (Some(_), _) => return Err(DecodeError::Surplus(member)),
            (None, _) => found = Some(recipient(text, member)?),
        }
    }
    found
        .map(|recipient| (recipient, group_member))
        .ok_or(DecodeError::Missing(Member::RecipientUe))
}

pub(super) fn read_message_id<'a>(fields: &dyn Fields<'a>) -> Result<MessageId<'a>, DecodeError> {
    let text = fields
        .text(Member::MessageId)
        .ok_or(DecodeError::Missing(Member::MessageId))?;
    usable(MessageId::parse(text), Member::MessageId)
}

pub(super) fn ue_service_id(text: &str, member: Member) -> Result<UeServiceId<'_>, DecodeError> {
    usable(UeServiceId::received(text), member)
}

pub(super) fn usable<T>(value: Option<T>, member: Member) -> Result<T, DecodeError> {
    value.ok_or(DecodeError::Unusable(member))
}

fn recipient(text: &str, member: Member) -> Result<Recipient<'_>, DecodeError> {
    usable(
        match member {
            Member::RecipientGroup => GroupServiceId::received(text).map(Recipient::Group),
            Member::RecipientAs => AsServiceId::received(text).map(Recipient::As),
            Member::BroadcastArea => BroadcastAreaId::received(text).map(Recipient::BroadcastArea),
            Member::Topic => MessagingTopic::received(text).map(Recipient::Topic),
            _ => UeServiceId::received(text).map(Recipient::Ue),
        },
        member,
    )
}

/// The text of a member that may be written as a list of one.
fn single<'a>(fields: &dyn Fields<'a>, member: Member) -> Result<Option<&'a str>, DecodeError> {
    let Some(octets) = fields.raw(member) else {
        return Ok(None);
    };
    let mut texts = List::received(octets).iter();
    match (texts.next(), texts.next()) {
        (_, Some(_)) => Err(DecodeError::Surplus(member)),
        // An empty text is an address, though none that can be used.
        (first, None) => Ok(first.or(Some(""))),
    }
}

/// The texts of a member that is a string or an array of strings.
pub(super) fn texts<'a>(fields: &dyn Fields<'a>, member: Member) -> List<'a, &'a str> {
    List::received(fields.raw(member).unwrap_or_default())
}
