//! Firmware notice: an application server tells a group of devices, and hears from each what came of it.
//!
//! ```console
//! $ cargo run --example firmware_notice
//! ```
//!
//! The manufacturer's server sends one message to the group; the MSGin5G Server gives a copy to each member. A device
//! reports by itself what it decides: two take the firmware, one has a battery that is too low. The message
//! says where the image is; the image itself comes another way.

#[path = "support/ue.rs"]
mod ue;

use msgin5g::client::{Event, Reports};
use msgin5g::message::Outcome;
use msgin5g_testnet::wire::{Address, AddressKind};
use msgin5g_testnet::{AsMessage, uuid};
use ue::{Bench, Problem, Sim, Ue};

const LOCKS: [Sim; 3] = [
    Sim::new("001010000000001", [0x11; 32], "lock-1@iot.example"),
    Sim::new("001010000000002", [0x22; 32], "lock-2@iot.example"),
    Sim::new("001010000000003", [0x33; 32], "lock-3@iot.example"),
];
const GROUP: &str = "locks@groups.example";
const MANUFACTURER: &str = "updates@locks.example";
const NOTICE: &str = r#"{"version": "2.4.1", "image": "https://locks.example/2.4.1"}"#;
/// Percent of the battery that writing the flash needs.
const NEEDED: u8 = 30;

fn main() -> Result<(), Problem> {
    let [first, second, third] = &LOCKS;
    let mut bench = Bench::start(&[first, second, third], MANUFACTURER)?;
    bench
        .network
        .set_group(GROUP, &LOCKS.each_ref().map(|lock| lock.service_id));
    let mut locks = Vec::new();
    for (sim, battery) in LOCKS.iter().zip([80, 12, 55]) {
        let ue = bench.ue(sim, |config| config.reports = Reports::ByApplication)?;
        locks.push(Lock { ue, battery });
    }
    bench.run(|network, now| {
        for lock in &mut locks {
            lock.turn(now)?;
        }
        Ok(LOCKS.iter().all(|lock| network.registered(lock.service_id)))
    })?;

    bench.network.send_from_as(&AsMessage {
        to: Address {
            kind: AddressKind::Group,
            id: GROUP.to_owned(),
        },
        application_id: Some("firmware".to_owned()),
        report_wanted: true,
        store: true,
        ..AsMessage::to_ue(MANUFACTURER, "", &uuid(), NOTICE)
    })?;
    bench.run(|network, now| {
        for lock in &mut locks {
            lock.turn(now)?;
        }
        Ok(network.inbox(MANUFACTURER).len() == LOCKS.len())
    })?;

    println!("{}", bench.network.ladder());
    let reports = bench.network.counters().reports;
    let failures = bench.network.inbox(MANUFACTURER).into_iter();
    let failures = failures.filter(|report| report.to_string().contains("battery too low"));
    if (reports, failures.count()) != (3, 1) {
        return Err("expected three reports, one of them of failure".into());
    }
    println!("firmware_notice: ok, two locks take it, one cannot");
    Ok(())
}

struct Lock {
    ue: Ue,
    battery: u8,
}

impl Lock {
    fn turn(&mut self, now: u64) -> Result<(), Problem> {
        while let Some(event) = self.ue.poll(now) {
            match event {
                Event::Message {
                    msg,
                    report: Some(ticket),
                } if msg.application_id == Some("firmware") => {
                    println!("{}: {}", msg.recipient.as_str(), msg.payload);
                    let (outcome, cause) = match self.battery >= NEEDED {
                        true => (Outcome::Success, None),
                        false => (Outcome::Failure, Some("battery too low")),
                    };
                    // Now, or when the image is here: the client keeps a place for the report until then.
                    self.ue.client.report(ticket, outcome, cause)?;
                }
                Event::Registered => {}
                other => return Err(format!("lock: {other:?}").into()),
            }
        }
        Ok(())
    }
}
