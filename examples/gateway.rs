//! Gateway: a lock and a lamp that speak no MSGin5G themselves, behind one UE that does.
//!
//! ```console
//! $ cargo run --example gateway --features msgin5g-5
//! ```
//!
//! The lock says that the door is open, and hears that the building's server knows. The server tells the lamp to go on,
//! and hears that it has. Between the two and the gateway pass the standard's L3 messages (TS 24.538 Annex A); the
//! radio below them, PC5, is a queue of octets here. Experimental, as the module `gateway` says.

#[path = "support/ue.rs"]
mod ue;

use msgin5g::client::{Event, Reports};
use msgin5g::gateway::{
    ApplicationId, Gateway, L3Codings, Layer2Id, Limits, Link, LocalMessage, Registration,
    ReportSending, Sending, Target, TargetType, Upward,
};
use msgin5g::message::{MessageId, Outcome, UeServiceId};
use msgin5g_testnet::{AsMessage, uuid};
use ue::{Bench, Problem, Sim, Ue};

const GATEWAY: Sim = Sim::new("001010000000001", [0x11; 32], "gateway-1@iot.example");
const BUILDING: &str = "building@facilities.example";
const CODINGS: L3Codings = L3Codings::DEFAULT;
const LOCK: (Link, u16) = (Link::Layer2(Layer2Id([0xa1, 0xb2, 0xc3])), 1);
const LAMP: (Link, u16) = (Link::Layer2(Layer2Id([0xd4, 0xe5, 0xf6])), 2);

fn main() -> Result<(), Problem> {
    let mut bench = Bench::start(&[&GATEWAY], BUILDING)?;
    let ue = bench.ue(&GATEWAY, |config| config.reports = Reports::ByApplication)?;
    let us = UeServiceId::new(GATEWAY.service_id)?;
    let mut gateway = TheGateway {
        ue,
        role: Gateway::new(us, Limits::default()),
        air: Vec::new(),
    };
    for (link, application) in [LOCK, LAMP] {
        let registration = LocalMessage::Registration(Registration {
            application_id: ApplicationId::new(application),
            layer2_id: None,
        });
        gateway.up(link, &l3(&registration)?, 0)?;
    }
    // The lock's door opens.
    let open = LocalMessage::Sending(Sending {
        target: Target {
            address: BUILDING,
            kind: Some(TargetType::As),
        },
        message_id: MessageId::Uuid([7; 16]),
        payload: "door open",
        application_id: Some(ApplicationId::new(LOCK.1)),
        report_wanted: true,
    });
    gateway.up(LOCK.0, &l3(&open)?, 0)?;

    let (mut lock_knows, mut lamp_is_on) = (false, false);
    bench.run(|network, now| {
        gateway.turn(now)?;
        for (link, octets) in std::mem::take(&mut gateway.air) {
            match LocalMessage::decode_l3(&octets, &CODINGS)? {
                LocalMessage::ReportDelivery(report) if link == LOCK.0 => {
                    println!("lock: {} knows", report.originator);
                    lock_knows = report.status.is_success();
                    network.send_from_as(&light())?;
                }
                LocalMessage::Delivery(message) if link == LAMP.0 => {
                    println!("lamp: {}", message.payload);
                    lamp_is_on = message.payload == "on";
                    let done = LocalMessage::ReportSending(ReportSending {
                        target: message.originator,
                        message_id: message.message_id,
                        status: Outcome::Success,
                        failure_cause: None,
                    });
                    gateway.up(link, &l3(&done)?, now)?;
                }
                other => return Err(format!("nobody waits for {other:?}").into()),
            }
        }
        // The server has the lock's message, and the lamp's report.
        Ok(lock_knows && lamp_is_on && network.inbox(BUILDING).len() == 2)
    })?;
    println!("{}", bench.network.ladder());
    println!("gateway: ok, the lock was heard and the lamp is on");
    Ok(())
}

/// A UE with a client, and others behind it.
struct TheGateway {
    ue: Ue,
    role: Gateway<'static, 4, 8>,
    /// What goes down to them.
    air: Vec<(Link, Vec<u8>)>,
}

impl TheGateway {
    /// Octets have come up over a link.
    fn up(&mut self, link: Link, octets: &[u8], now: u64) -> Result<(), Problem> {
        let message = LocalMessage::decode_l3(octets, &CODINGS)?;
        let what = self.role.from_application(link, &message, now)?;
        if let Some((outgoing, message_id)) = what.outgoing() {
            self.ue.client.send_as(&outgoing, message_id)?;
        } else if let Upward::Report { report, ticket } = what
            && let Some(ticket) = ticket
        {
            let client = &mut self.ue.client;
            client.report(ticket, report.status, report.failure_cause)?;
        }
        Ok(())
    }

    fn turn(&mut self, now: u64) -> Result<(), Problem> {
        while let Some(event) = self.ue.poll(now) {
            let (link, down) = match event {
                Event::Message { msg, report } => self.role.deliver(&msg, report, now)?,
                Event::Report(report) => self.role.deliver_report(&report, now)?,
                Event::Registered | Event::Accepted { .. } => continue,
                other => return Err(format!("gateway: {other:?}").into()),
            };
            self.air.push((link, l3(&down)?));
        }
        Ok(())
    }
}

fn l3(message: &LocalMessage<'_>) -> Result<Vec<u8>, Problem> {
    let mut octets = [0; 256];
    let len = message.encode_l3(&CODINGS, &mut octets)?;
    Ok(octets[..len].to_vec())
}

fn light() -> AsMessage {
    AsMessage {
        application_id: Some(LAMP.1.to_string()),
        report_wanted: true,
        ..AsMessage::to_ue(BUILDING, GATEWAY.service_id, &uuid(), "on")
    }
}
