//! MSGin5G messages: whatever is read can be written, and is then read as the same.

use msgin5g::message::{
    BulkRegistrationResponse, DeregistrationResponse, EncodeError, Message, RegistrationResponse,
    SegmentRanges, SubscriptionResponse,
};

/// Any message that has a type.
pub fn message(data: &[u8]) {
    let mut octets = data.to_vec();
    let Ok(first) = Message::decode(&mut octets) else {
        return;
    };
    if matches!(first, Message::SegmentsRecovery(all) if all.ranges.is_capped()) {
        // What was dropped is not written, so the second one does not know of it.
        return;
    }
    let text = format!("{first:?}");
    let mut again = written(|out| first.encode(out));
    match Message::decode(&mut again) {
        Ok(second) => assert_eq!(second, first),
        Err(error) => panic!("{error}: {text}"),
    }
    let mut named = written(|out| first.encode_for("ot\u{e9}\"her", out));
    assert!(Message::decode_for("ot\u{e9}\"her", &mut named).is_ok());
}

/// The answers, which have no type. The first octet says which one it is.
pub fn responses(data: &[u8]) {
    macro_rules! same {
        ($response:ident, $json:expr) => {{
            let mut octets = $json.to_vec();
            if let Ok(first) = $response::decode(&mut octets) {
                let mut again = written(|out| first.encode(out));
                assert_eq!($response::decode(&mut again), Ok(first));
            }
        }};
    }
    match data {
        [b'r', json @ ..] => same!(RegistrationResponse, json),
        [b'd', json @ ..] => same!(DeregistrationResponse, json),
        [b's', json @ ..] => same!(SubscriptionResponse, json),
        [b'b', json @ ..] => same!(BulkRegistrationResponse, json),
        _ => {}
    }
}

/// Ranges as text in a SEGREC, and as a sequence of insertions beside a plain set.
pub fn segment_ranges(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let escaped: String = text.chars().filter(|c| !c.is_control()).collect();
        let escaped = escaped.replace('\\', "\\\\").replace('"', "\\\"");
        message(
            format!(
                r#"{{"Message Type":"SEGREC","Segmentation Set Identifier":"s","List of Segment range":"{escaped}"}}"#
            )
            .as_bytes(),
        );
    }
    let mut ranges = SegmentRanges::EMPTY;
    let mut plain = std::collections::BTreeSet::new();
    // Enough to fill the set and more.
    for piece in data.chunks_exact(3).take(64) {
        let first = u16::from_be_bytes([piece[0] & 1, piece[1]]);
        // Now and then at the end of the numbers.
        let first = if piece[0] & 0x80 == 0 {
            first
        } else {
            u16::MAX - first
        };
        // Now and then backwards, which is no range.
        let last = match piece[2] {
            0x80.. => first.saturating_sub(1),
            more => first.saturating_add(u16::from(more & 7)),
        };
        ranges.insert(first, last);
        plain.extend(first..=last);
        let mut before: Option<u16> = None;
        for range in ranges.iter() {
            assert!(range.first <= range.last);
            assert!(before.is_none_or(|before| u32::from(range.first) > u32::from(before) + 1));
            before = Some(range.last);
        }
        let listed: Vec<u16> = ranges
            .iter()
            .flat_map(|range| range.first..=range.last)
            .collect();
        if !ranges.is_capped() {
            assert!(listed.iter().eq(&plain));
        } else {
            assert!(listed.iter().all(|number| plain.contains(number)));
        }
    }
}

/// What `encode` writes, into memory of just the size that it asks for.
fn written(encode: impl Fn(&mut [u8]) -> Result<usize, EncodeError>) -> Vec<u8> {
    let needed = match encode(&mut []) {
        Err(EncodeError::BufferTooSmall { needed }) => needed,
        other => panic!("no octets hold a message: {other:?}"),
    };
    let mut octets = vec![0; needed];
    assert!(encode(&mut octets[..needed - 1]).is_err());
    assert_eq!(encode(&mut octets), Ok(needed));
    octets
}
