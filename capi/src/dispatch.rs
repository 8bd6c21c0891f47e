//! One poll: what the connection and the client say goes to the caller's functions.

use core::ffi::c_void;
use core::fmt::Write;

use msgin5g::client::{Event, Failure};
use msgin5g::connection::ConnectionEvent;
use msgin5g::message::{MessageId, Msg, Originator, Priority, Recipient, Report};

use crate::context::Parts;
use crate::status::Told;
use crate::{
    msgin5g_address as Address, msgin5g_event, msgin5g_event_kind as Kind, msgin5g_message_id,
    msgin5g_priority, msgin5g_received, msgin5g_report, msgin5g_text,
};

/// The caller's functions.
pub(crate) struct Handlers {
    pub user: *mut c_void,
    pub on_message: Option<unsafe extern "C" fn(*mut c_void, *const msgin5g_received)>,
    pub on_report: Option<unsafe extern "C" fn(*mut c_void, *const msgin5g_report)>,
    pub on_event: Option<unsafe extern "C" fn(*mut c_void, *const msgin5g_event)>,
}

/// Rounds of one call, so that it ends however much comes in.
const ENOUGH: usize = 32;

/// Does what can be done now; when (ms) there is more to do.
pub(crate) fn run(parts: Parts<'_>) -> Option<u64> {
    let Parts {
        now,
        handlers,
        random,
        supplier,
        client,
        connection,
        ..
    } = parts;
    let now = *now;
    for _ in 0..ENOUGH {
        while let Some(event) = connection.poll(client, supplier, now, random) {
            handlers.event(&of_connection(event));
        }
        if !client.has_event(now) {
            let own = connection.next_deadline(client);
            return own.into_iter().chain(supplier.port.deadline()).min();
        }
        while let Some(event) = client.poll_event(now) {
            handlers.tell(&event);
        }
    }
    Some(now)
}

impl Handlers {
    fn event(&self, event: &msgin5g_event) {
        if let Some(on_event) = self.on_event {
            // SAFETY: the caller's function with the caller's pointer, and an event that stays during the call.
            unsafe { on_event(self.user, event) }
        }
    }

    fn tell(&self, event: &Event<'_>) {
        match event {
            Event::Message { msg, report } => self.message(msg, report.map(|it| it.number())),
            Event::Report(report) => self.report(report),
            other => of_client(other, |event| self.event(event)),
        }
    }

    fn message(&self, msg: &Msg<'_>, ticket: Option<u32>) {
        let Some(on_message) = self.on_message else {
            return;
        };
        let id = id_text(msg.message_id);
        let received = msgin5g_received {
            size: size_of_u32::<msgin5g_received>(),
            originator_kind: originator(&msg.originator) as u32,
            originator: msgin5g_text::new(msg.originator.as_str()),
            recipient_kind: match msg.recipient {
                Recipient::Ue(_) => Address::Ue,
                Recipient::As(_) => Address::As,
                Recipient::Group(_) => Address::Group,
                Recipient::BroadcastArea(_) => Address::BroadcastArea,
                Recipient::Topic(_) => Address::Topic,
            } as u32,
            priority: match msg.priority {
                Some(Priority::Low) => msgin5g_priority::Low,
                Some(Priority::High) => msgin5g_priority::High,
                _ => msgin5g_priority::Middle,
            } as u32,
            recipient: msgin5g_text::new(msg.recipient.as_str()),
            message_id: msgin5g_text::new(&id),
            application_id: msgin5g_text::new(msg.application_id.unwrap_or_default()),
            payload: msgin5g_text::new(msg.payload),
            report_wanted: msg.report_wanted.into(),
            report_due: ticket.is_some().into(),
            report_ticket: ticket.unwrap_or_default(),
        };
        // SAFETY: the caller's function with the caller's pointer, and a message that stays during the call.
        unsafe { on_message(self.user, &received) }
    }

    fn report(&self, report: &Report<'_>) {
        let Some(on_report) = self.on_report else {
            return;
        };
        let text = id_text(report.message_id);
        let uuid = uuid(report.message_id);
        let told = msgin5g_report {
            size: size_of_u32::<msgin5g_report>(),
            success: report.status.is_success().into(),
            originator_kind: originator(&report.originator) as u32,
            has_message_id: uuid.is_some().into(),
            message_id: uuid.unwrap_or(NO_ID),
            originator: msgin5g_text::new(report.originator.as_str()),
            message_id_text: msgin5g_text::new(&text),
            cause: msgin5g_text::new(report.failure_cause.unwrap_or_default()),
        };
        // SAFETY: the caller's function with the caller's pointer, and a report that stays during the call.
        unsafe { on_report(self.user, &told) }
    }
}

const NO_ID: msgin5g_message_id = msgin5g_message_id { octets: [0; 16] };

fn size_of_u32<T>() -> u32 {
    u32::try_from(size_of::<T>()).unwrap_or(0)
}

fn originator(originator: &Originator<'_>) -> Address {
    match originator {
        Originator::Ue(_) => Address::Ue,
        Originator::As(_) => Address::As,
    }
}

fn uuid(id: MessageId<'_>) -> Option<msgin5g_message_id> {
    match id {
        MessageId::Uuid(octets) => Some(msgin5g_message_id { octets }),
        MessageId::Opaque(_) => None,
    }
}

fn id_text(id: MessageId<'_>) -> heapless::String<{ MessageId::MAX_OPAQUE }> {
    let mut text = heapless::String::new();
    // A UUID has 36 octets, others 64 at the most.
    let _ = write!(text, "{id}");
    text
}

fn of_connection(event: ConnectionEvent) -> msgin5g_event {
    let ended = |kind, told: Told, retry_at_ms| msgin5g_event {
        status: told.status as i32,
        detail: told.detail,
        retry_at_ms,
        ..msgin5g_event::new(kind)
    };
    use ConnectionEvent as E;
    match event {
        E::Connected => msgin5g_event::new(Kind::Connected),
        E::Disconnected { error, retry_at } => ended(Kind::Disconnected, error.into(), retry_at),
        E::ConnectFailed { error, retry_at } => ended(Kind::ConnectFailed, error.into(), retry_at),
        E::NoKey { error, retry_at } => ended(Kind::NoKey, error.into(), retry_at),
        E::KeyChanged => msgin5g_event::new(Kind::KeyChanged),
        E::KeyRenewed => msgin5g_event::new(Kind::KeyRenewed),
        E::KeyRefused { error, retry_at } => ended(Kind::KeyRefused, error.into(), retry_at),
        E::Closed => msgin5g_event::new(Kind::Closed),
        _ => msgin5g_event::new(Kind::Unknown),
    }
}

fn of_client(event: &Event<'_>, tell: impl FnOnce(&msgin5g_event)) {
    let plain = msgin5g_event::new;
    let named = |kind, id: &MessageId<'_>| msgin5g_event {
        message_id: uuid(*id).unwrap_or(NO_ID),
        ..plain(kind)
    };
    let event = match event {
        Event::Registered => plain(Kind::Registered),
        Event::RegistrationFailed(failure) => failed(plain(Kind::RegistrationFailed), failure),
        Event::RegistrationLost => plain(Kind::RegistrationLost),
        Event::RegistrationPending => plain(Kind::RegistrationPending),
        Event::Deregistered => plain(Kind::Deregistered),
        Event::Accepted { message_id } => named(Kind::Accepted, message_id),
        Event::Stored { message_id } => named(Kind::Stored, message_id),
        Event::Retried { message_id } => named(Kind::Retried, message_id),
        Event::Failed {
            message_id,
            failure,
        } => failed(named(Kind::Failed, message_id), failure),
        Event::ReportFailed {
            message_id,
            failure,
        } => {
            let id = message_id.and_then(uuid).unwrap_or(NO_ID);
            let event = msgin5g_event {
                message_id: id,
                ..plain(Kind::ReportFailed)
            };
            failed(event, failure)
        }
        #[cfg(feature = "whole")]
        other if segments(other).is_some() => {
            let (event, id) = segments(other).unwrap_or((plain(Kind::Unknown), None));
            let text = id.map(id_text).unwrap_or_default();
            return tell(&msgin5g_event {
                message_id_text: msgin5g_text::new(&text),
                ..event
            });
        }
        #[cfg(feature = "whole")]
        Event::Subscribed {
            subscription,
            expiration,
        } => msgin5g_event {
            subscription: subscription.number(),
            expiration: msgin5g_text::new(expiration.unwrap_or_default()),
            ..plain(Kind::Subscribed)
        },
        #[cfg(feature = "whole")]
        Event::SubscriptionEnded {
            subscription,
            failure,
        } => {
            let event = msgin5g_event {
                subscription: subscription.number(),
                ..plain(Kind::SubscriptionEnded)
            };
            match failure {
                Some(failure) => failed(event, failure),
                None => event,
            }
        }
        #[cfg(feature = "stored-message-update")]
        Event::Updated { message_id } => named(Kind::Updated, message_id),
        #[cfg(feature = "stored-message-update")]
        Event::UpdateFailed {
            message_id,
            failure,
        } => failed(named(Kind::UpdateFailed, message_id), failure),
        Event::Duplicate => plain(Kind::Duplicate),
        Event::Refused(code) => msgin5g_event {
            coap_code: code_number(*code),
            ..plain(Kind::RequestRefused)
        },
        Event::Pong => plain(Kind::Pong),
        Event::Released { hold_off_s } => msgin5g_event {
            hold_off_s: *hold_off_s,
            ..plain(Kind::Released)
        },
        Event::Aborted => plain(Kind::Aborted),
        Event::Malformed(_) => msgin5g_event {
            status: crate::msgin5g_status::Malformed as i32,
            ..plain(Kind::Malformed)
        },
        _ => plain(Kind::Unknown),
    };
    tell(&event);
}

/// What is said of segments, and the Message ID where it is not ours.
#[cfg(feature = "whole")]
fn segments<'r>(event: &Event<'r>) -> Option<(msgin5g_event, Option<MessageId<'r>>)> {
    let plain = msgin5g_event::new;
    let ours = |kind, id: &MessageId<'_>| msgin5g_event {
        message_id: uuid(*id).unwrap_or(NO_ID),
        ..plain(kind)
    };
    let partial = |kind, partial: &msgin5g::client::PartialMessage<'r>| {
        let event = msgin5g_event {
            originator: msgin5g_text::new(partial.originator.as_str()),
            count: partial.received,
            total: partial.total.unwrap_or(0),
            ..plain(kind)
        };
        Some((event, Some(partial.message_id)))
    };
    let event = match event {
        Event::Segment(it) => return partial(Kind::Segment, it),
        Event::Incomplete(it) => return partial(Kind::Incomplete, it),
        Event::Progress {
            message_id,
            sent,
            total,
        } => msgin5g_event {
            count: *sent,
            total: *total,
            ..ours(Kind::Progress, message_id)
        },
        Event::PayloadWanted {
            message_id,
            offset,
            len,
        } => msgin5g_event {
            offset: *offset,
            len: *len,
            ..ours(Kind::PayloadWanted, message_id)
        },
        Event::SegmentsWanted { message_id, count } => msgin5g_event {
            count: *count,
            ..ours(Kind::SegmentsWanted, message_id)
        },
        Event::SegmentsReleased {
            message_id,
            confirmed,
        } => msgin5g_event {
            count: (*confirmed).into(),
            ..ours(Kind::SegmentsReleased, message_id)
        },
        _ => return None,
    };
    Some((event, None))
}

fn failed(event: msgin5g_event, failure: &Failure<'_>) -> msgin5g_event {
    let told = Told::from(failure);
    let (code, cause) = match failure {
        Failure::Answered { code, cause } => (code_number(*code), *cause),
        Failure::Undeliverable { cause } => (0, *cause),
        _ => (0, None),
    };
    msgin5g_event {
        status: told.status as i32,
        detail: told.detail,
        coap_code: code,
        cause: msgin5g_text::new(cause.unwrap_or_default()),
        ..event
    }
}

fn code_number(code: msgin5g::coap::Code) -> u32 {
    u32::from(code.class()) << 5 | u32::from(code.detail())
}
