//! A device that sleeps whenever the connection says that it may: nothing is left to wait for a deadline that an answer
//! or a message of ours could have been sent before.

use super::world::*;
use msgin5g::client::Event;
use msgin5g::connection::Channel;
use msgin5g::transport::Faulty;

/// The network in memory answers at once, so no step takes any time at all.
struct Exchange {
    /// De-registers as soon as the answer is here, when the report of it is still to go out; or only when all that
    /// was under way is done with.
    hurried: bool,
}

impl Test for Exchange {
    fn run<C: Channel<Transport = Faulty<Wire>>>(self, device: &mut Device<'_, '_, C>) {
        device.client.register().unwrap();
        device.send(ECHO, "valve 3: open");
        let (mut reported, mut echoed, mut left) = (false, false, false);
        let mut leaving = false;
        for _ in 0..200 {
            device.turn(|event| match event {
                Event::Report(_) => reported = true,
                Event::Message { .. } => echoed = true,
                Event::Deregistered => left = true,
                _ => {}
            });
            if left {
                break;
            }
            if reported && echoed && !leaving && (self.hurried || device.client.is_idle()) {
                leaving = true;
                device.client.deregister().unwrap();
                continue;
            }
            let due = device.connection.next_deadline(&device.client);
            assert!(
                due.is_some_and(|due| due <= device.now),
                "it sleeps until {due:?}: reported {reported}, echoed {echoed}, leaving {leaving}"
            );
        }
        assert!(left, "it never comes to an end");
        // And then it does sleep.
        device.until(
            1000,
            |_| {},
            |device| device.connection.next_deadline(&device.client).is_none(),
        );
        let counted = device.net.borrow().counters();
        assert_eq!((counted.messages, counted.reports), (2, 2));
    }
}

#[test]
fn what_can_be_sent_is_sent_before_it_sleeps() {
    for backend in [Backend::Plain, Backend::EmbeddedTls, Backend::Tls13] {
        for hurried in [false, true] {
            let test = Exchange { hurried };
            with_device(backend, &network(), settings(), |_| {}, 1, test);
        }
    }
}
