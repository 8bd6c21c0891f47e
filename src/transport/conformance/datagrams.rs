use core::task::Poll;

use super::watch::Watch;
use super::{Check, Fault, Limits, Nonconformance, Report, fill, pattern};
use crate::transport::{DatagramTransport, Host};

/// Lengths of the datagrams: the smallest, odd ones, and the largest that CoAP sends unasked.
const LENGTHS: [usize; 8] = [1, 2, 63, 255, 256, 513, 1000, 1152];
const LARGEST: usize = 1152;
/// How often one is sent before it counts as lost; each waits a fifth of the check's time.
const TRIES: usize = 4;
/// How many may be lost for good: a way that loses more carries nothing.
const MAY_BE_LOST: usize = 2;

/// Tests a port for datagrams that is connected to the [peer](super), with datagrams of up to `largest`
/// octets: what the modem takes at once. 1152 is what CoAP wants, and the most that is tried.
///
/// Datagrams may be lost, doubled and overtaken; they may not be cut, put together or changed.
///
/// # Errors
/// The first thing that the port does not keep to.
pub fn datagrams(
    way: &mut impl DatagramTransport,
    largest: usize,
    host: &mut impl Host,
    limits: Limits,
) -> Result<Report, Nonconformance> {
    let mut watch = Watch::new(host, limits);
    match watch.timed(|| way.recv(&mut [0; 16]))? {
        Poll::Pending => {}
        Poll::Ready(Ok(_)) => return watch.fail(Fault::Unasked),
        Poll::Ready(Err(error)) => return watch.ended(error),
    }
    for len in LENGTHS.into_iter().filter(|len| *len <= largest) {
        watch.begin(Check::Borders);
        let mut arrived = false;
        for _ in 0..TRIES {
            arrived = arrived || there_and_back(way, &mut watch, len, limits)?;
        }
        if !arrived {
            watch.report.lost = watch.report.lost.saturating_add(1);
        }
    }
    let lost = watch.report.lost;
    if lost > MAY_BE_LOST {
        let of = LENGTHS.len();
        return watch.fail(Fault::Lost { lost, of });
    }
    Ok(watch.report)
}

/// Sends one and waits for it; whether it came back in its share of the time.
fn there_and_back(
    way: &mut impl DatagramTransport,
    watch: &mut Watch<'_, impl Host>,
    len: usize,
    limits: Limits,
) -> Result<bool, Nonconformance> {
    let mut memory = [0; LARGEST];
    let datagram = memory.get_mut(..len).unwrap_or_default();
    fill(datagram, len);
    loop {
        match watch.timed(|| way.send(datagram))? {
            Poll::Ready(Ok(())) => break,
            Poll::Ready(Err(error)) => return watch.ended(error),
            Poll::Pending => {
                watch.report.pending_sends = watch.report.pending_sends.saturating_add(1);
                watch.idle(0, len)?;
            }
        }
    }
    watch.report.sent = watch.report.sent.saturating_add(1);
    let share = limits.check_ms / 5;
    let until = watch.now_ms().saturating_add(share);
    // One octet more, so that two that were put together are seen.
    let mut buf = [0; LARGEST + 1];
    while watch.now_ms() < until {
        match watch.timed(|| way.recv(&mut buf))? {
            Poll::Pending => watch.idle(0, len)?,
            Poll::Ready(Err(error)) => return watch.ended(error),
            Poll::Ready(Ok(n)) => {
                watch.report.received = watch.report.received.saturating_add(1);
                if !LENGTHS.contains(&n) {
                    return watch.fail(Fault::Length { got: n });
                }
                let octets = buf.iter().take(n).copied().enumerate();
                for (at, got) in octets {
                    // Each begins at the place of the pattern that is its length.
                    let expected = pattern(n.saturating_add(at));
                    if got != expected {
                        return watch.fail(Fault::Octet { at, expected, got });
                    }
                }
                if n == len {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}
