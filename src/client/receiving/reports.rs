//! Delivery status reports on received messages (TS 23.554 clause 8.3.4).

use crate::client::core::{Core, uuid_of};
use crate::client::memory::record::{Field, Pen, Record};
use crate::client::outbox::exchange::Exchange;
use crate::client::outbox::{Kind, Outbox, OutboxSlot};
use crate::client::sending::body::{self, Body};
use crate::client::sending::request::request_overhead;
use crate::client::{Config, ReportTicket, SendError};
use crate::message::{MessageId, Msg, Originator, Outcome, Priority, Recipient, Report};

/// A report to be written down. What it is about is borrowed from the message.
pub(crate) struct Due<'a> {
    pub(crate) recipient: Recipient<'a>,
    pub(crate) message_id: MessageId<'a>,
    /// Who gives it; the client itself, and at once, where there is none.
    pub(crate) ticket: Option<ReportTicket>,
    /// Why the message failed; `None` for success.
    pub(crate) cause: Option<&'a str>,
}

impl Due<'_> {
    fn write(&self, pen: &mut Pen<'_>) {
        pen.recipient(self.recipient);
        pen.message_id(self.message_id);
        if self.cause.is_some() {
            pen.field(Field::Outcome, &[]);
        }
        pen.text(Field::Cause, self.cause);
    }

    /// Octets that it takes in the outbox.
    #[cfg(any(feature = "segmentation", feature = "aggregation"))]
    pub(crate) fn len(&self) -> usize {
        let mut pen = Pen::new(&mut []);
        self.write(&mut pen);
        pen.len()
    }

    /// Reports go before messages: they are short, and somebody waits for them.
    pub(crate) fn accept(
        &self,
        outbox: &mut Outbox<'_>,
        config: &Config<'_>,
        limit: usize,
    ) -> Result<(), SendError> {
        let report = Report {
            originator: Originator::Ue(config.registration.ue_service_id),
            recipient: self.recipient,
            message_id: self.message_id,
            status: self.cause.map_or(Outcome::Success, |_| Outcome::Failure),
            failure_cause: self.cause,
        };
        let json_len = check_json(&report, config, limit)?;
        let held = self.ticket.is_some();
        let entry = OutboxSlot {
            kind: Kind::Report,
            priority: Priority::High,
            uuid: uuid_of(self.message_id),
            exchange: if held { Exchange::HELD } else { Exchange::NEW },
            ticket: self.ticket.map(|ticket| ticket.0),
            json_len,
            ..OutboxSlot::EMPTY
        };
        outbox.push(entry, &mut |pen| self.write(pen)).map(|_| ())
    }
}

/// The report that a message asks for.
pub(crate) fn due<'a>(msg: &Msg<'a>) -> Due<'a> {
    Due {
        recipient: msg.originator.as_recipient(),
        message_id: msg.message_id,
        ticket: None,
        cause: None,
    }
}

/// The length of the JSON, if a request with it can go out.
pub(crate) fn check_json(
    body: &dyn Body,
    config: &Config<'_>,
    limit: usize,
) -> Result<usize, SendError> {
    check_json_with(0, body, config, limit)
}

/// The same with so many octets more.
pub(crate) fn check_json_with(
    more: usize,
    body: &dyn Body,
    config: &Config<'_>,
    limit: usize,
) -> Result<usize, SendError> {
    let needed = body::len(body, config.service_identifier).saturating_add(more);
    let limit = limit.saturating_sub(request_overhead(config.server_path));
    if needed > limit {
        return Err(SendError::TooLarge { needed, limit });
    }
    Ok(needed)
}

/// The report that a record of the outbox stands for.
pub(crate) fn report_of<'a>(record: Record<'a>, us: Originator<'a>) -> Option<Report<'a>> {
    Some(Report {
        originator: us,
        recipient: record.recipient()?,
        message_id: record.message_id()?,
        status: outcome_of(record),
        failure_cause: record.text(Field::Cause),
    })
}

/// Success is not written down; failure has no word of its own.
pub(crate) fn outcome_of(record: Record<'_>) -> Outcome<'_> {
    match record.text(Field::Outcome) {
        None => Outcome::Success,
        Some("") => Outcome::Failure,
        Some(word) => Outcome::Other(word),
    }
}

pub(crate) fn put_outcome(pen: &mut Pen<'_>, outcome: Outcome<'_>) {
    match outcome {
        Outcome::Success => {}
        Outcome::Failure => pen.field(Field::Outcome, &[]),
        Outcome::Other(word) => pen.field(Field::Outcome, word.as_bytes()),
    }
}

impl Core<'_> {
    /// Releases a report that is held, with the outcome that the application found.
    pub(crate) fn give_report(
        &mut self,
        ticket: ReportTicket,
        outcome: Outcome<'_>,
        cause: Option<&str>,
    ) -> Result<(), SendError> {
        let held = |slot: &OutboxSlot| slot.kind == Kind::Report && slot.ticket == Some(ticket.0);
        let index = self.outbox.iter().position(held);
        let index = index.ok_or(SendError::UnknownTicket)?;
        let us = Originator::Ue(self.config.registration.ue_service_id);
        let written = report_of(self.outbox.record(index), us);
        let report = Report {
            status: outcome,
            failure_cause: cause,
            ..written.ok_or(SendError::UnknownTicket)?
        };
        let limit = self.outbound.limit();
        let json_len = check_json(&report, &self.config, limit)?;
        self.write_outcome(index, outcome, cause)?;
        if let Some(slot) = self.outbox.slot_mut(index) {
            slot.ticket = None;
            slot.json_len = json_len;
            slot.exchange.release();
        }
        Ok(())
    }

    /// Success was written down when the message came; something else is put before it.
    fn write_outcome(
        &mut self,
        index: usize,
        outcome: Outcome<'_>,
        cause: Option<&str>,
    ) -> Result<(), SendError> {
        let write = |pen: &mut Pen<'_>| {
            put_outcome(pen, outcome);
            pen.text(Field::Cause, cause);
        };
        let mut measure = Pen::new(&mut []);
        write(&mut measure);
        let needed = measure.len();
        if needed > self.outbox.shelf.free() {
            return Err(SendError::OutboxTooSmall { needed });
        }
        // There is room, and the fields need no order.
        let put = |shelf: &mut crate::client::memory::shelf::Shelf<'_, OutboxSlot>,
                   field: Field,
                   text: &str| {
            let len = u16::try_from(text.len()).unwrap_or(u16::MAX);
            let [high, low] = len.to_be_bytes();
            shelf.insert(index, 0, text.as_bytes());
            shelf.insert(index, 0, &[field as u8, high, low]);
        };
        if let Some(cause) = cause {
            put(&mut self.outbox.shelf, Field::Cause, cause);
        }
        match outcome {
            Outcome::Success => {}
            Outcome::Failure => put(&mut self.outbox.shelf, Field::Outcome, ""),
            Outcome::Other(word) => put(&mut self.outbox.shelf, Field::Outcome, word),
        }
        Ok(())
    }
}
