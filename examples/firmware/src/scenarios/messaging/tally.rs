//! What has happened so far. Messages are compared with what they must say, octet for octet.

use crate::texts::{ALARM, ANSWER, CURVE, GROUP, STORED, TO_GROUP, TOPIC};
use msgin5g::client::{Client, Event, SendError};
use msgin5g::message::{MessageId, Msg, Recipient};
use msgin5g_firmware::steps::Witness;
use msgin5g_firmware::ue::Problem;
use msgin5g_firmware::{console, error, failed_at, info};

/// How often what has happened.
#[derive(Default)]
pub struct Tally {
    registered: u32,
    pub accepted: u32,
    pub reports: u32,
    /// Long messages that the other side has whole.
    pub confirmed: u32,
    segments_sent: u32,
    segments_received: u32,
    /// Messages that waited for this UE.
    pub stored: u32,
    /// Long messages received whole.
    pub long: u32,
    pub group: u32,
    pub subscribed: u32,
    pub topic: u32,
    pub unsubscribed: u32,
    deregistered: u32,
    /// What the client waits for.
    wanted: Option<Part>,
}

/// A part of the long message that is to go out.
struct Part {
    message_id: MessageId<'static>,
    offset: usize,
    len: usize,
}

impl Witness for Tally {
    fn hear(&mut self, event: &Event<'_>) -> Result<(), Problem> {
        match *event {
            Event::PayloadWanted {
                message_id,
                offset,
                len,
            } => {
                self.wanted = Some(Part {
                    message_id,
                    offset,
                    len,
                });
            }
            Event::Registered => self.registered += 1,
            Event::Progress { sent, total, .. } => {
                info!("segment {} of {} is taken", sent, total);
                // The last one is not told: then the message is accepted.
                self.segments_sent = total.into();
            }
            Event::Accepted { .. } => self.accepted += 1,
            Event::SegmentsReleased {
                confirmed: true, ..
            } => self.confirmed += 1,
            Event::Report(report) if report.status.is_success() => self.reports += 1,
            Event::Segment(part) => {
                info!("{} segments have come", part.received);
                // As above: the last one brings the message.
                self.segments_received = u32::from(part.received) + 1;
            }
            Event::Message { ref msg, .. } => self.message(msg)?,
            Event::Subscribed { .. } => self.subscribed += 1,
            Event::SubscriptionEnded { failure: None, .. } => self.unsubscribed += 1,
            Event::Deregistered => self.deregistered += 1,
            ref other => {
                error!("{}", other);
                return Err(Problem("unexpected event"));
            }
        }
        Ok(())
    }

    /// Hands over a part of the long message, straight out of flash.
    fn answer(&mut self, client: &mut Client<'_>, now: u64) -> Result<(), Problem> {
        let Some(part) = self.wanted.take() else {
            return Ok(());
        };
        let octets = CURVE.get(part.offset..part.offset + part.len);
        let octets = octets.ok_or(Problem("a part beyond the message"))?;
        match client.supply(part.message_id, part.offset, octets, now) {
            // Something else is on its way out: the part is asked for again.
            Ok(()) | Err(SendError::Busy) => Ok(()),
            Err(error) => Err(failed_at!("supplying")(error)),
        }
    }

    fn registered(&self) -> u32 {
        self.registered
    }

    fn deregistered(&self) -> u32 {
        self.deregistered
    }
}

impl Tally {
    fn message(&mut self, msg: &Msg<'_>) -> Result<(), Problem> {
        let answered = msg.payload.strip_prefix(ANSWER);
        match msg.recipient {
            Recipient::Ue(_) if msg.payload == STORED => self.stored += 1,
            Recipient::Ue(_) if answered.map(str::as_bytes) == Some(&CURVE) => self.long += 1,
            Recipient::Group(group) if group.as_str() == GROUP && answered == Some(TO_GROUP) => {
                self.group += 1;
            }
            Recipient::Topic(topic) if topic.as_str() == TOPIC && msg.payload == ALARM => {
                self.topic += 1;
            }
            _ => {
                error!("{}: {}", msg.recipient, msg.payload);
                return Err(Problem("a message that says something else"));
            }
        }
        info!("{} octets for {}", msg.payload.len(), msg.recipient);
        Ok(())
    }

    pub fn print(&self) {
        console::figure("segments_sent", self.segments_sent.into());
        console::figure("segments_received", self.segments_received.into());
        console::figure("stored", self.stored.into());
        console::figure("long", self.long.into());
        console::figure("group", self.group.into());
        console::figure("topic", self.topic.into());
        console::figure("unsubscribed", self.unsubscribed.into());
        console::figure("deregistered", self.deregistered.into());
    }
}
