//! CoAP over streams and datagrams: what is written, what is read, what is refused.

#[path = "../vectors/mod.rs"]
mod vectors;

mod datagrams;
mod messages;
mod reliable;
mod streams;

use msgin5g::coap::{
    CoapError, Code, ContentFormat, OptionNumber, Outgoing, Token, UintValue,
    datagram::{self, Header, Type},
    signal::{Abort, Csm, Release, Signal},
    stream, uint,
};
use proptest::prelude::*;

type Owned = (Code, Vec<u8>, Vec<(u16, Vec<u8>)>, Vec<u8>);

fn encode_stream((code, token, options, payload): &Owned) -> Vec<u8> {
    let options: Vec<_> = options
        .iter()
        .map(|(n, v)| (OptionNumber(*n), &v[..]))
        .collect();
    let token = Token::new(token).unwrap();
    let outgoing = Outgoing {
        code: *code,
        token,
        options: &options,
        payload,
    };
    let Err(CoapError::BufferTooSmall { needed }) = outgoing.encode_stream(&mut []) else {
        panic!()
    };
    let mut out = vec![0; needed];
    assert_eq!(
        outgoing.encode_stream(&mut out[..needed - 1]),
        Err(CoapError::BufferTooSmall { needed })
    );
    assert_eq!(outgoing.encode_stream(&mut out), Ok(needed));
    out
}

fn decode_stream(frame: &[u8]) -> Result<Owned, CoapError> {
    let mut frame = frame.to_vec();
    let packet = stream::decode(&mut frame)?;
    let options = packet
        .options
        .iter()
        .map(|(n, v)| (n.0, v.to_vec()))
        .collect();
    Ok((
        packet.code,
        packet.token.as_octets().to_vec(),
        options,
        packet.payload.to_vec(),
    ))
}
