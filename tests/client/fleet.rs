//! Many devices and one server that has too much to do.

use crate::script::{Bench, Counter};
use msgin5g::client::{Client, Config};
use msgin5g::coap::{Code, OptionNumber};
use msgin5g::message::{Priority, UeServiceId};

/// When each of a thousand devices comes again that are told 5.03 at 1 s, with this Max-Age (s).
fn returns(max_age_s: u32, registers: bool) -> Vec<u64> {
    let device = |number| {
        let mut memory = Bench::memory();
        let config = Config::new(UeServiceId::new("ue-4711@iot.example").unwrap());
        let mut rng = Counter(number);
        let mut client = Client::new(config, memory.pieces(), &mut rng).unwrap();
        client.connected();
        let mut bench = Bench::of(client);
        if registers {
            bench.client.register().unwrap();
        } else {
            bench.register();
            bench.send("hello", Priority::Middle);
        }
        let request = bench.request(1_000);
        let max_age = [(OptionNumber::MAX_AGE, &max_age_s.to_be_bytes()[..])];
        bench.frame(Code::SERVICE_UNAVAILABLE, request.token, &max_age, b"");
        assert_eq!(bench.client.poll_event(1_000), None);
        bench.sent(1_000);
        let at = bench.client.next_deadline().unwrap();
        assert!(bench.sent(at - 1).is_empty(), "not before");
        assert_eq!(bench.request(at).payload, request.payload);
        at - 1_000
    };
    (0..1_000).map(device).collect()
}

#[test]
fn a_fleet_that_is_told_to_come_again_comes_by_and_by() {
    for (max_age_s, registers, spread_ms) in [
        (60, true, 30_000),
        (60, false, 30_000),
        // No more than a quarter of an hour.
        (86_400, false, 900_000),
    ] {
        let asked_ms = u64::from(max_age_s) * 1_000;
        let mut tenths = [0; 10];
        for at in returns(max_age_s, registers) {
            let late = at.checked_sub(asked_ms).expect("not too early");
            tenths[(late * 10 / spread_ms) as usize] += 1;
        }
        // A hundred each, give or take five standard deviations.
        assert!(tenths.iter().all(|n| (52..=148).contains(n)), "{tenths:?}");
    }
}

#[test]
fn who_may_come_again_at_once_does() {
    let device = returns(1, false).into_iter().min().unwrap();
    assert!((1_000..1_500).contains(&device));
}
