//! Frames of CoAP over a stream, written and read by hand: no code of the server's is trusted.

/// A CoAP message as it stands in a frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    pub code: u8,
    pub token: Vec<u8>,
    pub options: Vec<(u32, Vec<u8>)>,
    pub payload: Vec<u8>,
}

/// A frame of RFC 8323 3.2.
pub fn frame(code: u8, token: &[u8], options: &[(u32, &[u8])], payload: &[u8]) -> Vec<u8> {
    let body = body(options, payload);
    let tkl = token.len() as u8;
    let mut out = match body.len() {
        n if n < 13 => vec![(n as u8) << 4 | tkl],
        n if n < 269 => vec![0xd0 | tkl, (n - 13) as u8],
        n => vec![0xe0 | tkl, ((n - 269) >> 8) as u8, (n - 269) as u8],
    };
    out.push(code);
    out.extend_from_slice(token);
    out.extend(body);
    out
}

/// A datagram of RFC 7252 3; `kind` is 0 for CON, 1 NON, 2 ACK, 3 RST.
pub fn datagram(kind: u8, mid: u16, frame: &Frame) -> Vec<u8> {
    let mut out = vec![0x40 | kind << 4 | frame.token.len() as u8, frame.code];
    out.extend(mid.to_be_bytes());
    out.extend_from_slice(&frame.token);
    let options: Vec<(u32, &[u8])> = frame
        .options
        .iter()
        .map(|(n, v)| (*n, v.as_slice()))
        .collect();
    out.extend(body(&options, &frame.payload));
    out
}

/// Kind, Message ID and content of a datagram.
pub fn parse_datagram(octets: &[u8]) -> (u8, u16, Frame) {
    assert_eq!(octets[0] >> 6, 1, "version");
    let behind = 4 + usize::from(octets[0] & 15);
    let (options, payload) = parse_body(&octets[behind..]);
    let frame = Frame {
        code: octets[1],
        token: octets[4..behind].to_vec(),
        options,
        payload,
    };
    (
        octets[0] >> 4 & 3,
        u16::from_be_bytes([octets[2], octets[3]]),
        frame,
    )
}

/// Options and payload. Option differences up to 268, lengths up to 268.
fn body(options: &[(u32, &[u8])], payload: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    let mut before = 0;
    for (number, value) in options {
        let nibbles = [number - before, value.len() as u32];
        let half = nibbles.map(|n| if n < 13 { n as u8 } else { 13 });
        body.push(half[0] << 4 | half[1]);
        body.extend(nibbles.iter().filter(|n| **n >= 13).map(|n| (n - 13) as u8));
        body.extend_from_slice(value);
        before = *number;
    }
    if !payload.is_empty() {
        body.push(0xff);
        body.extend_from_slice(payload);
    }
    body
}

/// The first whole frame, and its length.
pub fn parse(octets: &[u8]) -> Option<(Frame, usize)> {
    let first = *octets.first()?;
    let (extra, base) = match first >> 4 {
        13 => (1, 13),
        14 => (2, 269),
        15 => (4, 65805),
        n => (0, usize::from(n)),
    };
    let length = octets
        .get(1..1 + extra)?
        .iter()
        .fold(0, |n, b| n << 8 | usize::from(*b))
        + base;
    let tkl = usize::from(first & 15);
    let start = 2 + extra + tkl;
    let body = octets.get(start..start + length)?;
    let (options, payload) = parse_body(body);
    let frame = Frame {
        code: octets[1 + extra],
        token: octets[2 + extra..start].to_vec(),
        options,
        payload,
    };
    Some((frame, start + length))
}

/// Options and payload of a frame or a datagram.
fn parse_body(body: &[u8]) -> (Vec<(u32, Vec<u8>)>, Vec<u8>) {
    let (mut options, mut payload) = (Vec::new(), Vec::new());
    let (mut at, mut number) = (0, 0);
    while at < body.len() {
        if body[at] == 0xff {
            payload = body[at + 1..].to_vec();
            break;
        }
        let halves = [body[at] >> 4, body[at] & 15];
        at += 1;
        let read = halves.map(|half| match half {
            13 => {
                at += 1;
                u32::from(body[at - 1]) + 13
            }
            n => u32::from(n),
        });
        number += read[0];
        options.push((number, body[at..at + read[1] as usize].to_vec()));
        at += read[1] as usize;
    }
    (options, payload)
}
