//! The sockets of the face for application servers.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::SocketAddr;

use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};

use super::Shared;
use crate::http::{Parser, Progress};
use crate::northbound;

/// Longest body of a request: a payload of 256 KiB, escaped, fits.
const BODY: usize = 2 << 20;

/// The listener and its connections.
pub struct Web {
    shared: Shared,
    listener: TcpListener,
    conns: HashMap<usize, Conn>,
    most: usize,
}

struct Conn {
    socket: TcpStream,
    parser: Parser,
    output: Vec<u8>,
    /// Closed when the output is written.
    closing: bool,
}

impl Web {
    pub fn bind(
        shared: Shared,
        address: SocketAddr,
        most: usize,
        token: Token,
        registry: &Registry,
    ) -> io::Result<Self> {
        let mut listener = TcpListener::bind(address)?;
        registry.register(&mut listener, token, Interest::READABLE)?;
        Ok(Self {
            shared,
            listener,
            conns: HashMap::new(),
            most,
        })
    }

    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Takes new connections; they get tokens from `next` on.
    pub fn accept(&mut self, next: &mut usize, registry: &Registry) {
        while let Ok((mut socket, _)) = self.listener.accept() {
            let token = *next;
            *next += 1;
            let interest = Interest::READABLE | Interest::WRITABLE;
            if self.conns.len() >= self.most
                || registry
                    .register(&mut socket, Token(token), interest)
                    .is_err()
            {
                continue;
            }
            let (parser, output) = (Parser::new(BODY), Vec::new());
            self.conns.insert(
                token,
                Conn {
                    socket,
                    parser,
                    output,
                    closing: false,
                },
            );
            self.ready(token, registry);
        }
    }

    /// `false`: the token is of no connection here.
    pub fn ready(&mut self, token: usize, registry: &Registry) -> bool {
        let Some(conn) = self.conns.get_mut(&token) else {
            return false;
        };
        let open = conn.read(&self.shared) && conn.write();
        if !open && let Some(mut conn) = self.conns.remove(&token) {
            // It fails only when the client is gone already.
            let _ = registry.deregister(&mut conn.socket);
        }
        true
    }
}

impl Conn {
    /// `false`: the client is gone.
    fn read(&mut self, shared: &Shared) -> bool {
        let mut buffer = [0; 16 * 1024];
        loop {
            match self.socket.read(&mut buffer) {
                Ok(0) => return false,
                Ok(_) if self.closing => {}
                Ok(n) => {
                    self.parser.feed(&buffer[..n]);
                    self.answer(shared);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return false,
            }
        }
    }

    fn answer(&mut self, shared: &Shared) {
        while !self.closing {
            match self.parser.advance() {
                Ok(Progress::Incomplete) => return,
                Ok(Progress::Continue) => self.output.extend(b"HTTP/1.1 100 Continue\r\n\r\n"),
                Ok(Progress::Request(request)) => {
                    let response = northbound::answer(&mut shared.hub(), &request);
                    self.output.extend(response.octets(request.keep_alive));
                    self.closing = !request.keep_alive;
                }
                Err(response) => {
                    self.output.extend(response.octets(false));
                    self.closing = true;
                }
            }
        }
    }

    /// `false`: all is said, or the client is gone.
    fn write(&mut self) -> bool {
        while !self.output.is_empty() {
            match self.socket.write(&self.output) {
                Ok(n) => {
                    self.output.drain(..n);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,
                Err(_) => return false,
            }
        }
        !self.closing
    }
}
