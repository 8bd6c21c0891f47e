//! The subcommands that play an application server: they talk HTTP to a network that runs.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;

use crate::uuid;
use clap::Args;
use serde_json::{Map, Value, json};

/// Where and whose.
#[derive(Args)]
pub struct Server {
    /// What the network printed as "http", as URL.
    #[arg(long, value_name = "http://127.0.0.1:PORT")]
    as_url: String,
    /// AS Service ID.
    #[arg(long, value_name = "AS_SERVICE_ID")]
    from: String,
}

/// Sends a message of an application server.
#[derive(Args)]
pub struct Send {
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    recipient: Recipient,
    /// The payload.
    #[arg(long)]
    text: String,
    /// Message ID; a new UUID when it is not given.
    #[arg(long)]
    id: Option<String>,
    /// Application ID.
    #[arg(long)]
    app: Option<String>,
    /// Ask for a delivery report.
    #[arg(long)]
    report: bool,
    /// Keep it for a recipient that is not registered.
    #[arg(long)]
    store: bool,
    /// A date-time, up to which it is kept.
    #[arg(long, requires = "store")]
    expires: Option<String>,
    /// HIGH, MIDDLE or LOW.
    #[arg(long)]
    priority: Option<String>,
}

/// Exactly one.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Recipient {
    /// UE Service ID.
    #[arg(long, value_name = "UE_SERVICE_ID")]
    to: Option<String>,
    /// Group Service ID.
    #[arg(long)]
    group: Option<String>,
    /// Messaging topic.
    #[arg(long)]
    topic: Option<String>,
    /// Broadcast Area ID.
    #[arg(long)]
    area: Option<String>,
}

/// Prints what the network answered. An error when the message failed.
pub fn send(send: &Send) -> Result<(), Box<dyn Error>> {
    let body = message(send).to_string();
    let path = "/msgs-msgdelivery/v1/deliver-as-message";
    let (status, answer) = http(&send.server.as_url, "POST", path, &body)?;
    println!("{answer}");
    if status != 200 {
        return Err(format!("HTTP status {status}").into());
    }
    match answer["failureCause"].as_str() {
        Some(cause) => Err(cause.into()),
        None => Ok(()),
    }
}

/// Prints what the application server got, one line for each message or report.
pub fn inbox(server: &Server) -> Result<(), Box<dyn Error>> {
    let escaped: String = server.from.bytes().map(|b| format!("%{b:02X}")).collect();
    let path = format!("/testnet/v1/messages?as={escaped}");
    let (status, answer) = http(&server.as_url, "GET", &path, "")?;
    if status != 200 {
        return Err(format!("HTTP status {status}: {answer}").into());
    }
    for item in answer.as_array().into_iter().flatten() {
        println!("{item}");
    }
    Ok(())
}

fn message(send: &Send) -> Value {
    let kinds = [
        ("UE", &send.recipient.to),
        ("GROUP", &send.recipient.group),
        ("TOPIC", &send.recipient.topic),
        ("BC", &send.recipient.area),
    ];
    let to = kinds
        .into_iter()
        .find_map(|(kind, id)| id.as_ref().map(|id| (kind, id)));
    let mut body = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        body.extend(value.map(|value| (name.to_owned(), value)));
    };
    put(
        "oriAddr",
        Some(json!({"addrType": "AS", "addr": send.server.from})),
    );
    put(
        "destAddr",
        to.map(|(kind, id)| json!({"addrType": kind, "addr": id})),
    );
    put("msgId", Some(json!(send.id.clone().unwrap_or_else(uuid))));
    put("stoAndFwInd", Some(json!(send.store)));
    put("appId", send.app.as_ref().map(|app| json!(app)));
    put("delivStReqInd", send.report.then(|| json!(true)));
    put("payload", Some(json!(send.text)));
    put(
        "priority",
        send.priority.as_ref().map(|priority| json!(priority)),
    );
    let expires = send.expires.as_ref();
    put(
        "stoAndFwParams",
        expires.map(|date| json!({"exprTime": date})),
    );
    Value::Object(body)
}

/// One request on a connection of its own: status and JSON.
fn http(url: &str, method: &str, path: &str, body: &str) -> Result<(u16, Value), Box<dyn Error>> {
    let host = url
        .strip_prefix("http://")
        .ok_or("expected a URL that begins with http://")?;
    let host = host.trim_end_matches('/');
    let mut stream = TcpStream::connect(host)?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    let (head, body) = response.split_once("\r\n\r\n").ok_or("no HTTP response")?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let body = serde_json::from_str(body).unwrap_or(Value::Null);
    Ok((status.ok_or("no HTTP status")?, body))
}
