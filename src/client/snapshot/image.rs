//! The client's state in the form that a snapshot keeps: times are what is left of them, sizes
//! have 32 bits, nothing depends on how the structures lie in memory. The order of fields and
//! variants is the format: what changes it needs another version in `snapshot/sealing.rs`.

use serde::{Deserialize, Serialize};

use crate::client::aggregation::Gathering;
use crate::client::membership::Membership;
use crate::client::outbox::exchange::{Exchange, State as ExchangeState};
use crate::client::outbox::{Kind, OutboxSlot, Verdict};
use crate::client::receiving::incoming::{IncomingSlot, State};
use crate::client::segments::sending::Segmenting;
use crate::client::topics::Standing;
use crate::client::{Failure, OutboxSlot as Slot};
use crate::coap::{Code, Token};
use crate::message::Priority;

/// From a time of the old clock to what is left, and to a time of the new one.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub(super) now: u64,
    pub(super) asleep_ms: u64,
}

impl Clock {
    pub(super) fn left(self, at: u64) -> u64 {
        at.saturating_sub(self.now)
    }

    pub(super) fn at(self, left: u64) -> u64 {
        self.now.saturating_add(left.saturating_sub(self.asleep_ms))
    }
}

/// What there is once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) membership: MembershipImage,
    pub(super) refresh_left: Option<u64>,
    pub(super) number: u32,
    pub(super) message_id: u16,
    pub(super) link: Link,
    pub(super) duplicates: u8,
    pub(super) sizes: Sizes,
}

/// How much of the client's memory is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sizes {
    pub(super) slots: u32,
    pub(super) outbox: u32,
    pub(super) incoming_slots: u32,
    pub(super) incoming: u32,
}

/// The session, if it was in a state in which it can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Link {
    None,
    Stream { peer_limit: Option<u32> },
    Datagrams,
}

/// A message that was received before.
pub(super) type Seen = ([u8; 16], [u8; 8]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum MembershipImage {
    None,
    Registering(ExchangeImage),
    Registered,
    Deregistering(ExchangeImage),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ExchangeImage {
    state: StateImage,
    token: Option<u32>,
    attempts: u8,
    breaks: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum StateImage {
    Held,
    Now,
    DueIn(u64),
    AwaitingFor(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    kind: KindImage,
    priority: u8,
    uuid: Option<[u8; 16]>,
    exchange: ExchangeImage,
    ticket: Option<u32>,
    may_segment: bool,
    renewed: bool,
    gathering: GatheringImage,
    verdict: Option<VerdictImage>,
    json_len: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum KindImage {
    Message,
    Segmented(SegmentingImage),
    Report,
    Confirmation,
    Subscription { ends: bool },
    Update,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct SegmentingImage {
    step: u32,
    payload_len: u32,
    total: u16,
    current: u16,
    streamed: bool,
    told: bool,
    confirmed: bool,
    restarts: u8,
    kept_for: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum GatheringImage {
    No,
    Until(Option<u64>),
    Bound(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum VerdictImage {
    Accepted,
    Stored,
    Answered(u8),
    Undeliverable,
    NoAnswer,
    TooLarge(u32),
    SessionBroken(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Arriving {
    state: ArrivingState,
    total: Option<u16>,
    last: Option<u16>,
    count: u16,
    deadline_left: u64,
    recoveries: u8,
    exchange: ExchangeImage,
    expected: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum ArrivingState {
    Collecting,
    Message,
    Messages,
    Reports,
}

/// Sizes of what is in memory fit: no microcontroller has more.
pub(super) fn short(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

fn long(size: u32) -> usize {
    usize::try_from(size).unwrap_or(usize::MAX)
}

impl MembershipImage {
    pub(super) fn of(membership: Membership, clock: Clock) -> Self {
        let image = |exchange: Exchange| ExchangeImage::of(exchange, clock);
        match membership {
            Membership::None => Self::None,
            Membership::Registering(exchange) => Self::Registering(image(exchange)),
            Membership::Registered => Self::Registered,
            Membership::Deregistering(exchange) => Self::Deregistering(image(exchange)),
        }
    }

    pub(super) fn restore(self, clock: Clock) -> Membership {
        let exchange = |image: ExchangeImage| {
            let mut exchange = image.restore(clock);
            if exchange.is_held() {
                // Nobody would release it.
                exchange.release();
            }
            exchange
        };
        match self {
            Self::None => Membership::None,
            Self::Registering(image) => Membership::Registering(exchange(image)),
            Self::Registered => Membership::Registered,
            Self::Deregistering(image) => Membership::Deregistering(exchange(image)),
        }
    }
}

impl ExchangeImage {
    fn of(exchange: Exchange, clock: Clock) -> Self {
        let token = exchange.token;
        Self {
            state: match exchange.state {
                ExchangeState::Held => StateImage::Held,
                ExchangeState::Due(at) if at <= clock.now => StateImage::Now,
                ExchangeState::Due(at) => StateImage::DueIn(clock.left(at)),
                ExchangeState::AwaitingAnswer(at) => StateImage::AwaitingFor(clock.left(at)),
            },
            // All tokens of ours are numbers, but the one of no request.
            token: token.as_octets().try_into().ok().map(u32::from_be_bytes),
            attempts: exchange.attempts,
            breaks: exchange.breaks,
        }
    }

    fn restore(self, clock: Clock) -> Exchange {
        Exchange {
            state: match self.state {
                StateImage::Held => ExchangeState::Held,
                StateImage::DueIn(left) if left > clock.asleep_ms => {
                    ExchangeState::Due(clock.at(left))
                }
                StateImage::Now | StateImage::DueIn(_) => ExchangeState::Due(0),
                StateImage::AwaitingFor(left) => ExchangeState::AwaitingAnswer(clock.at(left)),
            },
            token: self.token.map_or(Token::EMPTY, Token::from),
            attempts: self.attempts,
            breaks: self.breaks,
        }
    }
}

impl Entry {
    pub(super) fn of(slot: &OutboxSlot, clock: Clock) -> Self {
        Self {
            kind: match slot.kind {
                Kind::Message => KindImage::Message,
                Kind::Segmented(segments) => {
                    KindImage::Segmented(SegmentingImage::of(&segments, clock))
                }
                Kind::Report => KindImage::Report,
                Kind::Confirmation => KindImage::Confirmation,
                Kind::Subscription(standing) => KindImage::Subscription {
                    ends: standing.ends(),
                },
                #[cfg(feature = "stored-message-update")]
                Kind::Update => KindImage::Update,
            },
            priority: slot.priority as u8,
            uuid: slot.uuid,
            exchange: ExchangeImage::of(slot.exchange, clock),
            ticket: slot.ticket,
            may_segment: slot.may_segment,
            renewed: slot.renewed,
            gathering: match slot.gathering {
                Gathering::No => GatheringImage::No,
                Gathering::Until(until) => {
                    GatheringImage::Until(until.map(|until| clock.left(until)))
                }
                Gathering::Bound(group) => GatheringImage::Bound(group),
            },
            verdict: slot.verdict.map(VerdictImage::of),
            json_len: short(slot.json_len),
        }
    }

    /// `None`: of a kind that this build does not know.
    pub(super) fn restore(&self, clock: Clock) -> Option<Slot> {
        let mut exchange = self.exchange.restore(clock);
        let kind = match self.kind {
            KindImage::Message => Kind::Message,
            KindImage::Segmented(image) => Kind::Segmented(image.restore(clock)),
            KindImage::Report => Kind::Report,
            KindImage::Confirmation => Kind::Confirmation,
            KindImage::Subscription { ends } => Kind::Subscription(Standing::new(ends)),
            #[cfg(feature = "stored-message-update")]
            KindImage::Update => Kind::Update,
            #[cfg(not(feature = "stored-message-update"))]
            KindImage::Update => return None,
        };
        let waits_for_application = kind == Kind::Report && self.ticket.is_some();
        let stands = matches!(kind, Kind::Subscription(_) | Kind::Segmented(_));
        let is_bound = matches!(self.gathering, GatheringImage::Bound(_));
        if exchange.is_held() && !waits_for_application && !stands && !is_bound {
            // Nobody would release it.
            exchange.release();
        }
        Some(Slot {
            kind,
            priority: match self.priority {
                0 => Priority::Low,
                1 => Priority::Middle,
                _ => Priority::High,
            },
            uuid: self.uuid,
            exchange,
            ticket: self.ticket,
            may_segment: self.may_segment,
            renewed: self.renewed,
            gathering: match self.gathering {
                GatheringImage::No => Gathering::No,
                GatheringImage::Until(left) => Gathering::Until(left.map(|left| clock.at(left))),
                GatheringImage::Bound(group) => Gathering::Bound(group),
            },
            verdict: self.verdict.map(VerdictImage::restore),
            json_len: long(self.json_len),
            len: 0,
        })
    }
}

impl SegmentingImage {
    fn of(segments: &Segmenting, clock: Clock) -> Self {
        Self {
            step: short(segments.step),
            payload_len: short(segments.payload_len),
            total: segments.total,
            current: segments.current,
            streamed: segments.streamed,
            told: segments.told,
            confirmed: segments.confirmed,
            restarts: segments.restarts,
            kept_for: segments.kept_until.map(|until| clock.left(until)),
        }
    }

    fn restore(self, clock: Clock) -> Segmenting {
        Segmenting {
            step: long(self.step),
            payload_len: long(self.payload_len),
            total: self.total,
            current: self.current,
            streamed: self.streamed,
            // Whoever was asked is no more.
            asked: false,
            told: self.told,
            confirmed: self.confirmed,
            restarts: self.restarts,
            recoveries: 0,
            kept_until: self.kept_for.map(|left| clock.at(left)),
        }
    }
}

impl VerdictImage {
    fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Accepted => Self::Accepted,
            Verdict::Stored => Self::Stored,
            // A verdict is without words.
            Verdict::Failed(Failure::Answered { code, .. }) => Self::Answered(code.0),
            Verdict::Failed(Failure::Undeliverable { .. }) => Self::Undeliverable,
            Verdict::Failed(Failure::NoAnswer) => Self::NoAnswer,
            Verdict::Failed(Failure::TooLarge { limit }) => Self::TooLarge(short(limit)),
            Verdict::Failed(Failure::SessionBroken { times }) => Self::SessionBroken(times),
        }
    }

    fn restore(self) -> Verdict {
        Verdict::Failed(match self {
            Self::Accepted => return Verdict::Accepted,
            Self::Stored => return Verdict::Stored,
            Self::Answered(code) => Failure::Answered {
                code: Code(code),
                cause: None,
            },
            Self::Undeliverable => Failure::Undeliverable { cause: None },
            Self::NoAnswer => Failure::NoAnswer,
            Self::TooLarge(limit) => Failure::TooLarge { limit: long(limit) },
            Self::SessionBroken(times) => Failure::SessionBroken { times },
        })
    }
}

impl Arriving {
    pub(super) fn of(slot: &IncomingSlot, clock: Clock) -> Self {
        Self {
            state: match slot.state {
                State::Collecting => ArrivingState::Collecting,
                State::Message => ArrivingState::Message,
                State::Messages => ArrivingState::Messages,
                State::Reports => ArrivingState::Reports,
            },
            total: slot.total,
            last: slot.last,
            count: slot.count,
            // What waits for room is looked at at once.
            deadline_left: clock.left(slot.wakes_at().unwrap_or_default()),
            recoveries: slot.recoveries,
            exchange: ExchangeImage::of(slot.exchange, clock),
            expected: short(slot.expected),
        }
    }

    pub(super) fn restore(&self, clock: Clock) -> IncomingSlot {
        let state = match self.state {
            ArrivingState::Collecting => State::Collecting,
            ArrivingState::Message => State::Message,
            ArrivingState::Messages => State::Messages,
            ArrivingState::Reports => State::Reports,
        };
        IncomingSlot {
            total: self.total,
            last: self.last,
            count: self.count,
            deadline: clock.at(self.deadline_left),
            recoveries: self.recoveries,
            exchange: self.exchange.restore(clock),
            expected: long(self.expected),
            ..IncomingSlot::of(state)
        }
    }
}

/// The most octets of a head with all of what was received before: as postcard writes it.
pub(super) const HEAD_MAX: usize = 80 + 24 * crate::client::receiving::duplicates::REMEMBERED;
/// The most octets of an entry, with the length of its record.
pub(super) const ENTRY_MAX: usize = 112;
/// The same of what is arriving.
pub(super) const ARRIVING_MAX: usize = 56;

#[cfg(test)]
mod tests;
