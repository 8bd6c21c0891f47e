//! What goes between the server and whoever carries out what it wants.

use super::{DeliveryId, PeerId};
use crate::event::EventKind;
use crate::wire::{Address, Body, MessageType};

/// What the session of a peer proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A key that the AAnF gave for this SUPI, good until the given time.
    Proven {
        /// The subscriber.
        supi: String,
        /// The end of K_AF.
        expires_ms: u64,
    },
    /// Plain CoAP on a bench: whatever UE Service ID it claims is believed.
    Believed,
    /// A session without AKMA: it gets 4.01 for everything.
    Unknown,
}

/// What the server wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// A request to a UE.
    Post {
        /// The session it goes to.
        to: PeerId,
        /// What its answer is given back under.
        delivery: DeliveryId,
        /// MSG, IMDN or MSGRESP.
        kind: MessageType,
        /// The payload.
        body: Body,
    },
    /// A notification to a UE that observes a topic.
    Notify {
        /// The session it goes to.
        to: PeerId,
        /// What its end is given back under.
        delivery: DeliveryId,
        /// That of the observation.
        token: Vec<u8>,
        /// The value of Observe.
        sequence: u32,
        /// The payload, a MSG.
        body: Body,
    },
    /// Something for an application server: a MSG or an IMDN.
    ForAs {
        /// AS Service ID.
        id: String,
        /// The message.
        body: Body,
    },
    /// To be kept over a restart, in place of an earlier one of that number.
    Keep(Record),
    /// Need not be kept any longer.
    Forget(DeliveryId),
    /// A subscription to be kept.
    KeepSubscription {
        /// The topic.
        topic: String,
        /// The subscriber.
        ue: String,
        /// Its end, in milliseconds since 1970.
        expires_unix_ms: Option<u64>,
    },
    /// A subscription that ended.
    ForgetSubscription {
        /// The topic.
        topic: String,
        /// The subscriber.
        ue: String,
    },
    /// An entry for the log.
    Event(EventKind),
}

/// A delivery as it is kept over a restart.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its number.
    pub id: DeliveryId,
    /// Whom it goes to.
    pub ue: String,
    /// MSG, IMDN or MSGRESP.
    pub kind: MessageType,
    /// The payload.
    pub body: Body,
    /// Whom to tell when it fails.
    pub from: Option<Address>,
    /// When it is no longer to be delivered, in milliseconds since 1970.
    pub expires_unix_ms: Option<u64>,
}

/// How a delivery ended, seen from the carriage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The UE answered with this code.
    Answered(crate::coap::Code),
    /// The message is longer than the peer takes.
    TooLarge,
    /// The UE refused it with a Reset.
    Reset,
}
