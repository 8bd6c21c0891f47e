//! Why there is a fence: `embedded-tls` alone, against the same server and the same attacker.
//!
//! When one of these tests fails, a new version of `embedded-tls` has mended the defect, and the
//! fence (`src/session/embedded_tls/`) and `docs/known-limits.md` can be thinned.

use crate::forge::Forger;
use crate::link::*;
use core::task::Poll;
use embedded_io::{ErrorKind, ErrorType, Read, Write};
use embedded_tls::blocking::TlsConnection;
use embedded_tls::{Aes128GcmSha256, TlsConfig, TlsContext, TlsError, UnsecureProvider};
use msgin5g::transport::StreamTransport;

/// The link as a socket; "nothing now" is a time-out, as on a device.
struct Socket(Link);

impl ErrorType for Socket {
    type Error = ErrorKind;
}

impl Read for Socket {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, ErrorKind> {
        match self.0.recv(buf) {
            Poll::Ready(Ok(n)) => Ok(n),
            Poll::Ready(Err(_)) => Ok(0),
            Poll::Pending => Err(ErrorKind::TimedOut),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, data: &[u8]) -> Result<usize, ErrorKind> {
        let _ = self.0.send(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// What `embedded-tls` alone reads after these octets came to its open connection.
fn bare(records: impl Fn(&Link) -> Vec<u8>) -> Result<Vec<u8>, TlsError> {
    let link = Link::new(&Setup::default());
    let identity = identity(116);
    let identities = [identity.as_bytes()];
    let config = TlsConfig::new().with_psk(&KEY, &identities);
    let (mut rx, mut tx) = ([0; 16640], [0; 640]);
    let mut connection = TlsConnection::new(Socket(link.clone()), &mut rx, &mut tx);
    let provider = UnsecureProvider::new::<Aes128GcmSha256>(rand_core::OsRng);
    connection.open(TlsContext::new(&config, provider)).unwrap();
    link.step();
    link.inject(&records(&link));
    let mut buf = [0; 64];
    let n = connection.read(&mut buf)?;
    Ok(buf[..n].to_vec())
}

fn forged(kind: u8, content: &[u8], link: &Link) -> Vec<u8> {
    let log = link.server().seen.lock().unwrap().key_log.clone();
    Forger::new(&log, "SERVER_TRAFFIC_SECRET_0").record(kind, content, 0)
}

#[test]
fn bare_reads_what_the_server_sends() {
    let read = bare(|link| forged(23, b"hello", link));
    assert_eq!(read.unwrap(), b"hello");
}

/// D1: no key is needed.
#[test]
#[should_panic(expected = "not implemented")]
fn bare_panics_on_a_plaintext_finished() {
    let mut finished = vec![22, 3, 3, 0, 36, 20, 0, 0, 32];
    finished.extend([0x11; 32]);
    let _ = bare(|_| finished.clone());
}

/// D1: anybody can end the session "in order".
#[test]
fn bare_believes_a_plaintext_farewell() {
    let read = bare(|_| vec![21, 3, 3, 0, 2, 1, 0]);
    assert!(matches!(read, Err(TlsError::ConnectionClosed)));
}

/// D1, with the key: the same panic from within a protected record.
#[test]
#[should_panic(expected = "not implemented")]
fn bare_panics_on_a_protected_finished() {
    let finished = [&[20, 0, 0, 32][..], &[7; 32]].concat();
    let _ = bare(|link| forged(22, &finished, link));
}

/// D8: a record of the tag alone.
#[test]
#[should_panic(expected = "`Option::unwrap()` on a `None` value")]
fn bare_panics_on_an_empty_inner_plaintext() {
    let _ = bare(|link| {
        let log = link.server().seen.lock().unwrap().key_log.clone();
        Forger::new(&log, "SERVER_TRAFFIC_SECRET_0").protect(&[])
    });
}

/// D7: which alert it was is lost.
#[test]
fn bare_hides_the_number_of_an_alert() {
    let read = bare(|link| forged(21, &[2, 80], link));
    assert!(matches!(read, Err(TlsError::InternalError)));
}

/// D12: three octets of a header, nothing for a while, then the rest.
#[test]
fn bare_loses_its_place_when_nothing_comes_for_a_while() {
    let link = Link::new(&Setup::default());
    let identity = identity(116);
    let identities = [identity.as_bytes()];
    let config = TlsConfig::new().with_psk(&KEY, &identities);
    let (mut rx, mut tx) = ([0; 16640], [0; 640]);
    let mut connection = TlsConnection::new(Socket(link.clone()), &mut rx, &mut tx);
    let provider = UnsecureProvider::new::<Aes128GcmSha256>(rand_core::OsRng);
    connection.open(TlsContext::new(&config, provider)).unwrap();
    link.step();
    let record = forged(23, b"hello", &link);
    link.inject(&record[..3]);
    assert!(connection.read(&mut [0; 64]).is_err());
    link.inject(&record[3..]);
    assert!(connection.read(&mut [0; 64]).is_err());
}
