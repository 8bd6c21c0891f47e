//! HTTP in plain code, and a network that listens for it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use msgin5g_testnet::{Config, TestNet};
use serde_json::{Value, json};

use super::{UE1, Ue, network, subscriber1};

pub const AS: &str = "as@iot.example";
pub const DELIVER: &str = "/msgs-msgdelivery/v1/deliver-as-message";

pub fn faced(change: impl FnOnce(&mut Config)) -> (TestNet, Ue) {
    let net = network(|config| {
        *config = config.clone().with_http();
        change(config);
    });
    let mut ue = Ue::tls(&net, &subscriber1());
    ue.register(UE1);
    (net, ue)
}

pub fn connect(net: &TestNet) -> TcpStream {
    let stream = TcpStream::connect(net.http_addr().unwrap()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream
}

/// One request on a connection of its own: status, head and body.
pub fn raw(net: &TestNet, request: &str) -> (u16, String, String) {
    let mut stream = connect(net);
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_owned(), body.to_owned())
}

pub fn ask(net: &TestNet, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let body = body.to_string();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    let (status, _, body) = raw(net, &request);
    (status, serde_json::from_str(&body).unwrap_or(Value::Null))
}

pub fn delivery(kind: &str, to: &str, id: &str) -> Value {
    json!({
        "oriAddr": {"addrType": "AS", "addr": AS},
        "destAddr": {"addrType": kind, "addr": to},
        "msgId": id,
        "stoAndFwInd": false,
        "appId": "app.meter",
        "delivStReqInd": true,
        "payload": "SET interval=3600",
        "priority": "HIGH",
        "latency": 5
    })
}
