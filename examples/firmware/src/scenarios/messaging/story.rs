//! What this UE does over an open session, step by step.

use crate::tally::{Part, Tally};
use crate::texts::{CURVE, GROUP, PUBLISH, SEGMENT, TO_GROUP, TOPIC};
use msgin5g::client::{
    Client, Config, IncomingSlot, OutboxSlot, OutgoingMessage, Pieces, SendError,
};
use msgin5g::message::{GroupServiceId, MessagingTopic, Recipient, UeServiceId};
use msgin5g::transport::Host;
use msgin5g_firmware::channel::Channel;
use msgin5g_firmware::clock::Clock;
use msgin5g_firmware::config::{PEER_SERVICE_ID, UE_SERVICE_ID};
use msgin5g_firmware::once::Once;
use msgin5g_firmware::ue::{PATIENCE_MS, Problem};
use msgin5g_firmware::{error, failed_at};
use rand_core::{CryptoRng, RngCore};

// The long message that is sent lies in flash and takes none of these; the one that is received is put together
// in `INCOMING`.
static RX: Once<[u8; 1152]> = Once::new();
static TX: Once<[u8; 1152]> = Once::new();
static OUTBOX: Once<[u8; 1024]> = Once::new();
static SLOTS: Once<[OutboxSlot; 8]> = Once::new();
static INCOMING: Once<[u8; 4608]> = Once::new();
static INCOMING_SLOTS: Once<[IncomingSlot; 2]> = Once::new();

fn memory() -> Option<Pieces<'static>> {
    Some(Pieces {
        rx: RX.take(|| [0; 1152])?,
        tx: TX.take(|| [0; 1152])?,
        outbox: OUTBOX.take(|| [0; 1024])?,
        slots: SLOTS.take(|| [OutboxSlot::EMPTY; 8])?,
        incoming: INCOMING.take(|| [0; 4608])?,
        incoming_slots: INCOMING_SLOTS.take(|| [IncomingSlot::EMPTY; 2])?,
    })
}

/// The whole story. Not inlined, so that its memory is not held during the handshake.
#[inline(never)]
pub fn tell(
    session: &mut impl Channel,
    clock: Clock,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<(), Problem> {
    let mut config = Config::new(ue_service_id(UE_SERVICE_ID)?);
    config.segment_size = SEGMENT;
    config.registration.profile.maximum_segment_size = Some(SEGMENT.into());
    let memory = memory().ok_or(Problem("memory"))?;
    let mut ue = Ue {
        client: Client::new(config, memory, rng).map_err(failed_at!("configuration"))?,
        session,
        clock,
        tally: Tally::default(),
    };
    ue.session.connect(&mut ue.client);
    ue.register()?;
    ue.stored_message()?;
    ue.long_message_each_way(rng)?;
    ue.group(rng)?;
    ue.topic(rng)?;
    ue.leave()?;
    ue.tally.print();
    Ok(())
}

struct Ue<'a, S: Channel> {
    session: &'a mut S,
    client: Client<'a>,
    clock: Clock,
    tally: Tally,
}

impl<S: Channel> Ue<'_, S> {
    fn register(&mut self) -> Result<(), Problem> {
        self.client.register().map_err(failed_at!("registration"))?;
        self.until("registration", |tally| tally.registered == 1)
    }

    /// What was sent while this UE was off comes by itself.
    fn stored_message(&mut self) -> Result<(), Problem> {
        self.until("stored message", |tally| tally.stored == 1)
    }

    /// Sends 4 KiB out of flash; the second UE answers by the same text.
    fn long_message_each_way(
        &mut self,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), Problem> {
        let peer = Recipient::Ue(ue_service_id(PEER_SERVICE_ID)?);
        let message = OutgoingMessage::text(peer, "").with_report();
        self.client
            .send_from(&message, CURVE.len(), rng)
            .map_err(failed_at!("sending in segments"))?;
        self.until("long message", |tally| {
            (tally.accepted, tally.reports, tally.confirmed) == (1, 1, 1)
        })?;
        self.until("long answer", |tally| tally.long == 1)
    }

    /// Sends to the group; the second UE, a member, answers the group.
    fn group(&mut self, rng: &mut (impl RngCore + CryptoRng)) -> Result<(), Problem> {
        let group = GroupServiceId::new(GROUP).map_err(failed_at!("identity"))?;
        let message = OutgoingMessage::text(Recipient::Group(group), TO_GROUP);
        self.client
            .send(&message, rng)
            .map_err(failed_at!("sending to a group"))?;
        self.until("group", |tally| (tally.accepted, tally.group) == (2, 1))
    }

    /// Subscribes, has the second UE publish, hears it, and unsubscribes.
    fn topic(&mut self, rng: &mut (impl RngCore + CryptoRng)) -> Result<(), Problem> {
        let topic = MessagingTopic::new(TOPIC).map_err(failed_at!("identity"))?;
        let subscription = self
            .client
            .subscribe(&[topic], None)
            .map_err(failed_at!("subscribing"))?;
        self.until("subscription", |tally| tally.subscribed == 1)?;

        let peer = Recipient::Ue(ue_service_id(PEER_SERVICE_ID)?);
        self.client
            .send(&OutgoingMessage::text(peer, PUBLISH), rng)
            .map_err(failed_at!("sending"))?;
        self.until("topic", |tally| (tally.accepted, tally.topic) == (3, 1))?;

        self.client
            .unsubscribe(subscription)
            .map_err(failed_at!("unsubscribing"))?;
        self.until("end of the subscription", |tally| tally.unsubscribed == 1)
    }

    fn leave(&mut self) -> Result<(), Problem> {
        self.client
            .deregister()
            .map_err(failed_at!("de-registration"))?;
        self.until("de-registration", |tally| tally.deregistered == 1)
    }

    /// Moves octets and takes events until the tally is as wished.
    fn until(
        &mut self,
        step: &'static str,
        reached: impl Fn(&Tally) -> bool,
    ) -> Result<(), Problem> {
        let deadline = self.clock.now_ms() + PATIENCE_MS;
        while !reached(&self.tally) {
            let something = self
                .session
                .wait(&mut self.client, &mut self.clock, deadline)
                .map_err(failed_at!("session lost"))?;
            if !something {
                error!("{}: nothing came in time", step);
                return Err(Problem(step));
            }
            let now = self.clock.now_ms();
            while let Some(event) = self.client.poll_event(now) {
                if let Some(part) = self.tally.take(&event)? {
                    self.supply(&part, now)?;
                }
            }
        }
        Ok(())
    }

    /// Hands over a part of the long message, straight out of flash.
    fn supply(&mut self, part: &Part, now: u64) -> Result<(), Problem> {
        let octets = CURVE.get(part.offset..part.offset + part.len);
        let octets = octets.ok_or(Problem("a part beyond the message"))?;
        match self
            .client
            .supply(part.message_id, part.offset, octets, now)
        {
            // Something else is on its way out: the part is asked for again.
            Ok(()) | Err(SendError::Busy) => Ok(()),
            Err(error) => Err(failed_at!("supplying")(error)),
        }
    }
}

fn ue_service_id(text: &str) -> Result<UeServiceId<'_>, Problem> {
    UeServiceId::new(text).map_err(failed_at!("identity"))
}
