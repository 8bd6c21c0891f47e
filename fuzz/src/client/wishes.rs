//! What the application asks for.

use super::*;

impl World<'_> {
    pub(super) fn send(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        let payload = *u.choose(&["\u{e9}\"x", "plain"])?;
        let payload = payload.repeat(u.int_in_range(0..=200)?);
        let to = if u.arbitrary()? {
            Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap())
        } else {
            Recipient::As(AsServiceId::new("as-meter@iot.example").unwrap())
        };
        let mut message = OutgoingMessage::text(to, &payload);
        message.may_segment = u.arbitrary()?;
        message.may_aggregate = u.arbitrary()?;
        message.report_wanted = u.arbitrary()?;
        message.priority = *u.choose(&[Priority::Low, Priority::Middle, Priority::High])?;
        if u.arbitrary()? {
            message.store_and_forward = StoreAndForward::Yes { expiration: None };
        }
        let before = self.client.pending();
        let streamed = u.ratio(1, 4)?;
        let sent = if streamed {
            self.client
                .send_from(&message, payload.len(), &mut self.rng)
        } else {
            self.client.send(&message, &mut self.rng)
        };
        if let Ok(id) = sent {
            if streamed {
                self.streams.insert(uuid(id), payload.clone().into_bytes());
            }
            assert!(self.open.insert(uuid(id)), "an ID of its own");
            assert_eq!(self.client.pending(), before + 1);
        } else {
            assert_eq!(
                self.client.pending(),
                before,
                "nothing is accepted by halves"
            );
        }
        Ok(())
    }

    pub(super) fn supply(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        let Some((id, offset, len)) = self.wanted.pop() else {
            return Ok(());
        };
        let wrong = usize::from(u.ratio(1, 8)?);
        let part = self.streams[&id].get(offset..offset + len + wrong);
        let part = part.unwrap_or_default();
        let _ = self
            .client
            .supply(MessageId::Uuid(id), offset, part, self.now);
        Ok(())
    }

    pub(super) fn subscribe(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        if u.arbitrary()? && !self.subscriptions.is_empty() {
            let at = u.choose_index(self.subscriptions.len())?;
            let _ = self.client.unsubscribe(self.subscriptions[at]);
            return Ok(());
        }
        let name = "t".repeat(u.int_in_range(1..=255)?);
        let topics = vec![MessagingTopic::new(&name).unwrap(); u.int_in_range(0..=9)?];
        let expiration = u.arbitrary::<bool>()?.then_some("2027-01-01T00:00:00Z");
        if let Ok(subscription) = self.client.subscribe(&topics, expiration) {
            self.subscriptions.push(subscription);
        }
        Ok(())
    }

    #[cfg(not(feature = "stored-message-update"))]
    pub(super) fn update(&mut self, _: &mut Unstructured<'_>) -> Result<()> {
        Ok(())
    }

    #[cfg(feature = "stored-message-update")]
    pub(super) fn update(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        let id = MessageId::Uuid([u.arbitrary()?; 16]);
        let expiration = u.arbitrary::<bool>()?.then_some("2027-01-01T00:00:00Z");
        let _ = self.client.update_stored(id, "server", expiration);
        Ok(())
    }

    pub(super) fn report(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        if self.tickets.is_empty() {
            return Ok(());
        }
        let ticket = self.tickets[u.choose_index(self.tickets.len())?];
        let cause = "why ".repeat(u.int_in_range(0..=40)?);
        let outcome = *u.choose(&[Outcome::Success, Outcome::Failure, Outcome::Other("odd")])?;
        let before = self.client.pending();
        if self.client.report(ticket, outcome, Some(&cause)).is_ok() {
            self.tickets.retain(|other| *other != ticket);
            assert!(
                self.client.report(ticket, outcome, None).is_err(),
                "once for each ticket"
            );
        }
        assert_eq!(self.client.pending(), before);
        Ok(())
    }
}
