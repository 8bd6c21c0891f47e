//! Messages in one line, for the ladder.

use crate::coap::{Code, Message, number};
use crate::wire::names::{self, Name};
use crate::wire::{Address, Fields, MessageType, read_ranges, show_ranges};

/// `MSG to ue-0815 "OPEN valve 3", report`: one line for a person.
pub fn request(request: &Message) -> String {
    if request.code == Code::GET {
        return get(request);
    }
    let fields = Fields::parse(&request.payload);
    match fields.as_ref().map(Fields::message_type) {
        Ok(Ok(kind)) => body(kind, &fields.unwrap_or_default(), true),
        _ => format!("{} with {} octets", request.code, request.payload.len()),
    }
}

pub fn body(kind: MessageType, fields: &Fields, upwards: bool) -> String {
    let text = |name: &Name| {
        fields
            .text(name)
            .ok()
            .flatten()
            .unwrap_or_default()
            .to_owned()
    };
    let about = match kind {
        MessageType::Reg | MessageType::Dereg => text(&names::UE_SERVICE_ID),
        MessageType::Msg => {
            let other = if upwards {
                fields.recipient().map(|to| format!("to {}", short(&to)))
            } else {
                fields
                    .originator()
                    .map(|from| format!("from {}", short(&from)))
            };
            let wanted = fields.boolean(&names::REPORT_WANTED) == Ok(Some(true));
            let payload = excerpt(&text(&names::PAYLOAD));
            let report = if wanted { ", report" } else { "" };
            let segment = fields.integer(&names::SEGMENT_NUMBER).ok().flatten();
            let segment = segment.map_or_else(String::new, |n| format!(", segment {n}"));
            let items = fields
                .get(&names::AGGREGATE_LIST)
                .and_then(|list| list.as_array());
            let said = items.map_or_else(
                || format!("\"{payload}\""),
                |items| format!("{} messages", items.len()),
            );
            format!("{} {said}{report}{segment}", other.unwrap_or_default())
        }
        MessageType::MsgResp | MessageType::Imdn => outcome_of(fields).unwrap_or_default(),
        MessageType::SegRec => {
            let ranges = fields
                .get(&names::SEGMENT_RANGES)
                .and_then(|list| read_ranges(list).ok());
            let ranges = show_ranges(&ranges.unwrap_or_default());
            format!("{} {ranges}", text(&names::SEGMENT_SET))
        }
        MessageType::SegConfir => text(&names::SEGMENT_SET),
        MessageType::MsgUpd => text(&names::MESSAGE_ID),
    };
    format!("{} {about}", kind.text()).trim_end().to_owned()
}

/// The member of an answer that says how it went, with its cause.
pub fn outcome_of(fields: &Fields) -> Option<String> {
    let text = |name: &Name| fields.text(name).ok().flatten();
    let outcome = [
        &names::REGISTRATION_RESULT,
        &names::DEREGISTRATION_RESULT,
        &names::STATUS,
        &names::SUBSCRIPTION_STATUS,
    ]
    .into_iter()
    .find_map(text);
    match (outcome, text(&names::CAUSE)) {
        (Some(outcome), Some(cause)) => Some(format!("{outcome}: {cause}")),
        (Some(outcome), None) => Some(outcome.to_owned()),
        (None, cause) => cause.map(str::to_owned),
    }
}

/// `GET topics, Observe 0, topic=meter/alarm`.
fn get(request: &Message) -> String {
    let path = request
        .options
        .all(number::URI_PATH)
        .last()
        .unwrap_or_default();
    let mut line = format!("GET {}", String::from_utf8_lossy(path));
    if let Some(observe) = request.options.uint(number::OBSERVE) {
        line.push_str(&format!(", Observe {observe}"));
    }
    for query in request.options.all(number::URI_QUERY) {
        line.push_str(&format!(", {}", excerpt(&String::from_utf8_lossy(query))));
    }
    line
}

/// The beginning of a payload, on one line whatever is in it.
fn excerpt(payload: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    payload.chars().take(32).map(clean).collect()
}

/// An address without its domain; the columns of the ladder have the whole.
fn short(address: &Address) -> String {
    let whole = address.to_string();
    whole
        .split_once('@')
        .map_or(whole.as_str(), |(user, _)| user)
        .to_owned()
}
