//! One TCP connection: socket, channel and CoAP endpoint, with the faults of the carriage.

use std::io::{self, Read, Write};
use std::time::Instant;

use mio::net::TcpStream;

use super::{Limits, Shared};
use crate::carriage::stream::{Input, StreamEndpoint};
use crate::coap::Message;
use crate::event::{Closing, EventKind};
use crate::faults::{AfterCut, Cut, Faults, spend};
use crate::hub::Out;
use crate::secure::{Channel, PlainChannel, Progress, TlsServer};
use crate::server::{DeliveryId, Outcome, PeerId};
use crate::wire::Body;

/// A peer that does not read is dropped when this much waits for it.
const MOST_OUTPUT: usize = 4 << 20;

/// The state of one connection over a socket, or over memory.
pub struct Conn<S = TcpStream> {
    pub peer: PeerId,
    /// When the handshake must be over.
    pub deadline: Option<Instant>,
    shared: Shared,
    socket: S,
    channel: Channel,
    secured: bool,
    endpoint: Option<StreamEndpoint>,
    max_message: usize,
    /// Octets for the wire.
    output: Vec<u8>,
    octets_in: u64,
    octets_out: u64,
    stalled: bool,
    /// By a fault: open, and nothing more comes out or is listened to.
    silent: bool,
    /// The connection is to be closed when the output is written.
    closing: Option<Closing>,
    over: bool,
}

impl<S: Read + Write> Conn<S> {
    pub fn new(
        shared: Shared,
        peer: PeerId,
        socket: S,
        tls: Option<&TlsServer>,
        limits: Limits,
    ) -> io::Result<Self> {
        let channel = match tls {
            Some(tls) => Channel::Tls(Box::new(tls.channel(peer)?)),
            None => Channel::Plain(PlainChannel::default()),
        };
        let stalled = tls.is_some() && spend(&mut shared.faults().stall_handshakes);
        if stalled {
            shared.log.push(
                Some(peer),
                EventKind::Fault {
                    what: "handshake stalled".to_owned(),
                },
            );
        }
        Ok(Self {
            peer,
            deadline: Some(Instant::now() + limits.handshake),
            shared,
            socket,
            channel,
            secured: tls.is_some(),
            endpoint: None,
            max_message: limits.max_message,
            output: Vec::new(),
            octets_in: 0,
            octets_out: 0,
            stalled,
            silent: false,
            closing: None,
            over: false,
        })
    }

    /// The socket has octets, or takes some.
    pub fn ready(&mut self) {
        let mut buffer = [0; 16 * 1024];
        while !self.over {
            match self.socket.read(&mut buffer) {
                Ok(0) => {
                    self.channel.input_end();
                    self.advance();
                    self.end(Closing::Truncated);
                }
                // After a cut into silence octets are read and thrown away, so that the end is seen.
                Ok(_) if self.silent => {}
                Ok(n) => self.take(&buffer[..n]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.end(lost(&error)),
            }
        }
        self.write();
    }

    /// Says what is to be said before the peer speaks.
    pub fn greet(&mut self) {
        self.advance();
        self.write();
    }

    /// What the hub wants of this connection.
    pub fn carry_out(&mut self, out: &Out) {
        match out {
            Out::Send { message, .. } => self.send(message),
            Out::Post {
                delivery,
                body,
                whatever_the_size,
                ..
            } => self.post(*delivery, body, *whatever_the_size),
            Out::Notify {
                delivery, message, ..
            } => self.notify(*delivery, message),
            // OpenSSL's crate has no way to ask for other keys.
            Out::Settle { .. } | Out::UpdateKeys { .. } => {}
            Out::Raw { octets, .. } => self.raw(octets),
            Out::Close { orderly: true, .. } => self.close(Closing::Orderly),
            Out::Close { orderly: false, .. } | Out::CutAll => self.end(Closing::Cut),
        }
    }

    pub fn send(&mut self, message: &Message) {
        if let Some(endpoint) = &mut self.endpoint {
            endpoint.send(message);
        }
        self.pump();
    }

    pub fn post(&mut self, delivery: DeliveryId, body: &Body, whatever_the_size: bool) {
        let Some(endpoint) = &mut self.endpoint else {
            return;
        };
        if !endpoint.post(delivery, body, whatever_the_size) {
            self.shared
                .hub()
                .settle(self.peer, delivery, Outcome::TooLarge);
        }
        self.pump();
    }

    /// A notification: on a stream nothing answers it, so it is settled when it is sent.
    pub fn notify(&mut self, delivery: DeliveryId, message: &Message) {
        let fits = self.endpoint.as_ref().is_some_and(|e| e.takes(message));
        let outcome = match fits {
            true => Outcome::Answered(message.code),
            false => Outcome::TooLarge,
        };
        if fits {
            self.send(message);
        }
        self.shared.hub().settle(self.peer, delivery, outcome);
    }

    /// Octets that go out as they are.
    pub fn raw(&mut self, octets: &[u8]) {
        self.output.extend_from_slice(octets);
        self.write();
    }

    /// Closes by the book: what waits goes out first, then close_notify, then FIN.
    pub fn close(&mut self, how: Closing) {
        if self.closing.is_none() {
            self.pump();
            self.channel.close();
            self.closing = Some(how);
            self.write();
        }
    }

    /// Ends the connection at once, what waits for output is lost.
    pub fn end(&mut self, how: Closing) {
        if self.over {
            return;
        }
        self.over = true;
        let how = self.closing.take().unwrap_or(how);
        let mut hub = self.shared.hub();
        let ue = hub.server.name(self.peer);
        hub.server.peer_gone(self.peer);
        self.shared.log.push(
            Some(self.peer),
            EventKind::SessionClosed {
                ue,
                how,
                octets_in: self.octets_in,
                octets_out: self.octets_out,
            },
        );
    }

    pub fn is_over(&self) -> bool {
        self.over
    }

    pub fn socket(&mut self) -> &mut S {
        &mut self.socket
    }

    fn take(&mut self, octets: &[u8]) {
        let (octets, cut) = self.cut(octets, self.octets_in, |f| &mut f.cut_received);
        let octets = octets.to_vec();
        self.octets_in += octets.len() as u64;
        if !self.stalled {
            self.channel.input(&octets);
            self.advance();
            self.write();
        }
        self.after_cut(cut);
    }

    /// Lets the channel and the endpoint digest what has come in.
    fn advance(&mut self) {
        for progress in self.channel.advance() {
            match progress {
                Progress::Opened(opened) => {
                    self.deadline = None;
                    self.endpoint = Some(StreamEndpoint::new(self.max_message));
                    self.shared.hub().opened(self.peer, &opened, self.secured);
                }
                Progress::Data(data) => self.data(&data),
                Progress::Closed(how) => {
                    let inside = self
                        .endpoint
                        .as_ref()
                        .is_some_and(StreamEndpoint::is_inside_message);
                    self.close(if inside { Closing::Truncated } else { how });
                }
                Progress::Refused(reason) => {
                    let ue = self.shared.hub().server.name(self.peer);
                    self.shared
                        .log
                        .push(Some(self.peer), EventKind::SessionRefused { ue, reason });
                    self.close(Closing::Error("handshake refused".to_owned()));
                }
            }
        }
        self.pump();
    }

    fn data(&mut self, data: &[u8]) {
        let Some(endpoint) = &mut self.endpoint else {
            return;
        };
        for input in endpoint.feed(data) {
            let mut hub = self.shared.hub();
            match input {
                Input::Request(request) => hub.request(self.peer, &request),
                Input::Response(delivery, code) => hub.response(self.peer, delivery, code),
                Input::Reset(delivery) => hub.settle(self.peer, delivery, Outcome::Reset),
                Input::Signal(what) => {
                    let ue = hub.server.name(self.peer);
                    self.shared.log.push(
                        Some(self.peer),
                        EventKind::Signal {
                            ue,
                            inbound: true,
                            what,
                        },
                    );
                }
                Input::End(how) => {
                    drop(hub);
                    self.close(how);
                }
            }
        }
    }

    /// From the endpoint through the channel to the wire.
    fn pump(&mut self) {
        if self.closing.is_none()
            && let Some(endpoint) = &mut self.endpoint
        {
            let clear = endpoint.take_output();
            if !clear.is_empty()
                && let Err(error) = self.channel.write(&clear)
            {
                return self.end(Closing::Error(error));
            }
        }
        self.write();
    }

    fn write(&mut self) {
        let made = self.channel.take_output();
        self.output.extend(made);
        while !self.over && !self.silent && !self.output.is_empty() {
            let most = self
                .shared
                .faults()
                .write_at_most
                .unwrap_or(usize::MAX)
                .max(1);
            let waiting = std::mem::take(&mut self.output);
            let (piece, cut) =
                self.cut(&waiting[..waiting.len().min(most)], self.octets_out, |f| {
                    &mut f.cut_sent
                });
            let result = if piece.is_empty() {
                Ok(0)
            } else {
                self.socket.write(piece)
            };
            let complete = result.as_ref().is_ok_and(|n| *n == piece.len());
            let written = result.as_ref().map_or(0, |n| *n);
            self.octets_out += written as u64;
            self.output = waiting[written..].to_vec();
            match result {
                Ok(_) if complete => self.after_cut(cut),
                Ok(_) => break,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => self.end(lost(&error)),
            }
        }
        if self.output.len() > MOST_OUTPUT {
            self.end(Closing::Error("the peer does not read".to_owned()));
        }
        if self.output.is_empty() && self.closing.is_some() {
            self.end(Closing::Orderly);
        }
    }

    /// How much of these octets still passes before a cut.
    fn cut<'a>(
        &self,
        octets: &'a [u8],
        so_far: u64,
        which: fn(&mut Faults) -> &mut Option<Cut>,
    ) -> (&'a [u8], Option<AfterCut>) {
        let mut faults = self.shared.faults();
        let Some(cut) = which(&mut faults).as_mut().filter(|cut| cut.times > 0) else {
            return (octets, None);
        };
        let left = cut.after_octets.saturating_sub(so_far);
        if left > octets.len() as u64 {
            return (octets, None);
        }
        spend(&mut cut.times);
        (&octets[..left as usize], Some(cut.then))
    }

    fn after_cut(&mut self, cut: Option<AfterCut>) {
        let Some(then) = cut else { return };
        if self.over {
            return;
        }
        let what = format!(
            "cut after {} octets in, {} out",
            self.octets_in, self.octets_out
        );
        self.shared
            .log
            .push(Some(self.peer), EventKind::Fault { what });
        match then {
            AfterCut::Close => self.end(Closing::Cut),
            AfterCut::Silence => {
                self.silent = true;
                self.deadline = None;
            }
        }
    }
}

/// A reset is a peer that went without a word.
fn lost(error: &io::Error) -> Closing {
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Closing::Truncated,
        _ => Closing::Error(error.to_string()),
    }
}
