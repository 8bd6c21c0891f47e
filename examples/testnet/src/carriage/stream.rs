//! CoAP over a reliable stream (RFC 8323): CSM first, Ping and Pong, Release, Abort, tokens of our own requests.

use crate::coap::stream::{BASE_MAX_MESSAGE_SIZE, decode, encode, signal};
use crate::coap::{Code, Message, number};
use crate::event::Closing;
use crate::server::DeliveryId;
use crate::wire::Body;

/// One end of a connection.
#[derive(Debug)]
pub struct StreamEndpoint {
    /// What we announce and enforce.
    own_max: usize,
    /// What the peer takes; `None` before its CSM.
    peer_max: Option<usize>,
    received: Vec<u8>,
    output: Vec<u8>,
    next_token: u32,
    waiting: Vec<(Vec<u8>, DeliveryId)>,
    ended: bool,
}

/// What came in.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    Request(Message),
    /// The answer to one of our requests.
    Response(DeliveryId, Code),
    /// One of our requests was refused with a Reset; only datagrams have that.
    Reset(DeliveryId),
    /// Something worth a line in the log.
    Signal(String),
    /// The connection is to be closed once all output is written.
    End(Closing),
}

impl StreamEndpoint {
    pub fn new(own_max: usize) -> Self {
        let mut endpoint = Self {
            own_max,
            peer_max: None,
            received: Vec::new(),
            output: Vec::new(),
            next_token: 0x5e00_0001,
            waiting: Vec::new(),
            ended: false,
        };
        let mut csm = Message::new(Code::CSM, &[]);
        csm.options.add_uint(
            signal::CSM_MAX_MESSAGE_SIZE,
            u32::try_from(own_max).unwrap_or(u32::MAX),
        );
        endpoint.send(&csm);
        endpoint
    }

    /// Takes octets of the peer, in pieces of any size.
    pub fn feed(&mut self, octets: &[u8]) -> Vec<Input> {
        let mut inputs = Vec::new();
        self.received.extend_from_slice(octets);
        while !self.ended {
            match decode(&self.received, self.own_max) {
                Ok(None) => break,
                Ok(Some((message, used))) => {
                    self.received.drain(..used);
                    self.message(message, &mut inputs);
                }
                Err(error) => self.abort(&error.to_string(), &mut inputs),
            }
        }
        inputs
    }

    /// Whether the peer stopped in the middle of a message.
    pub fn is_inside_message(&self) -> bool {
        !self.received.is_empty()
    }

    /// Queues any message: a response, or a signal of a test.
    pub fn send(&mut self, message: &Message) {
        self.output.extend(encode(message));
    }

    /// Whether the peer takes messages of that length.
    pub fn takes(&self, message: &Message) -> bool {
        encode(message).len() <= self.peer_max.unwrap_or(BASE_MAX_MESSAGE_SIZE)
    }

    /// Queues a request of ours. `false`: the peer does not take messages of that length.
    pub fn post(&mut self, delivery: DeliveryId, body: &Body, whatever_the_size: bool) -> bool {
        let token = self.next_token.to_be_bytes();
        self.next_token = self.next_token.wrapping_add(1);
        let mut message = Message::new(Code::POST, &token);
        message.options.add_uint(number::CONTENT_FORMAT, 50);
        message.payload = body.octets();
        let octets = encode(&message);
        if octets.len() > self.peer_max.unwrap_or(BASE_MAX_MESSAGE_SIZE) && !whatever_the_size {
            return false;
        }
        self.waiting.push((token.to_vec(), delivery));
        self.output.extend(octets);
        true
    }

    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    fn message(&mut self, message: Message, inputs: &mut Vec<Input>) {
        if self.peer_max.is_none() && message.code != Code::CSM {
            return self.abort("the first message must be CSM", inputs);
        }
        match message.code {
            Code::CSM => self.csm(&message, inputs),
            Code::PING => {
                inputs.push(Input::Signal("Ping".to_owned()));
                self.send(&Message::new(Code::PONG, &message.token));
            }
            Code::PONG => inputs.push(Input::Signal("Pong".to_owned())),
            Code::RELEASE => {
                inputs.push(Input::Signal("Release".to_owned()));
                self.end(Closing::Orderly, inputs);
            }
            Code::ABORT => {
                let text = String::from_utf8_lossy(&message.payload).into_owned();
                inputs.push(Input::Signal(format!("Abort {text}").trim_end().to_owned()));
                self.end(Closing::Aborted(text), inputs);
            }
            // Empty messages keep a connection alive and mean nothing (RFC 8323 3.4).
            Code::EMPTY => {}
            code if code.is_request() => inputs.push(Input::Request(message)),
            code if code.is_response() => match self
                .waiting
                .iter()
                .position(|(token, _)| *token == message.token)
            {
                Some(at) => inputs.push(Input::Response(self.waiting.swap_remove(at).1, code)),
                None => inputs.push(Input::Signal(format!("response {code} to nothing"))),
            },
            code => inputs.push(Input::Signal(format!("code {code} ignored"))),
        }
    }

    fn csm(&mut self, message: &Message, inputs: &mut Vec<Input>) {
        for (option, _) in message.options.iter() {
            if option % 2 == 1 {
                let mut abort = Message::new(Code::ABORT, &[]);
                abort.options.add_uint(signal::BAD_CSM_OPTION, option);
                self.send(&abort);
                return self.end(Closing::Aborted(format!("CSM option {option}")), inputs);
            }
        }
        let known = self.peer_max.unwrap_or(BASE_MAX_MESSAGE_SIZE);
        let announced = message.options.uint(signal::CSM_MAX_MESSAGE_SIZE);
        self.peer_max = Some(announced.map_or(known, |size| size as usize));
    }

    fn abort(&mut self, why: &str, inputs: &mut Vec<Input>) {
        let mut abort = Message::new(Code::ABORT, &[]);
        abort.payload = why.as_bytes().to_vec();
        self.send(&abort);
        self.end(Closing::Aborted(why.to_owned()), inputs);
    }

    fn end(&mut self, how: Closing, inputs: &mut Vec<Input>) {
        self.ended = true;
        self.received.clear();
        inputs.push(Input::End(how));
    }
}
