//! Payloads of octets, as base64: a convention of this crate.

use crate::script::Bench;
use crate::segments;
use crate::segments::to_pump;
use msgin5g::client::{Event, OutgoingMessage, SendError};
use msgin5g::coap::Code;
use msgin5g::message::base64::{self, Base64Error};
use msgin5g::message::{AsServiceId, MessageId, Msg, Originator, Recipient};

/// RFC 4648 section 10.
const KNOWN: [(&str, &str); 7] = [
    ("", ""),
    ("f", "Zg=="),
    ("fo", "Zm8="),
    ("foo", "Zm9v"),
    ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
];

fn send(bench: &mut Bench<'_>, octets: &[u8]) -> Result<MessageId<'static>, SendError> {
    let message = OutgoingMessage::text(to_pump(), "does not count").with_segments();
    bench.client.send_octets(&message, octets, &mut bench.rng)
}

#[test]
fn octets_go_as_base64() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    for (octets, text) in KNOWN {
        let id = send(&mut bench, octets.as_bytes()).unwrap();
        let sent = bench.request(0);
        assert_eq!(sent.json()["Payload"].as_str().unwrap_or_default(), text);
        bench.answer(&sent, Code::CHANGED, "");
        let accepted = Event::Accepted { message_id: id };
        assert_eq!(bench.client.poll_event(0), Some(accepted));
    }
}

#[test]
fn and_come_back() {
    let from = Originator::As(AsServiceId::new("as-meter@iot.example").unwrap());
    for (octets, text) in KNOWN {
        let msg = Msg::new(from, to_pump(), MessageId::Opaque("m"), text);
        let mut out = [0; 6];
        assert_eq!(msg.octets(&mut out), Ok(octets.as_bytes()));
        let mut own = text.as_bytes().to_vec();
        assert_eq!(base64::decode_in_place(&mut own), Ok(octets.as_bytes()));
        assert_eq!(base64::encoded_len(octets.len()), text.len());
        if let Some(short) = octets.len().checked_sub(1) {
            let needed = octets.len();
            assert_eq!(
                msg.octets(&mut out[..short]),
                Err(Base64Error::BufferTooSmall { needed })
            );
        }
    }
    for bad in [
        "Zg", "Zg=", "Z===", "Zg==\n", "Z g=", "Zh==", "====", "Zm9v€",
    ] {
        let msg = Msg::new(from, to_pump(), MessageId::Opaque("m"), bad);
        assert_eq!(
            msg.octets(&mut [0; 16]),
            Err(Base64Error::NotBase64),
            "{bad}"
        );
    }
}

/// The JSON is as long as was reckoned: what just fits goes, one octet more goes in segments.
#[test]
fn what_fits_is_known_before_it_is_written() {
    let mut whole = 0;
    for len in 400..700 {
        let mut memory = Bench::memory();
        let mut bench = Bench::registered(&mut memory);
        let octets: Vec<u8> = (0..len).map(|n: u32| (n * 7) as u8).collect();
        send(&mut bench, &octets).unwrap();
        let (frames, _) = segments::run(&mut bench, 0);
        if frames.len() == 1 {
            assert_eq!(whole, len - 400, "all shorter ones, too");
            whole += 1;
        }
        let text = segments::joined(&frames);
        let mut out = [0; 700];
        assert_eq!(base64::decode(&text, &mut out), Ok(&octets[..]));
        // Without leave to cut it: refused just where it would be cut.
        let message = OutgoingMessage::text(to_pump(), "");
        let refused = bench
            .client
            .send_octets(&message, &octets, &mut bench.rng)
            .is_err();
        assert_eq!(refused, frames.len() > 1, "{len}");
    }
    assert!((50..250).contains(&whole), "{whole}");
}

#[test]
fn they_find_company_as_any_message() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    let to = Recipient::As(AsServiceId::new("as-meter@iot.example").unwrap());
    let message = OutgoingMessage::text(to, "").with_aggregation();
    for octets in [[0_u8, 1], [254, 255]] {
        let sent = bench.client.send_octets(&message, &octets, &mut bench.rng);
        assert!(sent.is_ok());
    }
    bench.sent(0);
    let json = bench.request(2_000).json();
    let parts = &json["List of individual messages"];
    assert_eq!(
        (&parts[0]["Payload"], &parts[1]["Payload"]),
        (&"AAE=".into(), &"/v8=".into())
    );
}
