use core::task::Poll;

use super::watch::Watch;
use super::{Check, Fault, Limits, Nonconformance, Report, fill, pattern};
use crate::transport::{Host, StreamTransport, TransportError};

/// Octets of the largest check, each way.
const BULK: usize = 16 * 1024;
/// Octets that the peer sends before it closes: more than one segment of the network.
const LAST_WORDS: u16 = 3000;
/// How often nothing is asked for to be sure that nothing is there.
const LOOKS: usize = 8;

/// A port that can connect to the [peer](super).
pub trait StreamPort {
    /// What it hands to the SDK. It may borrow the modem.
    type Stream<'a>: StreamTransport
    where
        Self: 'a;

    /// Opens a connection to the peer; the one before has been dropped. It may wait: only what the
    /// stream itself does is timed.
    ///
    /// # Errors
    /// What kept the port from it.
    fn connect(&mut self) -> Result<Self::Stream<'_>, TransportError>;
}

/// Tests a port for streams. It opens six connections.
///
/// # Errors
/// The first thing that the port does not keep to.
pub fn stream(
    port: &mut impl StreamPort,
    host: &mut impl Host,
    limits: Limits,
) -> Result<Report, Nonconformance> {
    let mut watch = Watch::new(host, limits);
    for check in [
        Check::NothingThere,
        Check::EmptyBuffers,
        Check::TinyReads,
        Check::LargeReads,
        Check::Bulk,
        Check::Close,
        Check::Reconnect,
    ] {
        watch.begin(check);
        let mut stream = connect(port, &mut watch)?;
        match check {
            Check::EmptyBuffers => empty_buffers(&mut stream, &mut watch)?,
            Check::TinyReads => echo::<1>(&mut stream, &mut watch, 700, false)?,
            Check::LargeReads => echo::<512>(&mut stream, &mut watch, 100, false)?,
            Check::Bulk => echo::<256>(&mut stream, &mut watch, BULK, true)?,
            Check::Close => close(&mut stream, &mut watch)?,
            // The connection before was left with octets that nobody has read.
            Check::Reconnect => {
                send_all(&mut stream, &mut watch, b"E left unread")?;
                drop(stream);
                let mut stream = connect(port, &mut watch)?;
                nothing_there(&mut stream, &mut watch)?;
                echo::<64>(&mut stream, &mut watch, 64, false)?;
            }
            _ => nothing_there(&mut stream, &mut watch)?,
        }
    }
    Ok(watch.report)
}

fn connect<'p, P: StreamPort>(
    port: &'p mut P,
    watch: &mut Watch<'_, impl Host>,
) -> Result<P::Stream<'p>, Nonconformance> {
    port.connect().or_else(|error| watch.ended(error))
}

fn nothing_there(
    stream: &mut impl StreamTransport,
    watch: &mut Watch<'_, impl Host>,
) -> Result<(), Nonconformance> {
    let mut buf = [0; 16];
    for _ in 0..LOOKS {
        match watch.recv(stream, &mut buf)? {
            Poll::Pending => watch.idle(0, 0)?,
            Poll::Ready(Ok(_)) => return watch.fail(Fault::Unasked),
            Poll::Ready(Err(error)) => return watch.ended(error),
        }
    }
    Ok(())
}

fn empty_buffers(
    stream: &mut impl StreamTransport,
    watch: &mut Watch<'_, impl Host>,
) -> Result<(), Nonconformance> {
    for result in [stream.send(&[]), stream.recv(&mut [])] {
        match result {
            Poll::Ready(Ok(0)) => {}
            Poll::Ready(Ok(n)) => return watch.fail(Fault::Count { n, len: 0 }),
            Poll::Ready(Err(error)) => return watch.ended(error),
            Poll::Pending => {
                return watch.fail(Fault::NotInTime {
                    received: 0,
                    expected: 0,
                });
            }
        }
    }
    Ok(())
}

/// Sends the pattern and reads it back, `SIZE` octets at the most in one call.
fn echo<const SIZE: usize>(
    stream: &mut impl StreamTransport,
    watch: &mut Watch<'_, impl Host>,
    total: usize,
    fill_up_first: bool,
) -> Result<(), Nonconformance> {
    send_all(stream, watch, b"E")?;
    let (mut sent, mut received) = (0_usize, 0_usize);
    let mut reads = !fill_up_first;
    let mut out = [0; 300];
    let mut buf = [0; SIZE];
    while received < total {
        let mut moved = false;
        let len = total.saturating_sub(sent).min(out.len());
        if let Some(piece) = out.get_mut(..len).filter(|piece| !piece.is_empty()) {
            fill(piece, sent);
            let taken = watch.send(stream, piece)?;
            sent = sent.saturating_add(taken);
            moved = taken > 0;
        }
        // Read on from the moment at which the port is full.
        reads |= !moved;
        if reads {
            match watch.recv(stream, &mut buf)? {
                Poll::Pending => {}
                Poll::Ready(Ok(octets)) => {
                    compare(octets, received, watch)?;
                    received = received.saturating_add(octets.len());
                    moved = true;
                    if received > sent {
                        return watch.fail(Fault::Unasked);
                    }
                }
                Poll::Ready(Err(error)) => return watch.ended(error),
            }
        }
        if !moved {
            watch.idle(received, total)?;
        }
    }
    Ok(())
}

fn close(
    stream: &mut impl StreamTransport,
    watch: &mut Watch<'_, impl Host>,
) -> Result<(), Nonconformance> {
    let [high, low] = LAST_WORDS.to_be_bytes();
    send_all(stream, watch, &[b'T', high, low])?;
    let expected = usize::from(LAST_WORDS);
    let mut received = 0_usize;
    let mut buf = [0; 100];
    let end = loop {
        match watch.recv(stream, &mut buf)? {
            Poll::Pending if received == expected && watch.is_late() => {
                return watch.fail(Fault::StillOpen);
            }
            Poll::Pending => watch.idle(received, expected)?,
            Poll::Ready(Ok(octets)) => {
                compare(octets, received, watch)?;
                received = received.saturating_add(octets.len());
                if received > expected {
                    return watch.fail(Fault::Unasked);
                }
            }
            Poll::Ready(Err(error)) => break error,
        }
    };
    if received < expected {
        return watch.fail(Fault::NotInTime { received, expected });
    }
    if end != TransportError::Closed {
        return watch.ended(end);
    }
    for _ in 0..LOOKS {
        if !matches!(watch.recv(stream, &mut buf)?, Poll::Ready(Err(_))) {
            return watch.fail(Fault::StillOpen);
        }
    }
    Ok(())
}

fn send_all(
    stream: &mut impl StreamTransport,
    watch: &mut Watch<'_, impl Host>,
    mut data: &[u8],
) -> Result<(), Nonconformance> {
    while !data.is_empty() {
        match watch.send(stream, data)? {
            0 => watch.idle(0, 0)?,
            n => data = data.get(n..).unwrap_or_default(),
        }
    }
    Ok(())
}

fn compare(octets: &[u8], from: usize, watch: &Watch<'_, impl Host>) -> Result<(), Nonconformance> {
    for (n, got) in octets.iter().copied().enumerate() {
        let at = from.saturating_add(n);
        let expected = pattern(at);
        if got != expected {
            return watch.fail(Fault::Octet { at, expected, got });
        }
    }
    Ok(())
}
