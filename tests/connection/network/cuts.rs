//! The whole exchange, cut at every octet in both directions, one run each: after reconnecting,
//! every message has come exactly once and every report has arrived. And the same with "nothing
//! now" after every octet, and in silence instead of a cut.
//!
//! Client, manager, TLS and server are the real ones, for both TLS backends; only the wire is in
//! memory and the time is the test's. `CUT_AT=n` runs one position alone.

use super::exchange::{Exchange, Seen};
use super::world::{BOTH, Backend, Net, network, settings, with_device};
use msgin5g::transport::Faults;

/// One exchange over these lines.
fn run(backend: Backend, net: &Net, lines: Vec<Faults>, seed: u64) -> Seen {
    let mut seen = Seen::default();
    let mut settings = settings();
    if lines.iter().any(|line| line.silent) {
        // Who only listens has to look from time to time.
        settings.ping_ms = Some(600_000);
    }
    let test = Exchange {
        lines,
        seen: &mut seen,
    };
    with_device(backend, net, settings, |_| {}, seed, test);
    seen
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Up,
    Down,
}

fn cut(way: Way, at: u64, silent: bool) -> Faults {
    let mut faults = Faults::NONE;
    match way {
        Way::Up => faults.cut_sent = Some(at),
        Way::Down => faults.cut_received = Some(at),
    }
    faults.silent = silent;
    faults
}

/// Cuts at each position until the exchange needs no second line; how many there were.
fn all_cuts(backend: Backend, way: Way, silent: bool, step: u64) -> u64 {
    let alone: Option<u64> = std::env::var("CUT_AT").ok().map(|at| at.parse().unwrap());
    let net = network();
    let mut at = alone.unwrap_or(0);
    loop {
        let what = format!("CUT_AT={at}: {backend:?}, {way:?}, silent: {silent}");
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            run(backend, &net, vec![cut(way, at, silent)], at)
        }));
        let seen = outcome.unwrap_or_else(|panic| {
            eprintln!("{what}");
            std::panic::resume_unwind(panic)
        });
        if alone.is_some() || seen.dialled == 1 {
            return at;
        }
        at += step;
    }
}

/// Both backends and both ways at once.
fn everywhere(silent: bool, step: u64) -> Vec<u64> {
    std::thread::scope(|scope| {
        let mut threads = Vec::new();
        for backend in BOTH {
            for way in [Way::Up, Way::Down] {
                threads.push(scope.spawn(move || all_cuts(backend, way, silent, step)));
            }
        }
        threads
            .into_iter()
            .map(|t| t.join().expect("every run holds"))
            .collect()
    })
}

#[test]
fn a_cut_at_any_octet_loses_and_doubles_nothing() {
    let runs = everywhere(false, 1);
    println!("cuts of embedded-tls up and down, of tls13 up and down: {runs:?}");
    // ClientHello, Finished and five requests or answers at the least.
    assert!(
        std::env::var("CUT_AT").is_ok() || runs.iter().all(|runs| *runs > 900),
        "{runs:?}"
    );
}

/// A line that goes silent is found dead without a keep-alive.
#[test]
fn silence_from_any_point_loses_and_doubles_nothing() {
    everywhere(true, 17);
}

#[test]
fn nothing_now_after_every_octet() {
    for backend in BOTH {
        let stutter = Faults {
            at_most: 1,
            stutter: true,
            ..Faults::NONE
        };
        let seen = run(backend, &network(), vec![stutter], 1);
        assert_eq!(seen.dialled, 1, "{backend:?}: no session was lost");
        assert!(seen.polls > seen.moved / 4, "{backend:?}: {seen:?}");
    }
}

/// Slow lines, and one octet that is not what it was: nothing false comes through.
#[test]
fn delays_and_flipped_bits() {
    for backend in BOTH {
        let net = network();
        let late = Faults {
            delay: 3,
            at_most: 100,
            ..Faults::NONE
        };
        assert_eq!(run(backend, &net, vec![late], 1).dialled, 1, "{backend:?}");
        for (n, at) in (0..2000).step_by(61).enumerate() {
            let bits = 1 << (n % 8);
            let up = Faults {
                flip_sent: Some((at, bits)),
                ..Faults::NONE
            };
            let down = Faults {
                flip_received: Some((at, bits)),
                ..Faults::NONE
            };
            run(backend, &net, vec![up, down], 100 + at);
        }
    }
}
