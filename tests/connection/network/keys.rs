//! The life of keys (TS 33.535 clauses 5.2, 6.1, 6.4; TS 33.501 clause 6.3.2): each way from one
//! key to the next, and no loop on any.

use super::world::*;
use ConnectionEvent::{
    Connected, Disconnected, KeyChanged, KeyRefused, KeyRenewed, NoKey, NothingLasts,
};
use msgin5g::akma::KeySourceError;
use msgin5g::client::Event;
use msgin5g::connection::{Channel, ConnectionEvent};
use msgin5g::session::SessionError;
use msgin5g::transport::Faulty;
use msgin5g_testnet::{ALWAYS, Faults};

const NEW: [u8; 32] = [0x33; 32];
const HOUR_MS: u64 = 3_600_000;

/// Runs the test over both backends.
macro_rules! over_both {
    ($(#[$doc:meta])* $name:ident, $net:expr, |$device:ident| $body:block) => {
        $(#[$doc])*
        #[test]
        fn $name() {
            struct Here;
            impl Test for Here {
                fn run<C: Channel<Transport = Faulty<Wire>>>(
                    self,
                    $device: &mut Device<'_, '_, C>,
                ) $body
            }
            for backend in BOTH {
                println!("{backend:?}");
                with_device(backend, &$net, settings(), |_| {}, 7, Here);
            }
        }
    };
}

impl<C: Channel<Transport = Faulty<Wire>>> Device<'_, '_, C> {
    fn register(&mut self) {
        self.client.register().unwrap();
        self.until(60_000, |_| {}, |device| device.client.is_registered());
    }

    /// A message goes out and its report comes back, within this time.
    fn converse(&mut self, limit: u64) {
        let sent = self.send(ECHO, "?");
        let (mut reports, mut others) = (0, 0);
        let done = std::cell::Cell::new(false);
        self.until(
            limit,
            |event| match event {
                Event::Report(report) if report.message_id == sent => {
                    reports += 1;
                    done.set(true);
                }
                Event::Report(_) | Event::Failed { .. } => others += 1,
                _ => {}
            },
            |device| done.get() && device.client.is_idle(),
        );
        assert_eq!((reports, others), (1, 0));
    }

    /// The network cuts the session, and what the manager makes of it is awaited.
    fn lose_session(&mut self) {
        assert!(self.net.borrow().disconnect(METER, false));
        self.net.borrow_mut().work();
        self.until(HOUR_MS, |_| {}, |device| !device.connection.is_open());
    }

    fn tells(&mut self, wanted: impl Fn(&ConnectionEvent) -> bool) {
        self.until(HOUR_MS, |_| {}, |device| device.story.iter().any(&wanted));
    }

    fn count(&self, wanted: impl Fn(&ConnectionEvent) -> bool) -> usize {
        self.story.iter().filter(|event| wanted(event)).count()
    }
}

over_both!(
    a_new_key_leaves_the_open_session_alone_and_opens_the_next,
    network(),
    |device| {
        device.register();
        device.net.borrow().reauthenticate(SUPI, NEW);
        device.phone.keys.set(NEW);
        device.converse(1_000);
        assert_eq!(device.story, [Connected, KeyChanged]);
        assert_eq!(device.phone.dialled, 1);
        // Asked for once, when it was needed.
        assert_eq!(device.phone.keys.requests, 1);
        device.lose_session();
        device.converse(60_000);
        assert!(matches!(
            device.story[..],
            [Connected, KeyChanged, Disconnected { .. }, Connected]
        ));
        assert_eq!((device.phone.dialled, device.phone.keys.requests), (2, 2));
    }
);

over_both!(
    the_network_knows_the_new_key_before_the_ue_does,
    network(),
    |device| {
        device.register();
        device.net.borrow().reauthenticate(SUPI, NEW);
        device.lose_session();
        device.tells(|event| matches!(event, KeyRefused { .. }));
        assert!(device.connection.needs_authentication());
        // Now the modem has it, too: nobody waits for the pause to end.
        device.phone.keys.set(NEW);
        let now = device.now;
        device.until(60_000, |_| {}, |device| device.connection.is_open());
        assert_eq!(device.now, now);
        assert!(!device.connection.needs_authentication());
        device.converse(60_000);
        assert!(
            matches!(
                device.story[..],
                [
                    Connected,
                    Disconnected { .. },
                    KeyRefused {
                        error: SessionError::IdentityUnknown,
                        ..
                    },
                    Connected
                ]
            ),
            "{:?}",
            device.story
        );
    }
);

over_both!(
    /// The authentication is still running when the old key is refused.
    a_refused_key_that_is_being_renewed_is_tried_again_at_once,
    network(),
    |device| {
        device.net.borrow().reauthenticate(SUPI, NEW);
        device.phone.keys.plan = vec![(2, Change::Authenticating)];
        device.client.register().unwrap();
        // The modem is asked again and again meanwhile.
        while device.phone.keys.requests < 9 {
            device.turn(|_| {});
        }
        device.phone.keys.set(NEW);
        let now = device.now;
        device.until(60_000, |_| {}, |device| device.client.is_registered());
        assert_eq!(device.story, [KeyRenewed, Connected]);
        assert_eq!((device.now, device.phone.dialled), (now, 2));
    }
);

over_both!(k_af_expires_in_an_open_session, network(), |device| {
    device.register();
    device.net.borrow().expire(SUPI);
    let sent = device.send(ECHO, "late");
    device.tells(|event| matches!(event, KeyRefused { .. }));
    assert!(device.connection.needs_authentication());
    assert_eq!(device.client.pending(), 1, "the message waits");
    // The hint is followed: a new primary authentication.
    device.net.borrow().reauthenticate(SUPI, NEW);
    device.phone.keys.set(NEW);
    let mut reports = 0;
    device.until(
        HOUR_MS,
        |event| match event {
            Event::Report(report) if report.message_id == sent => reports += 1,
            Event::Failed { .. } => panic!("{event:?}"),
            _ => {}
        },
        |device| device.client.is_registered() && device.client.is_idle(),
    );
    assert_eq!(reports, 1);
    assert!(
        matches!(
            device.story[..],
            [
                Connected,
                KeyRefused {
                    error: SessionError::KeyRejected,
                    ..
                },
                Connected
            ]
        ),
        "{:?}",
        device.story
    );
});

over_both!(k_af_has_expired_before_the_session, network(), |device| {
    device.net.borrow().expire(SUPI);
    device.client.register().unwrap();
    device.tells(|event| matches!(event, KeyRefused { .. }));
    device.net.borrow().reauthenticate(SUPI, NEW);
    device.phone.keys.set(NEW);
    device.converse(HOUR_MS);
    assert_eq!(device.count(|event| matches!(event, KeyRefused { .. })), 1);
});

over_both!(the_aanf_forgets_the_a_kid, network(), |device| {
    device.register();
    device.net.borrow().forget(SUPI);
    // The session goes on.
    device.converse(1_000);
    assert_eq!(device.story, [Connected]);
    device.lose_session();
    device.tells(|event| {
        matches!(
            event,
            KeyRefused {
                error: SessionError::IdentityUnknown,
                ..
            }
        )
    });
    device.net.borrow().reauthenticate(SUPI, NEW);
    device.phone.keys.set(NEW);
    device.converse(60_000);
});

over_both!(
    /// The AAnF finds its context again: no authentication was needed, and none is waited for.
    a_refusal_that_ends_by_itself,
    network(),
    |device| {
        device.net.borrow().set_faults(Faults { wrong_key: 3, ..Faults::default() });
        device.client.register().unwrap();
        device.until(HOUR_MS, |_| {}, |device| device.client.is_registered());
        let refused = |event: &ConnectionEvent| {
            matches!(event, KeyRefused { error: SessionError::KeyRejected, .. })
        };
        assert_eq!((device.count(refused), device.story.len()), (3, 4));
    }
);

/// A day with a key that never does: attempts against time.
fn a_hopeless_day<C: Channel<Transport = Faulty<Wire>>>(device: &mut Device<'_, '_, C>) -> u32 {
    device.client.register().unwrap();
    device.until(25 * HOUR_MS, |_| {}, |device| device.now >= 24 * HOUR_MS);
    assert!(!device.client.is_registered());
    // Pauses are from half of 15 min to one and a half, after ten that were shorter.
    let sessions = device.phone.dialled;
    assert!((64..=2 * 202).contains(&sessions), "{sessions} attempts");
    sessions
}

over_both!(a_wrong_key_forever_is_no_loop, network(), |device| {
    device.phone.keys.set([0x99; 32]);
    let attempts = a_hopeless_day(device);
    assert!(attempts <= 202, "one attempt a pause, not {attempts}");
    assert_eq!(
        device.count(|event| matches!(event, KeyRefused { .. })),
        device.story.len() - 1
    );
    let told = device.count(|event| matches!(event, NothingLasts { attempts: 10, .. }));
    assert_eq!(told, 1);
    // Once for each attempt, once more after each refusal.
    assert!(device.phone.keys.requests <= 2 * attempts + 1);
    assert!(
        device.polls < 40 * u64::from(attempts),
        "{} polls",
        device.polls
    );
});

over_both!(
    /// A faulty key source has another A-KID each time it is asked.
    a_key_source_that_never_rests_is_no_loop,
    network(),
    |device| {
        device.phone.keys.restless = true;
        let attempts = a_hopeless_day(device);
        let renewed = device.count(|event| matches!(event, KeyRenewed));
        assert!(renewed <= attempts as usize / 2 + 1, "once a pause, not {renewed} of {attempts}");
    }
);

over_both!(
    a_server_that_goes_on_without_the_psk_is_refused,
    network_with(|config| config.tls.certificate_fallback = true),
    |device| {
        device.net.borrow().set_faults(Faults {
            ignore_psk: ALWAYS,
            ..Faults::default()
        });
        device.client.register().unwrap();
        device.tells(|event| matches!(event, KeyRefused { .. }));
        device.net.borrow().set_faults(Faults::default());
        device.until(HOUR_MS, |_| {}, |device| device.client.is_registered());
    }
);

over_both!(
    without_k_ausf_the_next_one_is_waited_for,
    network(),
    |device| {
        device.phone.keys.source.clear();
        device.client.register().unwrap();
        device.tells(|event| {
            matches!(
                event,
                NoKey {
                    error: KeySourceError::NoKausf,
                    ..
                }
            )
        });
        assert!(device.connection.needs_authentication());
        assert_eq!(device.phone.dialled, 0, "nobody dials without a key");
        device.phone.keys.set(K_AUSF);
        let now = device.now;
        device.until(60_000, |_| {}, |device| device.client.is_registered());
        assert_eq!(device.now, now);
    }
);

over_both!(
    a_key_source_that_does_not_answer_has_a_deadline,
    network(),
    |device| {
        device.phone.keys.source.begin_authentication();
        device.client.register().unwrap();
        device.tells(|event| matches!(event, NoKey { .. }));
        assert!(matches!(
            device.story[..],
            [NoKey {
                error: KeySourceError::TimedOut,
                ..
            }]
        ));
        assert_eq!(device.now, 60_000);
        device.phone.keys.set(K_AUSF);
        device.until(60_000, |_| {}, |device| device.client.is_registered());
    }
);
