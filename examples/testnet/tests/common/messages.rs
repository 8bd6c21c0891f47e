//! Messages as a client writes them.

use serde_json::{Value, json};

pub fn msg(from: &str, to: &str, id: &str, payload: &str) -> Value {
    json!({
        "MSGin5G service identifier": "MSGin5G",
        "Message Type": "MSG",
        "Originating UE Service ID": from,
        "Recipient UE Service ID": to,
        "Message ID": id,
        "Delivery status required": true,
        "Payload": payload,
        "Store and forward flag": false
    })
}

pub fn imdn(from: &str, to: &str, id: &str) -> Value {
    json!({
        "MSGin5G service identifier": "MSGin5G",
        "Message Type": "IMDN",
        "Originating UE Service ID": from,
        "Recipient UE Service ID": to,
        "Message ID": id,
        "Delivery Status": "success"
    })
}

/// A message in segments of so many octets, numbered from 1.
pub fn segments(whole: &Value, set: &str, size: usize) -> Vec<Value> {
    let payload = whole["Payload"].as_str().unwrap();
    let mut rest = payload;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let border = (0..=size.min(rest.len()))
            .rev()
            .find(|at| rest.is_char_boundary(*at));
        let (part, behind) = rest.split_at(border.unwrap());
        parts.push(part);
        rest = behind;
    }
    let last = parts.len();
    let segment = |(n, part): (usize, &&str)| {
        let mut segment = whole.clone();
        segment["Payload"] = json!(part);
        segment["Message is segmented"] = json!(true);
        segment["Segmentation Set Identifier"] = json!(set);
        segment["Message segment number"] = json!(n + 1);
        if n == 0 {
            segment["Total number of message segments"] = json!(last);
        } else {
            segment
                .as_object_mut()
                .unwrap()
                .shift_remove("Delivery status required");
        }
        if n + 1 == last {
            segment["Last segment flag"] = json!(true);
        }
        segment
    };
    parts.iter().enumerate().map(segment).collect()
}

pub fn segrec(set: &str, ranges: Value) -> Value {
    json!({
        "MSGin5G service identifier": "MSGin5G",
        "Message Type": "SEGREC",
        "Segmentation Set Identifier": set,
        "List of Segment range": ranges
    })
}

pub fn segconfir(set: &str, id: &str) -> Value {
    json!({
        "MSGin5G service identifier": "MSGin5G",
        "Message Type": "SEGCONFIR",
        "Segmentation Set Identifier": set,
        "Message ID": id,
        "Result": "success"
    })
}

/// A registration that tells the longest payload the UE takes at once.
pub fn reg_with_size(ue: &str, size: usize) -> Value {
    json!({
        "MSGin5G service identifier": "MSGin5G",
        "Message Type": "REG",
        "UE Service ID": ue,
        "MSGin5G Client Profile": {"MSGin5G Client Supported Maximum MSGin5G segment size": size}
    })
}
