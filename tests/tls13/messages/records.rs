//! Messages cut over records, and records that are changed, doubled or empty.

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Messages cut over records anywhere, several in one record where keys do not change, and
    /// padding.
    #[test]
    fn messages_may_be_cut_anywhere(cuts in prop::collection::vec(1usize..30, 1..60), pad in 0usize..20) {
        let (mut client, link, mut server) = start();
        let hello = server.server_hello();
        let mut cuts = cuts.iter().cycle();
        let mut rest = &hello[..];
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(rest.len().min(*cuts.next().unwrap()));
            link.inject(&record(HANDSHAKE, piece));
            rest = more;
        }
        link.inject(&record(20, &[1]));
        let mut flight = server.message(ENCRYPTED_EXTENSIONS, &[0, 4, 0, 0, 0, 0]);
        flight.extend(server.finished());
        let mut rest = &flight[..];
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(rest.len().min(*cuts.next().unwrap()));
            link.inject(&padded(&mut server, HANDSHAKE, piece, pad));
            rest = more;
        }
        prop_assert_eq!(client.poll_open(0), Poll::Ready(Ok(())));
    }

    /// Whatever a server with the key says, there is no panic, and data comes unharmed.
    #[test]
    fn records_of_any_content(
        kind in prop_oneof![Just(20u8), Just(21), Just(22), Just(23), any::<u8>()],
        content in prop::collection::vec(any::<u8>(), 0..80),
        open: bool,
    ) {
        let (mut client, link, mut server) = if open { opened() } else { start() };
        if !open {
            let hello = server.server_hello();
            link.inject(&record(HANDSHAKE, &hello));
        }
        link.inject(&server.record(kind, &content));
        let _ = client.poll_open(0);
        let mut buf = [0; 100];
        if let Poll::Ready(Ok(n)) = client.recv(&mut buf) {
            prop_assert!(open && kind == DATA);
            prop_assert_eq!(&buf[..n], &content[..]);
        }
    }
}

/// A record with zeros behind its type.
fn padded(server: &mut Server, kind: u8, content: &[u8], pad: usize) -> Vec<u8> {
    let mut text = [content, &[kind]].concat();
    text.extend(vec![0; pad]);
    // The last zero takes the place of the type that `record` appends.
    match text.split_last() {
        Some((last, before)) => server.record(*last, before),
        None => Vec::new(),
    }
}

/// Between the pieces of a message there is nothing, not even what middleboxes need (RFC 8446
/// section 5.1).
#[test]
fn change_cipher_spec_inside_a_message_is_refused() {
    let error = SessionError::UnexpectedRecord { content_type: 20 };
    for cut in [1, 4, 20] {
        let (mut client, link, mut server) = start();
        let hello = server.server_hello();
        link.inject(&record(HANDSHAKE, &hello[..cut]));
        link.inject(&record(20, &[1]));
        link.inject(&record(HANDSHAKE, &hello[cut..]));
        assert_eq!(client.poll_open(0), Poll::Ready(Err(error)), "{cut}");

        let (mut client, link, mut server) = start();
        let hello = server.server_hello();
        link.inject(&record(HANDSHAKE, &hello));
        let extensions = server.message(ENCRYPTED_EXTENSIONS, &[0, 0]);
        link.inject(&server.record(HANDSHAKE, &extensions[..cut.min(5)]));
        link.inject(&record(20, &[1]));
        assert_eq!(client.poll_open(0), Poll::Ready(Err(error)), "{cut}");
    }
}
