//! A clock that goes back: what is left of each wait is left, to the millisecond.

use crate::script::{Bench, Counter};
use msgin5g::client::{Client, ClientMemory, Config, Event, Failure, OutgoingMessage};
use msgin5g::coap::{Code, OptionNumber, Token};
use msgin5g::message::{Recipient, UeServiceId};

#[test]
fn the_registration_is_renewed_when_it_would_have_been() {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered_with(&mut memory, |config| {
        config.registration_refresh_ms = Some(60_000);
    });
    // 10 s are left.
    assert!(bench.sent(50_000).is_empty());
    assert!(bench.sent(7_000).is_empty());
    assert_eq!(bench.client.next_deadline(), Some(17_000));
    assert_eq!(bench.client.poll_event(16_999), None);
    assert!(bench.sent(16_999).is_empty());
    assert_eq!(bench.client.poll_event(17_000), None);
    let reg = bench.request(17_000);
    assert_eq!(reg.json()["Message Type"], "REG");
    bench.answer(&reg, Code::CREATED, "");
    assert_eq!(bench.client.poll_event(17_000), Some(Event::Registered));
    // And the next time from then on.
    assert_eq!(bench.client.next_deadline(), Some(77_000));
}

#[test]
fn the_csm_is_waited_for_as_long_as_it_would_have_been() {
    let mut memory = ClientMemory::<4096, 4096, 8192>::new();
    let config = Config::new(UeServiceId::new("ue-4711@iot.example").unwrap());
    let mut client = Client::new(config, memory.pieces(), &mut Counter(1)).unwrap();
    client.connected();
    let mut bench = Bench::of(client);
    let size = 4000_u16.to_be_bytes();
    bench.frame(Code::CSM, Token::EMPTY, &[(OptionNumber(2), &size)], b"");
    bench.register();
    let to = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
    let text = "x".repeat(1200);
    let message = OutgoingMessage::text(to, &text);
    let message_id = bench.client.send(&message, &mut bench.rng).unwrap();
    bench.client.deregister().unwrap();
    // Over the next session the message goes first, and waits for the server's CSM.
    bench.client.connected();
    bench.sent(50_000);
    assert_eq!(bench.client.poll_event(50_000), None);
    assert_eq!(bench.client.next_deadline(), Some(50_000 + 93_000));
    assert_eq!(bench.client.poll_event(130_000), None);
    // 13 s are left.
    assert_eq!(bench.client.poll_event(7_000), None);
    assert_eq!(bench.client.next_deadline(), Some(20_000));
    assert_eq!(bench.client.poll_event(19_999), None);
    let failure = Failure::TooLarge { limit: 1152 };
    let failed = Event::Failed {
        message_id,
        failure,
    };
    assert_eq!(bench.client.poll_event(20_000), Some(failed));
}
