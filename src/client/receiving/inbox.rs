//! Octets from the server: whole CoAP frames out of a stream that cuts anywhere.

use crate::coap::CoapError;
use crate::coap::stream::{self, Front};

pub(crate) struct Inbox<'m> {
    octets: &'m mut [u8],
    fill: usize,
    /// Octets at the front that are done with; an event may still borrow them.
    done: usize,
    /// Octets still to come of a frame that is too large to keep.
    skip: usize,
    /// Datagrams come whole: one at a time, and each is looked at before it counts.
    takes_datagrams: bool,
    /// Octets of a datagram that has not been looked at.
    raw: usize,
    /// The front of such a frame, until it has been taken.
    oversize: Option<Front>,
}

/// What lies at the front of the inbox.
pub(crate) enum Arrival {
    /// Nothing whole yet.
    Incomplete,
    /// A whole frame.
    Frame(Front),
    /// A frame larger than the inbox; it is being dropped. Stays until
    /// [`Inbox::take_oversize`].
    TooLarge(Front),
}

/// A datagram that counts.
#[cfg_attr(
    not(feature = "datagrams"),
    allow(dead_code, reason = "none ever comes, but the inbox asks")
)]
pub(crate) enum Kept {
    /// It has become a frame of this length.
    Frame(usize),
    /// It was larger than the inbox.
    TooLarge(Front),
}

impl<'m> Inbox<'m> {
    pub(crate) fn new(octets: &'m mut [u8]) -> Self {
        Self {
            octets,
            fill: 0,
            done: 0,
            skip: 0,
            takes_datagrams: false,
            raw: 0,
            oversize: None,
        }
    }

    pub(crate) fn clear(&mut self) {
        (self.fill, self.done, self.skip) = (0, 0, 0);
        (self.takes_datagrams, self.raw) = (false, 0);
        self.oversize = None;
    }

    /// Nothing is here, and nothing has half arrived.
    #[cfg(feature = "snapshot")]
    pub(crate) fn is_quiet(&mut self) -> bool {
        self.discard();
        self.fill == 0 && self.skip == 0 && self.raw == 0 && self.oversize.is_none()
    }

    /// What is received from here on are datagrams, until the inbox is cleared.
    #[cfg(feature = "datagrams")]
    pub(crate) fn take_datagrams(&mut self) {
        self.takes_datagrams = true;
    }

    /// The datagram that is to be looked at, and whether it is whole. What fills the memory may
    /// have been cut.
    pub(crate) fn datagram(&mut self) -> Option<(&mut [u8], bool)> {
        let is_whole = self.raw < self.octets.len();
        let octets = self.octets.get_mut(..self.raw)?;
        (!octets.is_empty()).then_some((octets, is_whole))
    }

    /// The datagram has been looked at, and this is what is left of it.
    pub(crate) fn keep(&mut self, kept: Option<Kept>) {
        self.raw = 0;
        match kept {
            Some(Kept::Frame(len)) => self.fill = len,
            Some(Kept::TooLarge(head)) => self.oversize = Some(head),
            None => {}
        }
    }

    /// Largest CoAP message that fits, for Max-Message-Size.
    pub(crate) fn capacity(&self) -> usize {
        self.octets.len()
    }

    /// Where the next octets go.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        self.discard();
        let is_empty = self.fill == 0 && self.raw == 0 && self.oversize.is_none();
        if self.takes_datagrams && !is_empty {
            return &mut [];
        }
        self.octets.get_mut(self.fill..).unwrap_or_default()
    }

    pub(crate) fn received(&mut self, n: usize) {
        if self.takes_datagrams {
            self.raw = n.min(self.octets.len());
            return;
        }
        self.fill = self.fill.saturating_add(n).min(self.octets.len());
        let skipped = self.skip.min(self.fill);
        self.skip = self.skip.saturating_sub(skipped);
        // Only while a large frame is dropped, and then nothing else is in here.
        self.done = self.done.saturating_add(skipped);
        self.discard();
    }

    pub(crate) fn front(&mut self) -> Result<Arrival, CoapError> {
        if let Some(head) = self.oversize {
            return Ok(Arrival::TooLarge(head));
        }
        self.discard();
        let filled = self.octets.get(..self.fill).unwrap_or_default();
        let Some(head) = stream::peek(filled)? else {
            return if self.fill > 0 && self.fill == self.octets.len() {
                // Not even the front of a frame fits: nothing would ever move again.
                Err(CoapError::BufferTooSmall {
                    needed: stream::MAX_FRONT,
                })
            } else {
                Ok(Arrival::Incomplete)
            };
        };
        if head.frame_len > self.octets.len() {
            self.skip = head.frame_len.saturating_sub(self.fill);
            self.fill = 0;
            self.oversize = Some(head);
            return Ok(Arrival::TooLarge(head));
        }
        Ok(if head.frame_len > self.fill {
            Arrival::Incomplete
        } else {
            Arrival::Frame(head)
        })
    }

    /// The whole frame at the front; it is gone once it has been used.
    pub(crate) fn take(&mut self, head: &Front) -> &mut [u8] {
        self.done = head.frame_len;
        self.octets.get_mut(..head.frame_len).unwrap_or_default()
    }

    /// Done with the frame that was too large.
    pub(crate) fn take_oversize(&mut self) {
        self.oversize = None;
    }

    fn discard(&mut self) {
        if self.done > 0 && self.done <= self.fill {
            self.octets.copy_within(self.done..self.fill, 0);
            self.fill = self.fill.saturating_sub(self.done);
        }
        self.done = 0;
    }
}
