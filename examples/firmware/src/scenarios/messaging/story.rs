//! What this UE does over an open session, step by step.

use crate::tally::Tally;
use crate::texts::{CURVE, GROUP, PUBLISH, SEGMENT, TO_GROUP, TOPIC};
use msgin5g::client::{Client, Config, OutgoingMessage};
use msgin5g::message::{GroupServiceId, MessagingTopic, Recipient, UeServiceId};
use msgin5g_firmware::channel::Channel;
use msgin5g_firmware::clock::Clock;
use msgin5g_firmware::config::{PEER_SERVICE_ID, UE_SERVICE_ID};
use msgin5g_firmware::failed_at;
use msgin5g_firmware::memory::Memory;
use msgin5g_firmware::steps::Ue;
use msgin5g_firmware::ue::Problem;
use rand_core::{CryptoRng, RngCore};

/// The long message that is sent lies in flash and takes none of it; the one that is received is put together in it.
static MEMORY: Memory<1024, 8, 4608, 2> = Memory::new();

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
    let client = Client::new(config, MEMORY.take()?, rng).map_err(failed_at!("configuration"))?;
    let mut ue = Ue::new(session, client, clock);
    ue.session.connect(&mut ue.client);
    ue.register()?;
    let mut story = Story(&mut ue);
    story.stored_message()?;
    story.long_message_each_way(rng)?;
    story.group(rng)?;
    story.topic(rng)?;
    ue.leave()?;
    ue.tally.print();
    Ok(())
}

/// What happens between registration and its end.
struct Story<'u, 'a, S>(&'u mut Ue<'a, S, Tally>);

impl<S: Channel> Story<'_, '_, S> {
    /// What was sent while this UE was off comes by itself.
    fn stored_message(&mut self) -> Result<(), Problem> {
        self.0.until("stored message", |tally| tally.stored == 1)
    }

    /// Sends 4 KiB out of flash; the second UE answers by the same text.
    fn long_message_each_way(
        &mut self,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), Problem> {
        let peer = Recipient::Ue(ue_service_id(PEER_SERVICE_ID)?);
        let message = OutgoingMessage::text(peer, "").with_report();
        self.0
            .client
            .send_from(&message, CURVE.len(), rng)
            .map_err(failed_at!("sending in segments"))?;
        self.0.until("long message", |tally| {
            (tally.accepted, tally.reports, tally.confirmed) == (1, 1, 1)
        })?;
        self.0.until("long answer", |tally| tally.long == 1)
    }

    /// Sends to the group; the second UE, a member, answers the group.
    fn group(&mut self, rng: &mut (impl RngCore + CryptoRng)) -> Result<(), Problem> {
        let group = GroupServiceId::new(GROUP).map_err(failed_at!("identity"))?;
        let message = OutgoingMessage::text(Recipient::Group(group), TO_GROUP);
        self.0
            .client
            .send(&message, rng)
            .map_err(failed_at!("sending to a group"))?;
        self.0
            .until("group", |tally| (tally.accepted, tally.group) == (2, 1))
    }

    /// Subscribes, has the second UE publish, hears it, and unsubscribes.
    fn topic(&mut self, rng: &mut (impl RngCore + CryptoRng)) -> Result<(), Problem> {
        let topic = MessagingTopic::new(TOPIC).map_err(failed_at!("identity"))?;
        let subscription = self
            .0
            .client
            .subscribe(&[topic], None)
            .map_err(failed_at!("subscribing"))?;
        self.0
            .until("subscription", |tally| tally.subscribed == 1)?;

        let peer = Recipient::Ue(ue_service_id(PEER_SERVICE_ID)?);
        self.0
            .client
            .send(&OutgoingMessage::text(peer, PUBLISH), rng)
            .map_err(failed_at!("sending"))?;
        self.0
            .until("topic", |tally| (tally.accepted, tally.topic) == (3, 1))?;

        self.0
            .client
            .unsubscribe(subscription)
            .map_err(failed_at!("unsubscribing"))?;
        self.0
            .until("end of the subscription", |tally| tally.unsubscribed == 1)
    }
}

fn ue_service_id(text: &str) -> Result<UeServiceId<'_>, Problem> {
    UeServiceId::new(text).map_err(failed_at!("identity"))
}
