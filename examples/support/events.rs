//! Events as lines of JSON.

use msgin5g::client::Event;
use serde_json::{Value, json};

/// An event as it is printed.
pub fn event_as_json(event: &Event<'_>) -> Value {
    match event {
        Event::Registered => json!({"event": "registered"}),
        Event::RegistrationFailed(failure) => {
            json!({"event": "registration_failed", "why": failure.to_string()})
        }
        Event::Deregistered => json!({"event": "deregistered"}),
        Event::Message { msg, .. } => json!({
            "event": "message",
            "from": msg.originator.as_str(),
            "message_id": msg.message_id.to_string(),
            "application_id": msg.application_id,
            "report_wanted": msg.report_wanted,
            "text": msg.payload,
        }),
        Event::Subscribed { expiration, .. } => {
            json!({"event": "subscribed", "expiration": expiration})
        }
        Event::Report(report) => json!({
            "event": "report",
            "from": report.originator.as_str(),
            "message_id": report.message_id.to_string(),
            "status": if report.status.is_success() { "success" } else { "failure" },
            "cause": report.failure_cause,
        }),
        Event::Accepted { message_id } => {
            json!({"event": "accepted", "message_id": message_id.to_string()})
        }
        Event::Stored { message_id } => {
            json!({"event": "stored", "message_id": message_id.to_string()})
        }
        Event::Failed {
            message_id,
            failure,
        } => json!({
            "event": "failed",
            "message_id": message_id.to_string(),
            "why": failure.to_string(),
        }),
        other => json!({"event": "other", "what": format!("{other:?}")}),
    }
}
