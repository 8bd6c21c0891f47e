//! What ends the session each time it is sent must come to an end itself.
//!
//! When a session breaks, each request that had been sent whole and was not answered may have been
//! the reason. From then on each of them goes alone: so the next break tells which one it is.

use crate::client::Failure;
use crate::client::aggregation::Gathering;
use crate::client::core::Core;
use crate::client::membership::Membership;
use crate::client::outbox::exchange::Exchange;
use crate::client::outbox::{Kind, Verdict};

/// After so many breaks the messages of an aggregate go one by one.
const MOST_BREAKS_TOGETHER: u8 = 2;

impl Core<'_> {
    /// The session is gone: what was under way starts again on the next one.
    pub(crate) fn interrupt_requests(&mut self) {
        // What the server has only a part of cannot have harmed it.
        let unsent = self.outbound.unsent_token();
        let was_sent = |exchange: &Exchange| {
            exchange.is_waiting() && !unsent.is_some_and(|token| exchange.has_token(token))
        };
        let alone = self.exchanges().filter(|one| was_sent(one)).count() == 1;
        let most = self.config.max_breaks;
        let is_leaving = matches!(self.membership, Membership::Deregistering(_));
        if let Some(exchange) = self.membership.exchange_mut() {
            // A registration goes alone anyway, and without it there is nothing to go on with.
            if is_leaving && was_sent(exchange) {
                exchange.suspect(true);
            }
            exchange.interrupted();
        }
        for slot in self.outbox.iter_mut() {
            if was_sent(&slot.exchange) {
                slot.exchange.suspect(alone);
                let times = slot.exchange.breaks();
                if times >= most && !matches!(slot.gathering, Gathering::Bound(_)) {
                    slot.verdict = Some(Verdict::Failed(Failure::SessionBroken { times }));
                }
            }
            slot.exchange.interrupted();
            if let Kind::Segmented(segments) = &mut slot.kind {
                segments.interrupted();
            }
        }
        for slot in self.incoming.shelf.iter_mut() {
            if was_sent(&slot.exchange) {
                slot.exchange.suspect(alone);
            }
            slot.exchange.interrupted();
            if slot.exchange.breaks() >= most {
                // As if it had not been answered: another one in its time.
                slot.exchange.hold();
            }
        }
        while let Some(index) = self.outbox.shelf.position(|slot| {
            matches!(slot.gathering, Gathering::Bound(_))
                && slot.exchange.breaks() >= most.min(MOST_BREAKS_TOGETHER)
        }) {
            self.unbind_as(index, Exchange::SUSPECT);
        }
    }

    /// Whether a request may go now: nothing goes beside one that is suspected.
    pub(crate) fn may_go(&self, exchange: &Exchange) -> bool {
        let mut under_way = self.exchanges().filter(|one| one.is_waiting());
        if exchange.breaks() > 0 {
            under_way.next().is_none()
        } else {
            !under_way.any(|one| one.breaks() > 0)
        }
    }

    /// Those of the outbox and of SEGREC.
    fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        let entries = self.outbox.iter().map(|slot| &slot.exchange);
        let sets = self.incoming.shelf.iter().map(|slot| &slot.exchange);
        entries.chain(sets)
    }
}
