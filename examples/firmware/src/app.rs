//! What every program of this firmware does: the line, keys and session, its own part, and the farewell.

use crate::channel::Channel;
use crate::clock::Clock;
use crate::rng::{self, BoardRng};
use crate::secure::{self, Secure};
use crate::uart::Uart;
use crate::ue::{PATIENCE_MS, Problem};
use crate::{board, line};
use msgin5g::transport::Host;

/// From the UART on to the end of the session. `part` is what the program does while the session is open.
#[inline(never)]
pub fn run(
    mut clock: Clock,
    part: impl FnOnce(&mut Secure, Clock, &mut BoardRng) -> Result<(), Problem>,
) -> Result<(), Problem> {
    info!("board: {}", board::NAME);
    let (line, mut modem) = line::connect(uart(), clock)?;
    let mut rng = rng::board_rng();
    let mut session = secure::open(line, clock, &mut rng)?;
    part(&mut session, clock, &mut rng)?;
    close(&mut session, &mut clock)?;
    modem.hang_up(clock)
}

/// The UART of the modem, switched on.
pub fn uart() -> Uart {
    let mut uart = Uart::new();
    uart.enable();
    uart
}

/// Says farewell to the server.
pub fn close(session: &mut Secure, clock: &mut Clock) -> Result<(), Problem> {
    let deadline = clock.now_ms() + PATIENCE_MS;
    while Channel::close(session, clock.now_ms())
        .map_err(failed_at!("closing"))?
        .is_pending()
    {
        if clock.now_ms() >= deadline {
            return Err(Problem("closing"));
        }
    }
    Ok(())
}
