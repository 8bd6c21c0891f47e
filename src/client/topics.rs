//! Subscriptions to messaging topics (TS 23.554 clause 8.8).
//!
//! The standard's text on how they go over CoAP could not be read, so all of this is UNCONFIRMED:
//! a GET with Observe (RFC 7641) on the path `topics` below the server's, what is meant standing
//! in Uri-Query. Messages then come as notifications or as any other message; both are taken.

use crate::coap::{CoapError, Code, ContentFormat, OptionNumber, Outgoing, Packet, Token};
use crate::message::{Message, MessagingTopic, SubscriptionResponse};

use super::core::Core;
use super::memory::record::{Field, Pen, Record};
use super::outbox::{Kind, OutboxSlot};
use super::sending::request::MOST_PATH_SEGMENTS;
use super::{Event, Failure, SendError, Subscription};

/// Most topics in one subscription.
const MOST_TOPICS: usize = 8;
/// Last segment of the path.
const PATH: &str = "topics";
const UE: &str = "ue=";
const TOPIC: &str = "topic=";
const EXPIRATION: &str = "expiration=";
/// Longest value of Uri-Query (RFC 7252 section 5.10), in octets.
const LONGEST_QUERY: usize = 255;
/// Observe: 0 subscribes, which has no octets, 1 ends it (RFC 7641 section 2).
const SUBSCRIBE: &[u8] = &[];
const END: &[u8] = &[1];

/// Where a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// It is to end.
    ends: bool,
}

impl Core<'_> {
    pub(super) fn subscribe(
        &mut self,
        topics: &[MessagingTopic<'_>],
        expiration: Option<&str>,
    ) -> Result<Subscription, SendError> {
        if topics.is_empty() || topics.len() > MOST_TOPICS {
            return Err(SendError::TopicCount);
        }
        let ue = self.config.registration.ue_service_id.as_str();
        let mut needed = 0_usize;
        let queries = topics.iter().map(|topic| (TOPIC, topic.as_str()));
        let queries = queries.chain(expiration.map(|text| (EXPIRATION, text)));
        for (name, value) in queries.chain([(UE, ue)]) {
            let len = name.len().saturating_add(value.len());
            if len > LONGEST_QUERY {
                return Err(SendError::TooLarge {
                    needed: len,
                    limit: LONGEST_QUERY,
                });
            }
            // Number and length take three octets at the most.
            needed = needed.saturating_add(len).saturating_add(3);
        }
        let limit = self.largest_json();
        if needed > limit {
            return Err(SendError::TooLarge { needed, limit });
        }
        let subscription = Subscription(self.new_number());
        let entry = OutboxSlot {
            kind: Kind::Subscription(Standing { ends: false }),
            ticket: Some(subscription.0),
            ..OutboxSlot::EMPTY
        };
        self.outbox.push(entry, &mut |pen| {
            put_query(pen, Field::FromUe, UE, ue);
            for topic in topics {
                put_query(pen, Field::ToTopic, TOPIC, topic.as_str());
            }
            if let Some(expiration) = expiration {
                put_query(pen, Field::Expiration, EXPIRATION, expiration);
            }
        })?;
        Ok(subscription)
    }

    pub(super) fn unsubscribe(&mut self, subscription: Subscription) -> Result<(), SendError> {
        let slot = self.outbox.iter_mut().find(|slot| {
            slot.kind == Kind::Subscription(Standing { ends: false })
                && slot.ticket == Some(subscription.0)
        });
        let slot = slot.ok_or(SendError::UnknownTicket)?;
        slot.kind = Kind::Subscription(Standing { ends: true });
        slot.exchange.again();
        Ok(())
    }

    /// The server may know of none any more: each is asked for anew, with the token it had.
    pub(super) fn renew_subscriptions(&mut self) {
        for slot in self.outbox.iter_mut() {
            if matches!(slot.kind, Kind::Subscription(_)) && slot.exchange.is_held() {
                slot.exchange.again();
            }
        }
    }

    /// The subscription whose notification has this token.
    pub(super) fn standing(&self, token: Token) -> Option<usize> {
        self.outbox.iter().position(|slot| {
            matches!(slot.kind, Kind::Subscription(_)) && slot.exchange.has_token(token)
        })
    }

    /// The answer to a subscription or to its end.
    pub(super) fn on_subscription_response<'r>(
        &mut self,
        index: usize,
        code: Code,
        payload: &'r mut [u8],
    ) -> Event<'r> {
        let Some(slot) = self.outbox.slot_mut(index) else {
            return Event::Refused(code);
        };
        let subscription = subscription_of(slot);
        // A body that cannot be read says nothing; the code does.
        let response = SubscriptionResponse::decode(payload).unwrap_or_default();
        if slot.kind == Kind::Subscription(Standing { ends: true }) {
            self.outbox.remove(index);
            return Event::SubscriptionEnded {
                subscription,
                failure: None,
            };
        }
        if code.is_success() && !response.is_refused() {
            slot.exchange.hold();
            return Event::Subscribed {
                subscription,
                expiration: response.expiration,
            };
        }
        self.outbox.remove(index);
        Event::SubscriptionEnded {
            subscription,
            failure: Some(Failure::Answered {
                code,
                cause: response.failure_cause,
            }),
        }
    }

    /// A message on a topic, in the form of an answer to the subscription.
    pub(super) fn on_notification<'r>(
        &'r mut self,
        index: usize,
        packet: Packet<'r>,
        now: u64,
    ) -> Event<'r> {
        if !packet.code.is_success() {
            // The server ends it (RFC 7641 section 3.2).
            return self.on_subscription_response(index, packet.code, packet.payload);
        }
        let service = self.config.service_identifier;
        match Message::decode_from_server(service, packet.payload) {
            Ok((message, _)) => self.on_message(None, message, now),
            Err(_) => Event::Refused(Code::BAD_REQUEST),
        }
    }
}

fn put_query(pen: &mut Pen<'_>, field: Field, name: &str, value: &str) {
    let len = name.len().saturating_add(value.len());
    pen.put(&[field as u8]);
    let len = u16::try_from(len).unwrap_or(u16::MAX);
    pen.put(&len.to_be_bytes());
    pen.put(name.as_bytes());
    pen.put(value.as_bytes());
}

impl Standing {
    #[cfg(feature = "snapshot")]
    pub(super) fn new(ends: bool) -> Self {
        Self { ends }
    }

    pub(super) fn ends(self) -> bool {
        self.ends
    }

    pub(super) fn ended<'r>(self, slot: &OutboxSlot, failure: Option<Failure<'r>>) -> Event<'r> {
        Event::SubscriptionEnded {
            subscription: subscription_of(slot),
            failure,
        }
    }

    /// GET with Observe.
    pub(super) fn encode(
        self,
        record: Record<'_>,
        path: &[&str],
        token: Token,
        out: &mut [u8],
    ) -> Result<usize, CoapError> {
        let json = ContentFormat::JSON.octets();
        let mut options =
            heapless::Vec::<(OptionNumber, &[u8]), { MOST_PATH_SEGMENTS + MOST_TOPICS + 5 }>::new();
        let mut put = |number, value| {
            // There is room for as many as are taken.
            let _ = options.push((number, value));
        };
        put(
            OptionNumber::OBSERVE,
            if self.ends { END } else { SUBSCRIBE },
        );
        // Below a path that ends in a slash there is no empty segment.
        let path = path.strip_suffix(&[""]).unwrap_or(path);
        for segment in path.iter().take(MOST_PATH_SEGMENTS) {
            put(OptionNumber::URI_PATH, segment.as_bytes());
        }
        put(OptionNumber::URI_PATH, PATH.as_bytes());
        let topics = record.texts(Field::ToTopic);
        let expiration = record.text(Field::Expiration).filter(|_| !self.ends);
        for query in record
            .text(Field::FromUe)
            .into_iter()
            .chain(topics)
            .chain(expiration)
        {
            put(OptionNumber::URI_QUERY, query.as_bytes());
        }
        put(OptionNumber::ACCEPT, &json);
        let get = Outgoing {
            code: Code::GET,
            token,
            options: &options,
            payload: &[],
        };
        get.encode_stream(out)
    }
}

fn subscription_of(slot: &OutboxSlot) -> Subscription {
    Subscription(slot.ticket.unwrap_or_default())
}
