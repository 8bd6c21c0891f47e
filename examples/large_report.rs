//! Large report: a log from flash, far larger than any memory of the device, in segments.
//!
//! ```console
//! $ cargo run --example large_report
//! ```
//!
//! The client never holds the log. It asks for a part each time one can go out, and again for what got lost: here
//! the third segment, which the server asks for. The service centre gets one message and reports it.

#[path = "support/ue.rs"]
mod ue;

use std::fmt::Write;

use msgin5g::client::{Event, OutgoingMessage};
use msgin5g::message::{AsServiceId, Recipient};
use msgin5g_testnet::faults::Faults;
use rand_core::OsRng;
use ue::{Bench, Problem, Sim};

const PUMP: Sim = Sim::new("001010000000001", [0x11; 32], "pump-3@iot.example");
const SERVICE: &str = "diagnosis@pumps.example";

fn main() -> Result<(), Problem> {
    let flash = Flash::with_a_log()?;
    let mut bench = Bench::start(&[&PUMP], SERVICE)?;
    let mut ue = bench.ue(&PUMP, |config| config.segment_size = 512)?;
    bench.run(|_, now| Ok(matches!(ue.poll(now), Some(Event::Registered))))?;
    bench.network.set_faults(Faults {
        lose_segments: vec![3],
        ..Faults::default()
    });

    let to = Recipient::As(AsServiceId::new(SERVICE)?);
    let log = OutgoingMessage::text(to, "").with_report();
    let sent = ue.client.send_from(&log, flash.len(), &mut OsRng)?;

    let (mut missed, mut reported, mut released) = (0, false, false);
    bench.run(|network, now| {
        while let Some(event) = ue.poll(now) {
            match event {
                Event::PayloadWanted {
                    message_id,
                    offset,
                    len,
                } => {
                    let part = flash.read(offset, len)?;
                    ue.client.supply(message_id, offset, part, now)?;
                }
                Event::Progress { sent, total, .. } if sent % 16 == 0 || sent == total => {
                    println!("pump: {sent} of {total} segments");
                }
                Event::SegmentsWanted { count, .. } => missed += count,
                Event::Report(report) if report.message_id == sent => {
                    reported = report.status.is_success();
                }
                // Now the flash may be written again.
                Event::SegmentsReleased { confirmed, .. } => released = confirmed,
                Event::Progress { .. } | Event::Accepted { .. } => {}
                other => return Err(format!("pump: {other:?}").into()),
            }
        }
        // The server waits a while for segments before it asks. Nobody here wants to wait for it.
        if missed == 0 && ue.client.pending() == 0 {
            network.advance(std::time::Duration::from_secs(1));
        }
        Ok(reported && released)
    })?;

    println!("{}", bench.network.ladder());
    let inbox = bench.network.inbox(SERVICE);
    let whole = inbox.len() == 1 && inbox[0]["Payload"] == flash.0.as_str();
    if !whole || missed != 1 {
        return Err(format!("{missed} segments asked for again, whole: {whole}").into());
    }
    println!(
        "large_report: ok, {} octets whole, one segment sent again",
        flash.len()
    );
    Ok(())
}

/// A chip on SPI, in which the log lies as it was written.
struct Flash(String);

impl Flash {
    fn with_a_log() -> Result<Self, Problem> {
        let mut log = String::new();
        for minute in 0..500 {
            writeln!(
                log,
                "{minute:04} p=2.{} bar i=1.{} A",
                minute % 10,
                minute % 7
            )?;
        }
        Ok(Self(log))
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn read(&self, offset: usize, len: usize) -> Result<&[u8], Problem> {
        let part = self.0.as_bytes().get(offset..offset + len);
        Ok(part.ok_or("beyond the end of the log")?)
    }
}
