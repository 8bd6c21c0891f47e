//! A library without the gateway.

use core::ffi::c_char;

use crate::{
    msgin5g_client, msgin5g_gateway, msgin5g_gateway_config, msgin5g_gateway_step, msgin5g_link,
    msgin5g_message_id, msgin5g_received, msgin5g_report, msgin5g_status as Status,
};

type Nothing = Result<(), Status>;

pub unsafe fn init(_: *mut msgin5g_gateway, _: *const msgin5g_gateway_config) -> Nothing {
    Err(Status::NotBuilt)
}

pub unsafe fn from_ue(
    _: *mut msgin5g_gateway,
    _: *mut msgin5g_client,
    _: *const msgin5g_link,
    _: (*mut u8, usize),
    _: u64,
    _: *mut msgin5g_gateway_step,
) -> Nothing {
    Err(Status::NotBuilt)
}

pub unsafe fn message(
    _: *mut msgin5g_gateway,
    _: *const msgin5g_received,
    _: u64,
    _: *mut msgin5g_gateway_step,
) -> Nothing {
    Err(Status::NotBuilt)
}

pub unsafe fn report(
    _: *mut msgin5g_gateway,
    _: *const msgin5g_report,
    _: u64,
    _: *mut msgin5g_gateway_step,
) -> Nothing {
    Err(Status::NotBuilt)
}

pub unsafe fn failure(
    _: *mut msgin5g_gateway,
    _: *const msgin5g_message_id,
    _: *const c_char,
    _: *mut msgin5g_gateway_step,
) -> Nothing {
    Err(Status::NotBuilt)
}

pub unsafe fn forget(_: *mut msgin5g_gateway, _: *const msgin5g_link) -> Nothing {
    Err(Status::NotBuilt)
}

pub unsafe fn lapsed(_: *mut msgin5g_gateway, _: u64, _: *mut u32) -> Result<bool, Status> {
    Err(Status::NotBuilt)
}
