//! Requests over HTTP that are wrong in one way each.

mod common;

use common::UE1;
use common::http::{DELIVER, ask, delivery, faced, raw};
use serde_json::json;

#[test]
fn wrong_requests() {
    let (net, _ue) = faced(|config| config.server.segments.max_message = 1000);
    let good = delivery("UE", UE1, "a");
    for name in ["oriAddr", "destAddr", "msgId", "stoAndFwInd"] {
        let mut bad = good.clone();
        bad.as_object_mut().unwrap().shift_remove(name);
        let (status, problem) = ask(&net, "POST", DELIVER, &bad);
        assert_eq!(
            (status, &problem["detail"]),
            (400, &json!(format!("{name} is missing")))
        );
    }
    for (name, value) in [
        ("oriAddr", json!({"addrType": "UE", "addr": UE1})),
        ("destAddr", json!({"addrType": "MOON", "addr": UE1})),
        ("destAddr", json!("text")),
        ("msgId", json!("")),
        ("payload", json!(7)),
        ("priority", json!("High")),
        ("stoAndFwInd", json!("yes")),
        ("segInd", json!(true)),
        ("stoAndFwParams", json!({"exprTime": "soon"})),
    ] {
        let mut bad = good.clone();
        bad[name] = value.clone();
        assert_eq!(ask(&net, "POST", DELIVER, &bad).0, 400, "{name}: {value}");
    }
    let mut long = good.clone();
    long["payload"] = json!("x".repeat(1001));
    assert_eq!(ask(&net, "POST", DELIVER, &long).0, 413);
    assert_eq!(ask(&net, "GET", DELIVER, &good).0, 405);
    for path in [
        "/",
        "/msgs-msgdelivery/v1/deliver",
        "/msgs-msgdelivery/v2/deliver-as-message",
    ] {
        assert_eq!(ask(&net, "POST", path, &good).0, 404, "{path}");
    }
    assert_eq!(ask(&net, "GET", "/testnet/v1/messages", &good).0, 400);
    for (request, status) in [
        (
            "POST /msgs-msgdelivery/v1/deliver-as-message HTTP/1.1\r\nConnection: close\r\n\r\n",
            411,
        ),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        ("POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
        (
            "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            400,
        ),
        ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        ("GET / HTTP/2\r\n\r\n", 505),
        ("nonsense\r\n\r\n", 400),
        ("GET http://other/ HTTP/1.1\r\n\r\n", 400),
        (
            "POST /msgs-msgdelivery/v1/deliver-as-message HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}",
            415,
        ),
        (
            "POST /msgs-msgdelivery/v1/deliver-as-message HTTP/1.0\r\nContent-Length: 1\r\nContent-Type: application/json\r\n\r\n{",
            400,
        ),
    ] {
        let (got, head, body) = raw(&net, request);
        assert_eq!(got, status, "{request}");
        assert!(head.contains("application/problem+json") && body.contains("detail"));
    }
    let endless = format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(9000));
    assert_eq!(raw(&net, &endless).0, 431);
}
