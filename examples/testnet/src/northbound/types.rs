//! The types of TS 29.538: `ASMessageDelivery`, `UEMessageDelivery`, `DeliveryStatusReport`, `MessageDeliveryAck`.

use serde_json::{Map, Value, json};

use crate::http::Response;
use crate::server::{AsMessage, AsReport};
use crate::wire::names::{self, Name};
use crate::wire::{Address, AddressKind, Fields, fold, read_date};

/// Reads an `ASMessageDelivery`. The error is the response that says what is wrong.
pub fn as_message(body: &Value) -> Result<AsMessage, Response> {
    let from = address(body, "oriAddr", &[AddressKind::As])?.id;
    let kinds = [
        AddressKind::Ue,
        AddressKind::Group,
        AddressKind::Broadcast,
        AddressKind::Topic,
    ];
    let to = address(body, "destAddr", &kinds)?;
    let store = boolean(body, "stoAndFwInd")?.ok_or_else(|| missing("stoAndFwInd"))?;
    if boolean(body, "segInd")? == Some(true) {
        return Err(bad("the server segments by itself: send the message whole"));
    }
    let priority = optional(body, "priority")?.map(|priority| match priority {
        "HIGH" => Ok("High"),
        "MIDDLE" => Ok("Middle"),
        "LOW" => Ok("Low"),
        _ => Err(bad("priority is none of HIGH, MIDDLE, LOW")),
    });
    let expires = match body.get("stoAndFwParams") {
        Some(parameters) => optional(parameters, "exprTime")?,
        None => None,
    };
    if expires.is_some_and(|date| read_date(date).is_none()) {
        return Err(bad("exprTime is not a date-time"));
    }
    Ok(AsMessage {
        from,
        to,
        message_id: message_id(body)?,
        application_id: optional(body, "appId")?.map(str::to_owned),
        report_wanted: boolean(body, "delivStReqInd")?.unwrap_or(false),
        payload: optional(body, "payload")?.unwrap_or_default().to_owned(),
        priority: priority.transpose()?.map(str::to_owned),
        store,
        expires: expires.map(str::to_owned),
    })
}

/// Reads a `DeliveryStatusReport` of an application server.
pub fn as_report(body: &Value) -> Result<AsReport, Response> {
    let status = match text(body, "delivSt")? {
        "REPT_DELY_SUCCESS" => "success",
        "REPT_DELY_FAILED" => "failure",
        _ => {
            return Err(bad(
                "delivSt is none of REPT_DELY_SUCCESS, REPT_DELY_FAILED",
            ));
        }
    };
    Ok(AsReport {
        from: address(body, "oriAddr", &[AddressKind::As])?.id,
        to: address(body, "destAddr", &[AddressKind::Ue])?.id,
        message_id: message_id(body)?,
        status: status.to_owned(),
        cause: optional(body, "failureCause")?.map(str::to_owned),
    })
}

/// A `MessageDeliveryAck`.
pub fn ack(from: &str, message_id: &str, status: Option<&str>, cause: Option<&str>) -> Value {
    let mut ack = Map::new();
    ack.insert(
        "oriAddr".to_owned(),
        json!({"addrType": "AS", "addr": from}),
    );
    ack.insert("msgId".to_owned(), json!(message_id));
    ack.extend(status.map(|status| ("status".to_owned(), json!(status))));
    ack.extend(cause.map(|cause| ("failureCause".to_owned(), json!(cause))));
    Value::Object(ack)
}

/// What an application server got: a `UEMessageDelivery`, or one `DeliveryStatusReport` or more.
pub fn for_as(fields: &Fields) -> Vec<Value> {
    let list = fields.get(&names::AGGREGATE_LIST).and_then(Value::as_array);
    let items: Vec<Fields> = list.into_iter().flatten().filter_map(Fields::of).collect();
    let parts: Vec<&Fields> = match items.is_empty() {
        true => vec![fields],
        false => items.iter().collect(),
    };
    parts
        .into_iter()
        .map(|part| one_for_as(fields, part))
        .collect()
}

fn one_for_as(whole: &Fields, part: &Fields) -> Value {
    let mut out = Map::new();
    let addresses = [
        ("oriAddr", whole.originator()),
        ("destAddr", whole.recipient()),
    ];
    for (name, address) in addresses {
        out.extend(
            address
                .ok()
                .map(|address| (name.to_owned(), address_value(&address))),
        );
    }
    let mut put = |name: &str, from: &Name| {
        out.extend(part.get(from).map(|value| (name.to_owned(), value.clone())));
    };
    put("msgId", &names::MESSAGE_ID);
    put("appId", &names::APPLICATION_ID);
    put("delivStReqInd", &names::REPORT_WANTED);
    put("payload", &names::PAYLOAD);
    put("stoAndFwInd", &names::STORE_FLAG);
    put("failureCause", &names::CAUSE);
    if let Ok(Some(status)) = part.text(&names::STATUS) {
        let good = ["success", "delivered", "ok", "succeeded", "reptdelysuccess"];
        let good = good.contains(&fold(status).as_str());
        let status = if good {
            "REPT_DELY_SUCCESS"
        } else {
            "REPT_DELY_FAILED"
        };
        out.insert("delivSt".to_owned(), json!(status));
    }
    Value::Object(out)
}

fn address_value(address: &Address) -> Value {
    let kind = match address.kind {
        AddressKind::Ue => "UE",
        AddressKind::As => "AS",
        AddressKind::Group => "GROUP",
        AddressKind::Broadcast => "BC",
        AddressKind::Topic => "TOPIC",
    };
    json!({"addrType": kind, "addr": address.id})
}

fn address(body: &Value, name: &str, kinds: &[AddressKind]) -> Result<Address, Response> {
    let member = body.get(name).ok_or_else(|| missing(name))?;
    let kind = match text(member, "addrType")? {
        "UE" => AddressKind::Ue,
        "AS" => AddressKind::As,
        "GROUP" => AddressKind::Group,
        "BC" => AddressKind::Broadcast,
        "TOPIC" => AddressKind::Topic,
        other => return Err(bad(&format!("{name}: unknown addrType {other}"))),
    };
    if !kinds.contains(&kind) {
        return Err(bad(&format!("{name}: not this addrType here")));
    }
    let id = text(member, "addr")?;
    if id.is_empty() || id.len() > 255 {
        return Err(bad(&format!(
            "{name}: addr is empty or longer than 255 octets"
        )));
    }
    let id = id.to_owned();
    Ok(Address { kind, id })
}

fn message_id(body: &Value) -> Result<String, Response> {
    let id = text(body, "msgId")?;
    match (1..=64).contains(&id.len()) {
        true => Ok(id.to_owned()),
        false => Err(bad("msgId is empty or longer than 64 octets")),
    }
}

/// A string that must be there.
pub fn text<'a>(body: &'a Value, name: &str) -> Result<&'a str, Response> {
    optional(body, name)?.ok_or_else(|| missing(name))
}

fn optional<'a>(body: &'a Value, name: &str) -> Result<Option<&'a str>, Response> {
    match body.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(bad(&format!("{name} is not a string"))),
    }
}

fn boolean(body: &Value, name: &str) -> Result<Option<bool>, Response> {
    match body.get(name) {
        None => Ok(None),
        Some(Value::Bool(value)) => Ok(Some(*value)),
        Some(_) => Err(bad(&format!("{name} is not a boolean"))),
    }
}

fn missing(name: &str) -> Response {
    bad(&format!("{name} is missing"))
}

fn bad(what: &str) -> Response {
    Response::problem(400, what)
}
