//! A modem that says anything: what the application gets keeps its bounds, and nothing goes on for ever.

use core::task::Poll;

use msgin5g::transport::at::{Dialect, Modem, Nordic, Quectel, Remote, Sara, Way, common};
use msgin5g::transport::{DatagramTransport, StreamTransport, TransportError};

/// Octets of a modem; the first octet says which, and what the application does.
pub fn at(data: &[u8]) {
    let Some((choice, said)) = data.split_first() else {
        return;
    };
    let _ = (common::imsi(said), common::operator(said));
    let _ = common::registration(said);
    match choice % 3 {
        0 => talk(Quectel::default(), *choice, said),
        1 => talk(Nordic::default(), *choice, said),
        _ => talk(Sara, *choice, said),
    }
}

/// A UART that gives a few octets at a time, and takes all.
struct Uart<'d> {
    said: &'d [u8],
    piece: usize,
    heard: usize,
}

impl StreamTransport for Uart<'_> {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        assert!(!data.is_empty());
        let taken = data.len().min(self.piece);
        self.heard += taken;
        Poll::Ready(Ok(taken))
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        // Every other call has nothing, so that commands come between the octets.
        self.piece = self.piece % 7 + 1;
        let len = buf.len().min(self.said.len()).min(self.piece);
        if len == 0 || self.piece == 4 {
            return Poll::Pending;
        }
        let (now, later) = self.said.split_at(len);
        buf[..len].copy_from_slice(now);
        self.said = later;
        Poll::Ready(Ok(len))
    }
}

fn talk<D: Dialect>(dialect: D, choice: u8, said: &[u8]) {
    let uart = Uart {
        said,
        piece: 1,
        heard: 0,
    };
    let mut now = 0;
    let clock = || {
        now += 250;
        now
    };
    let mut modem: Modem<_, _, _, 48, 48> = Modem::new(uart, clock, dialect);
    let way = if choice & 4 == 0 { Way::Tcp } else { Way::Udp };
    let remote = Remote {
        way,
        host: "a.example",
        port: 7,
    };
    let mut connected = false;
    let mut received = 0;
    let mut buf = [0; 20];
    // As long as something comes, and then long enough for every command to end.
    for turn in 0..said.len() * 2 + 4000 {
        if !connected {
            connected = modem.connect(&remote) == Poll::Ready(Ok(()));
            continue;
        }
        let sent = match way {
            Way::Tcp => modem.stream().send(b"some octets"),
            Way::Udp => modem.datagrams().send(b"one datagram").map_ok(|()| 1),
        };
        let got = match way {
            Way::Tcp => modem.stream().recv(&mut buf),
            Way::Udp => modem.datagrams().recv(&mut buf),
        };
        if let Poll::Ready(Ok(n)) = got {
            assert!((1..=buf.len()).contains(&n));
            received += n;
            assert!(received <= said.len(), "more than the modem said");
        }
        if let Poll::Ready(Ok(n)) = sent {
            assert!((1..=11).contains(&n));
        }
        if matches!(got, Poll::Ready(Err(_))) {
            connected = false;
        } else if choice & 8 != 0 && turn % 5 == 0 {
            let _ = modem.ask("AT+CIMI", "", 500, &mut buf);
        } else if choice & 16 != 0 && turn % 64 == 0 {
            connected = modem.close().is_pending();
        }
    }
    assert!(modem.uart().said.is_empty(), "octets were left unread");
    assert!(modem.uart().heard > 0);
    assert!(
        (0..4000).any(|_| modem.close().is_ready()),
        "it does not close"
    );
}
