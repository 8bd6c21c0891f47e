//! The SDK over UDP against the reference network, which has a message layer of its own.

use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage};
use msgin5g::driver;
use msgin5g::message::{Recipient, UeServiceId};
use msgin5g::session::PlaintextDatagrams;
use msgin5g::transport::{Host, StdHost, UdpTransport};
use msgin5g_testnet::{Subscriber, TestNet};
use rand_core::OsRng;

const NAMES: [&str; 2] = ["meter-7@iot.example", "pump-3@iot.example"];
const PATIENCE_MS: u64 = 30_000;

struct Ue<'m> {
    client: Client<'m>,
    session: PlaintextDatagrams<UdpTransport>,
    received: Vec<String>,
    accepted: u32,
    reported: u32,
    has_left: bool,
}

impl Ue<'_> {
    /// Lets it do all that it can do now.
    fn turn(&mut self, now: u64) {
        driver::exchange_datagrams(&mut self.session, &mut self.client, now).unwrap();
        while let Some(event) = self.client.poll_event(now) {
            match event {
                Event::Message { msg, .. } => self.received.push(msg.payload.to_owned()),
                Event::Accepted { .. } => self.accepted += 1,
                Event::Report(report) => self.reported += u32::from(report.status.is_success()),
                Event::Registered => {}
                Event::Deregistered => self.has_left = true,
                other => panic!("{other:?}"),
            }
        }
    }
}

fn until(ues: &mut [Ue<'_>], done: impl Fn(&[Ue<'_>]) -> bool) {
    let mut host = StdHost::new();
    while !done(ues) {
        let now = host.now_ms();
        assert!(now < PATIENCE_MS, "nothing within {PATIENCE_MS} ms");
        for ue in &mut *ues {
            ue.turn(now);
        }
        host.idle();
    }
}

#[test]
fn two_ues_write_to_each_other_over_udp() {
    write_to_each_other(msgin5g_testnet::Config::default());
}

#[test]
fn they_do_so_with_separate_responses_and_without_acknowledgements() {
    let mut config = msgin5g_testnet::Config::default();
    (config.datagrams.separate, config.datagrams.non) = (true, true);
    write_to_each_other(config);
}

fn write_to_each_other(config: msgin5g_testnet::Config) {
    let network = TestNet::start(config.with_udp()).unwrap();
    let addr = network.udp_addr().unwrap();
    let mut memories = [(); 2].map(|()| Box::new(ClientMemory::<1200, 1200>::new()));
    let mut ues = Vec::new();
    for (name, memory) in NAMES.into_iter().zip(&mut memories) {
        let supi = format!("00101000000000{}", 1 + ues.len());
        let subscriber = Subscriber::new(&supi, [0x11; 32]).with_ue(name);
        network.add_subscriber(subscriber).unwrap();
        let config = Config::new(UeServiceId::new(name).unwrap());
        let mut client =
            Client::new(config, memory.pieces(), &mut OsRng).expect("a sound configuration");
        client.connected_datagram();
        client.register().unwrap();
        ues.push(Ue {
            client,
            session: PlaintextDatagrams::new(UdpTransport::connect(addr).unwrap()),
            received: Vec::new(),
            accepted: 0,
            reported: 0,
            has_left: false,
        });
    }
    until(&mut ues, |ues| {
        ues.iter().all(|ue| ue.client.is_registered())
    });

    for (ue, to) in ues.iter_mut().zip([1, 0]) {
        let to = Recipient::Ue(UeServiceId::new(NAMES[to]).unwrap());
        for text in ["one", "two", "three \u{1f6b0}"] {
            let message = OutgoingMessage::text(to, text).with_report();
            ue.client.send(&message, &mut OsRng).unwrap();
        }
    }
    until(&mut ues, |ues| {
        ues.iter().all(|ue| {
            (ue.received.len(), ue.accepted, ue.reported) == (3, 3, 3) && ue.client.pending() == 0
        })
    });
    for ue in &mut ues {
        ue.received.sort();
        assert_eq!(ue.received, ["one", "three \u{1f6b0}", "two"]);
        assert_eq!(ue.client.next_deadline(), None);
        ue.client.deregister().unwrap();
    }
    until(&mut ues, |ues| ues.iter().all(|ue| ue.has_left));
    assert!(NAMES.iter().all(|name| !network.registered(name)));
}
