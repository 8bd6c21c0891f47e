//! The transport over `embedded-io`: under the conformance test of ports, and its errors.

use crate::conformance_peer;
use core::task::Poll;
use std::collections::VecDeque;
use std::net::{SocketAddr, TcpListener};

use embedded_io::{ErrorKind, ErrorType, Read, ReadReady, Write, WriteReady};
use msgin5g::transport::conformance::{self, Limits, StreamPort};
use msgin5g::transport::{IoTransport, StdHost, StreamTransport, TcpTransport, TransportError};

/// A network stack with a receive buffer, as `embedded-io` sees it.
struct Stack {
    tcp: TcpTransport,
    received: VecDeque<u8>,
    end: Option<ErrorKind>,
}

impl Stack {
    fn fill(&mut self) {
        let mut buf = [0; 64];
        while self.received.len() < 512 && self.end.is_none() {
            match self.tcp.recv(&mut buf) {
                Poll::Pending => return,
                Poll::Ready(Ok(n)) => self.received.extend(&buf[..n]),
                Poll::Ready(Err(_)) => self.end = Some(ErrorKind::ConnectionReset),
            }
        }
    }
}

impl ErrorType for Stack {
    type Error = ErrorKind;
}

impl ReadReady for Stack {
    fn read_ready(&mut self) -> Result<bool, ErrorKind> {
        self.fill();
        Ok(!self.received.is_empty() || self.end.is_some())
    }
}

impl Read for Stack {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, ErrorKind> {
        let len = buf.len().min(self.received.len());
        for (to, from) in buf.iter_mut().zip(self.received.drain(..len)) {
            *to = from;
        }
        Ok(len)
    }
}

impl WriteReady for Stack {
    fn write_ready(&mut self) -> Result<bool, ErrorKind> {
        Ok(true)
    }
}

impl Write for Stack {
    fn write(&mut self, data: &[u8]) -> Result<usize, ErrorKind> {
        match self.tcp.send(data) {
            Poll::Ready(Ok(n)) => Ok(n),
            Poll::Ready(Err(_)) => Err(ErrorKind::ConnectionReset),
            Poll::Pending => panic!("what is sent here fits the socket"),
        }
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

struct Port(SocketAddr);

impl StreamPort for Port {
    type Stream<'a> = IoTransport<Stack>;

    fn connect(&mut self) -> Result<Self::Stream<'_>, TransportError> {
        Ok(IoTransport::new(Stack {
            tcp: TcpTransport::connect(self.0).map_err(|_| TransportError::Closed)?,
            received: VecDeque::new(),
            end: None,
        }))
    }
}

#[test]
fn it_holds() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || conformance_peer::streams(&listener));
    let limits = Limits {
        check_ms: 60_000,
        call_ms: 30_000,
    };
    conformance::stream(&mut Port(address), &mut StdHost::new(), limits).unwrap();
}

/// Says one thing.
struct Says(Result<bool, ErrorKind>, Result<usize, ErrorKind>);

impl ErrorType for Says {
    type Error = ErrorKind;
}

impl ReadReady for Says {
    fn read_ready(&mut self) -> Result<bool, ErrorKind> {
        self.0
    }
}

impl Read for Says {
    fn read(&mut self, _: &mut [u8]) -> Result<usize, ErrorKind> {
        self.1
    }
}

impl WriteReady for Says {
    fn write_ready(&mut self) -> Result<bool, ErrorKind> {
        self.0
    }
}

impl Write for Says {
    fn write(&mut self, _: &[u8]) -> Result<usize, ErrorKind> {
        self.1
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        self.1.map(|_| ())
    }
}

#[test]
fn what_is_said_means() {
    let closed = Poll::Ready(Err(TransportError::Closed));
    let failed = Poll::Ready(Err(TransportError::Failed(-1)));
    for (ready, done, means) in [
        (Ok(false), Ok(3), Poll::Pending),
        (Ok(true), Ok(3), Poll::Ready(Ok(3))),
        (Ok(true), Ok(0), closed),
        (Ok(true), Err(ErrorKind::ConnectionReset), closed),
        (Ok(true), Err(ErrorKind::TimedOut), failed),
        (Err(ErrorKind::Other), Ok(3), failed),
    ] {
        let mut io = IoTransport::new(Says(ready, done));
        assert_eq!(io.recv(&mut [0; 4]), means);
        assert_eq!(io.send(&[0; 4]), means);
        assert_eq!(io.last_error(), ready.err().or(done.err()));
        assert_eq!(io.recv(&mut []), Poll::Ready(Ok(0)));
        assert_eq!(io.send(&[]), Poll::Ready(Ok(0)));
    }
}
