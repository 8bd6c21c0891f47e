//! DTLS 1.3 by the crate's own core against a server that has the key and says whatever the octets
//! want, over a network that drops, doubles and changes datagrams.

#[path = "../../tests/support/dtls13.rs"]
mod dtls;
#[path = "../../tests/support/tls13_server.rs"]
mod server;

use arbitrary::{Result, Unstructured};
use dtls::{Client, Epoch, deliver, epoch, flight, fragments, plain, start_as};
use std::task::Poll;

pub fn session_dtls13(data: &[u8]) {
    let _ = story(&mut Unstructured::new(data));
}

fn story(u: &mut Unstructured<'_>) -> Result<()> {
    let records_per_key = if u.ratio(1, 4)? {
        u.int_in_range(0..=5)?
    } else {
        u64::MAX
    };
    let (mut client, mut server) = start_as(|config| config.records_per_key = records_per_key);
    let messages = flight(&mut server);
    let mut down = epoch(&server, 2);
    let cut = u.int_in_range(5..=200)?;
    let mut datagrams = Vec::new();
    for (number, message) in messages.iter().enumerate() {
        for (part, fragment) in fragments(message, number as u16, cut).iter().enumerate() {
            let mut fragment = fragment.clone();
            edit(u, &mut fragment)?;
            datagrams.push(match number {
                0 => plain(part as u8, &fragment),
                _ => down.seal(server::HANDSHAKE, &fragment),
            });
        }
    }
    let mut now = 1;
    for _ in 0..u.int_in_range(0..=2 * datagrams.len())? {
        let mut datagram = u.choose(&datagrams)?.clone();
        edit(u, &mut datagram)?;
        hear(&mut client, &datagram, now);
        now += u.int_in_range(0..=2000)?;
        say(&mut client, now);
    }
    // All of it in order, so that most stories go on.
    for datagram in &datagrams {
        hear(&mut client, datagram, now);
    }
    say(&mut client, now);
    if client.is_open() {
        after_the_handshake(u, &mut client, &mut server, now)?;
    }
    // Whatever has come, the client has nothing to do for ever but an association that is open.
    for _ in 0..64 {
        match client.next_deadline() {
            Some(deadline) => now = now.max(deadline),
            None => return Ok(()),
        }
        say(&mut client, now);
    }
    assert!(client.is_open(), "a handshake without an end");
    Ok(())
}

fn after_the_handshake(
    u: &mut Unstructured<'_>,
    client: &mut Client,
    server: &mut server::Server,
    mut now: u64,
) -> Result<()> {
    let mut down: Epoch = epoch(server, 3);
    let (mut said, mut message) = (Vec::new(), 3u16);
    while !u.is_empty() {
        match u.int_in_range(0..=8)? {
            0 => hear(client, &u.arbitrary::<Vec<u8>>()?, now),
            1..=3 => {
                let kind = *u.choose(&[server::DATA, server::DATA, 22, 21, 26, 0])?;
                let mut content: Vec<u8> = u.arbitrary()?;
                if kind == 0 {
                    // Padding: what ends in 23 before it would be data.
                    content.retain(|octet| *octet != server::DATA);
                }
                let mut record = down.seal(kind, &content);
                edit(u, &mut record)?;
                if kind == server::DATA {
                    said.push(content);
                }
                hear(client, &record, now);
            }
            4 => {
                let update = server::message(server::KEY_UPDATE, &[u.int_in_range(0..=2)?]);
                let record = down.seal(22, &fragments(&update, message, 99)[0]);
                message = message.wrapping_add(1);
                hear(client, &record, now);
                if u.arbitrary()? {
                    let key = server.next_key(1);
                    let number = down.number.wrapping_add(1);
                    down = Epoch { number, key };
                }
            }
            5 => drop(client.write(&u.arbitrary::<Vec<u8>>()?)),
            6 => now += u.int_in_range(0..=100_000)?,
            7 if u.ratio(1, 8)? => client.close(),
            _ => say(client, now),
        }
        let mut buf = [0; 1200];
        while let Poll::Ready(Ok(n)) = client.read(&mut buf) {
            assert!(said.iter().any(|s| s == &buf[..n]), "a false message");
        }
    }
    Ok(())
}

fn hear(client: &mut Client, datagram: &[u8], now: u64) {
    let _ = deliver(client, datagram, now);
}

/// Takes all that the client has to say at this time.
fn say(client: &mut Client, now: u64) {
    for _ in 0..64 {
        if client.outgoing(now).is_empty() {
            return;
        }
        client.sent();
    }
    panic!("talks without end");
}

fn edit(u: &mut Unstructured<'_>, octets: &mut Vec<u8>) -> Result<()> {
    if u.ratio(3, 4)? {
        return Ok(());
    }
    match u.int_in_range(0..=3)? {
        0 => octets.truncate(u.int_in_range(0..=octets.len())?),
        1 => octets.extend(u.arbitrary::<Vec<u8>>()?),
        2 => *octets = u.arbitrary()?,
        _ => {
            let at = u.choose_index(octets.len().max(1))?;
            if let Some(octet) = octets.get_mut(at) {
                *octet ^= u.arbitrary::<u8>()?;
            }
        }
    }
    Ok(())
}
