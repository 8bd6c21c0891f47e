//! What the programs with a superloop have in common: one turn of everything, and the sleep until the next.

use crate::config::SERVER_NAME;
use crate::interrupts;
use crate::interrupts::time::Time;
use crate::interrupts::uart::{self, Line};
use crate::once::Once;
use crate::ue::{self, Problem, Tally};
use crate::{keys, rng};
use core::task::Poll;
use msgin5g::akma::KausfSource;
use msgin5g::client::Client;
use msgin5g::connection::{Connection, ConnectionEvent, Settings, Tls13};
use msgin5g::session::tls13::Config;
use msgin5g::session::tls13::crypto::{NamedGroup, RustCrypto};
use msgin5g::transport::{Host, TransportError};
use rand_core::{CryptoRng, RngCore};

type Connected = Connection<'static, Tls13<'static, Line, RustCrypto>>;

static CONNECTION: Once<Connected> = Once::new();
/// Records of 512 octets of data, in and out.
static RECORDS: Once<([u8; 538], [u8; 538])> = Once::new();

/// The modem of this board: keys, and the line.
type Modem = (
    KausfSource<'static>,
    fn() -> Poll<Result<Line, TransportError>>,
);

/// All that a loop turns.
pub struct Superloop<R> {
    /// Keeps the client connected.
    pub connection: &'static mut Connected,
    /// Says and hears everything.
    pub client: Client<'static>,
    /// What has happened so far.
    pub tally: Tally,
    /// The connection was asked to end, and has.
    pub is_closed: bool,
    /// Clock and alarm.
    pub time: Time,
    rng: R,
    modem: Modem,
}

/// Starts the board's peripherals and the loop's parts. Nothing is sent before the first turn.
#[inline(never)]
pub fn start() -> Result<Superloop<impl RngCore + CryptoRng>, Problem> {
    let mut rng = rng::board_rng();
    let time = Time::start();
    uart::enable();
    Ok(Superloop {
        connection: connection()?,
        client: ue::client(&mut rng)?,
        tally: Tally::default(),
        is_closed: false,
        time,
        rng,
        modem: (keys::source().map_err(failed_at!("keys"))?, || {
            Poll::Ready(Ok(uart::line()))
        }),
    })
}

#[inline(never)]
fn connection() -> Result<&'static mut Connected, Problem> {
    let (receive, send) = RECORDS
        .take(|| ([0; 538], [0; 538]))
        .ok_or(Problem("memory"))?;
    let mut config = Config::new(b"", SERVER_NAME);
    config.groups = &[NamedGroup::X25519];
    let settings = Settings::new(keys::af_id().map_err(failed_at!("keys"))?);
    CONNECTION
        .take(|| Connection::new(settings, Tls13::new(config, receive, send)))
        .ok_or(Problem("memory"))
}

impl<R: RngCore + CryptoRng> Superloop<R> {
    /// Does everything that can be done now, without waiting for anything.
    #[inline(never)]
    pub fn turn(&mut self) -> Result<(), Problem> {
        let now = self.time.now_ms();
        // What has come behind an event is taken in when the event has been taken: again until there is none.
        let mut is_first = true;
        while core::mem::take(&mut is_first) | self.take_events(now)? {
            while let Some(event) =
                self.connection
                    .poll(&mut self.client, &mut self.modem, now, &mut self.rng)
            {
                info!("{}", event);
                self.is_closed = event == ConnectionEvent::Closed;
            }
        }
        Ok(())
    }

    fn take_events(&mut self, now: u64) -> Result<bool, Problem> {
        let mut some = false;
        while let Some(event) = self.client.poll_event(now) {
            some = true;
            self.tally.count(&event)?;
        }
        Ok(some)
    }

    /// Writes to the other UE.
    pub fn write(&mut self) -> Result<(), Problem> {
        ue::write(&mut self.client, &mut self.rng)
    }

    /// When (ms) something is to be done though nothing happens.
    pub fn due(&self) -> Option<u64> {
        self.connection.next_deadline(&self.client)
    }

    /// Sleeps until something is due, until `own` (ms), which is due for the application, or until an interrupt comes.
    /// Whether the core slept.
    pub fn sleep(&mut self, own: u64) -> bool {
        let until = self.due().map_or(own, |due| due.min(own));
        if until <= self.time.now_ms() {
            return false;
        }
        self.time.set_alarm(Some(until));
        interrupts::sleep()
    }
}
