//! Snapshots as octets: what is refused and why, what fits where, what is wiped.

use crate::script::{Bench, Counter, Memory};
use crate::sleeper::{Fuses, key};
use msgin5g::akma::{AKid, AkmaKey, Kaf, Kakma};
use msgin5g::client::{Client, ClientMemory, Config, Event, OutgoingMessage, Pieces};
use msgin5g::coap::Code;
use msgin5g::message::{Priority, Recipient, UeServiceId};
use msgin5g::snapshot::{self, Akma, Contents, SealingKey, SnapshotError};
use rand_core::OsRng;

const US: &str = "ue-4711@iot.example";

/// A registered client with a message under way, saved.
fn saved(fuses: &mut Fuses) -> Vec<u8> {
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.send("a message that waits", Priority::Middle);
    let _ = bench.request(0);
    save(&mut bench.client, fuses)
}

fn save(client: &mut Client<'_>, fuses: &mut Fuses) -> Vec<u8> {
    let mut out = vec![0; Memory::SNAPSHOT_LEN];
    let mut contents = Contents {
        client: Some(client),
        ..Contents::default()
    };
    let len = snapshot::save(&mut contents, 0, &key(US), fuses, &mut OsRng, &mut out).unwrap();
    out.truncate(len);
    out
}

fn open(octets: &[u8], fuses: &mut Fuses) -> Result<(), SnapshotError> {
    let mut copy = octets.to_vec();
    let opened = snapshot::open(&mut copy, &key(US), fuses).map(drop);
    if opened.is_ok() {
        assert!(copy[36..octets.len() - 16].iter().all(|octet| *octet == 0));
    } else {
        assert_eq!(copy, octets, "what is refused is not touched");
    }
    opened
}

fn new_client(memory: &mut Memory) -> Client<'_> {
    let config = Config::new(UeServiceId::new(US).unwrap());
    Client::new(config, memory.pieces(), &mut Counter(7)).unwrap()
}

#[test]
fn a_restored_client_goes_on_with_what_it_had() {
    let mut fuses = Fuses::default();
    let mut octets = saved(&mut fuses);
    let mut memory = Bench::memory();
    let mut client = new_client(&mut memory);
    let opened = snapshot::open(&mut octets, &key(US), &mut fuses).unwrap();
    client.restore(&opened, 50, 1_000).unwrap();
    drop(opened);
    assert!(client.is_registered());
    assert_eq!(client.pending(), 1);
    // Another session: it registers by itself, and the message goes again.
    client.connected();
    let mut bench = Bench::of(client);
    let reg = bench.request(50);
    assert_eq!(reg.json()["Message Type"], "REG");
    bench.answer(&reg, Code::CREATED, "");
    assert_eq!(bench.client.poll_event(50), Some(Event::Registered));
    let msg = bench.request(50);
    assert_eq!(msg.json()["Payload"], "a message that waits");
    bench.answer(&msg, Code::CHANGED, "");
    assert!(bench.event(50).contains("Accepted"));
}

#[test]
fn a_session_that_goes_on_needs_no_registration() {
    let mut fuses = Fuses::default();
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.send("under way", Priority::Middle);
    let under_way = bench.request(0);
    assert!(bench.client.is_quiet());
    let mut octets = save(&mut bench.client, &mut fuses);
    let mut memory = Bench::memory();
    let mut client = new_client(&mut memory);
    let opened = snapshot::open(&mut octets, &key(US), &mut fuses).unwrap();
    client.restore(&opened, 7_000, 60_000).unwrap();
    assert!(client.resumed());
    let mut bench = Bench::of(client);
    assert!(
        bench.sent(7_000).is_empty(),
        "no CSM, no REG, no repetition"
    );
    // The answer to a request of the first life, and a request of the second one.
    bench.answer(&under_way, Code::CHANGED, "");
    assert!(bench.event(7_000).contains("Accepted"));
    bench.send("new", Priority::Middle);
    let new = bench.request(7_000);
    assert_eq!(new.json()["Payload"], "new");
    assert_ne!(new.token, under_way.token);
    bench.answer(&new, Code::CHANGED, "");
    assert!(bench.event(7_000).contains("Accepted"));
}

#[test]
fn a_session_that_was_cut_in_a_message_does_not_go_on() {
    let mut fuses = Fuses::default();
    for cut in 0..2 {
        let mut memory = Bench::memory();
        let mut bench = Bench::registered(&mut memory);
        bench.send("half sent", Priority::Middle);
        match cut {
            0 => {
                assert!(bench.client.poll_transmit(0).len() > 5);
                bench.client.transmitted(5);
            }
            _ => bench.octets(&[0xd0]),
        }
        assert!(!bench.client.is_quiet());
        let mut octets = save(&mut bench.client, &mut fuses);
        let mut memory = Bench::memory();
        let mut client = new_client(&mut memory);
        let opened = snapshot::open(&mut octets, &key(US), &mut fuses).unwrap();
        client.restore(&opened, 0, 0).unwrap();
        assert!(!client.resumed());
        assert_eq!(client.poll_transmit(0), [0; 0]);
        assert_eq!(client.pending(), 1, "the message is there");
    }
}

#[test]
fn every_bit_counts() {
    let mut fuses = Fuses::default();
    let octets = saved(&mut fuses);
    for at in 0..octets.len() * 8 {
        let mut bad = octets.clone();
        bad[at / 8] ^= 1 << (at % 8);
        let error = open(&bad, &mut fuses).unwrap_err();
        let right = match at / 8 {
            0..3 => error == SnapshotError::NotASnapshot,
            3 => matches!(error, SnapshotError::Version(_)),
            // Of the length, which may also have become shorter.
            4..8 => matches!(
                error,
                SnapshotError::Truncated { .. } | SnapshotError::NotAuthentic
            ),
            8..16 => matches!(error, SnapshotError::Old { .. }),
            16..20 => error == SnapshotError::Foreign,
            _ => error == SnapshotError::NotAuthentic,
        };
        assert!(right, "bit {at}: {error}");
    }
    assert_eq!(open(&octets, &mut fuses), Ok(()), "still good");
}

#[test]
fn every_octet_is_needed() {
    let mut fuses = Fuses::default();
    let octets = saved(&mut fuses);
    assert_eq!(open(&[], &mut fuses), Err(SnapshotError::NotASnapshot));
    for len in 1..octets.len() {
        let Err(SnapshotError::Truncated { needed }) = open(&octets[..len], &mut fuses) else {
            panic!("cut at {len}");
        };
        assert!(len < 36 || needed == octets.len());
    }
    // What follows in the same page of flash does not matter.
    let mut page = octets.clone();
    page.extend([0xff; 100]);
    let mut copy = page.clone();
    assert!(snapshot::open(&mut copy, &key(US), &mut fuses).is_ok());
}

#[test]
fn erased_flash_and_other_octets_are_no_snapshot() {
    let mut fuses = Fuses::default();
    for octet in [0xff, 0] {
        let erased = open(&[octet; 500], &mut fuses);
        assert_eq!(erased, Err(SnapshotError::NotASnapshot));
    }
}

#[test]
fn a_snapshot_is_good_for_one_life() {
    let mut fuses = Fuses::default();
    let first = saved(&mut fuses);
    let second = saved(&mut fuses);
    let old = SnapshotError::Old { made_at: 1, now: 2 };
    assert_eq!(open(&first, &mut fuses), Err(old), "a newer one was made");
    assert_eq!(open(&second, &mut fuses), Ok(()));
    let old = SnapshotError::Old { made_at: 2, now: 3 };
    assert_eq!(open(&second, &mut fuses), Err(old), "used");
}

#[test]
fn a_counter_that_does_not_answer_gives_nothing() {
    let mut fuses = Fuses::default();
    let octets = saved(&mut fuses);
    let mut stuck = Fuses {
        stuck: true,
        ..Fuses::at(fuses.value)
    };
    let mut copy = octets.clone();
    let error = snapshot::open(&mut copy, &key(US), &mut stuck).unwrap_err();
    assert_eq!(error, SnapshotError::Counter);
    assert!(copy[36..copy.len() - 16].iter().all(|octet| *octet == 0));
    let mut memory = Bench::memory();
    let mut client = new_client(&mut memory);
    let mut out = [0x55; 4096];
    let mut contents = Contents {
        client: Some(&mut client),
        ..Contents::default()
    };
    let made = snapshot::save(&mut contents, 0, &key(US), &mut stuck, &mut OsRng, &mut out);
    assert_eq!(made, Err(SnapshotError::Counter));
    assert!(
        out.iter().all(|octet| *octet == 0),
        "nothing in clear is left"
    );
}

#[test]
fn other_devices_and_other_ues_are_foreign() {
    let mut fuses = Fuses::default();
    let octets = saved(&mut fuses);
    let other_secret = SealingKey::new(&[1; 32], UeServiceId::new(US).unwrap()).unwrap();
    for other in [other_secret, key("ue-4712@iot.example")] {
        let mut copy = octets.clone();
        let error = snapshot::open(&mut copy, &other, &mut fuses).unwrap_err();
        assert_eq!(error, SnapshotError::Foreign);
    }
}

/// Random numbers that are always the same: a generator that starts anew with each reset.
#[test]
fn the_same_random_numbers_and_counter_give_other_octets_for_other_contents() {
    let seal = |text: &str, counter| {
        let mut memory = Bench::memory();
        let mut bench = Bench::registered(&mut memory);
        bench.rng = Counter(5);
        bench.send(text, Priority::Middle);
        let mut out = vec![0; Memory::SNAPSHOT_LEN];
        let mut contents = Contents {
            client: Some(&mut bench.client),
            ..Contents::default()
        };
        let (mut fuses, mut rng) = (Fuses::at(counter), Counter(1));
        let len = snapshot::save(&mut contents, 0, &key(US), &mut fuses, &mut rng, &mut out);
        out.truncate(len.unwrap());
        out
    };
    let (a, again, b, later) = (seal("0", 3), seal("0", 3), seal("1", 3), seal("0", 4));
    assert_eq!(a, again);
    for other in [b, later] {
        assert_eq!(a.len(), other.len());
        // Another key stream: octets that are the same in both are no longer the same.
        let same = (36..a.len()).filter(|at| a[*at] == other[*at]).count();
        assert!(same < 20, "{same} of {}", a.len());
        assert_ne!(a[20..36], other[20..36], "another salt");
    }
}

#[test]
fn a_buffer_that_is_too_small_says_how_much_it_takes() {
    let mut fuses = Fuses::default();
    let mut memory = Bench::memory();
    let mut bench = Bench::registered(&mut memory);
    bench.send("text", Priority::Middle);
    let mut contents = Contents {
        client: Some(&mut bench.client),
        ..Contents::default()
    };
    let mut save = |len: usize| {
        let mut out = vec![0x55; len];
        let key = key(US);
        let made = snapshot::save(&mut contents, 0, &key, &mut fuses, &mut OsRng, &mut out);
        assert!(made.is_ok() || out.iter().all(|octet| *octet == 0));
        made
    };
    let Err(SnapshotError::BufferTooSmall { needed }) = save(0) else {
        panic!("too small");
    };
    assert_eq!(
        save(needed - 1),
        Err(SnapshotError::BufferTooSmall { needed })
    );
    assert_eq!(save(needed), Ok(needed));
    assert!(needed <= Memory::SNAPSHOT_LEN);
    assert_eq!(fuses.value, 1, "advanced for the one that was made");
}

#[test]
fn memory_that_is_too_small_says_what_it_takes_and_stays_clean() {
    let mut fuses = Fuses::default();
    let octets = saved(&mut fuses);
    for (slots, outbox) in [(0, 500), (1, 20)] {
        let mut copy = octets.clone();
        let mut fuses = fuses;
        let opened = snapshot::open(&mut copy, &key(US), &mut fuses).unwrap();
        let mut memory = Memory::new();
        let pieces = memory.pieces();
        let pieces = Pieces {
            slots: &mut pieces.slots[..slots],
            outbox: &mut pieces.outbox[..outbox],
            ..pieces
        };
        let config = Config::new(UeServiceId::new(US).unwrap());
        let mut client = Client::new(config, pieces, &mut Counter(7)).unwrap();
        let error = client.restore(&opened, 0, 0).unwrap_err();
        assert!(
            matches!(error, SnapshotError::DoesNotFit { slots: 1, outbox, .. } if outbox > 20),
            "{error}"
        );
        assert!(!client.is_registered() && client.is_idle() && client.next_deadline().is_none());
    }
}

#[test]
fn a_snapshot_without_a_client_restores_none() {
    let mut fuses = Fuses::default();
    let mut out = [0; 200];
    let mut contents = Contents::default();
    snapshot::save(&mut contents, 0, &key(US), &mut fuses, &mut OsRng, &mut out).unwrap();
    let opened = snapshot::open(&mut out, &key(US), &mut fuses).unwrap();
    let mut memory = Bench::memory();
    let mut client = new_client(&mut memory);
    assert_eq!(client.restore(&opened, 0, 0), Err(SnapshotError::Absent));
    assert!(opened.akma().is_none());
}

#[test]
fn keys_are_kept_only_if_asked_for() {
    let a_kid = AKid::from_modem("rid0.atidfeed@5gc.mnc001.mcc001.3gppnetwork.org").unwrap();
    let k_akma = AkmaKey::Kakma(Kakma::from_octets([0xc3; 32]));
    let k_af = AkmaKey::Kaf(Kaf::from_octets([0xc3; 32]));
    for key_kept in [None, Some(&k_akma), Some(&k_af)] {
        let mut fuses = Fuses::default();
        let mut out = [0; 400];
        let mut contents = Contents {
            akma: Some(Akma {
                generation: 0xdead_beef,
                a_kid: &a_kid,
                key: key_kept,
            }),
            ..Contents::default()
        };
        let key = key(US);
        let len = snapshot::save(&mut contents, 0, &key, &mut fuses, &mut OsRng, &mut out).unwrap();
        assert!(!out.windows(8).any(|window| window == [0xc3; 8]));
        let opened = snapshot::open(&mut out[..len], &key, &mut fuses).unwrap();
        let akma = opened.akma().unwrap();
        assert_eq!((akma.generation, &akma.a_kid), (0xdead_beef, &a_kid));
        assert_eq!(akma.key.as_ref(), key_kept);
        assert_eq!(
            format!("{opened:?} {:?}", akma.key).matches("c3").count(),
            0
        );
        drop(opened);
        assert!(!out.windows(8).any(|window| window == [0xc3; 8]));
    }
}

#[test]
fn the_constant_holds_for_full_memory() {
    type Tight = ClientMemory<600, 600, 300, 2, 0, 0>;
    let mut fuses = Fuses::default();
    let mut memory = Tight::new();
    let config = Config::new(UeServiceId::new(US).unwrap());
    let mut client = Client::new(config, memory.pieces(), &mut Counter(1)).unwrap();
    client.register().unwrap();
    let mut bench = Bench::of(client);
    let text = "x".repeat(40);
    let to = Recipient::Ue(UeServiceId::new("ue-0815@iot.example").unwrap());
    while bench
        .client
        .send(&OutgoingMessage::text(to, &text), &mut bench.rng)
        .is_ok()
    {}
    let mut out = [0; Tight::SNAPSHOT_LEN];
    let mut contents = Contents {
        client: Some(&mut bench.client),
        ..Contents::default()
    };
    snapshot::save(&mut contents, 0, &key(US), &mut fuses, &mut OsRng, &mut out).unwrap();
}
