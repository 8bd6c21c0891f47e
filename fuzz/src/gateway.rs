//! MSGin5G-5: what is read can be written and is then the same; a gateway keeps its bounds.

use msgin5g::coap::{Token, datagram};
use msgin5g::gateway::{
    Gateway, L3Codings, Layer2Id, Limits, Link, LocalEncodeError, LocalMessage, Upward,
};
use msgin5g::message::{Message, UeServiceId};

const CODINGS: L3Codings = L3Codings::DEFAULT;

/// One L3 message.
pub fn gateway_l3(data: &[u8]) {
    let Ok(first) = LocalMessage::decode_l3(data, &CODINGS) else {
        return;
    };
    let again = written(|out| first.encode_l3(&CODINGS, out)).expect("what was read has a form");
    assert_eq!(LocalMessage::decode_l3(&again, &CODINGS), Ok(first));
    // JSON holds all that L3 does.
    let mut json = written(|out| first.encode_json(out)).expect("JSON");
    if json.len() <= 65535 {
        assert_eq!(LocalMessage::decode_json(&mut json), Ok(first));
    }
}

/// One datagram that carries a message, or its JSON alone.
pub fn gateway_coap(data: &[u8]) {
    let mut octets = data.to_vec();
    if let Ok(received) = datagram::decode(&mut octets)
        && let Ok(message) = LocalMessage::decode_request(received.packet)
    {
        coap_again(&message);
    }
    if let Ok(message) = LocalMessage::decode_json(&mut data.to_vec()) {
        coap_again(&message);
    }
}

fn coap_again(message: &LocalMessage<'_>) {
    let encode = |out: &mut [u8]| message.encode_request(&["a", "b"], 1, Token::EMPTY, out);
    let mut again = written(encode).expect("what was read has a form");
    let received = datagram::decode(&mut again).expect("our own datagram");
    assert_eq!(LocalMessage::decode_request(received.packet), Ok(*message));
    // L3 has less room: an error, or the same but for the words of a status and a long cause.
    let l3 = written(|out| message.encode_l3(&CODINGS, out));
    if let Ok(octets) = l3 {
        assert!(LocalMessage::decode_l3(&octets, &CODINGS).is_ok());
    }
}

/// A gateway between links and a server that say whatever they like. The input is steps: who, a length
/// of two octets, and what is said.
pub fn gateway(data: &[u8]) {
    let us = UeServiceId::new("gateway-1@iot.example").expect("an ID");
    let limits = Limits {
        applications_per_link: 2,
        exchanges_per_link: 3,
        exchange_lifetime_ms: 10_000,
    };
    let mut gateway: Gateway<'_, 4, 6> = Gateway::new(us, limits);
    let mut now = 0;
    let mut rest = data;
    while let [who, high, low, more @ ..] = rest {
        let len = usize::from(u16::from_be_bytes([*high, *low])).min(more.len());
        let (said, others) = more.split_at(len);
        rest = others;
        let mut octets = said.to_vec();
        match who % 4 {
            0 => {
                if let Ok(message) = LocalMessage::decode_l3(said, &CODINGS) {
                    come_up(&mut gateway, *who, &message, now);
                }
            }
            1 => {
                if let Ok(message) = LocalMessage::decode_json(&mut octets) {
                    come_up(&mut gateway, *who, &message, now);
                }
            }
            2 => {
                let down = match Message::decode(&mut octets) {
                    Ok(Message::Msg(msg)) => gateway.deliver(&msg, None, now),
                    Ok(Message::Report(report)) => gateway.deliver_report(&report, now),
                    _ => continue,
                };
                if let Ok((_, message)) = down {
                    coap_again(&message);
                }
            }
            _ if said.is_empty() => now += u64::from(*who) * 50,
            _ => gateway.forget(link_of(*who)),
        }
        assert!(gateway.applications() <= 4 && gateway.exchanges() <= 6);
    }
}

fn come_up(gateway: &mut Gateway<'_, 4, 6>, link: u8, message: &LocalMessage<'_>, now: u64) {
    let waiting = gateway.exchanges();
    match gateway.from_application(link_of(link), message, now) {
        Ok(Upward::Message(msg)) => {
            let message = Message::Msg(msg);
            let mut json = vec![0; 1 << 20];
            let len = message.encode(&mut json).expect("room for it");
            if len <= 65535 {
                assert_eq!(Message::decode(&mut json[..len]), Ok(message));
            }
        }
        Ok(_) => {}
        // Time may end a wait, a refusal begins none.
        Err(_) => assert!(gateway.exchanges() <= waiting),
    }
}

fn link_of(number: u8) -> Link {
    match (number >> 2) % 4 {
        0 => Link::Layer2(Layer2Id([0xa1, 0xb2, 0xc3])),
        other => Link::Other(other.into()),
    }
}

fn written(
    encode: impl Fn(&mut [u8]) -> Result<usize, LocalEncodeError>,
) -> Result<Vec<u8>, LocalEncodeError> {
    let needed = match encode(&mut []) {
        Err(LocalEncodeError::BufferTooSmall { needed }) => needed,
        Err(other) => return Err(other),
        Ok(len) => panic!("{len} octets in none"),
    };
    let mut octets = vec![0; needed];
    assert!(encode(&mut octets[..needed - 1]).is_err());
    assert_eq!(encode(&mut octets), Ok(needed));
    Ok(octets)
}
