//! The connection manager over DTLS 1.3 with a server of the test's own that knows the client by a
//! Connection ID. (With wolfSSL: `interop/wolfssl/tests/manager.rs`.)

#[cfg(feature = "snapshot")]
mod waking;
mod world;

use world::*;

use msgin5g::connection::ConnectionEvent;
use msgin5g::session::SessionError;
use msgin5g::transport::TransportError;

const LOST: TransportError = TransportError::Failed(107);

/// No coverage for a while: the sockets are gone, one after the other.
#[test]
fn an_association_goes_on_from_another_socket_without_handshake_and_registration() {
    let mut memory = memory();
    let mut device = Device::registered(&mut memory);
    for round in 1..=3 {
        device.story.clear();
        device.send("while it is away");
        device.phone.lose_socket(round);
        device.pass(600_000);
        let error = SessionError::Transport(LOST);
        assert!(
            matches!(device.story[0], ConnectionEvent::Disconnected { error: e, .. } if e == error)
        );
        assert_eq!(device.story.last(), Some(&ConnectionEvent::Connected));
        assert!(device.client.is_registered() && device.client.is_idle());
        let peer = device.phone.peer.borrow();
        assert_eq!((peer.hellos, peer.registrations), (1, 1), "round {round}");
        assert_eq!((device.phone.asked, device.sent), (1, round));
    }
    assert_eq!(device.phone.dialled, 1 + (2 + 3 + 4));
}

/// What had been said before the loss and was not answered is said again.
#[test]
fn a_request_whose_answer_is_lost_goes_again() {
    let mut memory = memory();
    let mut device = Device::registered(&mut memory);
    device.phone.peer.borrow_mut().drop_answers = 1;
    device.send("twice on its way");
    device.turn();
    device.phone.lose_socket(1);
    device.pass(600_000);
    let peer = device.phone.peer.borrow();
    assert_eq!((peer.messages, peer.registrations), (2, 1));
    assert_eq!(device.sent, 1);
}

/// The server has forgotten the association: silence shows it, and then everything begins anew.
#[test]
fn a_forgotten_association_ends_in_a_handshake_and_a_registration() {
    let mut memory = memory();
    let mut device = Device::registered(&mut memory);
    device.phone.peer.borrow_mut().forget();
    device.send("to whom");
    device.phone.lose_socket(1);
    device.pass(600_000);
    let peer = device.phone.peer.borrow();
    assert_eq!((peer.hellos, peer.registrations), (2, 2));
    assert_eq!((device.sent, device.phone.asked), (1, 2));
}

/// The registration itself is under way when the socket goes.
#[test]
fn a_registration_that_was_under_way_goes_again() {
    let mut memory = memory();
    let mut device = Device::new(&mut memory);
    device.phone.peer.borrow_mut().drop_answers = 1;
    device.client.register().unwrap();
    device.turn();
    assert!(!device.client.is_registered());
    device.phone.lose_socket(1);
    device.pass(600_000);
    assert!(device.client.is_registered());
    let peer = device.phone.peer.borrow();
    assert_eq!((peer.hellos, peer.registrations), (1, 2));
}

/// Who only listens says something all the same, so that the server knows the new address.
#[test]
fn a_device_that_only_listens_is_heard_from_its_new_address() {
    let mut memory = memory();
    let mut device = Device::registered(&mut memory);
    device.story.clear();
    device.events.clear();
    device.phone.lose_socket(0);
    device.pass(600_000);
    assert!(matches!(
        device.story[..],
        [
            ConnectionEvent::Disconnected { .. },
            ConnectionEvent::Connected
        ]
    ));
    assert_eq!(device.events, ["Pong"]);
    let peer = device.phone.peer.borrow();
    assert_eq!((peer.pings, peer.hellos, peer.registrations), (1, 1, 1));
}

/// The same, and the server has forgotten the association: nothing comes back, which shows it.
#[test]
fn a_device_that_only_listens_notices_that_it_is_forgotten() {
    let mut memory = memory();
    let mut device = Device::registered(&mut memory);
    device.phone.peer.borrow_mut().forget();
    device.phone.lose_socket(0);
    device.pass(600_000);
    let peer = device.phone.peer.borrow();
    assert_eq!((peer.hellos, peer.registrations), (2, 2));
    assert!(device.client.is_registered());
}

/// The keep-alive of `Settings::ping_ms` over datagrams.
#[test]
fn a_quiet_association_is_kept_alive_by_pings() {
    let mut memory = memory();
    let mut device = Device::with(&mut memory, |settings| settings.ping_ms = Some(600_000));
    device.client.register().unwrap();
    device.turn();
    device.story.clear();
    device.pass(3_600_000);
    assert_eq!(device.story, []);
    assert_eq!(device.phone.peer.borrow().pings, 6);
    // The server goes away without a word.
    device.phone.peer.borrow_mut().forget();
    device.pass(600_000 + 60_000);
    let error = SessionError::TimedOut;
    assert!(
        matches!(device.story[0], ConnectionEvent::Disconnected { error: e, .. } if e == error)
    );
}

/// One segment of two comes before the sockets are lost, and the other one long after.
#[test]
fn segments_are_not_late_while_there_is_no_way_to_the_server() {
    let segment = |number: u8, more: &str| {
        let json = format!(
            r#"{{"Message Type":"MSG","Originating UE Service ID":"ue-b@iot.example","Recipient UE Service ID":"meter-7@iot.example","Message ID":"00000000-0000-4000-8000-000000000001","Segmentation Set Identifier":"s","Message segment number":{number},{more},"Payload":"part {number}"}}"#
        );
        // NON POST, a token of one octet, Content-Format 50.
        [
            &[0x51, 2, 7, number, number, 0xC1, 50, 0xFF],
            json.as_bytes(),
        ]
        .concat()
    };
    let mut memory = memory();
    let mut device = Device::registered(&mut memory);
    let peer = device.phone.peer.clone();
    let first = segment(1, r#""Total number of message segments":2"#);
    peer.borrow_mut().say(&first);
    device.turn();
    assert!(device.events.last().unwrap().starts_with("Segment"));
    // Far longer than missing ones are waited for and asked for again.
    device.phone.lose_socket(1_000);
    device.pass(600_000);
    assert!(!device.connection.is_open());
    device.phone.lose_socket(0);
    device.connection.hurry();
    device.turn();
    assert!(device.connection.is_open());
    peer.borrow_mut()
        .say(&segment(2, r#""Last segment flag":true"#));
    device.turn();
    let last = device.events.last().unwrap();
    assert!(last.contains("part 1part 2"), "{:?}", device.events);
}

/// A server that knows its clients by their addresses knows this one no more.
#[test]
fn an_association_without_a_connection_id_ends_with_its_socket() {
    let mut memory = memory();
    let mut device = Device::new(&mut memory);
    device.phone.peer.borrow_mut().has_no_id = true;
    device.client.register().unwrap();
    device.turn();
    assert!(device.client.is_registered());
    device.send("from elsewhere");
    device.phone.lose_socket(0);
    device.pass(600_000);
    let peer = device.phone.peer.borrow();
    assert_eq!((peer.hellos, peer.registrations), (2, 2));
    assert_eq!((device.sent, device.phone.asked), (1, 2));
}

/// What waits for a socket is dropped when nobody wants it any more.
#[test]
fn an_association_that_waits_is_over_when_the_connection_is_closed() {
    let mut memory = memory();
    let mut device = Device::registered(&mut memory);
    device.phone.lose_socket(1_000);
    device.pass(60_000);
    device.connection.close();
    device.turn();
    assert_eq!(device.story.last(), Some(&ConnectionEvent::Closed));
    device.phone.lose_socket(0);
    device.connection.open();
    device.pass(1_000);
    assert!(device.connection.is_open() && device.client.is_registered());
    let peer = device.phone.peer.borrow();
    assert_eq!((peer.hellos, peer.registrations), (2, 2));
}

#[test]
fn an_orderly_end_is_said_to_the_server() {
    let mut memory = memory();
    let mut device = Device::registered(&mut memory);
    device.connection.close();
    device.turn();
    assert_eq!(device.story.last(), Some(&ConnectionEvent::Closed));
    assert_eq!(device.phone.peer.borrow().farewells, 1);
}

/// The count of attempts stops at its largest, 255, and is told there once, too.
#[test]
fn that_nothing_lasts_is_told_once_whatever_the_number() {
    for tell_after in [1, 254, 255] {
        let mut memory = memory();
        let mut device = Device::with(&mut memory, |settings| {
            settings.tell_after = tell_after;
            (settings.first_pause_ms, settings.longest_pause_ms) = (1_000, 1_000);
        });
        device.phone.lose_socket(1_000_000);
        device.pass(600_000);
        let told = device
            .story
            .iter()
            .filter(|event| matches!(event, ConnectionEvent::NothingLasts { .. }));
        assert!(device.story.len() > 350, "{}", device.story.len());
        assert_eq!(told.count(), 1, "after {tell_after}");
    }
}
