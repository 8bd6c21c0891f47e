//! What goes to the server, and in which order.

use crate::coap::datagram::Header;
use crate::coap::signal::{Abort, Csm, DEFAULT_MAX_MESSAGE_SIZE, Release, Signal};
use crate::coap::{CoapError, Code, ContentFormat, OptionNumber, Outgoing, Token, reframe};
use crate::message::{Originator, SegmentsRecovery};

use super::aggregation::{Gathering, bound, with_aggregate};
use super::body::Body;
use super::core::Core;
use super::membership::Membership;
use super::outbox::{Kind, Outbox, OutboxSlot};
use super::reassembly::confirmation_of;
use super::record::as_text;
use super::reports::report_of;
use super::{Config, cuts, topics};

/// Most segments of the server's path that are sent.
pub(super) const MOST_PATH_SEGMENTS: usize = 6;

/// The most octets of a request besides path and JSON: length, code, token, Content-Format, marker.
const BESIDES_PATH: usize = 5 + 1 + 4 + 2 + 1;

/// The frame on its way out, and the signals that are due.
pub(super) struct Outbound<'m> {
    octets: &'m mut [u8],
    /// Octets before a frame, for the longer head of a datagram.
    margin: usize,
    len: usize,
    sent: usize,
    connected: bool,
    /// What arrives means nothing any more.
    pub(super) is_deaf: bool,
    pub(super) signals: Signals,
    /// Largest CoAP message the server takes; `None` until it has said so.
    peer_limit: Option<usize>,
}

/// Signalling messages that are due (RFC 8323 section 5).
#[derive(Default)]
pub(super) struct Signals {
    csm: bool,
    pub(super) ping: bool,
    pub(super) release: bool,
    abort: bool,
}

impl<'m> Outbound<'m> {
    pub(super) fn new(octets: &'m mut [u8]) -> Self {
        Self {
            octets,
            margin: 0,
            len: 0,
            sent: 0,
            connected: false,
            is_deaf: false,
            signals: Signals::default(),
            peer_limit: None,
        }
    }

    pub(super) fn connect(&mut self) {
        (self.connected, self.is_deaf) = (true, false);
        self.signals.csm = true;
    }

    /// The server says nothing of itself over datagrams, so `limit` is taken for its own.
    pub(super) fn connect_datagrams(&mut self, limit: usize) {
        (self.connected, self.is_deaf) = (true, false);
        self.margin = reframe::MARGIN;
        self.peer_limit = Some(limit.saturating_sub(self.margin));
    }

    /// The frame that has been written becomes a datagram.
    pub(super) fn become_datagram(&mut self, header: Header) -> bool {
        let octets = self.octets.get_mut(..self.len).unwrap_or_default();
        let start = reframe::to_datagram(octets, header);
        self.sent = start.unwrap_or(self.sent);
        start.is_some()
    }

    /// What stood half sent means nothing to the next session.
    pub(super) fn disconnect(&mut self) {
        (self.len, self.sent, self.connected) = (0, 0, false);
        self.margin = 0;
        self.signals = Signals::default();
        self.peer_limit = None;
    }

    /// The frame under way goes out whole, then Abort, then nothing.
    pub(super) fn abort(&mut self) {
        self.signals.abort = true;
        self.is_deaf = true;
    }

    pub(super) fn transmitted(&mut self, n: usize) {
        self.sent = self.sent.saturating_add(n).min(self.len);
    }

    pub(super) fn take_csm(&mut self, csm: Csm) {
        // What a CSM leaves out stays as it was (RFC 8323 section 5.3).
        let size = csm
            .max_message_size
            .map(|size| usize::try_from(size).unwrap_or(usize::MAX));
        self.peer_limit = size.or(self.peer_limit).or(Some(DEFAULT_LIMIT));
    }

    /// Largest CoAP message that fits the transmit memory.
    pub(super) fn capacity(&self) -> usize {
        self.octets.len()
    }

    /// Largest CoAP message that can go out, as far as is known.
    pub(super) fn limit(&self) -> usize {
        let room = self.octets.len().saturating_sub(self.margin);
        room.min(self.peer_limit.unwrap_or(usize::MAX))
    }

    /// Largest CoAP message that the server takes.
    pub(super) fn peer_limit(&self) -> Option<usize> {
        self.peer_limit
    }

    pub(super) fn is_connected(&self) -> bool {
        self.connected
    }

    /// Another frame could go out at once.
    pub(super) fn is_idle(&self) -> bool {
        self.connected && self.unsent().is_empty()
    }

    pub(super) fn unsent(&self) -> &[u8] {
        self.octets.get(self.sent..self.len).unwrap_or_default()
    }

    fn frame(&mut self, write: impl FnOnce(&mut [u8]) -> Result<usize, CoapError>) -> bool {
        self.sent = self.margin;
        let room = self.octets.get_mut(self.margin..).unwrap_or_default();
        // What does not fit was refused when it was accepted; nothing goes out half.
        let written = write(room).unwrap_or_default();
        self.len = self.margin.saturating_add(written);
        written > 0
    }
}

const DEFAULT_LIMIT: usize = DEFAULT_MAX_MESSAGE_SIZE as usize;

impl Core<'_> {
    /// Octets for the session. `max_message_size` is what the client itself takes.
    pub(super) fn poll_transmit(&mut self, max_message_size: usize, now: u64) -> &[u8] {
        if self.datagrams.is_on() {
            return self.poll_datagram(now);
        }
        if self.outbound.unsent().is_empty() && self.outbound.connected {
            self.next_out(max_message_size, now);
        }
        self.outbound.unsent()
    }

    /// Puts the next frame into the transmit memory, if there is one.
    fn next_out(&mut self, max_message_size: usize, now: u64) -> bool {
        let signals = &mut self.outbound.signals;
        if core::mem::take(&mut signals.csm) {
            let size = u32::try_from(max_message_size).unwrap_or(u32::MAX);
            return self.signal(Signal::Csm(Csm {
                max_message_size: Some(size),
                block_wise: false,
            }));
        }
        if core::mem::take(&mut signals.abort) {
            self.outbound.connected = false;
            return self.signal(Signal::Abort(Abort::default()));
        }
        if let Some(answer) = self.answers.pop_front() {
            return self.outbound.frame(|out| answer.encode(out));
        }
        if core::mem::take(&mut signals.ping) {
            let token = self.new_token();
            return self
                .outbound
                .frame(|out| Signal::Ping { custody: false }.encode(token, out));
        }
        if self.next_request(now) {
            return true;
        }
        if core::mem::take(&mut self.outbound.signals.release) {
            self.outbound.connected = false;
            return self.signal(Signal::Release(Release::default()));
        }
        false
    }

    fn signal(&mut self, signal: Signal<'_>) -> bool {
        self.outbound.frame(|out| signal.encode(Token::EMPTY, out))
    }

    pub(super) fn next_request(&mut self, now: u64) -> bool {
        match self.membership {
            Membership::Registering(exchange) => exchange.is_due(now) && self.send_membership(now),
            Membership::Registered => self.send_something(now),
            Membership::Deregistering(exchange) => {
                self.send_something(now)
                    || (exchange.is_due(now)
                        && !self.outbox.iter().any(OutboxSlot::is_under_way)
                        && self.send_membership(now))
            }
            Membership::None => false,
        }
    }

    /// REG or DEREG, written when it is sent: it needs no place in the outbox.
    fn send_membership(&mut self, now: u64) -> bool {
        let token = self.new_token();
        let Some(exchange) = self.membership.exchange_mut() else {
            return false;
        };
        exchange.sent(token, now, &self.config);
        let message = self.membership_request(self.membership);
        let config = &self.config;
        self.outbound
            .frame(|out| post(config, token, &message, usize::MAX, out))
    }

    /// SEGREC first: somebody's memory waits for it. Then the outbox.
    fn send_something(&mut self, now: u64) -> bool {
        if let Some(index) = self.next_recovery(now) {
            return self.send_recovery(index, now);
        }
        self.gather(now);
        while let Some(index) = self.outbox.next_due(now) {
            if self.transmit_entry(index, None, now) {
                return true;
            }
        }
        false
    }

    fn send_recovery(&mut self, index: usize, now: u64) -> bool {
        let token = self.new_token();
        if let Some(slot) = self.incoming.shelf.slot_mut(index) {
            slot.exchange.sent(token, now, &self.config);
        }
        let ranges = self.incoming.missing(index);
        let set = self.incoming.record(index).text(super::record::Field::Set);
        let recovery = Body::SegmentsRecovery(SegmentsRecovery {
            set: set.unwrap_or_default(),
            ranges,
        });
        let config = &self.config;
        self.outbound
            .frame(|out| post(config, token, &recovery, usize::MAX, out))
    }

    /// Puts the request of an entry into the transmit memory; `part` is of a payload that the
    /// application holds. False when it does not fit; then something has been done about it.
    pub(super) fn transmit_entry(&mut self, index: usize, part: Option<&[u8]>, now: u64) -> bool {
        let mut token = self.new_token();
        if self.next_segment(index).is_none() && self.is_segmented(index) {
            // Nothing is left to be sent.
            if let Some(slot) = self.outbox.slot_mut(index) {
                slot.exchange.hold();
            }
            return false;
        }
        let Some(slot) = self.outbox.slot_mut(index) else {
            return false;
        };
        if matches!(slot.kind, Kind::Subscription { .. }) && slot.exchange.token() != Token::EMPTY {
            // Its notifications have this token (RFC 7641 section 3.6).
            token = slot.exchange.token();
        }
        slot.exchange.sent(token, now, &self.config);
        let (slot, limit) = (*slot, self.outbound.limit());
        let (outbox, config) = (&self.outbox, &self.config);
        let fits = self
            .outbound
            .frame(|out| encode_entry(outbox, config, (index, &slot), part, token, limit, out));
        if !fits && !self.unbind(index) {
            self.does_not_fit(index);
        }
        fits
    }

    fn is_segmented(&self, index: usize) -> bool {
        let slot = self.outbox.shelf.slot(index);
        slot.is_some_and(|slot| matches!(slot.kind, Kind::Segmented(_)))
    }
}

/// The request that an entry of the outbox stands for.
fn encode_entry(
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
    let mut send = |message: &Body<'_>| post(config, token, message, limit, out);
    // What was written down is complete.
    const SPOILT: Result<usize, CoapError> = Err(CoapError::Truncated);
    match slot.kind {
        Kind::Message if matches!(slot.gathering, Gathering::Bound(_)) => {
            with_aggregate(bound(outbox, slot.gathering), us, send).unwrap_or(SPOILT)
        }
        Kind::Message => {
            let msg = record.msg(record, us, slot.message_id(), as_text(record.rest()));
            msg.map_or(SPOILT, |msg| send(&Body::Msg(msg)))
        }
        Kind::Segmented(segments) => {
            let window = cuts::window(segments.current, segments.step, segments.payload_len);
            let window = part.or_else(|| record.rest().get(window));
            let piece =
                window.and_then(|window| cuts::piece(window, segments.current, segments.is_last()));
            let set = segments.set(slot.message_id());
            let whole = record.msg(record, us, slot.message_id(), "");
            let segment = whole.zip(piece);
            segment.map_or(SPOILT, |(whole, piece)| {
                send(&Body::Msg(segments.segment(whole, piece, &set)))
            })
        }
        Kind::Report => report_of(record, us).map_or(SPOILT, |report| send(&Body::Report(report))),
        Kind::Confirmation => send(&Body::SegmentsConfirmation(confirmation_of(record))),
        Kind::Subscription { ends } => topics::encode(record, ends, config.server_path, token, out),
        #[cfg(feature = "stored-message-update")]
        Kind::Update => send(&Body::StoredMessageUpdate(super::storing::update_of(
            record,
            us,
            slot.message_id(),
        ))),
    }
}

/// Octets of a request besides its JSON, at the most.
pub(super) fn request_overhead(path: &[&str]) -> usize {
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
fn post(
    config: &Config<'_>,
    token: Token,
    message: &Body<'_>,
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
    let json_len = message.len(service);
    let start = head.encode_stream_head(json_len, out)?;
    let end = start.saturating_add(json_len);
    let place = out.get_mut(start..end).filter(|_| end <= limit);
    match place.map(|place| message.encode(service, place)) {
        Some(Ok(_)) => Ok(end),
        _ => Err(CoapError::BufferTooSmall { needed: end }),
    }
}
