//! What leaves the hub: answers, requests and notifications, with the faults that befall them.

use super::{Hub, INBOX, Out, Task};
use crate::coap::{Code, Message};
use crate::describe;
use crate::event::EventKind;
use crate::faults::{Faults, spend, spend_number};
use crate::server::{DeliveryId, Effect, PeerId, Reply};
use crate::wire::names;
use crate::wire::{Body, Fields, MessageType};

impl Hub {
    pub(super) fn answer(&mut self, peer: PeerId, ue: &str, request: &Message, reply: &Reply) {
        let message = reply.message(&request.token);
        let what = Fields::parse(&message.payload)
            .ok()
            .and_then(|fields| describe::outcome_of(&fields));
        // Faults are settled before the log tells of the answer: whoever waits for it may change them.
        let after = self.faults().delay_answers;
        let copies = self.copies(
            peer,
            "answer",
            |f| &mut f.drop_answers,
            |f| &mut f.duplicate_answers,
        );
        self.log.push(
            Some(peer),
            EventKind::Answer {
                ue: ue.to_owned(),
                code: reply.code,
                what,
            },
        );
        for _ in 0..copies {
            let out = Out::Send {
                to: peer,
                message: message.clone(),
            };
            self.tasks.push(Task { after, out });
        }
    }

    pub(super) fn carry_out(&mut self, cause: Option<PeerId>, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Event(kind) => self.log.push(cause, kind),
                Effect::Notify {
                    to,
                    delivery,
                    token,
                    sequence,
                    body,
                } => self.notify(to, delivery, &token, sequence, &body),
                Effect::ForAs { id, body } => {
                    let inbox = self.inboxes.entry(id).or_default();
                    inbox.push_back(body);
                    if inbox.len() > INBOX {
                        inbox.pop_front();
                    }
                }
                Effect::Keep(_)
                | Effect::Forget(_)
                | Effect::KeepSubscription { .. }
                | Effect::ForgetSubscription { .. } => self.store(&effect),
                Effect::Post {
                    to,
                    delivery,
                    kind,
                    body,
                } => self.post(to, delivery, kind, body),
            }
        }
    }

    fn store(&self, effect: &Effect) {
        if let Some(store) = &self.store
            && let Err(error) = store.carry_out(effect)
        {
            let what = error.to_string();
            self.log.push(None, EventKind::StoreFailed { what });
        }
    }

    pub(super) fn notify(
        &mut self,
        to: PeerId,
        delivery: DeliveryId,
        token: &[u8],
        sequence: u32,
        body: &Body,
    ) {
        let kind = MessageType::Msg;
        let what = describe::body(kind, &body.fields(), false);
        let after = self.faults().delay_deliveries;
        let copies = self.copies(
            to,
            "notification",
            |f| &mut f.drop_deliveries,
            |f| &mut f.duplicate_deliveries,
        );
        self.log.push(
            Some(to),
            EventKind::Post {
                ue: self.server.name(to),
                kind,
                what: format!("Observe {sequence}, {what}"),
            },
        );
        let reply = Reply {
            observe: Some(sequence),
            ..Reply::json(Code::CONTENT, body.clone())
        };
        for _ in 0..copies {
            let message = reply.message(token);
            let out = Out::Notify {
                to,
                delivery,
                message,
            };
            self.tasks.push(Task { after, out });
        }
    }

    /// A fault between the UE and the server.
    pub(super) fn segment_lost(&self, peer: PeerId, request: &Message) -> bool {
        let fields = Fields::parse(&request.payload).unwrap_or_default();
        let number = segment_number(&fields);
        let lost = number.filter(|number| spend_number(&mut self.faults().lose_segments, *number));
        if let Some(number) = lost {
            self.fault_event(peer, &format!("segment {number} lost"));
        }
        lost.is_some()
    }

    pub(super) fn post(
        &mut self,
        to: PeerId,
        delivery: DeliveryId,
        kind: MessageType,
        mut body: Body,
    ) {
        let what = describe::body(kind, &body.fields(), false);
        let number = segment_number(&body.fields()).filter(|_| !to.is_built_in());
        let dropped =
            number.filter(|number| spend_number(&mut self.faults().drop_segments, *number));
        if let Some(number) = dropped {
            self.fault_event(to, &format!("segment {number} dropped"));
            // Behind what is under way now, or the next one would overtake it.
            return self.send(Out::Settle { to, delivery });
        }
        let after = self.faults().delay_deliveries;
        let oversize = self.faults().oversize_deliveries;
        let oversize = oversize.filter(|_| kind == MessageType::Msg && !to.is_built_in());
        let copies = self.copies(
            to,
            "delivery",
            |f| &mut f.drop_deliveries,
            |f| &mut f.duplicate_deliveries,
        );
        self.log.push(
            Some(to),
            EventKind::Post {
                ue: self.server.name(to),
                kind,
                what,
            },
        );
        if to.is_built_in() {
            return self.post_to_echo(to, delivery, kind, &body);
        }
        if let Some(octets) = oversize {
            self.fault_event(to, "delivery blown up");
            body = body.with(&names::PAYLOAD, "x".repeat(octets));
        }
        for _ in 0..copies {
            let out = Out::Post {
                to,
                delivery,
                body: body.clone(),
                whatever_the_size: oversize.is_some(),
            };
            self.tasks.push(Task { after, out });
        }
    }

    pub(super) fn post_to_echo(
        &mut self,
        peer: PeerId,
        delivery: DeliveryId,
        kind: MessageType,
        body: &Body,
    ) {
        self.response(peer, delivery, Code::CHANGED);
        let ours: Vec<String> = self
            .echoes
            .iter()
            .map(|(_, echo)| echo.ue().to_owned())
            .collect();
        let Some((_, echo)) = self.echoes.iter().find(|(p, _)| *p == peer) else {
            return;
        };
        for request in echo.requests(kind, &body.fields(), &ours) {
            self.request(peer, &request);
        }
    }

    /// How often something is sent: never, once or twice. To a built-in UE nothing is sent over a wire.
    pub(super) fn copies(
        &self,
        peer: PeerId,
        what: &str,
        drop: fn(&mut Faults) -> &mut u32,
        twice: fn(&mut Faults) -> &mut u32,
    ) -> usize {
        if peer.is_built_in() || self.fault(peer, drop, &format!("{what} dropped")) {
            return 0;
        }
        if self.fault(peer, twice, &format!("{what} sent twice")) {
            return 2;
        }
        1
    }

    pub(super) fn fault(
        &self,
        peer: PeerId,
        times: fn(&mut Faults) -> &mut u32,
        what: &str,
    ) -> bool {
        let spent = spend(times(&mut self.faults()));
        if spent {
            self.fault_event(peer, what);
        }
        spent
    }

    pub(super) fn fault_event(&self, peer: PeerId, what: &str) {
        self.log.push(
            Some(peer),
            EventKind::Fault {
                what: what.to_owned(),
            },
        );
    }
}

fn segment_number(fields: &Fields) -> Option<u64> {
    fields.integer(&names::SEGMENT_NUMBER).ok().flatten()
}
