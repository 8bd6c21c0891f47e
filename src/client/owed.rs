//! What happens without a frame: time passes, and outcomes wait to be told.

use super::aggregation::Gathering;
use super::core::Core;
use super::membership::{Membership, longest_request};
use super::outbox::exchange::Exchange;
use super::outbox::{Kind, OutboxSlot, Verdict};
use super::receiving::incoming::IncomingSlot;
use super::sending::request::request_overhead;
use super::{Event, Failure};

/// Something that the application is to be told.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owed {
    /// No registration or de-registration will be tried again.
    Membership(Failure<'static>),
    /// An entry of the outbox will not be tried again.
    Failed(usize, Failure<'static>),
    /// What became of an entry is known.
    Verdict(usize, Verdict),
    /// What became of an aggregate is known, and not yet told of all its messages.
    Part,
    /// Segments are kept no longer.
    Released(usize),
    /// The next part of a payload can go out.
    Payload,
    /// A message or report can be handed over.
    Ready(usize),
    /// A set of segments is complete, although none told how many there are.
    #[cfg(feature = "segmentation")]
    Whole(usize),
    /// A set of segments will not be complete.
    #[cfg(feature = "segmentation")]
    Lost(usize),
}

impl Core<'_> {
    /// What is known already and waits to be told.
    #[inline(never)]
    pub(super) fn known(&self) -> Option<Owed> {
        let mut slots = self.outbox.iter().enumerate();
        let verdict = slots.find_map(|(index, slot)| Some(Owed::Verdict(index, slot.verdict?)));
        let part = || self.answered.owes().then_some(Owed::Part);
        verdict
            .or_else(part)
            .or_else(|| self.ready().map(Owed::Ready))
    }

    /// Puts off what has not been answered in time, and finds what the application is owed.
    pub(super) fn lapse(&mut self, now: u64) -> Option<Owed> {
        self.refresh(now);
        if self.outbound.waits_for_csm && self.outbound.csm_due.is_some_and(|at| at <= now) {
            self.outbound.miss_csm();
        }
        self.outbox.ask_for_payloads(now);
        if let Some(exchange) = self.membership.exchange_mut()
            && (exchange.breaks() >= self.config.max_breaks
                || exchange.is_overdue(now)
                    && !exchange.repeat(now, &self.config, &mut self.jitter))
        {
            let times = exchange.breaks();
            return Some(Owed::Membership(match times {
                0 => Failure::NoAnswer,
                _ => Failure::SessionBroken { times },
            }));
        }
        // After what has become overdue just now, too: whoever asks again is told the same.
        if let Some(limit) = self.refused_size() {
            return Some(Owed::Membership(Failure::TooLarge { limit }));
        }
        self.lapse_entries(now)
            .or_else(|| self.lapse_sets(now))
            .or_else(|| self.next_payload(now).map(|_| Owed::Payload))
    }

    /// The server's limit, if it is too little for the registration that is due.
    fn refused_size(&self) -> Option<usize> {
        let Membership::Registering(exchange) = self.membership else {
            return None;
        };
        let limit = self.outbound.peer_limit()?;
        let is_refused = !exchange.is_waiting() && longest_request(&self.config) > limit;
        is_refused.then_some(limit)
    }

    fn lapse_entries(&mut self, now: u64) -> Option<Owed> {
        for (index, slot) in self.outbox.iter_mut().enumerate() {
            if slot.exchange.is_overdue(now)
                && !slot.exchange.repeat(now, &self.config, &mut self.jitter)
            {
                return Some(Owed::Failed(index, Failure::NoAnswer));
            }
        }
        let overhead = request_overhead(self.config.server_path);
        let room = self.outbound.peer_limit();
        // What has gone out already may have been taken: its answer will tell.
        let exceeds = |slot: &OutboxSlot| {
            !slot.exchange.is_waiting()
                // Kept segments and standing subscriptions have had their outcome.
                && slot.is_pending()
                // What goes with others comes apart when it is to go out.
                && !matches!(slot.gathering, Gathering::Bound(_))
                && room.is_some_and(|limit| slot.json_len.saturating_add(overhead) > limit)
        };
        while let Some(index) = self.outbox.shelf.position(|slot| {
            slot.verdict.is_none()
                && slot.kind == Kind::Message
                && slot.may_segment
                && exceeds(slot)
        }) {
            self.does_not_fit(index);
        }
        // Of those that have just been found not to fit.
        if let Some(verdict @ Owed::Verdict(..)) = self.known() {
            return Some(verdict);
        }
        for (index, slot) in self.outbox.iter_mut().enumerate() {
            if exceeds(slot) {
                let limit = room.unwrap_or_default();
                return Some(Owed::Failed(index, Failure::TooLarge { limit }));
            }
            if let Kind::Segmented(segments) = slot.kind
                && slot.exchange.is_held()
                && segments.release_at().is_some_and(|at| at <= now)
            {
                return Some(Owed::Released(index));
            }
        }
        None
    }

    /// A request does not fit what can be sent: in smaller segments it may.
    pub(crate) fn does_not_fit(&mut self, index: usize) {
        let limit = self.outbound.limit();
        if self.cut_smaller(index, self.largest_json() / 2) {
            return;
        }
        if let Some(slot) = self.outbox.slot_mut(index) {
            slot.verdict = Some(Verdict::Failed(Failure::TooLarge { limit }));
        }
    }

    /// Tells the application what it is owed.
    pub(super) fn tell(&mut self, owed: Owed, now: u64) -> Option<Event<'_>> {
        match owed {
            Owed::Failed(index, failure) => {
                let slot = self.outbox.remove(index)?;
                self.conclude_others(slot.gathering, Verdict::Failed(failure));
                Some(slot.failed(failure))
            }
            Owed::Verdict(index, verdict) => {
                let slot = self.outbox.remove(index)?;
                Some(match verdict {
                    // What does not fit may be a report just as well.
                    Verdict::Failed(failure) => slot.failed(failure),
                    verdict => verdict.event(slot.message_id()),
                })
            }
            Owed::Part => self.answered.tell(),
            Owed::Released(index) => self.release_segments(index),
            Owed::Payload => self.payload_wanted(now),
            Owed::Ready(index) => self.hand_over(index),
            #[cfg(feature = "segmentation")]
            Owed::Whole(index) => self.complete_without_total(index),
            #[cfg(feature = "segmentation")]
            Owed::Lost(index) => self.lose(index, crate::message::cause::SEGMENTS_MISSING),
            Owed::Membership(failure) => {
                let before = core::mem::replace(&mut self.membership, Membership::None);
                Some(match before {
                    Membership::Registering(_) => Event::RegistrationFailed(failure),
                    _ => Event::Deregistered,
                })
            }
        }
    }

    /// The time (ms) at which something happens by itself. What waits for a session or for a
    /// registration has none.
    pub(super) fn next_deadline(&self) -> Option<u64> {
        let connected = self.outbound.is_connected();
        let listens = connected && self.membership.lets_messages_out();
        let requests = self.outbox.iter().filter_map(|slot| {
            let kept = match slot.kind {
                Kind::Segmented(segments) if slot.exchange.is_held() => segments.release_at(),
                _ => None,
            };
            let sending = slot.gathering.deadline().or(slot.exchange.deadline());
            kept.or(sending.filter(|_| listens || slot.exchange.is_waiting()))
        });
        // A de-registration that waits for others waits for no time.
        let is_held_up = matches!(self.membership, Membership::Deregistering(_))
            && self.outbox.iter().any(OutboxSlot::delays_leaving);
        let membership = self
            .membership
            .exchange()
            .filter(|exchange| connected && (exchange.is_waiting() || !is_held_up));
        let membership = membership.and_then(Exchange::deadline);
        let registered = self.membership == Membership::Registered;
        let refresh = self.refresh_at.filter(|_| registered);
        let sets = self.incoming.shelf.iter();
        let sets = sets.filter(|_| listens).filter_map(IncomingSlot::wakes_at);
        let datagrams = self.datagrams.next_deadline();
        let csm = self
            .outbound
            .csm_due
            .filter(|_| self.outbound.waits_for_csm);
        let all = requests.chain(membership).chain(refresh).chain(sets);
        all.chain(datagrams).chain(csm).min()
    }
}
