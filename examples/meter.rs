//! Meter reading: a reading now and then for the utility, and for a display that is often switched off.
//!
//! ```console
//! $ cargo run --example meter
//! ```
//!
//! The utility's application server reports each reading. The display in the kitchen is switched off:
//! the server stores what is for it (store and forward), and the meter hears of it twice, when the message is
//! stored and, hours later on a real day, when the display has shown it. No reading is lost, and none
//! waits in the meter.

#[path = "support/ue.rs"]
mod ue;

use msgin5g::client::{Event, OutgoingMessage};
use msgin5g::message::{AsServiceId, Recipient, UeServiceId};
use rand_core::OsRng;
use ue::{Bench, Problem, Sim, Ue};

const METER: Sim = Sim::new("001010000000001", [0x11; 32], "meter-7@iot.example");
const DISPLAY: Sim = Sim::new("001010000000002", [0x22; 32], "display-3@iot.example");
const UTILITY: &str = "readings@utility.example";

/// A quarter of an hour on a product.
const PERIOD_MS: u64 = 100;
const READINGS: usize = 3;

fn main() -> Result<(), Problem> {
    let mut bench = Bench::start(&[&METER, &DISPLAY], UTILITY)?;
    let mut meter = Meter {
        ue: bench.ue(&METER, |_| {})?,
        next: 0,
        read: 0,
        stored: 0,
        reported: 0,
    };
    bench.run(|_, now| {
        meter.turn(now)?;
        Ok(meter.stored == READINGS)
    })?;

    // Somebody comes home and switches the display on.
    let mut display = bench.ue(&DISPLAY, |_| {})?;
    let mut shown = 0;
    bench.run(|_, now| {
        while let Some(event) = display.poll(now) {
            if let Event::Message { msg, .. } = event {
                println!("display: {}", msg.payload);
                shown += 1;
            }
        }
        meter.turn(now)?;
        Ok(meter.reported == 2 * READINGS)
    })?;

    let billed = bench.network.inbox(UTILITY).len();
    println!("{}", bench.network.ladder());
    if (billed, shown) != (READINGS, READINGS) {
        return Err(format!("{billed} readings billed and {shown} shown of {READINGS}").into());
    }
    println!("meter: ok, {READINGS} readings billed, stored, shown and reported");
    Ok(())
}

struct Meter {
    ue: Ue,
    /// When the next reading is due.
    next: u64,
    read: usize,
    /// Messages that the server keeps for the display.
    stored: usize,
    /// Messages whose recipient has reported success.
    reported: usize,
}

impl Meter {
    fn turn(&mut self, now: u64) -> Result<(), Problem> {
        if now >= self.next && self.read < READINGS {
            self.send_reading()?;
            self.next = now + PERIOD_MS;
        }
        while let Some(event) = self.ue.poll(now) {
            match event {
                Event::Stored { .. } => self.stored += 1,
                Event::Report(report) if report.status.is_success() => self.reported += 1,
                Event::Registered | Event::Accepted { .. } => {}
                // A product goes on: it counts what failed, and the next reading has the total anyway.
                other => return Err(format!("meter: {other:?}").into()),
            }
        }
        Ok(())
    }

    /// Connected or not: the client keeps what it has accepted until the server has it.
    fn send_reading(&mut self) -> Result<(), Problem> {
        self.read += 1;
        let text = format!("{} kWh", 4711 + self.read);
        let utility = Recipient::As(AsServiceId::new(UTILITY)?);
        let display = Recipient::Ue(UeServiceId::new(DISPLAY.service_id)?);
        let for_utility = OutgoingMessage::text(utility, &text).with_report();
        let for_display = OutgoingMessage::text(display, &text)
            .with_report()
            .with_storing(None);
        self.ue.client.send(&for_utility, &mut OsRng)?;
        self.ue.client.send(&for_display, &mut OsRng)?;
        Ok(())
    }
}
