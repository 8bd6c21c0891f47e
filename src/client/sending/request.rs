//! How a request is written.

use crate::client::Config;
use crate::client::aggregation::sending::bound_request;
use crate::client::memory::record::as_text;
use crate::client::outbox::{Kind, Outbox, OutboxSlot};
use crate::client::receiving::reports::report_of;
#[cfg(feature = "segmentation")]
use crate::client::segments;
use crate::coap::{CoapError, Code, ContentFormat, OptionNumber, Outgoing, Token};
use crate::message::Originator;

use super::body::{self, Body};

/// Most segments of the server's path that are sent.
pub(crate) const MOST_PATH_SEGMENTS: usize = 8;

/// The most octets of a request besides path and JSON: length, code, token, Content-Format, marker.
const BESIDES_PATH: usize = 5 + 1 + 4 + 2 + 1;

/// The request that an entry of the outbox stands for.
pub(crate) fn encode_entry(
    outbox: &Outbox<'_>,
    config: &Config<'_>,
    (index, slot): (usize, &OutboxSlot),
    part: Option<&[u8]>,
    token: Token,
    limit: usize,
    out: &mut [u8],
) -> Result<usize, CoapError> {
    let record = outbox.record(index);
    let us = Originator::Ue(config.registration.ue_service_id);
    let mut send = |message: &dyn Body| post(config, token, message, limit, out);
    // What was written down is complete.
    const SPOILT: Result<usize, CoapError> = Err(CoapError::Truncated);
    match slot.kind {
        Kind::Message => {
            if let Some(sent) = bound_request(outbox, slot.gathering, us, &mut send) {
                return sent;
            }
            let msg = record.msg(record, us, slot.message_id(), as_text(record.rest()));
            msg.map_or(SPOILT, |msg| send(&msg))
        }
        Kind::Segmented(segments) => segments
            .request(record, us, slot.message_id(), part, |msg| send(msg))
            .unwrap_or(SPOILT),
        Kind::Report => report_of(record, us).map_or(SPOILT, |report| send(&report)),
        #[cfg(feature = "segmentation")]
        Kind::Confirmation => send(&segments::receiving::confirmation_of(record)),
        Kind::Subscription(standing) => {
            let most = limit.min(out.len());
            let out = out.get_mut(..most).unwrap_or_default();
            standing.encode(record, config.server_path, token, out)
        }
        #[cfg(feature = "stored-message-update")]
        Kind::Update => send(&crate::client::storing::update_of(
            record,
            us,
            slot.message_id(),
        )),
    }
}

/// Octets of a request besides its JSON, at the most.
pub(crate) fn request_overhead(path: &[&str]) -> usize {
    let per_segment = |sum: usize, segment: &&str| {
        // Delta and length take one octet, and one or two more where they are large.
        sum.saturating_add(segment.len()).saturating_add(3)
    };
    path.iter()
        .take(MOST_PATH_SEGMENTS)
        .fold(BESIDES_PATH, per_segment)
}

/// A POST to the server: Uri-Path by segment, Content-Format 50 (TS 24.538 clause 6.5.1.2.1).
/// The frame has at most `limit` octets.
pub(crate) fn post(
    config: &Config<'_>,
    token: Token,
    message: &dyn Body,
    limit: usize,
    out: &mut [u8],
) -> Result<usize, CoapError> {
    let format = ContentFormat::JSON.octets();
    let mut options = heapless::Vec::<(OptionNumber, &[u8]), { MOST_PATH_SEGMENTS + 1 }>::new();
    for segment in config.server_path.iter().take(MOST_PATH_SEGMENTS) {
        // There is room for as many as are taken.
        let _ = options.push((OptionNumber::URI_PATH, segment.as_bytes()));
    }
    let _ = options.push((OptionNumber::CONTENT_FORMAT, &format));
    let head = Outgoing {
        code: Code::POST,
        token,
        options: &options,
        payload: &[],
    };
    // The length goes in front, so it is measured first.
    let service = config.service_identifier;
    let json_len = body::len(message, service);
    let start = head.encode_stream_head(json_len, out)?;
    let end = start.saturating_add(json_len);
    let place = out.get_mut(start..end).filter(|_| end <= limit);
    match place.map(|place| message.encode(service, place)) {
        Some(Ok(_)) => Ok(end),
        _ => Err(CoapError::BufferTooSmall { needed: end }),
    }
}
