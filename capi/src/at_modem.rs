//! The AT modem in the caller's memory.

use core::ffi::{c_char, c_void};
use core::mem::MaybeUninit;
use core::ptr::addr_of_mut;
use core::task::Poll;

use msgin5g::transport::at::{
    Modem, NO_ANSWER, Nordic, Quectel, REFUSED, Remote, Sara, UNSENDABLE, Way,
};
use msgin5g::transport::{DatagramTransport, StreamTransport, TransportError};

use super::{MSGIN5G_AT_CME, MSGIN5G_AT_WORDS, msgin5g_at, msgin5g_at_config};
use crate::arena::Arena;
use crate::port::{fetch, offer};
use crate::{MSGIN5G_NEVER, given, msgin5g_status as Status, msgin5g_transport};

/// The caller's UART.
struct Uart(msgin5g_at_config);

/// The caller's clock: what reads it lies in [`AtContext::clock`].
type Clock = &'static mut dyn FnMut() -> u64;
type Any<D> = Modem<Uart, Clock, D, 640, 640>;

enum Modems {
    Quectel(Any<Quectel>),
    Nordic(Any<Nordic>),
    Sara(Any<Sara>),
}

#[repr(C)]
struct AtContext {
    magic: u32,
    busy: u32,
    clock: [MaybeUninit<u64>; 4],
    remote: Remote<'static>,
    modem: MaybeUninit<Modems>,
}

const _: () = assert!(size_of::<AtContext>() <= MSGIN5G_AT_WORDS * 8);
const _: () = assert!(align_of::<AtContext>() <= 8);

impl StreamTransport for Uart {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        offer(self.0.write, self.0.user, data)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        fetch(self.0.read, self.0.user, buf)
    }
}

/// The same call to whichever it is.
macro_rules! each {
    ($modem:expr, $it:ident => $call:expr) => {
        match $modem {
            Modems::Quectel($it) => $call,
            Modems::Nordic($it) => $call,
            Modems::Sara($it) => $call,
        }
    };
}

fn magic(context: *const AtContext) -> u32 {
    let low = u32::try_from(context.addr() & 0xffff_ffff).unwrap_or(0);
    low.rotate_left(7) ^ 0x4d53_4154
}

/// # Safety
/// As the header says.
pub unsafe fn init(at: *mut msgin5g_at, config: *const msgin5g_at_config) -> Result<(), Status> {
    let context = at.cast::<AtContext>();
    if context.is_null() || !context.is_aligned() {
        return Err(Status::InvalidArgument);
    }
    // SAFETY: the caller's promise.
    let given = unsafe { given::structure(config) }?;
    let (Some(now_ms), Some(_), Some(_)) = (given.now_ms, given.read, given.write) else {
        return Err(Status::InvalidArgument);
    };
    let remote = Remote {
        way: match given.udp {
            0 => Way::Tcp,
            1 => Way::Udp,
            _ => return Err(Status::InvalidArgument),
        },
        // SAFETY: as above.
        host: unsafe { given::text::<'static>(given.host) }?,
        port: u16::try_from(given.port).map_err(|_| Status::InvalidArgument)?,
    };
    let context_id = u8::try_from(given.context.max(1)).map_err(|_| Status::InvalidArgument)?;
    let connection = u8::try_from(given.connection).map_err(|_| Status::InvalidArgument)?;
    // SAFETY: a place for a context; the clock stays as long as the modem that borrows it.
    let mut arena = unsafe {
        addr_of_mut!((*context).magic).write(0);
        let room = addr_of_mut!((*context).clock);
        Arena::new(room.cast(), size_of::<[u64; 4]>())
    };
    let user = given.user;
    // SAFETY: the caller's function with the caller's pointer.
    let clock: Clock = arena.put(move || unsafe { now_ms(user) })?;
    let uart = Uart(given);
    let modem = match given.dialect {
        0 => {
            let dialect = Quectel {
                context: context_id,
                connection,
            };
            Modems::Quectel(Modem::new(uart, clock, dialect))
        }
        1 => {
            let ipv6 = given.ipv6 == 1;
            Modems::Nordic(Modem::new(uart, clock, Nordic { ipv6 }))
        }
        2 => Modems::Sara(Modem::new(uart, clock, Sara)),
        _ => return Err(Status::InvalidArgument),
    };
    // SAFETY: a place for a context; the magic number goes in last.
    unsafe {
        addr_of_mut!((*context).busy).write(0);
        addr_of_mut!((*context).remote).write(remote);
        (*addr_of_mut!((*context).modem)).write(modem);
        addr_of_mut!((*context).magic).write(magic(context));
    }
    Ok(())
}

/// # Safety
/// As the header says.
pub unsafe fn transport(
    at: *mut msgin5g_at,
    transport: *mut msgin5g_transport,
) -> Result<(), Status> {
    // SAFETY: the caller's promise.
    unsafe { with(at, |_, _| ()) }?;
    let functions = msgin5g_transport {
        size: u32::try_from(size_of::<msgin5g_transport>()).unwrap_or(0),
        user: at.cast(),
        connect: Some(on_connect),
        send: Some(on_send),
        recv: Some(on_recv),
        close: Some(on_close),
        deadline: Some(on_deadline),
    };
    // SAFETY: as above.
    unsafe { given::put(transport, functions) }
}

/// # Safety
/// As the header says.
pub unsafe fn ask(
    at: *mut msgin5g_at,
    command: *const c_char,
    prefix: *const c_char,
    patience_ms: u32,
    line: *mut c_char,
    line_size: usize,
) -> Result<i32, Status> {
    // SAFETY: the caller's promise, here and below.
    let (command, prefix) = unsafe { (given::text(command)?, given::text(prefix)?) };
    // SAFETY: as above.
    let line = unsafe { given::room(line.cast::<u8>(), line_size) }?;
    let (last, room) = line.split_last_mut().ok_or(Status::BufferTooSmall)?;
    *last = 0;
    let ask = |modem: &mut Modems, _: &Remote<'_>| each!(modem, it => it.ask(command, prefix, patience_ms, room));
    // SAFETY: as above.
    match unsafe { with(at, ask) }? {
        Poll::Pending => Ok(0),
        Poll::Ready(Err(error)) => Ok(code(error)),
        Poll::Ready(Ok(len)) => {
            if let Some(end) = room.get_mut(len) {
                *end = 0;
            }
            Ok(1)
        }
    }
}

/// # Safety
/// As the header says.
pub unsafe fn close(at: *mut msgin5g_at) -> Result<bool, Status> {
    // SAFETY: the caller's promise.
    unsafe { with(at, |modem, _| each!(modem, it => it.close()).is_ready()) }
}

unsafe extern "C" fn on_connect(user: *mut c_void) -> i32 {
    let connect =
        |modem: &mut Modems, remote: &Remote<'static>| each!(modem, it => it.connect(remote));
    // SAFETY: msgin5g_at_transport() has put the modem there.
    match unsafe { with(user.cast(), connect) } {
        Ok(Poll::Pending) => 0,
        Ok(Poll::Ready(Ok(()))) => 1,
        Ok(Poll::Ready(Err(error))) => code(error),
        Err(status) => status as i32,
    }
}

unsafe extern "C" fn on_send(user: *mut c_void, data: *const u8, len: usize) -> i32 {
    // SAFETY: the session's octets.
    let data = match unsafe { given::octets(data, len, usize::MAX) } {
        Ok(data) => data,
        Err(status) => return status as i32,
    };
    let send = |modem: &mut Modems, remote: &Remote<'static>| match remote.way {
        Way::Tcp => each!(modem, it => it.stream().send(data)),
        Way::Udp => {
            each!(modem, it => it.datagrams().send(data)).map(|sent| sent.map(|()| data.len()))
        }
    };
    // SAFETY: msgin5g_at_transport() has put the modem there.
    number(unsafe { with(user.cast(), send) })
}

unsafe extern "C" fn on_recv(user: *mut c_void, buffer: *mut u8, len: usize) -> i32 {
    // SAFETY: the session's room.
    let room = match unsafe { given::room(buffer, len) } {
        Ok(room) => room,
        Err(status) => return status as i32,
    };
    let recv = |modem: &mut Modems, remote: &Remote<'static>| match remote.way {
        Way::Tcp => each!(modem, it => it.stream().recv(room)),
        Way::Udp => each!(modem, it => it.datagrams().recv(room)),
    };
    // SAFETY: msgin5g_at_transport() has put the modem there.
    number(unsafe { with(user.cast(), recv) })
}

unsafe extern "C" fn on_close(user: *mut c_void) {
    // What is not closed by now is closed before the next is opened.
    // SAFETY: msgin5g_at_transport() has put the modem there.
    let _ = unsafe { close(user.cast()) };
}

unsafe extern "C" fn on_deadline(user: *mut c_void) -> i64 {
    let ask = |modem: &mut Modems, _: &Remote<'static>| each!(modem, it => it.next_deadline());
    // SAFETY: msgin5g_at_transport() has put the modem there.
    let at = unsafe { with(user.cast(), ask) }.ok().flatten();
    at.and_then(|at| i64::try_from(at).ok())
        .unwrap_or(MSGIN5G_NEVER)
}

fn number(result: Result<Poll<Result<usize, TransportError>>, Status>) -> i32 {
    match result {
        Ok(Poll::Pending) => 0,
        Ok(Poll::Ready(Ok(n))) => i32::try_from(n).unwrap_or(i32::MAX),
        Ok(Poll::Ready(Err(error))) => code(error),
        Err(status) => status as i32,
    }
}

fn code(error: TransportError) -> i32 {
    let status = match error {
        TransportError::Failed(NO_ANSWER) => Status::ModemNoAnswer,
        TransportError::Failed(REFUSED) => Status::ModemRefused,
        TransportError::Failed(UNSENDABLE) => Status::ModemUnsendable,
        TransportError::Failed(cme) if cme > 0 => return MSGIN5G_AT_CME.saturating_sub(cme),
        TransportError::Failed(_) => Status::TransportFailed,
        _ => Status::Closed,
    };
    status as i32
}

/// # Safety
/// NULL, or a place for a modem of which only this task makes use.
unsafe fn with<R>(
    at: *mut msgin5g_at,
    act: impl FnOnce(&mut Modems, &Remote<'static>) -> R,
) -> Result<R, Status> {
    let context = at.cast::<AtContext>();
    if context.is_null() || !context.is_aligned() {
        return Err(Status::InvalidArgument);
    }
    // SAFETY: there is room for a context; it is initialised if its magic number says so, and nobody else borrows
    // the modem while `busy` is set.
    unsafe {
        if (*context).magic != magic(context) {
            return Err(Status::NotInitialised);
        }
        if (*context).busy != 0 {
            return Err(Status::InCallback);
        }
        (*context).busy = 1;
        let remote = (*context).remote;
        let modem = (*addr_of_mut!((*context).modem)).assume_init_mut();
        let result = act(modem, &remote);
        (*context).busy = 0;
        Ok(result)
    }
}
