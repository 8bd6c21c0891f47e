//! Alarm: what must not wait goes first, is tried again, and is never lost without a word.
//!
//! ```console
//! $ cargo run --example alarm
//! ```
//!
//! A smoke detector has routine messages in its outbox when it smells smoke. The alarm overtakes them, the control
//! centre is busy, says for how long, and hears it at the second attempt. The caretaker's telephone is switched off: that alarm waits in
//! the server until it is no longer of use, and then its sender is told. The neighbour is not to be reached either,
//! and that alarm must not wait. Whatever fails, the detector knows, and sounds its own siren.

#[path = "support/ue.rs"]
mod ue;

use std::time::{Duration, SystemTime};

use msgin5g::client::{Event, OutgoingMessage};
use msgin5g::message::{AsServiceId, Priority, Recipient, UeServiceId};
use msgin5g_testnet::coap::Code;
use msgin5g_testnet::faults::{Faults, Refuse};
use msgin5g_testnet::wire::write_date;
use msgin5g_testnet::{EventKind, TestNet};
use rand_core::OsRng;
use ue::{Bench, Problem, Sim, Ue};

const DETECTOR: Sim = Sim::new("001010000000001", [0x11; 32], "smoke-12@iot.example");
const CARETAKER: Sim = Sim::new("001010000000002", [0x22; 32], "caretaker@iot.example");
const NEIGHBOUR: Sim = Sim::new("001010000000003", [0x33; 32], "neighbour@iot.example");
const CENTRE: &str = "alarms@centre.example";
/// After this time nobody needs to drive there any more.
const USEFUL: Duration = Duration::from_secs(600);

fn main() -> Result<(), Problem> {
    let mut bench = Bench::start(&[&DETECTOR, &CARETAKER, &NEIGHBOUR], CENTRE)?;
    let mut ue = bench.ue(&DETECTOR, |config| {
        // An alarm is tried soon again; the defaults are for readings. On a product, perhaps 5 s.
        config.retry_pause_ms = 50;
        config.max_attempts = 10;
    })?;
    bench.run(|_, now| Ok(matches!(ue.poll(now), Some(Event::Registered))))?;

    // What is sent first goes out last.
    bench.network.set_faults(Faults {
        refuse_requests: Some(Refuse {
            code: Code::UNAVAILABLE,
            max_age: Some(1), // second
            times: 1,
        }),
        ..Faults::default()
    });
    let centre = Recipient::As(AsServiceId::new(CENTRE)?);
    let routine = OutgoingMessage::text(centre, "battery 93 %").with_priority(Priority::Low);
    ue.client.send(&routine, &mut OsRng)?;
    let useful_until = date_in(USEFUL)?;
    let alarm = |to| OutgoingMessage::text(to, "SMOKE, 2nd floor").with_priority(Priority::High);
    let caretaker = Recipient::Ue(UeServiceId::new(CARETAKER.service_id)?);
    let neighbour = Recipient::Ue(UeServiceId::new(NEIGHBOUR.service_id)?);
    for message in [
        alarm(centre).with_report(),
        alarm(caretaker)
            .with_report()
            .with_storing(Some(&useful_until)),
        alarm(neighbour).with_report(),
    ] {
        ue.client.send(&message, &mut OsRng)?;
    }

    let mut heard = Heard::default();
    bench.run(|_, now| {
        heard.take(&mut ue, now)?;
        Ok(heard.accepted == 2 && heard.told == 1 && heard.stored == 1 && heard.siren == 1)
    })?;
    first_is_the_alarm(&bench.network)?;

    // The caretaker does not come in time.
    bench.network.advance(USEFUL);
    bench.run(|_, now| {
        heard.take(&mut ue, now)?;
        Ok(heard.siren == 2)
    })?;
    println!("{}", bench.network.ladder());
    println!("alarm: ok, the centre told at the second attempt, two failures heard of");
    Ok(())
}

#[derive(Default)]
struct Heard {
    accepted: u32,
    stored: u32,
    /// Recipients that have the alarm.
    told: u32,
    /// How often the siren was sounded.
    siren: u32,
}

impl Heard {
    fn take(&mut self, ue: &mut Ue, now: u64) -> Result<(), Problem> {
        while let Some(event) = ue.poll(now) {
            match event {
                Event::Accepted { .. } => self.accepted += 1,
                Event::Stored { .. } => self.stored += 1,
                Event::Report(report) if report.status.is_success() => self.told += 1,
                // Stored, and then too late.
                Event::Report(report) => {
                    println!("siren: {}", report.failure_cause.unwrap_or("not told"));
                    self.siren += 1;
                }
                Event::Failed { failure, .. } => {
                    println!("siren: {failure}");
                    self.siren += 1;
                }
                other => return Err(format!("detector: {other:?}").into()),
            }
        }
        Ok(())
    }
}

fn first_is_the_alarm(network: &TestNet) -> Result<(), Problem> {
    let first = network.wait_for(|event| match &event.kind {
        EventKind::Request { what, .. } => what.starts_with("MSG"),
        _ => false,
    })?;
    match first.kind {
        EventKind::Request { what, .. } if what.contains("SMOKE") => Ok(()),
        other => Err(format!("something was before the alarm: {other:?}").into()),
    }
}

/// The calendar is the device's: the modem knows it from the network (AT+CCLK).
fn date_in(time: Duration) -> Result<String, Problem> {
    let then = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)? + time;
    Ok(write_date(u64::try_from(then.as_millis())?))
}
