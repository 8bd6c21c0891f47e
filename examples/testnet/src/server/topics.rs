//! Messaging topics (TS 23.554 8.8): subscription by GET with Observe, delivery as POST or as notification.

use std::collections::BTreeMap;

use super::{DeliveryId, Effect, PeerId, Reply, Server};
use crate::coap::{Code, Message, number};
use crate::config::TopicDelivery;
use crate::event::EventKind;
use crate::wire::names::{self, cause};
use crate::wire::{Address, MessageType, bare, read_date, write_date};

/// Longest topic, in octets.
const TOPIC_OCTETS: usize = 255;

/// One UE's interest in one topic. It outlives the connection; the observation does not.
#[derive(Debug, Default)]
pub(super) struct Subscription {
    pub(super) expires: Option<u64>,
    pub(super) observer: Option<Observer>,
}

/// Where notifications go.
#[derive(Debug)]
pub(super) struct Observer {
    pub(super) peer: PeerId,
    token: Vec<u8>,
    sequence: u32,
}

/// What the query of a GET says.
#[derive(Default)]
struct Query {
    ue: Option<String>,
    topics: Vec<String>,
    expiration: Option<String>,
}

impl Server {
    /// GET on the topics: Observe 0 subscribes, 1 unsubscribes, none asks what is subscribed.
    pub(super) fn topics(
        &mut self,
        peer: PeerId,
        request: &Message,
        effects: &mut Vec<Effect>,
    ) -> Result<Reply, Reply> {
        let query = Query::read(request)?;
        let ue = query
            .ue
            .as_deref()
            .ok_or_else(|| Reply::bad_request("Uri-Query ue= is missing"))?;
        self.check_sender(peer, &Address::ue(ue))?;
        let observe = request.options.first(number::OBSERVE);
        match observe.map(|_| request.options.uint(number::OBSERVE)) {
            None => Ok(self.subscribed(ue)),
            Some(Some(0)) => self.subscribe(peer, ue, &query, &request.token, effects),
            Some(Some(1)) => self.unsubscribe(ue, &query, effects),
            Some(_) => Err(Reply::bad_request("Observe is 0 or 1")),
        }
    }

    fn subscribe(
        &mut self,
        peer: PeerId,
        ue: &str,
        query: &Query,
        token: &[u8],
        effects: &mut Vec<Effect>,
    ) -> Result<Reply, Reply> {
        query.needs_topics()?;
        let expires = self.subscription_end(query.expiration.as_deref())?;
        let unknown = query.topics.iter().find(|topic| !self.is_topic(topic));
        if unknown.is_some() && !self.settings.topics.create {
            let body = bare()
                .with(&names::SUBSCRIPTION_STATUS, "failure")
                .with(&names::CAUSE, cause::UNKNOWN_RECIPIENT);
            return Err(Reply::json(Code::NOT_FOUND, body));
        }
        for topic in &query.topics {
            let observer = Some(Observer {
                peer,
                token: token.to_vec(),
                sequence: 1,
            });
            let subscribers = self.subscriptions.entry(topic.clone()).or_default();
            subscribers.insert(ue.to_owned(), Subscription { expires, observer });
            effects.push(Effect::Event(EventKind::Subscribed {
                ue: ue.to_owned(),
                topic: topic.clone(),
            }));
            effects.push(Effect::KeepSubscription {
                topic: topic.clone(),
                ue: ue.to_owned(),
                expires_unix_ms: expires.map(|at| at + self.wall_at_start_ms),
            });
        }
        let told = query.expiration.clone();
        let end = told.or_else(|| expires.map(|at| write_date(at + self.wall_at_start_ms)));
        let body = bare()
            .with(&names::SUBSCRIPTION_STATUS, "success")
            .with_some(&names::SUBSCRIPTION_EXPIRATION, end);
        Ok(Reply {
            observe: Some(1),
            ..Reply::json(Code::CONTENT, body)
        })
    }

    /// Answered with success also when nothing was subscribed: the answer to the first request may have been lost.
    fn unsubscribe(
        &mut self,
        ue: &str,
        query: &Query,
        effects: &mut Vec<Effect>,
    ) -> Result<Reply, Reply> {
        query.needs_topics()?;
        for topic in &query.topics {
            self.end_subscription(topic, ue, false, effects);
        }
        let body = bare().with(&names::SUBSCRIPTION_STATUS, "success");
        Ok(Reply::json(Code::CONTENT, body))
    }

    /// What a UE subscribed to.
    fn subscribed(&self, ue: &str) -> Reply {
        let topics = self.subscriptions.iter();
        let topics: Vec<&str> = topics
            .filter(|(_, subscribers)| subscribers.contains_key(ue))
            .map(|(topic, _)| topic.as_str())
            .collect();
        let status = if topics.is_empty() { "none" } else { "success" };
        let body = bare()
            .with(&names::SUBSCRIPTION_STATUS, status)
            .with(&names::TOPIC, topics);
        Reply::json(Code::CONTENT, body)
    }

    /// The UEs that subscribed; `None`: there is no such topic.
    pub fn subscribers(&self, topic: &str) -> Option<Vec<String>> {
        let subscribers = self.subscriptions.get(topic);
        self.is_topic(topic).then(|| {
            subscribers
                .into_iter()
                .flat_map(BTreeMap::keys)
                .cloned()
                .collect()
        })
    }

    /// What an earlier process kept.
    pub fn recall_subscription(&mut self, topic: &str, ue: &str, expires_unix_ms: Option<u64>) {
        let expires = expires_unix_ms.map(|at| self.since_start(at));
        let subscription = Subscription {
            expires,
            observer: None,
        };
        let subscribers = self.subscriptions.entry(topic.to_owned()).or_default();
        subscribers.insert(ue.to_owned(), subscription);
    }

    /// Subscriptions whose time is over.
    pub(super) fn expire_subscriptions(&mut self, effects: &mut Vec<Effect>) {
        let now = self.now_ms;
        let mut over = Vec::new();
        for (topic, subscribers) in &self.subscriptions {
            for (ue, subscription) in subscribers {
                if subscription.expires.is_some_and(|at| at <= now) {
                    over.push((topic.clone(), ue.clone()));
                }
            }
        }
        for (topic, ue) in over {
            self.end_subscription(&topic, &ue, true, effects);
        }
    }

    /// Observations end with their connection.
    pub(super) fn observers_gone(&mut self, gone: impl Fn(PeerId) -> bool) {
        for subscription in self
            .subscriptions
            .values_mut()
            .flat_map(BTreeMap::values_mut)
        {
            subscription
                .observer
                .take_if(|observer| gone(observer.peer));
        }
    }

    /// Token and sequence number, when this delivery is to go as a notification.
    pub(super) fn observer(&mut self, id: DeliveryId, peer: PeerId) -> Option<(Vec<u8>, u32)> {
        if self.settings.topics.delivery != TopicDelivery::Notify {
            return None;
        }
        let delivery = self.deliveries.get(&id)?;
        if delivery.kind != MessageType::Msg || delivery.segment_of.is_some() {
            return None;
        }
        let ue = delivery.ue.clone();
        let topic = delivery.body.fields().text(&names::TOPIC).ok()??.to_owned();
        let subscription = self.subscriptions.get_mut(&topic)?.get_mut(&ue)?;
        let observer = subscription.observer.as_mut().filter(|o| o.peer == peer)?;
        // 24 bits, and always a greater one.
        observer.sequence = (observer.sequence + 1) & 0xff_ffff;
        Some((observer.token.clone(), observer.sequence))
    }

    /// The UE refused a notification: the observation ends, and the message goes as POST.
    pub(super) fn observer_left(&mut self, id: DeliveryId, effects: &mut Vec<Effect>) {
        let Some(delivery) = self.deliveries.get_mut(&id) else {
            return;
        };
        delivery.sent_to = None;
        delivery.notified = false;
        let ue = delivery.ue.clone();
        let fields = delivery.body.fields();
        if let Ok(Some(topic)) = fields.text(&names::TOPIC)
            && let Some(subscription) = self
                .subscriptions
                .get_mut(topic)
                .and_then(|subscribers| subscribers.get_mut(&ue))
        {
            subscription.observer = None;
        }
        self.flush(&ue, effects);
    }

    fn end_subscription(
        &mut self,
        topic: &str,
        ue: &str,
        expired: bool,
        effects: &mut Vec<Effect>,
    ) {
        let Some(subscribers) = self.subscriptions.get_mut(topic) else {
            return;
        };
        if subscribers.remove(ue).is_none() {
            return;
        }
        if subscribers.is_empty() {
            self.subscriptions.remove(topic);
        }
        let (topic, ue) = (topic.to_owned(), ue.to_owned());
        effects.push(Effect::ForgetSubscription {
            topic: topic.clone(),
            ue: ue.clone(),
        });
        effects.push(Effect::Event(EventKind::Unsubscribed {
            ue,
            topic,
            expired,
        }));
    }

    fn is_topic(&self, topic: &str) -> bool {
        self.subscriptions.contains_key(topic)
            || self
                .settings
                .topics
                .known
                .iter()
                .any(|known| known == topic)
    }

    /// When a subscription ends. What is asked for must lie ahead.
    fn subscription_end(&self, asked: Option<&str>) -> Result<Option<u64>, Reply> {
        let Some(text) = asked else {
            let lifetime = self.settings.topics.lifetime.map(super::millis);
            return Ok(lifetime.map(|lifetime| self.now_ms + lifetime));
        };
        let at =
            read_date(text).ok_or_else(|| Reply::bad_request("expiration is not a date-time"))?;
        let at = self.since_start(at);
        if at <= self.now_ms {
            return Err(Reply::bad_request("expiration lies in the past"));
        }
        Ok(Some(at))
    }
}

impl Query {
    fn read(request: &Message) -> Result<Self, Reply> {
        let mut query = Self::default();
        for value in request.options.all(number::URI_QUERY) {
            let text = std::str::from_utf8(value)
                .map_err(|_| Reply::bad_request("Uri-Query is not UTF-8"))?;
            match text.split_once('=') {
                Some(("ue", ue)) => query.ue = Some(ue.to_owned()),
                Some(("topic", topic)) => query.topics.push(topic.to_owned()),
                Some(("expiration", date)) => query.expiration = Some(date.to_owned()),
                _ => {}
            }
        }
        Ok(query)
    }

    fn needs_topics(&self) -> Result<(), Reply> {
        let good = |topic: &String| (1..=TOPIC_OCTETS).contains(&topic.len());
        match !self.topics.is_empty() && self.topics.iter().all(good) {
            true => Ok(()),
            false => Err(Reply::bad_request(
                "no Uri-Query topic=, or one of a length outside 1 to 255",
            )),
        }
    }
}
