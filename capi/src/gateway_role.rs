//! The gateway in the caller's memory.

use core::ffi::c_char;
use core::mem::MaybeUninit;
use core::ptr::addr_of_mut;

use msgin5g::client::ReportTicket;
use msgin5g::gateway::{
    ApplicationId, Delivery, Gateway, L3Codings, Limits, LocalMessage, ReportDelivery,
};
use msgin5g::message::{MessageId, Outcome, Recipient, Report, UeServiceId};

use crate::context::Entered;
use crate::gateway_flow::{ANSWER, Rest};
use crate::gateway_step::{Place, link, of_link, received, sender, words};
use crate::given;
use crate::{
    MSGIN5G_GATEWAY_WORDS, MSGIN5G_L3_CODINGS, msgin5g_client, msgin5g_gateway,
    msgin5g_gateway_config, msgin5g_gateway_step, msgin5g_link, msgin5g_local_form,
    msgin5g_message_id, msgin5g_received, msgin5g_refusal as Why, msgin5g_report,
    msgin5g_status as Status, msgin5g_step_kind as Kind,
};

/// What lies there.
#[repr(C)]
struct Inside {
    /// As with a client: while there is a gateway.
    magic: u32,
    /// 1 while a call is under way.
    busy: u32,
    rest: MaybeUninit<Rest>,
}

const _: () =
    assert!(size_of::<Inside>() <= MSGIN5G_GATEWAY_WORDS * 8 && align_of::<Inside>() <= 8);
fn magic(inside: *const Inside) -> u32 {
    let low = u32::try_from(inside.addr() & 0xffff_ffff).unwrap_or(0);
    low.rotate_left(9) ^ 0x4757_3547
}

/// The right to work on a gateway until it is dropped.
struct Open(*mut Inside);

impl Open {
    /// # Safety
    /// NULL, or a place for a gateway of which only this task makes use.
    unsafe fn new(gateway: *mut msgin5g_gateway) -> Result<Self, Status> {
        if gateway.is_null() {
            return Err(Status::InvalidArgument);
        }
        let inside: *mut Inside = gateway.cast();
        if !inside.is_aligned() {
            return Err(Status::NotInitialised);
        }
        // SAFETY: there is room for one; any octets are numbers.
        unsafe {
            if (*inside).magic != magic(inside) {
                return Err(Status::NotInitialised);
            }
            if (*inside).busy != 0 {
                return Err(Status::InCallback);
            }
            (*inside).busy = 1;
        }
        Ok(Self(inside))
    }

    fn rest(&mut self) -> &mut Rest {
        // SAFETY: initialised, as its magic number says; nobody else borrows it while `busy` is set.
        unsafe { (*addr_of_mut!((*self.0).rest)).assume_init_mut() }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        // SAFETY: the gateway that was entered.
        unsafe { (*self.0).busy = 0 }
    }
}

/// # Safety
/// As the header says.
pub unsafe fn init(
    gateway: *mut msgin5g_gateway,
    config: *const msgin5g_gateway_config,
) -> Result<(), Status> {
    let inside: *mut Inside = gateway.cast();
    if inside.is_null() || !inside.is_aligned() {
        return Err(Status::InvalidArgument);
    }
    // SAFETY: the caller's promise, here and in all that follows.
    let config = unsafe { given::structure(config) }?;
    let is_coap = match config.form {
        form if form == msgin5g_local_form::L3 as u32 => false,
        form if form == msgin5g_local_form::Coap as u32 => true,
        _ => return Err(Status::InvalidArgument),
    };
    // SAFETY: as above.
    let us = unsafe { given::text::<'static>(config.ue_service_id) }?;
    let us = UeServiceId::new(us).map_err(|_| Status::InvalidIdentifier)?;
    let mut path = [""; 8];
    let mut path_count = 0;
    if !config.path.is_null() {
        path_count = usize::try_from(config.path_count).unwrap_or(usize::MAX);
        let places = path.get_mut(..path_count).ok_or(Status::InvalidConfig)?;
        for (index, place) in places.iter_mut().enumerate() {
            // SAFETY: so many texts are there.
            *place = unsafe { given::text(config.path.wrapping_add(index).read_unaligned()) }?;
            if !(1..=255).contains(&place.len()) {
                return Err(Status::InvalidConfig);
            }
        }
    }
    let mut codings = L3Codings::DEFAULT;
    if !config.l3_codings.is_null() {
        // SAFETY: as above.
        set_codings(&mut codings, unsafe { given::array(config.l3_codings) }?);
    }
    let mut limits = Limits::default();
    let set = |limit: &mut usize, given: u32| {
        if given != 0 {
            *limit = usize::try_from(given).unwrap_or(usize::MAX);
        }
    };
    set(
        &mut limits.applications_per_link,
        config.applications_per_link,
    );
    set(&mut limits.exchanges_per_link, config.exchanges_per_link);
    if config.exchange_lifetime_ms != 0 {
        limits.exchange_lifetime_ms = config.exchange_lifetime_ms.into();
    }
    // SAFETY: a place for one; the magic number goes in last.
    unsafe {
        addr_of_mut!((*inside).magic).write(0);
        addr_of_mut!((*inside).busy).write(0);
        (*addr_of_mut!((*inside).rest)).write(Rest {
            is_coap,
            next: 1,
            us,
            path,
            path_count,
            codings,
            user: config.user,
            may_register: config.may_register,
            role: Gateway::new(us, limits),
        });
        addr_of_mut!((*inside).magic).write(magic(inside));
    }
    Ok(())
}

fn set_codings(codings: &mut L3Codings, given: [u8; MSGIN5G_L3_CODINGS]) {
    let places = [
        &mut codings.message_sending,
        &mut codings.report_sending,
        &mut codings.message_delivery,
        &mut codings.report_delivery,
        &mut codings.registration,
        &mut codings.deregistration,
        &mut codings.application_id,
        &mut codings.originator_address,
        &mut codings.failure_cause,
        &mut codings.layer2_id,
        &mut codings.delivered,
        &mut codings.not_delivered,
    ];
    for (place, given) in places.into_iter().zip(given) {
        *place = given;
    }
}

/// # Safety
/// As the header says.
pub unsafe fn from_ue(
    gateway: *mut msgin5g_gateway,
    client: *mut msgin5g_client,
    from: *const msgin5g_link,
    octets: (*mut u8, usize),
    now: u64,
    step: *mut msgin5g_gateway_step,
) -> Result<(), Status> {
    // SAFETY: the caller's promise, here and in all that follows.
    let mut open = unsafe { Open::new(gateway) }?;
    let inside = open.rest();
    // SAFETY: as above.
    let mut client = unsafe { Entered::new(client) }?;
    // SAFETY: as above.
    let (from, mut place) = unsafe { (link(from)?, Place::new(step)?) };
    // SAFETY: as above.
    let octets = unsafe { given::room(octets.0, octets.1) }?;
    if inside.is_coap && place.step.out_size < ANSWER {
        return Err(Status::BufferTooSmall);
    }
    place.step.link = of_link(from);
    let outcome = if inside.is_coap {
        inside.request(client.parts(), from, octets, now, &mut place)
    } else {
        match LocalMessage::decode_l3(octets, &inside.codings) {
            Ok(message) => inside.take(client.parts(), from, &message, now, &mut place),
            Err(_) => place.refuse(Why::Unreadable),
        }
    };
    place.finish(outcome)
}

/// # Safety
/// As the header says.
pub unsafe fn message(
    gateway: *mut msgin5g_gateway,
    message: *const msgin5g_received,
    now: u64,
    step: *mut msgin5g_gateway_step,
) -> Result<(), Status> {
    // SAFETY: the caller's promise, here and in all that follows.
    let mut open = unsafe { Open::new(gateway) }?;
    let inside = open.rest();
    // SAFETY: as above.
    let (message, mut place) = unsafe { (given::structure(message)?, Place::new(step)?) };
    // SAFETY: as above.
    let msg = unsafe { received(&message) }?;
    let ticket =
        (message.report_due != 0).then(|| ReportTicket::from_number(message.report_ticket));
    // That it can be written is looked at before anything is kept: no number of an application has more digits.
    let trial = LocalMessage::Delivery(Delivery {
        originator: msg.originator.as_str(),
        message_id: msg.message_id,
        payload: msg.payload,
        application_id: Some(ApplicationId::new(u16::MAX)),
        report_wanted: msg.report_wanted,
    });
    let outcome = inside.write(&trial, &mut place).and_then(|_| {
        let (link, local) = match inside.role.deliver(&msg, ticket, now) {
            Ok(taken) => taken,
            Err(refusal) => return place.refused(refusal),
        };
        inside.down(Kind::Delivery, link, &local, &mut place)
    });
    place.finish(outcome)
}

/// # Safety
/// As the header says.
pub unsafe fn report(
    gateway: *mut msgin5g_gateway,
    report: *const msgin5g_report,
    now: u64,
    step: *mut msgin5g_gateway_step,
) -> Result<(), Status> {
    // SAFETY: the caller's promise, here and in all that follows.
    let mut open = unsafe { Open::new(gateway) }?;
    let inside = open.rest();
    // SAFETY: as above.
    let (told, mut place) = unsafe { (given::structure(report)?, Place::new(step)?) };
    // SAFETY: as above.
    let (originator, cause) = unsafe { (words(told.originator)?, words(told.cause)?) };
    if told.has_message_id == 0 {
        let outcome = place.refuse(Why::UnknownMessage);
        return place.finish(outcome);
    }
    let report = Report {
        originator: sender(told.originator_kind, originator)?,
        recipient: Recipient::Ue(UeServiceId::received("?").ok_or(Status::Internal)?),
        message_id: MessageId::Uuid(told.message_id.octets),
        status: match told.success {
            0 => Outcome::Failure,
            _ => Outcome::Success,
        },
        failure_cause: (!cause.is_empty()).then_some(cause),
    };
    let trial = LocalMessage::ReportDelivery(ReportDelivery {
        originator: report.originator.as_str(),
        message_id: report.message_id,
        status: report.status,
        failure_cause: report.failure_cause,
    });
    let outcome = inside.write(&trial, &mut place).and_then(|_| {
        let (link, local) = match inside.role.deliver_report(&report, now) {
            Ok(taken) => taken,
            Err(refusal) => return place.refused(refusal),
        };
        inside.down(Kind::ReportDelivery, link, &local, &mut place)
    });
    place.finish(outcome)
}

/// # Safety
/// As the header says.
pub unsafe fn failure(
    gateway: *mut msgin5g_gateway,
    message_id: *const msgin5g_message_id,
    cause: *const c_char,
    step: *mut msgin5g_gateway_step,
) -> Result<(), Status> {
    // SAFETY: the caller's promise, here and in all that follows.
    let mut open = unsafe { Open::new(gateway) }?;
    let inside = open.rest();
    // SAFETY: as above.
    let (id, cause, mut place) = unsafe {
        (
            given::array::<16>(message_id.cast())?,
            given::text(cause)?,
            Place::new(step)?,
        )
    };
    let id = MessageId::Uuid(id);
    let trial = LocalMessage::ReportDelivery(ReportDelivery {
        originator: inside.us.as_str(),
        message_id: id,
        status: Outcome::Failure,
        failure_cause: Some(cause),
    });
    let outcome = inside.write(&trial, &mut place).and_then(|_| {
        let (link, local) = match inside.role.deliver_failure(id, cause) {
            Ok(taken) => taken,
            Err(refusal) => return place.refused(refusal),
        };
        inside.down(Kind::ReportDelivery, link, &local, &mut place)
    });
    place.finish(outcome)
}

/// # Safety
/// As the header says.
pub unsafe fn forget(
    gateway: *mut msgin5g_gateway,
    lost: *const msgin5g_link,
) -> Result<(), Status> {
    // SAFETY: the caller's promise.
    let (mut open, lost) = unsafe { (Open::new(gateway)?, link(lost)?) };
    open.rest().role.forget(lost);
    Ok(())
}

/// # Safety
/// As the header says.
pub unsafe fn lapsed(
    gateway: *mut msgin5g_gateway,
    now: u64,
    ticket: *mut u32,
) -> Result<bool, Status> {
    // SAFETY: the caller's promise.
    let mut open = unsafe { Open::new(gateway) }?;
    let inside = open.rest();
    if ticket.is_null() {
        return Err(Status::InvalidArgument);
    }
    let Some(lapsed) = inside.role.lapsed(now) else {
        return Ok(false);
    };
    // SAFETY: as above.
    unsafe { given::put(ticket, lapsed.number()) }?;
    Ok(true)
}
