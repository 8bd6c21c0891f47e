//! One peer of a UDP socket: CoAP endpoint, and DTLS around it where there is some.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::carriage::datagram::DatagramEndpoint;
use crate::carriage::stream::Input;
use crate::event::{Closing, Refusal};
use crate::secure::datagram::{Association, DatagramChannel, DatagramProgress, DatagramSecurity};
use crate::secure::{KeyService, Opened, hello};
use crate::server::PeerId;

/// The state of one peer.
pub struct Peer {
    pub address: SocketAddr,
    pub endpoint: DatagramEndpoint,
    pub octets_in: u64,
    pub octets_out: u64,
    guard: Option<Guard>,
}

/// What has become of a datagram.
pub enum Step {
    /// The handshake is over.
    Opened(Opened),
    Refused(Refusal),
    Input(Input),
    /// An authentic datagram came from another address, which is the peer's from now on.
    Moved,
}

struct Guard {
    channel: Box<dyn DatagramChannel>,
    facts: Facts,
    is_open: bool,
    /// When the handshake must be over.
    deadline_ms: Option<u64>,
}

type Facts = Arc<Mutex<FactSheet>>;

#[derive(Default)]
struct FactSheet {
    server_name: Option<String>,
    /// The last search for a key: SUPI and expiry, or why there was none.
    lookup: Option<Result<(String, u64), Refusal>>,
    /// Two ClientHellos of one handshake get the same answer.
    answered: Option<Answered>,
}

/// PSK identity and server name, and the key that there was.
type Answered = ((Vec<u8>, Option<String>), Option<[u8; 32]>);

impl Guard {
    fn facts(&self) -> MutexGuard<'_, FactSheet> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Peer {
    pub fn plain(address: SocketAddr, endpoint: DatagramEndpoint) -> Self {
        Self {
            address,
            endpoint,
            octets_in: 0,
            octets_out: 0,
            guard: None,
        }
    }

    pub fn guarded(
        address: SocketAddr,
        endpoint: DatagramEndpoint,
        (id, connection_id): (PeerId, &[u8]),
        (security, keys): (&dyn DatagramSecurity, &KeyService),
        deadline_ms: u64,
    ) -> Result<Self, String> {
        let facts = Facts::default();
        let (keys, known) = (keys.clone(), facts.clone());
        let channel = security.accept(Association {
            peer: address,
            connection_id: connection_id.to_vec(),
            find_key: Box::new(move |identity| {
                let mut facts = known.lock().unwrap_or_else(PoisonError::into_inner);
                let asked = (identity.to_vec(), facts.server_name.clone());
                if let Some((before, key)) = &facts.answered
                    && *before == asked
                {
                    return *key;
                }
                let answer = keys.key(Some(id), identity, asked.1.clone());
                let (key, proven) = match answer {
                    Ok(Some(found)) => (Some(found.k_af), Some(Ok((found.supi, found.expires_ms)))),
                    Ok(None) => (None, None),
                    Err(refusal) => (None, Some(Err(refusal))),
                };
                (facts.lookup, facts.answered) = (proven, Some((asked, key)));
                key
            }),
        })?;
        Ok(Self {
            guard: Some(Guard {
                channel,
                facts,
                is_open: false,
                deadline_ms: Some(deadline_ms),
            }),
            ..Self::plain(address, endpoint)
        })
    }

    /// Whether messages can be exchanged.
    pub fn is_open(&self) -> bool {
        self.guard.as_ref().is_none_or(|guard| guard.is_open)
    }

    /// A datagram came from this address.
    pub fn feed(&mut self, now: u64, from: SocketAddr, octets: &[u8]) -> Vec<Step> {
        self.octets_in += octets.len() as u64;
        let Some(guard) = &mut self.guard else {
            return inputs(self.endpoint.feed(now, octets));
        };
        if let Some(hello) = hello::of_datagram(octets).filter(|_| !guard.is_open) {
            guard.facts().server_name = hello.server_name;
        }
        let progress = guard.channel.input(now, octets);
        let mut steps = self.digest(now, from, progress);
        // A channel may refuse a ClientHello without a word to us, and without a state.
        let guard = self.guard.as_ref().filter(|guard| !guard.is_open);
        let lookup = guard.and_then(|guard| guard.facts().lookup.clone());
        if let Some(Err(refusal)) = lookup.filter(|_| steps.is_empty()) {
            steps.push(Step::Refused(refusal));
        }
        steps
    }

    /// Does what is due.
    pub fn tick(&mut self, now: u64) -> Vec<Step> {
        let mut steps = Vec::new();
        if let Some(guard) = &mut self.guard {
            if guard.deadline_ms.is_some_and(|at| at <= now) {
                let late = Closing::Error("no handshake in time".to_owned());
                return vec![Step::Input(Input::End(late))];
            }
            if guard.channel.next_due().is_some_and(|at| at <= now) {
                let progress = guard.channel.tick(now);
                steps = self.digest(now, self.address, progress);
            }
        }
        steps.extend(inputs(self.endpoint.tick(now)));
        steps
    }

    pub fn next_due(&self) -> Option<u64> {
        let guard = self.guard.as_ref();
        let channel = guard.and_then(|guard| guard.channel.next_due());
        let deadline = guard.and_then(|guard| guard.deadline_ms);
        let dues = [self.endpoint.next_due(), channel, deadline];
        dues.into_iter().flatten().min()
    }

    /// Changes the server's key. `false`: there is none.
    pub fn update_keys(&mut self, now: u64) -> bool {
        let guard = self.guard.as_mut().filter(|guard| guard.is_open);
        guard.is_some_and(|guard| guard.channel.update_keys(now).is_ok())
    }

    /// Says close_notify, where there is such a thing.
    pub fn close(&mut self) -> bool {
        let guard = self.guard.as_mut().filter(|guard| guard.is_open);
        guard.map(|guard| guard.channel.close()).is_some()
    }

    /// Datagrams for the wire.
    pub fn take_output(&mut self, now: u64) -> Vec<Vec<u8>> {
        let clear = self.endpoint.take_output();
        let output = match &mut self.guard {
            None => clear,
            Some(guard) => {
                for datagram in clear {
                    // What cannot be protected is lost like any datagram, and comes again if it matters.
                    let _ = guard.channel.write(now, &datagram);
                }
                guard.channel.take_output()
            }
        };
        self.octets_out += output.iter().map(|octets| octets.len() as u64).sum::<u64>();
        output
    }

    fn digest(&mut self, now: u64, from: SocketAddr, all: Vec<DatagramProgress>) -> Vec<Step> {
        let Some(guard) = &mut self.guard else {
            return Vec::new();
        };
        let mut steps = Vec::new();
        for progress in all {
            let found = guard.facts().lookup.clone();
            steps.push(match progress {
                DatagramProgress::Opened { cipher } => {
                    (guard.is_open, guard.deadline_ms) = (true, None);
                    self.endpoint.hold(guard.channel.max_write());
                    let proven = found.and_then(Result::ok);
                    let cipher = cipher.map(|cipher| format!("{cipher} in DTLS"));
                    Step::Opened(Opened { proven, cipher })
                }
                DatagramProgress::Data(data) => {
                    if self.address != from {
                        self.address = from;
                        steps.push(Step::Moved);
                    }
                    steps.extend(inputs(self.endpoint.feed(now, &data)));
                    continue;
                }
                DatagramProgress::Closed => Step::Input(Input::End(Closing::Orderly)),
                DatagramProgress::Failed(why) if guard.is_open => {
                    Step::Input(Input::End(Closing::Error(why)))
                }
                DatagramProgress::Failed(why) => Step::Refused(match found {
                    Some(Err(refusal)) => refusal,
                    _ => Refusal::Other(why),
                }),
                DatagramProgress::WrongKey => Step::Refused(match found {
                    Some(Err(refusal)) => refusal,
                    _ => Refusal::WrongKey,
                }),
            });
        }
        steps
    }
}

fn inputs(inputs: Vec<Input>) -> Vec<Step> {
    inputs.into_iter().map(Step::Input).collect()
}
