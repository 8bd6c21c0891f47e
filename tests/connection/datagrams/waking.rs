//! A device over DTLS that loses its power: client and association come out of flash.

use super::world::*;
use msgin5g::connection::ConnectionEvent;
use msgin5g::session::SessionError;
use msgin5g::session::tls13::dtls::Snapshot;
use msgin5g::snapshot::{self, Association, Contents};
use rand_core::OsRng;

use crate::sleeper::{self, Fuses};

const US: &str = "meter-7@iot.example";

/// What stands in flash once nothing is under way. Here the device is over then.
fn put_away(device: &mut Device<'_>, fuses: &mut Fuses) -> Vec<u8> {
    let kept = device.connection.channel_mut().export().expect("idle");
    assert!(device.connection.channel_mut().export().is_none(), "once");
    let mut contents = Contents {
        client: Some(&mut device.client),
        association: Some(Association::Datagrams(kept)),
        ..Contents::default()
    };
    let mut flash = vec![0; Memory::SNAPSHOT_LEN];
    let key = sleeper::key(US);
    let len = snapshot::save(&mut contents, 0, &key, fuses, &mut OsRng, &mut flash).unwrap();
    flash.truncate(len);
    flash
}

/// The next life, with the same server.
fn awake<'m>(
    memory: &'m mut Memory,
    before: &Device<'_>,
    flash: &mut [u8],
    fuses: &mut Fuses,
) -> Device<'m> {
    let mut device = Device::new(memory);
    device.phone.peer = before.phone.peer.clone();
    let mut opened = snapshot::open(flash, &sleeper::key(US), fuses).unwrap();
    let Some(Association::Datagrams(kept)) = opened.take_association() else {
        panic!("an association");
    };
    device.connection.channel_mut().resume(kept).unwrap();
    device.client.restore(&opened, 0, 0).unwrap();
    device
}

#[test]
fn a_device_that_wakes_goes_on_without_key_handshake_and_registration() {
    let (mut memory, mut next, mut fuses) = (memory(), memory(), Fuses::at(0));
    let mut device = Device::registered(&mut memory);
    let mut flash = put_away(&mut device, &mut fuses);
    let mut device = awake(&mut next, &device, &mut flash, &mut fuses);
    device.send("awake");
    device.pass(1_000);
    assert_eq!(device.story, [ConnectionEvent::Connected]);
    assert_eq!((device.sent, device.phone.asked), (1, 0));
    // And it moves on as before.
    device.phone.lose_socket(1);
    device.send("from elsewhere");
    device.pass(600_000);
    assert_eq!((device.sent, device.phone.asked), (2, 0));
    let peer = device.phone.peer.borrow();
    assert_eq!((peer.hellos, peer.registrations, peer.messages), (1, 1, 2));
}

#[test]
fn a_device_that_wakes_to_a_server_without_memory_begins_anew() {
    let (mut memory, mut next, mut fuses) = (memory(), memory(), Fuses::at(0));
    let mut device = Device::registered(&mut memory);
    let mut flash = put_away(&mut device, &mut fuses);
    let mut device = awake(&mut next, &device, &mut flash, &mut fuses);
    device.phone.peer.borrow_mut().forget();
    device.send("to whom");
    device.pass(600_000);
    let peer = device.phone.peer.borrow();
    assert_eq!((peer.hellos, peer.registrations), (2, 2));
    assert_eq!((device.sent, device.phone.asked), (1, 1));
}

/// Whoever goes on all the same opens another association.
#[test]
fn an_association_that_was_put_away_is_over() {
    let (mut memory, mut fuses) = (memory(), Fuses::at(0));
    let mut device = Device::registered(&mut memory);
    let _ = put_away(&mut device, &mut fuses);
    device.send("after all");
    device.pass(600_000);
    let peer = device.phone.peer.borrow();
    assert_eq!((peer.hellos, peer.registrations), (2, 2));
    assert_eq!(device.sent, 1);
}

#[test]
fn what_cannot_go_on_leaves_a_channel_as_new() {
    let (mut memory, mut next) = (memory(), memory());
    let mut device = Device::registered(&mut memory);
    let kept = device.connection.channel_mut().export().unwrap();
    let mut strange = *kept.as_octets();
    strange[0] = 0xFF;
    let mut device = Device::new(&mut next);
    let resumed = device
        .connection
        .channel_mut()
        .resume(Snapshot::from_octets(&strange));
    assert_eq!(resumed, Err(SessionError::InvalidConfig));
    device.client.register().unwrap();
    device.pass(1_000);
    assert!(device.client.is_registered());
    assert_eq!(device.phone.asked, 1);
}

/// The association has something to do at a time of its own, which the connection tells.
#[test]
fn a_finished_without_ack_is_repeated_by_the_connections_own_deadlines() {
    let mut memory = memory();
    let mut device = Device::new(&mut memory);
    device.phone.peer.borrow_mut().is_mean = true;
    device.turn();
    assert_eq!(device.story, [ConnectionEvent::Connected]);
    // Nothing is asked, so nothing comes: in the end the handshake has failed.
    device.pass(40_000);
    assert!(matches!(
        device.story[1],
        ConnectionEvent::Disconnected {
            error: SessionError::TimedOut,
            ..
        }
    ));
    assert!(device.phone.peer.borrow().finished >= 5, "1, 2, 4, 8, 16 s");
}
