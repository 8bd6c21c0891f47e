//! The exchange of the first issue: register, send with a report, receive with a report,
//! de-register; and whether everything came exactly once.

use msgin5g::client::Event;
use msgin5g::connection::Channel;
use msgin5g::transport::{Faults, Faulty};
use msgin5g_testnet::EventKind;
use std::time::Duration;

use super::world::{Device, ECHO, METER, Test, Wire};

/// Far beyond the longest pause.
const LIMIT_MS: u64 = 24 * 3_600_000;

/// The exchange over these lines, the first one first.
pub struct Exchange<'o> {
    pub lines: Vec<Faults>,
    /// Octets sent and received in all, and sessions dialled.
    pub seen: &'o mut Seen,
}

#[derive(Debug, Default, Clone, Copy)]
pub struct Seen {
    pub moved: u64,
    pub dialled: u32,
    pub polls: u64,
}

impl Test for Exchange<'_> {
    fn run<C: Channel<Transport = Faulty<Wire>>>(self, device: &mut Device<'_, '_, C>) {
        let from = device.net.borrow().position();
        device.phone.faults = self.lines;
        device.client.register().unwrap();
        let sent = device.send(ECHO, "valve 3: open");
        let (mut reports, mut echoes, mut accepted) = (0, 0, 0);
        let heard = |event: &Event<'_>, reports: &mut u32, echoes: &mut u32| match event {
            Event::Report(report) => {
                assert_eq!(report.message_id, sent);
                assert!(report.status.is_success());
                *reports += 1;
            }
            Event::Message { msg, .. } => {
                assert_eq!(msg.payload, "echo: valve 3: open");
                assert_eq!(msg.originator.as_str(), ECHO);
                *echoes += 1;
            }
            _ => {}
        };
        // What has come is counted within, so that the end of this can be seen.
        let tally = std::cell::Cell::new((0, 0));
        device.until(
            LIMIT_MS,
            |event| {
                heard(event, &mut reports, &mut echoes);
                accepted += u32::from(matches!(event, Event::Accepted { .. }));
                tally.set((reports, echoes));
            },
            |device| {
                tally.get() >= (1, 1) && device.client.is_idle() && device.client.is_registered()
            },
        );
        device.client.deregister().unwrap();
        let mut deregistered = 0;
        let gone = std::cell::Cell::new(false);
        device.until(
            LIMIT_MS,
            |event| {
                heard(event, &mut reports, &mut echoes);
                deregistered += u32::from(matches!(event, Event::Deregistered));
                gone.set(deregistered > 0);
            },
            |_| gone.get(),
        );
        assert_eq!(
            (reports, echoes, accepted, deregistered),
            (1, 1, 1, 1),
            "at the device"
        );
        let (events, _) = device.net.borrow().events_after(from, Duration::ZERO);
        let count = |wanted: &dyn Fn(&EventKind) -> bool| {
            events.iter().filter(|event| wanted(&event.kind)).count()
        };
        let taken = count(&|kind| matches!(kind, EventKind::Message { from, .. } if from == METER));
        let reported =
            count(&|kind| matches!(kind, EventKind::Report { from, .. } if from == METER));
        let delivered =
            count(&|kind| matches!(kind, EventKind::Delivered { to, .. } if to == METER));
        // Echo and report were delivered.
        assert_eq!((taken, reported, delivered), (1, 1, 2), "at the server");
        assert!(!device.net.borrow().registered(METER));
        *self.seen = Seen {
            moved: device.phone.moved.get(),
            dialled: device.phone.dialled,
            polls: device.polls,
        };
    }
}
