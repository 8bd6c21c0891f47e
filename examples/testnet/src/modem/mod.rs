//! A cellular modem on a TCP port: a UART's other end that speaks AT commands, with real sockets behind.
//!
//! One UART at a time. Two threads feed one queue: octets of the UART and of the network come in the
//! order in which they happen, and nothing here waits for a clock.
//!
//! [`DeskModem`] is the same modem without threads, sockets and time, for tests that own all three.

mod desk;
mod device;
mod nordic;
mod quectel;
mod sara;
mod sockets;

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::thread;

pub use desk::{DeskModem, Network};
use device::Device;
use sockets::{Road, Sockets};

/// Which commands the modem knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ModemKind {
    /// Quectel BG95.
    Quectel,
    /// Nordic Serial Modem.
    Nordic,
    /// u-blox SARA-R5.
    Sara,
}

impl ModemKind {
    /// How many sockets it has.
    fn sockets(self) -> usize {
        match self {
            Self::Quectel => 12,
            Self::Nordic => 8,
            Self::Sara => 7,
        }
    }
}

/// How it behaves badly.
#[derive(Debug, Clone, Default)]
pub struct ModemFaults {
    /// Says back what it hears, until it is told not to.
    pub echo: bool,
    /// Puts unsolicited lines that mean nothing between all others.
    pub chatter: bool,
    /// Writes so many octets at once at the most.
    pub pieces_of: Option<usize>,
    /// Answers so many commands with ERROR, once greeted.
    pub errors: u32,
    /// Starts anew after so many octets of data that it hands over, once.
    pub reset_after: Option<usize>,
    /// Hears nothing for so many commands, as in power saving mode.
    pub deaf: u32,
}

/// The AKMA keys that a modem has. The command that gives them, `AT+XAKMA`, is invented: none is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModemAkma {
    /// There is no K_AUSF.
    None,
    /// An authentication is running.
    Running,
    /// There are keys.
    Keys {
        /// The A-KID.
        a_kid: String,
        /// K_AKMA in hexadecimal digits.
        k_akma: String,
    },
}

/// What the modem is.
#[derive(Debug, Clone)]
pub struct ModemConfig {
    /// Its commands.
    pub kind: ModemKind,
    /// Where the UART is.
    pub listen: SocketAddr,
    /// Where every socket goes, whatever name it asks for: the network behind has its own names.
    pub route: Option<SocketAddr>,
    /// How it behaves badly.
    pub faults: ModemFaults,
}

/// A running modem. It ends with the process.
#[derive(Debug)]
pub struct Modem {
    address: SocketAddr,
}

impl Modem {
    /// Starts it.
    ///
    /// # Errors
    /// The port cannot be had.
    pub fn start(config: ModemConfig) -> io::Result<Self> {
        let listener = TcpListener::bind(config.listen)?;
        let address = listener.local_addr()?;
        thread::Builder::new().name("modem".into()).spawn(move || {
            let mut config = config;
            for uart in listener.incoming().map_while(Result::ok) {
                // Faults that happen once have happened when the UART is connected again.
                config.faults = serve(uart, &config).unwrap_or(config.faults);
            }
        })?;
        Ok(Self { address })
    }

    /// Where its UART is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// What happens to a modem.
enum Happening {
    Uart(Vec<u8>),
    UartGone,
    /// Octets or a datagram for a socket.
    Arrived(u64, Vec<u8>),
    /// The peer of a socket has closed.
    Gone(u64),
}

/// Serves one UART until it goes; what is left of the faults.
fn serve(mut uart: TcpStream, config: &ModemConfig) -> io::Result<ModemFaults> {
    uart.set_nodelay(true)?;
    let (happenings, queue) = channel();
    let mut input = uart.try_clone()?;
    let to_queue = happenings.clone();
    thread::spawn(move || {
        let mut buf = [0; 4096];
        while let Ok(n @ 1..) = input.read(&mut buf) {
            if to_queue.send(Happening::Uart(buf[..n].to_vec())).is_err() {
                return;
            }
        }
        let _ = to_queue.send(Happening::UartGone);
    });
    let road = Road::Host(happenings, config.route);
    let sockets = Sockets::new(road, config.kind.sockets());
    let mut device = Device::new(config.kind, config.faults.clone(), sockets);
    for happening in queue {
        match happening {
            Happening::Uart(octets) => octets.iter().for_each(|octet| device.hear(*octet)),
            Happening::UartGone => break,
            Happening::Arrived(socket, octets) => device.arrived(socket, octets),
            Happening::Gone(socket) => device.gone(socket),
        }
        let said = device.say();
        if said.is_empty() {
            continue;
        }
        for piece in said.chunks(config.faults.pieces_of.unwrap_or(usize::MAX).max(1)) {
            if uart.write_all(piece).is_err() {
                break;
            }
        }
    }
    let _ = uart.shutdown(Shutdown::Both);
    Ok(device.into_faults())
}

type Queue = Sender<Happening>;
