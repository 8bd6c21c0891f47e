//! Sockets of modems behind a UART, as a transport.

use core::ffi::{c_char, c_void};

use crate::given::Sized32;
use crate::status::told;
use crate::{msgin5g_status, msgin5g_transport};

/// How a modem speaks of sockets.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum msgin5g_at_dialect {
    /// Quectel BG95, BG77, BG600L.
    Quectel = 0,
    /// Nordic Serial Modem on nRF91.
    Nordic = 1,
    /// u-blox SARA-R5.
    Sara = 2,
}

/// 8-octet words of an AT modem.
pub const MSGIN5G_AT_WORDS: usize = 290;

/// A modem that speaks AT commands: one socket of it. In memory of yours, not to be moved or copied. Only the library
/// looks into it.
#[repr(C)]
pub struct msgin5g_at {
    /// Nothing that you should look at.
    pub opaque: [u64; MSGIN5G_AT_WORDS],
}

/// What an AT modem is told once. Set all of it to 0, then `size`, then what matters. `host` belongs to the modem as
/// long as it is used.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_at_config {
    /// sizeof(msgin5g_at_config).
    pub size: u32,
    /// One of msgin5g_at_dialect.
    pub dialect: u32,
    /// Handed to the three functions as it is.
    pub user: *mut c_void,
    /// Puts octets on the UART without waiting.
    ///
    /// \return so many are taken, from the first on; 0 no room now; below 0 the UART is out of order
    pub write: Option<unsafe extern "C" fn(user: *mut c_void, data: *const u8, len: usize) -> i32>,
    /// Gives octets that have arrived, out of a ring that an interrupt fills, without waiting.
    ///
    /// \return so many; 0 nothing there; below 0 the UART is out of order
    pub read: Option<unsafe extern "C" fn(user: *mut c_void, buffer: *mut u8, len: usize) -> i32>,
    /// Milliseconds on the clock of msgin5g_poll().
    pub now_ms: Option<unsafe extern "C" fn(user: *mut c_void) -> u64>,
    /// Name or address of the server, ended by 0; the modem resolves it.
    pub host: *const c_char,
    /// Port, 1 to 65535.
    pub port: u32,
    /// 0 TCP, 1 UDP.
    pub udp: u32,
    /// Quectel: PDP context, 1 to 16. 0: 1.
    pub context: u32,
    /// Quectel: number of the socket, 0 to 11.
    pub connection: u32,
    /// Nordic: 1 for IP version 6.
    pub ipv6: u32,
}

// SAFETY: C's, size first, all 0 is valid.
unsafe impl Sized32 for msgin5g_at_config {}

/// Added to the number of `+CME ERROR`, below 0, as the code of the transport: 10 is -10010.
pub const MSGIN5G_AT_CME: i32 = -10_000;

/// Makes a modem. It is not spoken to before the transport is asked to connect.
///
/// \param at memory for it
/// \param config its UART and its server
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_SIZE,
/// MSGIN5G_STATUS_INVALID_TEXT, MSGIN5G_STATUS_NOT_BUILT
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_at_init(
    at: *mut msgin5g_at,
    config: *const msgin5g_at_config,
) -> msgin5g_status {
    // SAFETY: as the header says.
    told(unsafe { imp::init(at, config) })
}

/// The modem as a transport, to be put into a configuration: the modem stays where it is as long as that is used.
///
/// \param at the modem
/// \param transport filled in; `size` of it does not count
/// \return MSGIN5G_STATUS_OK, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
/// MSGIN5G_STATUS_IN_CALLBACK, MSGIN5G_STATUS_NOT_BUILT
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_at_transport(
    at: *mut msgin5g_at,
    transport: *mut msgin5g_transport,
) -> msgin5g_status {
    // SAFETY: as the header says.
    told(unsafe { imp::transport(at, transport) })
}

/// Asks the modem something else: to be called with the same command until it is not 0. While a socket is open it
/// waits until everything that was read has been taken. Also the way to a vendor's command for AKMA keys.
///
/// \param at the modem
/// \param command without the end of the line, ended by 0, such as "AT+CIMI"
/// \param prefix how the wanted line of the answer begins, ended by 0, such as "+CEREG"; "" for one without a name
/// \param patience_ms how long the modem may take
/// \param line where that line goes, ended by 0; what does not fit is cut off
/// \param line_size room there, at least 1
/// \return 1 the line is there (empty if there was none); 0 not yet; below 0: MSGIN5G_STATUS_MODEM_NO_ANSWER,
/// MSGIN5G_STATUS_MODEM_REFUSED, MSGIN5G_STATUS_MODEM_UNSENDABLE, MSGIN5G_AT_CME minus a number of `+CME ERROR`,
/// MSGIN5G_STATUS_CLOSED, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_TEXT,
/// MSGIN5G_STATUS_NOT_INITIALISED, MSGIN5G_STATUS_IN_CALLBACK, MSGIN5G_STATUS_NOT_BUILT
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_at_ask(
    at: *mut msgin5g_at,
    command: *const c_char,
    prefix: *const c_char,
    patience_ms: u32,
    line: *mut c_char,
    line_size: usize,
) -> i32 {
    // SAFETY: as the header says.
    match unsafe { imp::ask(at, command, prefix, patience_ms, line, line_size) } {
        Ok(code) => code,
        Err(status) => status as i32,
    }
}

/// Closes the socket: to be called until it is not 0.
///
/// \return 1 it is closed; 0 not yet; below 0: MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_NOT_INITIALISED,
/// MSGIN5G_STATUS_IN_CALLBACK, MSGIN5G_STATUS_NOT_BUILT
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_at_close(at: *mut msgin5g_at) -> i32 {
    // SAFETY: as the header says.
    match unsafe { imp::close(at) } {
        Ok(is_closed) => is_closed.into(),
        Err(status) => status as i32,
    }
}

#[cfg(not(feature = "at"))]
mod imp {
    use super::{c_char, msgin5g_at, msgin5g_at_config, msgin5g_transport};
    use crate::msgin5g_status as Status;

    pub unsafe fn init(_: *mut msgin5g_at, _: *const msgin5g_at_config) -> Result<(), Status> {
        Err(Status::NotBuilt)
    }

    pub unsafe fn transport(_: *mut msgin5g_at, _: *mut msgin5g_transport) -> Result<(), Status> {
        Err(Status::NotBuilt)
    }

    pub unsafe fn ask(
        _: *mut msgin5g_at,
        _: *const c_char,
        _: *const c_char,
        _: u32,
        _: *mut c_char,
        _: usize,
    ) -> Result<i32, Status> {
        Err(Status::NotBuilt)
    }

    pub unsafe fn close(_: *mut msgin5g_at) -> Result<bool, Status> {
        Err(Status::NotBuilt)
    }
}

#[cfg(feature = "at")]
#[path = "at_modem.rs"]
mod imp;
