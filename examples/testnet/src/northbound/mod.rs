//! The face for application servers: URIs and members of TS 29.538 over plain HTTP, and a few of this network's own.

mod types;

use serde_json::{Value, json};

use crate::config::ApplicationServer;
use crate::event::EventKind;
use crate::http::{Request, Response, escape, unescape};
use crate::hub::Hub;
use crate::server::AsOutcome;
use crate::wire::names::cause;

const DELIVERY: &str = "/msgs-msgdelivery/v1/";
const REGISTRATIONS: &str = "/msgs-asregistration/v1/registrations";
const MESSAGES: &str = "/testnet/v1/messages";
const GROUPS: &str = "/testnet/v1/groups/";

/// Carries out one request. What it was and how it ended goes into the log.
pub fn answer(hub: &mut Hub, request: &Request) -> Response {
    let mut who = "AS".to_owned();
    let response = dispatch(hub, request, &mut who).unwrap_or_else(|refusal| refusal);
    hub.tell(EventKind::Http {
        from: who,
        what: format!("{} {}", request.method, request.path),
        status: response.status,
    });
    response
}

fn dispatch(hub: &mut Hub, request: &Request, who: &mut String) -> Result<Response, Response> {
    let path = request.path.as_str();
    if let Some(operation) = path.strip_prefix(DELIVERY) {
        return match operation {
            "deliver-as-message" => deliver(hub, &body(request, "POST")?, who),
            "deliver-report" => report(hub, &body(request, "POST")?, who),
            _ => Err(unknown()),
        };
    }
    if path == REGISTRATIONS {
        return register(hub, &body(request, "POST")?, who);
    }
    if let Some(id) = path
        .strip_prefix(REGISTRATIONS)
        .and_then(|rest| rest.strip_prefix('/'))
    {
        allow(request, "DELETE")?;
        *who = name(id)?;
        let known = hub.server.remove_application_server(who);
        return known.then(|| Response::empty(204)).ok_or_else(unknown);
    }
    if path == MESSAGES {
        allow(request, "GET")?;
        return inbox(hub, request, who);
    }
    match path.strip_prefix(GROUPS) {
        Some(id) => group(hub, request, &name(id)?),
        None => Err(unknown()),
    }
}

fn deliver(hub: &mut Hub, body: &Value, who: &mut String) -> Result<Response, Response> {
    let message = types::as_message(body)?;
    who.clone_from(&message.from);
    let (status, cause) = match hub.take_from_as(&message) {
        Ok(AsOutcome::Taken) => (None, None),
        Ok(AsOutcome::Stored) => (Some("DELY_STORED"), None),
        Err(cause::TOO_LARGE) => return Err(Response::problem(413, cause::TOO_LARGE)),
        Err(cause) => (Some("DELY_FAILED"), Some(cause)),
    };
    Ok(Response::json(
        200,
        &types::ack(&message.from, &message.message_id, status, cause),
    ))
}

fn report(hub: &mut Hub, body: &Value, who: &mut String) -> Result<Response, Response> {
    let report = types::as_report(body)?;
    who.clone_from(&report.from);
    let failed = hub.report_from_as(&report).err();
    let status = failed.map(|_| "DELY_FAILED");
    Ok(Response::json(
        200,
        &types::ack(&report.from, &report.message_id, status, failed),
    ))
}

fn register(hub: &mut Hub, body: &Value, who: &mut String) -> Result<Response, Response> {
    *who = types::text(body, "asSvcId")?.to_owned();
    // A person sends the reports, with deliver-report.
    hub.server.add_application_server(ApplicationServer {
        id: who.clone(),
        reports: false,
    });
    let location = format!("{REGISTRATIONS}/{}", escape(who));
    Ok(Response::json(201, body).with("Location", &location))
}

/// `?as=ID`: all that it got. `&after=N` leaves the first N out.
fn inbox(hub: &Hub, request: &Request, who: &mut String) -> Result<Response, Response> {
    let mut after = 0;
    let mut known = false;
    for pair in request.query.split('&') {
        match pair.split_once('=') {
            Some(("as", id)) => {
                *who = name(id)?;
                known = true;
            }
            Some(("after", n)) => {
                after = n
                    .parse()
                    .map_err(|_| Response::problem(400, "after is no number"))?;
            }
            _ => {}
        }
    }
    if !known {
        return Err(Response::problem(400, "as= is missing"));
    }
    let got = hub.inbox(who);
    let list: Vec<Value> = got
        .iter()
        .flat_map(|body| types::for_as(&body.fields()))
        .skip(after)
        .collect();
    Ok(Response::json(200, &json!(list)))
}

fn group(hub: &mut Hub, request: &Request, id: &str) -> Result<Response, Response> {
    if request.method == "DELETE" {
        let known = hub.server.remove_group(id);
        return known.then(|| Response::empty(204)).ok_or_else(unknown);
    }
    let body = body(request, "PUT")?;
    let members = body.as_array().and_then(|list| {
        list.iter()
            .map(|member| member.as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
    });
    let members =
        members.ok_or_else(|| Response::problem(400, "expected a list of UE Service IDs"))?;
    hub.server.set_group(id, members);
    Ok(Response::empty(204))
}

/// The JSON of a request with this method.
fn body(request: &Request, method: &'static str) -> Result<Value, Response> {
    allow(request, method)?;
    if request.content_type.as_deref() != Some("application/json") {
        return Err(Response::problem(415, "expected application/json"));
    }
    serde_json::from_slice(&request.body)
        .map_err(|e| Response::problem(400, &format!("not JSON: {e}")))
}

fn allow(request: &Request, method: &'static str) -> Result<(), Response> {
    match request.method == method {
        true => Ok(()),
        false => Err(Response::problem(405, &format!("expected {method}")).with("Allow", method)),
    }
}

fn name(escaped: &str) -> Result<String, Response> {
    let name = unescape(escaped).filter(|name| (1..=255).contains(&name.len()));
    name.ok_or_else(|| Response::problem(400, "not a name"))
}

fn unknown() -> Response {
    Response::problem(404, "no such resource")
}
