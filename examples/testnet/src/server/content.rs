//! What a message says: checks of its members, and the copy that a recipient gets.

use crate::wire::names::{self, Name};
use crate::wire::{Body, Fields, Malformed, fold};

/// The members that make a message a segment.
pub(super) const SEGMENTATION: [&Name; 5] = [
    &names::SEGMENTED,
    &names::SEGMENT_SET,
    &names::SEGMENT_TOTAL,
    &names::SEGMENT_NUMBER,
    &names::SEGMENT_LAST,
];

/// Types and values of the optional members. Returns the length of the payload, that of all parts for an aggregate.
pub(super) fn check(fields: &Fields) -> Result<usize, Malformed> {
    for name in [
        &names::REPORT_WANTED,
        &names::STORE_FLAG,
        &names::SEGMENTED,
        &names::SEGMENT_LAST,
    ] {
        fields.boolean(name)?;
    }
    for name in [
        &names::SEGMENT_TOTAL,
        &names::SEGMENT_NUMBER,
        &names::AGGREGATE_COUNT,
    ] {
        fields.integer(name)?;
    }
    check_priority(fields)?;
    expiration(fields)?;
    let set = fields.segment_set()?;
    if set.is_some() != fields.get(&names::SEGMENT_NUMBER).is_some() {
        return Err(Malformed(
            "segment number and segmentation set go together".to_owned(),
        ));
    }
    let payload = fields.text(&names::PAYLOAD)?.unwrap_or_default().len();
    let items = individual(fields)?;
    if set.is_some() && !items.is_empty() {
        return Err(Malformed("an aggregate is not segmented".to_owned()));
    }
    Ok(payload + payload_of(&items))
}

/// The individual messages or reports of an aggregate; none when it is not one.
pub(super) fn individual(fields: &Fields) -> Result<Vec<Fields>, Malformed> {
    let Some(list) = fields.get(&names::AGGREGATE_LIST) else {
        return Ok(Vec::new());
    };
    let items: Option<Vec<Fields>> = list
        .as_array()
        .and_then(|items| items.iter().map(Fields::of).collect());
    let items = items
        .filter(|items| !items.is_empty())
        .ok_or_else(|| Malformed("individual messages are no list of objects".to_owned()))?;
    let count = fields.integer(&names::AGGREGATE_COUNT)?;
    if count.is_some_and(|count| count != items.len() as u64) {
        return Err(Malformed(
            "the number of individual messages is another".to_owned(),
        ));
    }
    for item in &items {
        item.message_id()?;
        item.boolean(&names::REPORT_WANTED)?;
        item.text(&names::PAYLOAD)?;
        check_priority(item)?;
    }
    Ok(items)
}

pub(super) fn payload_of(items: &[Fields]) -> usize {
    items.iter().map(|item| payload(item).len()).sum()
}

/// The payload; absent is empty.
pub(super) fn payload(fields: &Fields) -> &str {
    let text = fields.text(&names::PAYLOAD).ok().flatten();
    text.unwrap_or_default()
}

pub(super) fn is_true(fields: &Fields, name: &Name) -> bool {
    fields.boolean(name).ok().flatten() == Some(true)
}

/// When a message that may be stored expires, in milliseconds since 1970.
pub(super) fn expiration(fields: &Fields) -> Result<Option<u64>, Malformed> {
    match fields.get(&names::STORE_PARAMETERS) {
        None => Ok(None),
        Some(parameters) => Fields::of(parameters)
            .ok_or_else(|| Malformed("store and forward parameters are not an object".to_owned()))?
            .date(&names::EXPIRATION),
    }
}

/// What a recipient gets of a message: everything but segmentation and the store and forward set, which are for the server.
pub(super) fn copied(body: Body, fields: &Fields) -> Body {
    let wanted = is_true(fields, &names::REPORT_WANTED);
    body.copied(fields, &[&names::MESSAGE_ID, &names::APPLICATION_ID])
        .with_some(&names::REPORT_WANTED, wanted.then_some(true))
        .copied(
            fields,
            &[
                &names::PAYLOAD,
                &names::PRIORITY,
                &names::AGGREGATE_COUNT,
                &names::AGGREGATE_LIST,
            ],
        )
}

/// 0 for High, 1 for Middle, 2 for Low.
pub(super) fn rank(fields: &Fields) -> u8 {
    let priority = fields.text(&names::PRIORITY).ok().flatten().map(fold);
    match priority.as_deref() {
        Some("high") => 0,
        Some("low") => 2,
        _ => 1,
    }
}

fn check_priority(fields: &Fields) -> Result<(), Malformed> {
    match fields.text(&names::PRIORITY)? {
        Some(priority)
            if !["high", "middle", "medium", "low"].contains(&fold(priority).as_str()) =>
        {
            Err(Malformed(format!("unknown priority {priority}")))
        }
        _ => Ok(()),
    }
}
