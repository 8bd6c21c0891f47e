//! The program: its first line, its events, its ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

const KAUSF: &str = "474698caf02cc715db2ec0726510cfee6caa5bb1a649cb01224f2e23af94de1b";

fn start(arguments: &[&str]) -> (Child, BufReader<ChildStdout>, Value) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_msgin5g-testnet"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    (child, out, serde_json::from_str(&first).unwrap())
}

#[test]
fn it_tells_its_ports_prints_events_and_ends_with_its_input() {
    let subscriber = format!("supi=001010000000001,kausf={KAUSF},ue=ue-4711@iot.example");
    let (mut child, mut out, ready) = start(&["--plain", "--subscriber", &subscriber]);
    let a_kid = ready["a_kid"]["001010000000001"].as_str().unwrap();
    assert!(a_kid.starts_with("rid0.atida4763ff6"), "{a_kid}");
    assert!(
        ready["listening"]
            .as_str()
            .unwrap()
            .starts_with("127.0.0.1:")
    );

    let mut ue = TcpStream::connect(ready["plain"].as_str().unwrap()).unwrap();
    ue.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    // CSM, and a REG with token 01.
    let body = br#"{"Message Type":"REG","UE Service ID":"ue-4711@iot.example"}"#;
    let mut octets = vec![
        0x00,
        0xe1,
        0xd1,
        body.len() as u8 + 3 - 13,
        0x02,
        0x01,
        0xc1,
        0x32,
        0xff,
    ];
    octets.extend_from_slice(body);
    ue.write_all(&octets).unwrap();
    let mut line = String::new();
    loop {
        line.clear();
        assert_ne!(
            out.read_line(&mut line).unwrap(),
            0,
            "ended before the registration"
        );
        let event: Value = serde_json::from_str(&line).unwrap();
        if event["event"] == "registered" {
            assert_eq!(event["ue"], "ue-4711@iot.example");
            break;
        }
    }
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn it_ends_with_its_time_and_draws_a_ladder() {
    let (mut child, mut out, _) =
        start(&["--for", "0", "--ladder", "--echo", "ue-0815@iot.example"]);
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(
        rest.contains("ue-0815@iot.example -> MSGin5G Server  REG ue-0815@iot.example"),
        "{rest}"
    );
    assert!(rest.contains("|- REG ue-0815@iot.example ---"), "{rest}");
}

#[test]
fn it_says_what_was_expected() {
    let output = Command::new(env!("CARGO_BIN_EXE_msgin5g-testnet"))
        .args(["--subscriber", "supi=imsi-001010000000001,kausf=00"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("expected 64 hexadecimal digits, got 2"),
        "{text}"
    );
}

#[test]
fn a_program_beside_it_is_told_who_and_where_it_is_and_ends_it() {
    let run = |more: &[&str]| {
        let mut network = Command::new(env!("CARGO_BIN_EXE_msgin5g-testnet"));
        let output = network.arg("--ladder").args(more).output().unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    let subscriber = format!("supi=001010000000002,kausf={KAUSF},ue=ue-4711@iot.example");
    let (ok, said) = run(&["--run", "echo", "--subscriber", &subscriber]);
    let words: Vec<&str> = said.lines().nth(1).unwrap().split(' ').collect();
    let [address, port, told @ ..] = &words[..] else {
        panic!("{said}");
    };
    assert_eq!(*address, "127.0.0.1");
    assert!(port.parse::<u16>().is_ok(), "{port}");
    assert_eq!(
        told,
        [
            "msgin5g.example.com",
            KAUSF,
            "001010000000002",
            "ue-4711@iot.example",
            "display-3@example.com"
        ]
    );
    assert!(ok && said.contains("MSGin5G Server"), "{said}");

    let (ok, said) = run(&["--run", "false"]);
    assert!(!ok && said.contains("$ false 127.0.0.1 "), "{said}");
}
