//! What goes between a gateway and C.

use msgin5g::coap::Code;
use msgin5g::gateway::{Layer2Id, Link, Refusal};
use msgin5g::message::{
    AsServiceId, BroadcastAreaId, GroupServiceId, MessageId, MessagingTopic, Msg, Originator,
    Recipient, UeServiceId,
};

use crate::given;
use crate::{
    msgin5g_address as Address, msgin5g_gateway_step, msgin5g_link, msgin5g_message_id,
    msgin5g_received, msgin5g_refusal as Why, msgin5g_status as Status, msgin5g_step_kind as Kind,
    msgin5g_text,
};

/// A step that is being made, and where it goes.
pub(crate) struct Place {
    place: *mut msgin5g_gateway_step,
    pub step: msgin5g_gateway_step,
    /// What a UE is answered if it is refused.
    pub code: Code,
}

impl Place {
    /// # Safety
    /// As the header says, until it is finished.
    pub unsafe fn new(place: *mut msgin5g_gateway_step) -> Result<Self, Status> {
        // SAFETY: the caller's promise.
        let given = unsafe { given::structure(place.cast_const()) }?;
        let mut new = Self {
            place,
            step: msgin5g_gateway_step {
                size: given.size,
                kind: Kind::None as u32,
                out: given.out,
                out_size: given.out_size,
                out_len: 0,
                link: msgin5g_link {
                    is_layer2: 0,
                    id: 0,
                },
                refusal: Why::None as u32,
                application_id: 0,
                message_id: msgin5g_message_id { octets: [0; 16] },
                report_ticket: 0,
                success: 0,
            },
            code: Code::BAD_REQUEST,
        };
        new.out()?;
        Ok(new)
    }

    pub fn out(&mut self) -> Result<&mut [u8], Status> {
        // SAFETY: as the header says; the borrow ends with that of this place.
        unsafe { given::room(self.step.out, self.step.out_size) }
    }

    pub fn about(&mut self, id: MessageId<'_>) {
        if let MessageId::Uuid(octets) = id {
            self.step.message_id = msgin5g_message_id { octets };
        }
    }

    pub fn refuse<T>(&mut self, why: Why) -> Result<T, Status> {
        self.step.refusal = why as u32;
        Err(Status::NotTaken)
    }

    pub fn refused<T>(&mut self, refusal: Refusal) -> Result<T, Status> {
        self.code = refusal.code();
        self.refuse(match refusal {
            Refusal::NotRegistered => Why::NotRegistered,
            Refusal::ApplicationTaken => Why::ApplicationTaken,
            Refusal::OtherLink => Why::OtherLink,
            Refusal::Full => Why::Full,
            Refusal::Direction => Why::Direction,
            Refusal::Target => Why::Target,
            Refusal::MessageId => Why::MessageId,
            Refusal::MessageIdTaken => Why::MessageIdTaken,
            Refusal::UnknownMessage => Why::UnknownMessage,
            Refusal::NoApplication => Why::NoApplication,
            _ => Why::Other,
        })
    }

    /// C sees it now.
    pub fn finish(self, outcome: Result<(), Status>) -> Result<(), Status> {
        // SAFETY: as the header says.
        unsafe { given::put(self.place, self.step) }?;
        outcome
    }
}

/// # Safety
/// NULL or a link.
pub(crate) unsafe fn link(link: *const msgin5g_link) -> Result<Link, Status> {
    if link.is_null() {
        return Err(Status::InvalidArgument);
    }
    // SAFETY: the caller's promise.
    let link = unsafe { link.read_unaligned() };
    match (link.is_layer2, link.id.to_be_bytes()) {
        (0, _) => Ok(Link::Other(link.id)),
        (1, [0, a, b, c]) => Ok(Link::Layer2(Layer2Id([a, b, c]))),
        _ => Err(Status::InvalidArgument),
    }
}

pub(crate) fn of_link(link: Link) -> msgin5g_link {
    match link {
        Link::Layer2(Layer2Id([a, b, c])) => msgin5g_link {
            is_layer2: 1,
            id: u32::from_be_bytes([0, a, b, c]),
        },
        Link::Other(id) => msgin5g_link { is_layer2: 0, id },
    }
}

/// # Safety
/// Its octets are there and stay for `'a`.
pub(crate) unsafe fn words<'a>(text: msgin5g_text) -> Result<&'a str, Status> {
    // SAFETY: the caller's promise.
    let octets = unsafe { given::octets(text.data.cast(), text.len, usize::MAX) }?;
    core::str::from_utf8(octets).map_err(|_| Status::InvalidText)
}

pub(crate) fn sender(kind: u32, name: &str) -> Result<Originator<'_>, Status> {
    let sender = match kind {
        kind if kind == Address::Ue as u32 => UeServiceId::received(name).map(Originator::Ue),
        kind if kind == Address::As as u32 => AsServiceId::received(name).map(Originator::As),
        _ => None,
    };
    sender.ok_or(Status::InvalidArgument)
}

/// A message that was handed to the application.
///
/// # Safety
/// Its texts are there and stay for `'a`.
pub(crate) unsafe fn received<'a>(given: &msgin5g_received) -> Result<Msg<'a>, Status> {
    // SAFETY: the caller's promise.
    let (originator, recipient, id, application_id, payload) = unsafe {
        (
            words(given.originator)?,
            words(given.recipient)?,
            words(given.message_id)?,
            words(given.application_id)?,
            words(given.payload)?,
        )
    };
    let recipient = match given.recipient_kind {
        kind if kind == Address::Ue as u32 => UeServiceId::received(recipient).map(Recipient::Ue),
        kind if kind == Address::As as u32 => AsServiceId::received(recipient).map(Recipient::As),
        kind if kind == Address::Group as u32 => {
            GroupServiceId::received(recipient).map(Recipient::Group)
        }
        kind if kind == Address::Topic as u32 => {
            MessagingTopic::received(recipient).map(Recipient::Topic)
        }
        kind if kind == Address::BroadcastArea as u32 => {
            BroadcastAreaId::received(recipient).map(Recipient::BroadcastArea)
        }
        _ => None,
    };
    let mut msg = Msg::new(
        sender(given.originator_kind, originator)?,
        recipient.ok_or(Status::InvalidArgument)?,
        MessageId::parse(id).ok_or(Status::InvalidArgument)?,
        payload,
    );
    msg.application_id = (!application_id.is_empty()).then_some(application_id);
    msg.report_wanted = given.report_wanted != 0;
    Ok(msg)
}
