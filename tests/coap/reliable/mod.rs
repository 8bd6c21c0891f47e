//! The message layer for datagrams (RFC 7252 section 4), with a clock that the test owns.

mod receiving;
mod sending;

use msgin5g::coap::datagram::{self, Header, Type};
use msgin5g::coap::reliable::{Arrival, Endpoint, Params, Reply, Timeout};
use msgin5g::coap::{Code, OptionNumber, Outgoing, Token};

const OURS: Token = Token::EMPTY;

fn token(number: u32) -> Token {
    Token::from(number)
}

fn datagram(kind: Type, message_id: u16, code: Code, token: Token) -> Vec<u8> {
    let payload: &[u8] = if code == Code::EMPTY { b"" } else { b"{}" };
    let message = Outgoing {
        code,
        token,
        options: &[],
        payload,
    };
    let mut octets = vec![0; 32];
    let header = Header { kind, message_id };
    let len = message.encode_datagram(header, &mut octets).unwrap();
    octets.truncate(len);
    octets
}

fn empty(kind: Type, message_id: u16) -> Reply {
    Reply {
        header: Header { kind, message_id },
        code: Code::EMPTY,
        token: Token::EMPTY,
    }
}

fn nobody(_: Token) -> bool {
    false
}

/// How an endpoint would take a datagram if it waited for this token.
fn waiting_for(wanted: Token) -> impl Fn(Token) -> bool {
    move |token| token == wanted
}

// ---- two of them --------------------------------------------------------------------------

/// One end asks, the other serves; the link loses and doubles. Each request is served once unless it is
/// given up, and no answer is to another request.
#[test]
fn two_ends_over_a_bad_link() {
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
    let mut roll = move |sides: u64| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice % sides
    };
    let mut served = vec![0; 300];
    let mut answered = vec![0; 300];
    let mut given_up = 0;
    let mut a = Endpoint::<1, 8>::new(Params::new(), 1);
    let mut b = Endpoint::<1, 8>::new(Params::new(), 0xfff0);
    let (mut now, mut next) = (0, 0);
    // On the way: when, to whom, what.
    let mut way: Vec<(u64, bool, Vec<u8>)> = Vec::new();
    while next < 300 || !way.is_empty() || a.next_deadline().is_some() {
        let mut out = Vec::new();
        if next < 300 && a.may_confirm() {
            let header = a.confirm(token(next), now).unwrap();
            out.push((
                true,
                datagram(Type::Con, header.message_id, Code::POST, token(next)),
            ));
            next += 1;
        }
        match a.lapse(now) {
            Some(Timeout::Again { header, token }) => {
                out.push((
                    true,
                    datagram(Type::Con, header.message_id, Code::POST, token),
                ));
            }
            Some(Timeout::GivenUp(_)) => given_up += 1,
            None => {}
        }
        way.sort_by_key(|(at, ..)| *at);
        while way.first().is_some_and(|(at, ..)| *at <= now) {
            let (_, to_b, octets) = way.remove(0);
            let mut copy = octets.clone();
            let asked = datagram::decode(&mut copy).unwrap().packet.token;
            let number = u32::from_be_bytes(asked.as_octets().try_into().unwrap()) as usize;
            let end = if to_b { &mut b } else { &mut a };
            match end.accept(&octets, now, |token| {
                answered[number] == 0 && token == asked
            }) {
                Arrival::Request => {
                    served[number] += 1;
                    let header = b.answer(asked, Code::CHANGED).unwrap();
                    out.push((
                        false,
                        datagram(header.kind, header.message_id, Code::CHANGED, asked),
                    ));
                }
                Arrival::Response { reply: None } => answered[number] += 1,
                Arrival::Reply(reply) => {
                    out.push((
                        false,
                        datagram(
                            reply.header.kind,
                            reply.header.message_id,
                            reply.code,
                            reply.token,
                        ),
                    ));
                }
                Arrival::Ignored => {}
                other => panic!("{other:?}"),
            }
        }
        for (to_b, octets) in out {
            for _ in 0..[0, 1, 1, 2][roll(4) as usize] {
                way.push((now + 50 + roll(1_500), to_b, octets.clone()));
            }
        }
        let times = way.iter().map(|(at, ..)| *at).chain(a.next_deadline());
        now = times.min().unwrap_or(now).max(now + 1);
    }
    assert!(served.iter().all(|times| *times <= 1), "{served:?}");
    assert!(answered.iter().all(|times| *times <= 1));
    let missing = answered.iter().filter(|times| **times == 0).count();
    assert_eq!(missing, given_up);
    assert!(given_up < 60, "{given_up}");
}
