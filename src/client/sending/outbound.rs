//! The frame on its way out, and what is known of the other end.

use crate::client::farewell::Farewell;
use crate::coap::signal::{Csm, DEFAULT_MAX_MESSAGE_SIZE};
use crate::coap::{CoapError, Token, stream};
#[cfg(feature = "datagrams")]
use crate::coap::{datagram::Header, reframe};

/// The frame on its way out, and the signals that are due.
pub(crate) struct Outbound<'m> {
    octets: &'m mut [u8],
    /// Octets before a frame, for the longer head of a datagram.
    margin: usize,
    len: usize,
    sent: usize,
    pub(crate) connected: bool,
    /// What arrives means nothing any more.
    pub(crate) is_deaf: bool,
    /// Why this session is to be closed.
    pub(crate) farewell: Option<Farewell>,
    pub(crate) signals: Signals,
    /// Largest CoAP message the server takes; `None` until it has said so.
    peer_limit: Option<usize>,
    /// Until when (ms) the server shall have said so.
    pub(crate) csm_due: Option<u64>,
    /// Something larger than [`BASE_LIMIT`] waits for that.
    pub(crate) waits_for_csm: bool,
}

/// Signalling messages that are due (RFC 8323 section 5).
#[derive(Default)]
pub(crate) struct Signals {
    pub(crate) csm: bool,
    pub(crate) ping: bool,
    pub(crate) release: bool,
    pub(crate) abort: bool,
}

impl<'m> Outbound<'m> {
    pub(crate) fn new(octets: &'m mut [u8]) -> Self {
        Self {
            octets,
            margin: 0,
            len: 0,
            sent: 0,
            connected: false,
            is_deaf: false,
            farewell: None,
            signals: Signals::default(),
            peer_limit: None,
            csm_due: None,
            waits_for_csm: false,
        }
    }

    pub(crate) fn connect(&mut self) {
        (self.connected, self.is_deaf) = (true, false);
        self.signals.csm = true;
    }

    /// The session of an earlier life goes on: the server has said this of itself, and says it no
    /// more.
    #[cfg(feature = "snapshot")]
    pub(crate) fn resume(&mut self, peer_limit: Option<usize>) {
        (self.connected, self.is_deaf) = (true, false);
        self.peer_limit = peer_limit;
        self.miss_csm();
    }

    /// Open, and nothing is half sent or due to be sent before anything else.
    #[cfg(feature = "snapshot")]
    pub(crate) fn is_quiet(&self) -> bool {
        let signals = &self.signals;
        let due = signals.csm || signals.ping || signals.release || signals.abort;
        self.is_idle() && !self.is_deaf && !due
    }

    /// The server says nothing of itself over datagrams, so `limit` is taken for its own.
    #[cfg(feature = "datagrams")]
    pub(crate) fn connect_datagrams(&mut self, limit: usize) {
        (self.connected, self.is_deaf) = (true, false);
        self.margin = reframe::MARGIN;
        self.peer_limit = Some(limit.saturating_sub(self.margin));
    }

    /// The session takes no longer datagram.
    #[cfg(feature = "datagrams")]
    pub(crate) fn limit_datagrams(&mut self, octets: usize) {
        let limit = octets.saturating_sub(self.margin);
        self.peer_limit = self.peer_limit.map(|before| before.min(limit));
    }

    /// The frame that has been written becomes a datagram.
    #[cfg(feature = "datagrams")]
    pub(crate) fn become_datagram(&mut self, header: Header) -> bool {
        let octets = self.octets.get_mut(..self.len).unwrap_or_default();
        let start = reframe::to_datagram(octets, header);
        self.sent = start.unwrap_or(self.sent);
        start.is_some()
    }

    /// What stood half sent means nothing to the next session.
    pub(crate) fn disconnect(&mut self) {
        (self.len, self.sent, self.connected) = (0, 0, false);
        self.margin = 0;
        self.signals = Signals::default();
        self.peer_limit = None;
        self.farewell = None;
        (self.csm_due, self.waits_for_csm) = (None, false);
    }

    /// The frame under way goes out whole, then Abort, then nothing.
    pub(crate) fn abort(&mut self) {
        self.signals.abort = true;
        self.is_deaf = true;
        self.farewell = Some(Farewell::Aborted);
    }

    pub(crate) fn transmitted(&mut self, n: usize) {
        self.sent = self.sent.saturating_add(n).min(self.len);
    }

    pub(crate) fn take_csm(&mut self, csm: Csm) {
        // What a CSM leaves out stays as it was (RFC 8323 section 5.3).
        let size = csm
            .max_message_size
            .map(|size| usize::try_from(size).unwrap_or(usize::MAX));
        self.peer_limit = size.or(self.peer_limit).or(Some(BASE_LIMIT));
        self.waits_for_csm = false;
    }

    /// A server that sends anything else before its CSM, or none in time, takes what every one
    /// takes.
    pub(crate) fn miss_csm(&mut self) {
        if self.connected && self.peer_limit.is_none() {
            self.take_csm(Csm::default());
        }
    }

    /// Largest CoAP message that can go out now.
    pub(crate) fn limit_now(&self) -> usize {
        self.limit().min(self.peer_limit.unwrap_or(BASE_LIMIT))
    }

    /// Largest CoAP message that can go out, as far as is known.
    pub(crate) fn limit(&self) -> usize {
        let room = self.octets.len().saturating_sub(self.margin);
        room.min(self.peer_limit.unwrap_or(usize::MAX))
    }

    /// Largest CoAP message that the server takes.
    pub(crate) fn peer_limit(&self) -> Option<usize> {
        self.peer_limit
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.connected
    }

    /// Another frame could go out at once.
    #[cfg(feature = "segmentation")]
    pub(crate) fn is_idle(&self) -> bool {
        self.connected && self.unsent().is_empty()
    }

    /// The token of a frame of which the other end has not got all.
    pub(crate) fn unsent_token(&self) -> Option<Token> {
        if self.margin > 0 || self.sent >= self.len {
            return None;
        }
        let frame = self.octets.get(..self.len)?;
        stream::peek(frame).ok().flatten().map(|front| front.token)
    }

    pub(crate) fn unsent(&self) -> &[u8] {
        self.octets.get(self.sent..self.len).unwrap_or_default()
    }

    #[inline(never)]
    pub(crate) fn frame(
        &mut self,
        write: &mut dyn FnMut(&mut [u8]) -> Result<usize, CoapError>,
    ) -> bool {
        self.sent = self.margin;
        let room = self.octets.get_mut(self.margin..).unwrap_or_default();
        // What does not fit was refused when it was accepted; nothing goes out half.
        let written = write(room).unwrap_or_default();
        self.len = self.margin.saturating_add(written);
        written > 0
    }
}

/// What every server takes (RFC 8323 section 5.3.1), in octets.
const BASE_LIMIT: usize = DEFAULT_MAX_MESSAGE_SIZE as usize;
