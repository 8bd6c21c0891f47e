//! The gateway role: who is behind it, and what is under way for whom.

use super::repeats::Repeats;
use super::traffic::{Limits, Link, Upward, uuid};
use super::{
    ApplicationId, Delivery, LocalMessage, Refusal, Registration, ReportDelivery, ReportSending,
    Sending, TargetType,
};
use crate::client::ReportTicket;
use crate::message::{
    AsServiceId, MessageId, Msg, Originator, Outcome, Recipient, Report, StoreAndForward,
    UeServiceId,
};

/// The client of a Gateway UE as its constrained UEs see it (TS 23.554 clause 8.11): turns their
/// messages into MSGin5G messages, and what comes for them back.
///
/// It keeps up to `APPLICATIONS` registrations and up to `EXCHANGES` reports that are waited for, knows
/// as many messages again that want none, and does no I/O. Whether an application may register at all the caller decides, before it hands over
/// the registration.
#[derive(Debug)]
pub struct Gateway<'g, const APPLICATIONS: usize, const EXCHANGES: usize> {
    us: UeServiceId<'g>,
    limits: Limits,
    applications: heapless::Vec<Application, APPLICATIONS>,
    exchanges: heapless::Vec<Exchange, EXCHANGES>,
    repeats: Repeats<EXCHANGES>,
}

#[derive(Debug, Clone, Copy)]
struct Application {
    id: ApplicationId,
    link: Link,
}

/// A message whose report has not come yet.
#[derive(Debug, Clone, Copy)]
struct Exchange {
    message_id: [u8; 16],
    link: Link,
    since: u64,
    way: Way,
    /// It is no longer waited for, and only kept for its ticket.
    lapsed: bool,
}

#[derive(Debug, Clone, Copy)]
enum Way {
    /// The UE has sent it.
    Up,
    /// The UE has received it.
    Down {
        from_as: bool,
        ticket: Option<ReportTicket>,
    },
}

impl<'g, const APPLICATIONS: usize, const EXCHANGES: usize> Gateway<'g, APPLICATIONS, EXCHANGES> {
    /// A gateway that sends under its own UE Service ID, and with nobody behind it yet.
    ///
    /// That messages of constrained UEs go under the gateway's own identity is UNCONFIRMED.
    #[must_use]
    pub const fn new(us: UeServiceId<'g>, limits: Limits) -> Self {
        Self {
            us,
            limits,
            applications: heapless::Vec::new(),
            exchanges: heapless::Vec::new(),
            repeats: Repeats::new(),
        }
    }

    /// A message has come over a link. One that comes again is [`Upward::Repeated`]; if the client did
    /// not take it, say so by [`deliver_failure`](Self::deliver_failure) before.
    ///
    /// # Errors
    /// [`Refusal`], whose [`code`](Refusal::code) answers the request; nothing is kept then.
    pub fn from_application<'m>(
        &mut self,
        link: Link,
        message: &'m LocalMessage<'m>,
        now: u64,
    ) -> Result<Upward<'m>, Refusal>
    where
        'g: 'm,
    {
        self.expire(now);
        match message {
            LocalMessage::Registration(registration) => self.register(link, *registration),
            LocalMessage::Deregistration(registration) => self.deregister(link, *registration),
            LocalMessage::Sending(sending) => self.send(link, sending, now),
            LocalMessage::ReportSending(report) => self.report(link, report),
            LocalMessage::Delivery(_) | LocalMessage::ReportDelivery(_) => Err(Refusal::Direction),
        }
    }

    /// The client has received a message: which application it is for, and what goes over its link.
    /// The ticket comes back with the application's report, or by [`lapsed`](Self::lapsed). A message
    /// that names no application is for the only one that is registered; of several the first counts.
    ///
    /// # Errors
    /// [`Refusal`], whose [`cause`](Refusal::cause) goes into a report of failure; nothing is kept then.
    pub fn deliver<'m>(
        &mut self,
        msg: &Msg<'m>,
        ticket: Option<ReportTicket>,
        now: u64,
    ) -> Result<(Link, LocalMessage<'m>), Refusal> {
        self.expire(now);
        if msg.segment.is_some() {
            return Err(Refusal::Segment);
        }
        let Application { id, link } = self.addressee(msg)?;
        if msg.report_wanted {
            let message_id = uuid(msg.message_id).ok_or(Refusal::MessageId)?;
            // One that has gone up comes down again when both ends are behind this gateway.
            let is_same = |known: &Exchange| {
                known.message_id == message_id && matches!(known.way, Way::Down { .. })
            };
            if self.exchanges.iter().any(is_same) {
                return Err(Refusal::MessageIdTaken);
            }
            let from_as = matches!(msg.originator, Originator::As(_));
            self.keep(Exchange {
                message_id,
                link,
                since: now,
                way: Way::Down { from_as, ticket },
                lapsed: false,
            })?;
        }
        let delivery = Delivery {
            originator: msg.originator.as_str(),
            message_id: msg.message_id,
            payload: msg.payload,
            application_id: Some(id),
            report_wanted: msg.report_wanted,
        };
        Ok((link, LocalMessage::Delivery(delivery)))
    }

    /// The client has received a report: whose message it is about, and what goes over that link.
    ///
    /// # Errors
    /// [`Refusal::UnknownMessage`] for a message that no constrained UE waits for a report on.
    pub fn deliver_report<'m>(
        &mut self,
        report: &Report<'m>,
        now: u64,
    ) -> Result<(Link, LocalMessage<'m>), Refusal> {
        self.expire(now);
        let link = self.end_sent(report.message_id)?;
        let report = ReportDelivery {
            originator: report.originator.as_str(),
            message_id: report.message_id,
            status: report.status,
            failure_cause: report.failure_cause,
        };
        Ok((link, LocalMessage::ReportDelivery(report)))
    }

    /// The client could not send a message of a constrained UE: what goes over the link of that UE, if
    /// it waits for a report. Should it send the message again, that is no repeat.
    ///
    /// # Errors
    /// [`Refusal::UnknownMessage`] when it does not.
    pub fn deliver_failure<'m>(
        &mut self,
        message_id: MessageId<'m>,
        cause: &'m str,
    ) -> Result<(Link, LocalMessage<'m>), Refusal>
    where
        'g: 'm,
    {
        if let Some(message_id) = uuid(message_id) {
            self.repeats.forget(message_id);
        }
        let link = self.end_sent(message_id)?;
        let report = ReportDelivery {
            originator: self.us.as_str(),
            message_id,
            status: Outcome::Failure,
            failure_cause: Some(cause),
        };
        Ok((link, LocalMessage::ReportDelivery(report)))
    }

    /// A link is lost: its applications are no longer reached, and nothing is waited for.
    pub fn forget(&mut self, link: Link) {
        self.applications.retain(|known| known.link != link);
        self.give_up(|exchange| exchange.link == link);
    }

    /// A ticket whose report did not come in time, or whose link was forgotten: the client keeps a place
    /// for that report until it is told of a failure by [`Client::report`](crate::client::Client::report).
    /// Ask until there is none, after [`forget`](Self::forget) and now and then.
    pub fn lapsed(&mut self, now: u64) -> Option<ReportTicket> {
        self.expire(now);
        let at = self.exchanges.iter().position(|exchange| exchange.lapsed)?;
        self.exchanges.swap_remove(at).ticket()
    }

    /// How many applications are registered.
    #[must_use]
    pub fn applications(&self) -> usize {
        self.applications.len()
    }

    /// How many reports are waited for, from either side. Those that [lapsed](Self::lapsed) count, too.
    #[must_use]
    pub fn exchanges(&self) -> usize {
        self.exchanges.len()
    }

    fn register(
        &mut self,
        link: Link,
        registration: Registration,
    ) -> Result<Upward<'static>, Refusal> {
        let id = registration.application_id;
        if matches!((link, registration.layer2_id), (Link::Layer2(own), Some(named)) if own != named)
        {
            return Err(Refusal::OtherLink);
        }
        match self.applications.iter().find(|known| known.id == id) {
            Some(known) if known.link != link => return Err(Refusal::ApplicationTaken),
            Some(_) => return Ok(Upward::Registered(id)),
            None => {}
        }
        let of_link = self.applications.iter().filter(|known| known.link == link);
        if of_link.count() >= self.limits.applications_per_link {
            return Err(Refusal::Full);
        }
        let application = Application { id, link };
        self.applications
            .push(application)
            .map_err(|_| Refusal::Full)?;
        Ok(Upward::Registered(id))
    }

    fn deregister(
        &mut self,
        link: Link,
        registration: Registration,
    ) -> Result<Upward<'static>, Refusal> {
        let id = registration.application_id;
        let found = self
            .applications
            .iter()
            .position(|known| known.id == id && known.link == link);
        self.applications
            .swap_remove(found.ok_or(Refusal::NotRegistered)?);
        Ok(Upward::Deregistered(id))
    }

    fn send<'m>(
        &mut self,
        link: Link,
        sending: &'m Sending<'m>,
        now: u64,
    ) -> Result<Upward<'m>, Refusal>
    where
        'g: 'm,
    {
        self.must_know(link)?;
        // A UE cannot broadcast (TS 23.554 clause 8.7.3), neither for another.
        if sending.target.kind == Some(TargetType::BroadcastArea) {
            return Err(Refusal::Target);
        }
        let recipient = sending.target.recipient().ok_or(Refusal::Target)?;
        let message_id = uuid(sending.message_id).ok_or(Refusal::MessageId)?;
        match self.exchange(&message_id) {
            Some(exchange) if exchange.link == link && matches!(exchange.way, Way::Up) => {
                return Ok(Upward::Repeated);
            }
            Some(_) => return Err(Refusal::MessageIdTaken),
            None => {}
        }
        if sending.report_wanted {
            self.keep(Exchange {
                message_id,
                link,
                since: now,
                way: Way::Up,
                lapsed: false,
            })?;
        } else if self.repeats.contains(message_id, link) {
            return Ok(Upward::Repeated);
        } else {
            self.repeats.remember(message_id, link);
        }
        Ok(Upward::Message(Msg {
            application_id: sending.application_id.as_ref().map(ApplicationId::as_str),
            report_wanted: sending.report_wanted,
            store_and_forward: StoreAndForward::No,
            ..Msg::new(
                Originator::Ue(self.us),
                recipient,
                sending.message_id,
                sending.payload,
            )
        }))
    }

    fn report<'m>(
        &mut self,
        link: Link,
        report: &'m ReportSending<'m>,
    ) -> Result<Upward<'m>, Refusal>
    where
        'g: 'm,
    {
        let unknown = Refusal::UnknownMessage;
        let message_id = uuid(report.message_id).ok_or(unknown)?;
        let at = self.exchanges.iter().position(|exchange| {
            let is_down = matches!(exchange.way, Way::Down { .. });
            let is_same = exchange.message_id == message_id && exchange.link == link;
            is_down && is_same && !exchange.lapsed
        });
        let at = at.ok_or(unknown)?;
        let Some(Exchange {
            way: Way::Down { from_as, ticket },
            ..
        }) = self.exchanges.get(at).copied()
        else {
            return Err(unknown);
        };
        let recipient = if from_as {
            AsServiceId::received(report.target).map(Recipient::As)
        } else {
            UeServiceId::received(report.target).map(Recipient::Ue)
        };
        let recipient = recipient.ok_or(Refusal::Target)?;
        self.exchanges.swap_remove(at);
        Ok(Upward::Report {
            report: Report {
                originator: Originator::Ue(self.us),
                recipient,
                message_id: report.message_id,
                status: report.status,
                failure_cause: report.failure_cause,
            },
            ticket,
        })
    }

    fn addressee(&self, msg: &Msg<'_>) -> Result<Application, Refusal> {
        let found = match msg.application_id {
            Some(text) => {
                let id = ApplicationId::parse(text).ok_or(Refusal::NoApplication)?;
                self.applications.iter().find(|known| known.id == id)
            }
            None => match self.applications.as_slice() {
                [only] => Some(only),
                _ => None,
            },
        };
        found.copied().ok_or(Refusal::NoApplication)
    }

    fn must_know(&self, link: Link) -> Result<(), Refusal> {
        if self.applications.iter().any(|known| known.link == link) {
            Ok(())
        } else {
            Err(Refusal::NotRegistered)
        }
    }

    fn exchange(&self, message_id: &[u8; 16]) -> Option<&Exchange> {
        self.exchanges
            .iter()
            .find(|exchange| exchange.message_id == *message_id)
    }

    fn keep(&mut self, exchange: Exchange) -> Result<(), Refusal> {
        let link = exchange.link;
        let of_link = self.exchanges.iter().filter(|known| known.link == link);
        if of_link.count() >= self.limits.exchanges_per_link {
            return Err(Refusal::Full);
        }
        self.exchanges.push(exchange).map_err(|_| Refusal::Full)
    }

    /// Ends the wait for the report on a message that a UE has sent; tells its link.
    fn end_sent(&mut self, message_id: MessageId<'_>) -> Result<Link, Refusal> {
        let unknown = Refusal::UnknownMessage;
        let message_id = uuid(message_id).ok_or(unknown)?;
        let at = self.exchanges.iter().position(|exchange| {
            matches!(exchange.way, Way::Up) && exchange.message_id == message_id
        });
        Ok(self.exchanges.swap_remove(at.ok_or(unknown)?).link)
    }

    fn expire(&mut self, now: u64) {
        let lifetime = self.limits.exchange_lifetime_ms;
        self.give_up(|exchange| now.saturating_sub(exchange.since) >= lifetime);
    }

    /// Drops what is no longer waited for, but for those whose ticket has to be given back.
    fn give_up(&mut self, is_over: impl Fn(&Exchange) -> bool) {
        self.exchanges.retain_mut(|exchange| {
            exchange.lapsed |= is_over(exchange);
            !exchange.lapsed || exchange.ticket().is_some()
        });
    }
}

impl Exchange {
    const fn ticket(&self) -> Option<ReportTicket> {
        match self.way {
            Way::Down { ticket, .. } => ticket,
            Way::Up => None,
        }
    }
}
