//! The test of a port, run on the device.

use core::ffi::{c_char, c_void};

use msgin5g::transport::TransportError;
use msgin5g::transport::conformance::{
    self, Check, Fault, Limits, Nonconformance, Report, StreamPort,
};

use crate::given::{self, Sized32};
use crate::status::told;
use crate::tested::{Clock, Tested};
use crate::words::{Pen, Word};
use crate::{msgin5g_status, msgin5g_transport};
use msgin5g_status as Status;

/// What a transport's test looks at.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum msgin5g_check {
    /// Nothing, or something that this header does not know yet.
    None = 0,
    /// A connection on which nothing has come says 0.
    NothingThere = 1,
    /// Octets are taken one at a time.
    TinyReads = 2,
    /// recv() does not wait until a large buffer is full.
    LargeReads = 3,
    /// 16 KiB each way, first without reading, until the port says that it is full.
    Bulk = 4,
    /// The octets before a close arrive, then MSGIN5G_STATUS_CLOSED, each time.
    Close = 5,
    /// A new connection begins empty.
    Reconnect = 6,
    /// Datagrams keep their borders.
    Borders = 7,
}

/// What is wrong with a transport.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum msgin5g_fault {
    /// Nothing, or something that this header does not know yet.
    None = 0,
    /// It could not connect, or the connection ended where it should not: `detail`.
    Ended = 1,
    /// The check took too long.
    NotInTime = 2,
    /// One call took too long: it waits.
    Blocked = 3,
    /// More octets than it was offered, or a datagram that was sent in part.
    Count = 4,
    /// An octet that is not the one which was sent: lost, doubled, moved or changed.
    Octet = 5,
    /// Octets that nobody sent.
    Unasked = 6,
    /// The peer has closed, and recv() does not say so.
    StillOpen = 7,
    /// A datagram has another length than it was sent with.
    Length = 8,
    /// Too many datagrams did not come back.
    Lost = 9,
}

/// A clock for the test of a transport, and how patient it is. Set all of it to 0, then `size`, then what matters.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_conformance_config {
    /// sizeof(msgin5g_conformance_config).
    pub size: u32,
    /// How long each check may take, ms. 0: 60,000.
    pub check_ms: u32,
    /// How long one call of send() or recv() may take, ms. 0: 20.
    pub call_ms: u32,
    /// For datagrams: the longest that the transport takes. 0: 1152, which is what CoAP wants and the most.
    pub largest: u32,
    /// Handed to the two functions below as it is.
    pub user: *mut c_void,
    /// Milliseconds on a clock that never goes back. Needed.
    pub now_ms: Option<unsafe extern "C" fn(user: *mut c_void) -> u64>,
    /// Called when there is nothing to do until octets arrive: sleep a little, or return. May be NULL.
    pub idle: Option<unsafe extern "C" fn(user: *mut c_void)>,
}

// SAFETY: C's, size first, all 0 is valid.
unsafe impl Sized32 for msgin5g_conformance_config {}

/// What the test of a transport has found. Set `size` before.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_conformance_report {
    /// sizeof(msgin5g_conformance_report).
    pub size: u32,
    /// What was looked at when it failed: one of msgin5g_check.
    pub check: u32,
    /// What was wrong: one of msgin5g_fault.
    pub fault: u32,
    /// The transport's own code, or MSGIN5G_STATUS_CLOSED, or MSGIN5G_STATUS_TIMED_OUT if it did not connect in time.
    pub detail: i32,
    /// Check and fault in words, ended by 0. Empty if nothing was wrong; so are the members above.
    pub text: [c_char; 160],
    /// If nothing was wrong: octets, or datagrams, that the transport took.
    pub sent: u32,
    /// Octets, or datagrams, that came back.
    pub received: u32,
    /// How often it took only a part of what it was offered.
    pub partial_sends: u32,
    /// How often it took nothing.
    pub pending_sends: u32,
    /// The longest call, ms.
    pub longest_call_ms: u32,
    /// Datagrams that did not come back; networks lose some.
    pub lost: u32,
}

// SAFETY: C's, size first, all 0 is valid.
unsafe impl Sized32 for msgin5g_conformance_report {}

/// Tests a transport for streams on the device, against a peer that does what it is asked: the program
/// `conformance_peer` of this library, on a computer that the modem can reach. It opens six connections, and returns
/// when it is done or at the first fault. The transport must not be in use by a client.
///
/// \param transport the transport, which connects to the peer
/// \param config a clock
/// \param report what was found; not NULL
/// \return MSGIN5G_STATUS_OK; MSGIN5G_STATUS_NOT_CONFORMING: `report` says why; MSGIN5G_STATUS_INVALID_ARGUMENT,
/// MSGIN5G_STATUS_INVALID_SIZE
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_conformance_stream(
    transport: *const msgin5g_transport,
    config: *const msgin5g_conformance_config,
    report: *mut msgin5g_conformance_report,
) -> msgin5g_status {
    let test = |mut port: Tested, mut host: Clock, limits| {
        let found = conformance::stream(&mut port, &mut host, limits);
        (found, port.odd)
    };
    // SAFETY: as the header says.
    told(unsafe { run(transport, config, report, test) })
}

/// The same for a transport for datagrams, over one connection. Datagrams may be lost, doubled and overtaken; they may
/// not be cut, put together or changed.
///
/// \param transport the transport, which connects to the peer
/// \param config a clock
/// \param report what was found; not NULL
/// \return as msgin5g_conformance_stream()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_conformance_datagrams(
    transport: *const msgin5g_transport,
    config: *const msgin5g_conformance_config,
    report: *mut msgin5g_conformance_report,
) -> msgin5g_status {
    let test = |mut port: Tested, mut host: Clock, limits| {
        let largest = match port.clock.0.largest {
            0 => usize::MAX,
            largest => usize::try_from(largest).unwrap_or(usize::MAX),
        };
        let found = match port.connect() {
            Ok(mut line) => conformance::datagrams(&mut line, largest, &mut host, limits),
            Err(error) => Err(Nonconformance {
                check: Check::NothingThere,
                fault: Fault::Ended(error),
            }),
        };
        (found, port.odd)
    };
    // SAFETY: as the header says.
    told(unsafe { run(transport, config, report, test) })
}

/// What a test gives, and a count that cannot be, if there was one.
type Found = (Result<Report, Nonconformance>, Option<(i32, usize)>);

/// # Safety
/// As the header says.
unsafe fn run(
    transport: *const msgin5g_transport,
    config: *const msgin5g_conformance_config,
    report: *mut msgin5g_conformance_report,
    test: impl FnOnce(Tested, Clock, Limits) -> Found,
) -> Result<(), Status> {
    // SAFETY: the caller's promise, here and below.
    let (functions, config) = unsafe { (given::structure(transport)?, given::structure(config)?) };
    // SAFETY: as above.
    let mut told = unsafe { given::structure(report.cast_const()) }?;
    let is_whole =
        functions.connect.is_some() && functions.send.is_some() && functions.recv.is_some();
    if !is_whole || config.now_ms.is_none() {
        return Err(Status::InvalidArgument);
    }
    told = msgin5g_conformance_report {
        text: [0; 160],
        ..told
    };
    let mut limits = Limits::default();
    for (limit, given) in [
        (&mut limits.check_ms, config.check_ms),
        (&mut limits.call_ms, config.call_ms),
    ] {
        if given != 0 {
            *limit = given.into();
        }
    }
    let clock = Clock(config);
    let port = Tested {
        functions,
        clock,
        patience: limits.check_ms,
        odd: None,
    };
    let (found, odd) = test(port, clock, limits);
    let outcome = match found {
        Ok(good) => {
            told.tell_good(&good);
            Ok(())
        }
        Err(bad) => {
            told.tell_bad(&bad, odd);
            Err(Status::NotConforming)
        }
    };
    // SAFETY: as above.
    unsafe { given::put(report, told) }?;
    outcome
}

impl msgin5g_conformance_report {
    fn tell_good(&mut self, found: &Report) {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        *self = Self {
            check: msgin5g_check::None as u32,
            fault: msgin5g_fault::None as u32,
            detail: 0,
            sent: number(found.sent),
            received: number(found.received),
            partial_sends: number(found.partial_sends),
            pending_sends: number(found.pending_sends),
            longest_call_ms: u32::try_from(found.longest_call_ms).unwrap_or(u32::MAX),
            lost: number(found.lost),
            ..*self
        };
    }

    fn tell_bad(&mut self, bad: &Nonconformance, odd: Option<(i32, usize)>) {
        let (fault, detail) = match bad.fault {
            _ if odd.is_some() => (msgin5g_fault::Count, 0),
            Fault::Ended(TransportError::Failed(code)) => (msgin5g_fault::Ended, code),
            Fault::Ended(_) => (msgin5g_fault::Ended, Status::Closed as i32),
            Fault::NotInTime { .. } => (msgin5g_fault::NotInTime, 0),
            Fault::Blocked { .. } => (msgin5g_fault::Blocked, 0),
            Fault::Count { .. } => (msgin5g_fault::Count, 0),
            Fault::Octet { .. } => (msgin5g_fault::Octet, 0),
            Fault::Unasked => (msgin5g_fault::Unasked, 0),
            Fault::StillOpen => (msgin5g_fault::StillOpen, 0),
            Fault::Length { .. } => (msgin5g_fault::Length, 0),
            Fault::Lost { .. } => (msgin5g_fault::Lost, 0),
            _ => (msgin5g_fault::None, 0),
        };
        let check = match bad.check {
            Check::NothingThere => msgin5g_check::NothingThere,
            Check::TinyReads => msgin5g_check::TinyReads,
            Check::LargeReads => msgin5g_check::LargeReads,
            Check::Bulk => msgin5g_check::Bulk,
            Check::Close => msgin5g_check::Close,
            Check::Reconnect => msgin5g_check::Reconnect,
            Check::Borders => msgin5g_check::Borders,
            _ => msgin5g_check::None,
        };
        words(&mut Pen::new(&mut self.text), bad, odd);
        *self = Self {
            check: check as u32,
            fault: fault as u32,
            detail,
            sent: 0,
            received: 0,
            partial_sends: 0,
            pending_sends: 0,
            longest_call_ms: 0,
            lost: 0,
            ..*self
        };
    }
}

/// Check and fault in words.
fn words(pen: &mut Pen<'_>, bad: &Nonconformance, odd: Option<(i32, usize)>) {
    use Word::{Number, Octet, Text};
    let count = Word::count;
    pen.write(&[
        Text(match bad.check {
            Check::NothingThere => "on a connection on which nothing has come",
            Check::TinyReads => "reading one octet at a time",
            Check::LargeReads => "reading into a large buffer",
            Check::Bulk => "with 16 KiB both ways",
            Check::Close => "when the peer closes",
            Check::Reconnect => "after connecting again",
            Check::Borders => "with datagrams of several lengths",
            _ => "in another check",
        }),
        Text(": "),
    ]);
    if let Some((n, len)) = odd {
        let expected = match bad.check {
            Check::Borders => "expected a count of ",
            _ => "expected a count up to ",
        };
        return pen.write(&[
            Text(expected),
            count(len),
            Text(", but got "),
            Number(n.into()),
        ]);
    }
    match bad.fault {
        Fault::Ended(TransportError::Failed(code)) if code == Status::TimedOut as i32 => {
            pen.write(&[Text("expected a connection, but none came about in time")])
        }
        Fault::Ended(TransportError::Failed(code)) => pen.write(&[
            Text("expected a connection, but it failed with code "),
            Number(code.into()),
        ]),
        Fault::Ended(_) => pen.write(&[Text("expected a connection, but it was closed")]),
        Fault::NotInTime { received, expected } => pen.write(&[
            Text("expected "),
            count(expected),
            Text(" octets, "),
            count(received),
            Text(" came in time"),
        ]),
        Fault::Blocked { ms } => pen.write(&[
            Text("a call must not wait, but it took "),
            Number(i64::try_from(ms).unwrap_or(i64::MAX)),
            Text(" ms"),
        ]),
        Fault::Octet { at, expected, got } => pen.write(&[
            Text("octet "),
            count(at),
            Text(" should be "),
            Octet(expected),
            Text(", but it is "),
            Octet(got),
        ]),
        Fault::Unasked => pen.write(&[Text("octets came that nobody had sent")]),
        Fault::StillOpen => {
            pen.write(&[Text("expected MSGIN5G_STATUS_CLOSED after the last octet")])
        }
        Fault::Length { got } => pen.write(&[
            Text("a datagram came with "),
            count(got),
            Text(" octets, which none had that was sent"),
        ]),
        Fault::Lost { lost, of } => pen.write(&[
            count(lost),
            Text(" of "),
            count(of),
            Text(" datagrams did not come back"),
        ]),
        _ => pen.write(&[Text("it does not do as it should")]),
    }
}
