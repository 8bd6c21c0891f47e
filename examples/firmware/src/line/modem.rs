//! A socket of the modem behind the UART: TCP, or UDP where the session is of datagrams.

use crate::clock::{self, Clock};
use crate::config::SERVER_NAME;
use crate::once::Once;
use crate::uart::Uart;
use crate::ue::{PATIENCE_MS, Problem};
use core::cell::{RefCell, RefMut};
use core::task::Poll;
use msgin5g::transport::at::{self, Remote, Way, common};
use msgin5g::transport::{DatagramTransport, Host, StreamTransport, TransportError};

#[cfg(feature = "modem-nordic")]
type Dialect = at::Nordic;
#[cfg(feature = "modem-quectel")]
type Dialect = at::Quectel;
#[cfg(feature = "modem-sara")]
type Dialect = at::Sara;

/// CoAP over TLS (RFC 8323), and over DTLS (RFC 7252). The emulated modem goes to the reference network,
/// whatever it is asked for.
const SERVER_PORT: u16 = 5684;
/// The way, and how much of it is read or waits to be sent: the largest datagram that the session takes.
#[cfg(feature = "dtls13-x25519")]
const WAY: (Way, usize) = (Way::Udp, 800);
/// The same for a stream: a record of the session.
#[cfg(not(feature = "dtls13-x25519"))]
const WAY: (Way, usize) = (Way::Tcp, 640);

/// How long the modem is left alone while it looks for a network.
const LOOK_MS: u64 = 1_000;

type OnUart = at::Modem<Uart, fn() -> u64, Dialect, { WAY.1 }, { WAY.1 }>;

static MODEM: Once<RefCell<OnUart>> = Once::new();

/// The open socket, for a session.
pub struct Line(&'static RefCell<OnUart>);

/// The modem, for who switches it off.
pub struct Modem(&'static RefCell<OnUart>);

/// Waits for the network, and opens the socket.
pub fn connect(uart: Uart, mut clock: Clock) -> Result<(Line, Modem), Problem> {
    let modem = MODEM
        .take(|| {
            RefCell::new(at::Modem::new(
                uart,
                clock::now_ms as fn() -> u64,
                Dialect::default(),
            ))
        })
        .ok_or(Problem("memory"))?;
    let mut in_hand = modem.try_borrow_mut().map_err(|_| Problem("modem"))?;
    find_network(&mut in_hand, &mut clock)?;
    let server = Remote {
        way: WAY.0,
        host: SERVER_NAME,
        port: SERVER_PORT,
    };
    // The modem answers in its own time, or the driver says that it does not.
    while in_hand
        .connect(&server)
        .map_err(failed_at!("socket"))?
        .is_pending()
    {
        clock.idle();
    }
    drop(in_hand);
    Ok((Line(modem), Modem(modem)))
}

fn find_network(modem: &mut OnUart, clock: &mut Clock) -> Result<(), Problem> {
    let deadline = clock.now_ms() + PATIENCE_MS;
    while clock.now_ms() < deadline {
        let mut line = [0; 64];
        let answer = loop {
            match modem.ask(common::REGISTRATION_5GS, "+C5GREG", 5_000, &mut line) {
                Poll::Ready(answer) => break answer,
                Poll::Pending => clock.idle(),
            }
        };
        // A modem that has just been switched on does not answer yet.
        let state = answer.ok().and_then(|len| line.get(..len));
        if state
            .and_then(common::registration)
            .is_some_and(common::Registration::is_registered)
        {
            return Ok(());
        }
        let next = clock.now_ms() + LOOK_MS;
        while clock.now_ms() < next {
            clock.idle();
        }
    }
    Err(Problem("no network"))
}

impl Modem {
    /// Lets what the session has said last go out, and closes the socket.
    pub fn hang_up(&mut self, mut clock: Clock) -> Result<(), Problem> {
        let deadline = clock.now_ms() + PATIENCE_MS;
        let mut modem = self.0.try_borrow_mut().map_err(|_| Problem("modem"))?;
        while modem.next_deadline().is_some() {
            if clock.now_ms() >= deadline {
                return Err(Problem("hanging up"));
            }
            // Nobody reads what comes now. The peer may have been faster.
            if let Poll::Ready(Err(_)) = modem.stream().recv(&mut [0; 32]) {
                break;
            }
        }
        while modem.close().is_pending() {
            clock.idle();
        }
        Ok(())
    }
}

/// One of the two at a time has the modem in hand, and none keeps it.
impl Line {
    fn modem(&self) -> Result<RefMut<'_, OnUart>, TransportError> {
        self.0
            .try_borrow_mut()
            .map_err(|_| TransportError::Failed(at::REFUSED))
    }
}

impl StreamTransport for Line {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        self.modem()?.stream().send(data)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        self.modem()?.stream().recv(buf)
    }
}

impl DatagramTransport for Line {
    fn send(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>> {
        self.modem()?.datagrams().send(datagram)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        self.modem()?.datagrams().recv(buf)
    }
}
