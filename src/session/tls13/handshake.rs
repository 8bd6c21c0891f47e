//! The client's side of the handshake (RFC 8446 section 4, appendix A.1), for streams and
//! datagrams alike: whole messages in and out, no records.

use super::alert::Alert;
use super::client_hello::{self, BINDERS_LEN, Hello};
use super::config::{Config, PskMode};
use super::crypto::{CipherSuite, Crypto, ExternalPsk, Hash, KeyExchange, NamedGroup};
use super::encrypted_extensions::{self, Offered};
use super::error::TlsError;
use super::key_schedule::{self, ApplicationSecrets, HandshakeSecrets, KeySchedule};
use super::protocol::Protocol;
use super::server_hello::{self, Answer};
use crate::akma::PskIdentity;
use rand_core::{CryptoRng, RngCore};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

const SERVER_HELLO: u8 = 2;
const ENCRYPTED_EXTENSIONS: u8 = 8;
const FINISHED: u8 = 20;
const MESSAGE_HASH: u8 = 254;

/// Octets of a Finished with its header.
pub(crate) const FINISHED_LEN: usize = 4 + 32;

/// A Connection ID. The RFC allows 255 octets; nobody is known to use more than 20.
#[cfg(feature = "dtls13")]
pub(crate) type ConnectionId = heapless::Vec<u8, 20>;

/// A message cut into its parts.
#[derive(Clone, Copy)]
pub(crate) struct Message<'a> {
    pub(crate) kind: u8,
    pub(crate) body: &'a [u8],
    /// Nothing follows it in the same record. Where keys change nothing may.
    pub(crate) last: bool,
}

/// What the record layer is to do next.
pub(crate) enum Step {
    /// Send the ClientHello anew: so many octets of the output.
    Hello(usize),
    /// Read and write under these from now on.
    HandshakeKeys {
        suite: CipherSuite,
        /// By which to address the server from now on; DTLS only.
        #[cfg(feature = "dtls13")]
        connection_id: Option<ConnectionId>,
    },
    /// A record to the server may have so many octets of content, without its type octet.
    SendLimit(usize),
    /// Send the Finished in the output under the handshake keys, then change to these.
    Finished(ApplicationSecrets),
}

/// One handshake. Dropped as soon as it is over, so that its secrets are gone.
pub(crate) struct Handshake<'c, C: Crypto> {
    pub(super) config: Config<'c>,
    /// In place of the one in the configuration.
    identity: Option<PskIdentity>,
    protocol: Protocol,
    state: State,
    schedule: KeySchedule<C>,
    transcript: C::Hash,
    pub(super) random: [u8; 32],
    seed: Zeroizing<[u8; 32]>,
    share: Option<Share<C>>,
    suite: Option<CipherSuite>,
    secrets: Option<HandshakeSecrets>,
    limits: Limits,
    connection_id: Option<&'c [u8]>,
}

/// What of a record fits this client's buffer.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// For record_size_limit: content, type octet and padding.
    pub(crate) record_size: u16,
    /// For max_fragment_length.
    pub(crate) fragment_code: Option<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// ClientHello is out. `retried`: it was the second.
    WaitHello {
        retried: bool,
    },
    WaitExtensions,
    WaitFinished,
    Done,
}

struct Share<C: Crypto> {
    group: NamedGroup,
    key: C::KeyExchange,
    public: [u8; 65],
    public_len: usize,
}

impl<'c, C: Crypto> Handshake<'c, C> {
    pub(crate) fn new(
        protocol: Protocol,
        config: &Config<'c>,
        limits: Limits,
        connection_id: Option<&'c [u8]>,
        psk: &mut dyn ExternalPsk,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Self, TlsError> {
        config.check::<C>()?;
        let (mut random, mut seed) = ([0; 32], Zeroizing::new([0; 32]));
        draw(rng, &mut random)?;
        draw(rng, &mut seed)?;
        let mut handshake = Self {
            config: *config,
            identity: None,
            protocol,
            state: State::WaitHello { retried: false },
            schedule: KeySchedule::new(protocol, psk)?,
            transcript: C::Hash::default(),
            random,
            seed,
            share: None,
            suite: None,
            secrets: None,
            limits,
            connection_id,
        };
        handshake.share = match config.groups::<C>().next() {
            Some(group) => Some(handshake.new_share(group)?),
            None => None,
        };
        Ok(handshake)
    }

    /// Names the key so, in place of the configuration: for who cannot lend the name for as long
    /// as the buffers.
    pub(crate) fn with_identity(mut self, identity: Option<PskIdentity>) -> Self {
        self.identity = identity;
        self
    }

    /// Writes the first ClientHello with its header. The second, if the server asks for the group
    /// with the longest key, must have room too.
    pub(crate) fn hello(&mut self, out: &mut [u8]) -> Result<usize, TlsError> {
        let longest = self.config.groups::<C>().map(NamedGroup::public_len).max();
        let own = self.share.as_ref().map_or(0, |share| share.public_len);
        let more = longest.unwrap_or(0).saturating_sub(own);
        let len = self.write_hello(&[], out).map_err(|e| e.needing(more))?;
        match len.saturating_add(more) {
            needed if needed > out.len() => Err(TlsError::too_small(needed)),
            _ => Ok(len),
        }
    }

    /// Takes one message of the server; `out` is where an answer is written.
    pub(crate) fn receive(
        &mut self,
        message: Message<'_>,
        out: &mut [u8],
    ) -> Result<Step, TlsError> {
        match (self.state, message.kind) {
            (State::WaitHello { retried }, SERVER_HELLO) => {
                self.server_hello(message, retried, out)
            }
            (State::WaitExtensions, ENCRYPTED_EXTENSIONS) => self.extensions(message),
            (State::WaitFinished, FINISHED) => self.finished(message, out),
            _ => Err(TlsError::UnexpectedMessage(message.kind)),
        }
    }

    /// The secrets between ServerHello and the end.
    pub(crate) fn secrets(&self) -> Option<&HandshakeSecrets> {
        self.secrets.as_ref()
    }

    /// The seed makes a key for each group, so that the random number generator is not needed
    /// again when the server asks for another group.
    fn new_share(&self, group: NamedGroup) -> Result<Share<C>, TlsError> {
        let [high, low] = group.code().to_be_bytes();
        let mut key = (0..8u8)
            .find_map(|attempt| {
                let secret = Zeroizing::new(C::hmac(&self.seed, &[&[high, low, attempt]]));
                C::KeyExchange::generate(group, &secret)
            })
            .ok_or(TlsError::NoRandom)?;
        let mut public = [0; 65];
        let public_len = key.public_key(&mut public);
        Ok(Share {
            group,
            key,
            public,
            public_len,
        })
    }

    fn write_hello(&mut self, cookie: &[u8], out: &mut [u8]) -> Result<usize, TlsError> {
        let hello = Hello {
            protocol: self.protocol,
            random: &self.random,
            share: self.share.as_ref().and_then(Share::public),
            cookie,
            record_size_limit: self.limits.record_size,
            max_fragment_length: self.limits.fragment_code,
            connection_id: self.connection_id,
        };
        let config = match &self.identity {
            Some(identity) => &Config {
                identity: identity.as_bytes(),
                ..self.config
            },
            None => &self.config,
        };
        let len = client_hello::write::<C>(config, &hello, out)?;
        let (covered, binders) = out
            .get_mut(..len)
            .and_then(|m| m.split_at_mut_checked(len.saturating_sub(BINDERS_LEN)))
            .ok_or(TlsError::too_small(len))?;
        self.transcript.update(covered);
        let binder = self.schedule.binder(&self.transcript_hash());
        if let Some(place) = binders.last_chunk_mut() {
            *place = binder;
        }
        self.transcript.update(binders);
        Ok(len)
    }

    fn server_hello(
        &mut self,
        message: Message<'_>,
        retried: bool,
        out: &mut [u8],
    ) -> Result<Step, TlsError> {
        let (config, retry_suite) = (&self.config, self.suite);
        let hello = server_hello::parse(self.protocol, message.body, |suite| match retry_suite {
            Some(same) => suite == same,
            None => config.suites::<C>().any(|s| s == suite),
        })?;
        if !message.last {
            return Err(TlsError::UnexpectedMessage(message.kind));
        }
        self.suite = Some(hello.suite);
        match hello.answer {
            Answer::Retry { .. } if retried => Err(TlsError::UnexpectedMessage(message.kind)),
            Answer::Retry { group, cookie } => self.retry(message, group, cookie, out),
            Answer::Hello {
                psk_selected: false,
                ..
            } => Err(TlsError::PskDeclined),
            Answer::Hello {
                connection_id: Some(_),
                ..
            } if self.connection_id.is_none() => Err(Alert::UNSUPPORTED_EXTENSION.into()),
            #[cfg_attr(not(feature = "dtls13"), allow(unused_variables))]
            Answer::Hello {
                share,
                connection_id,
                ..
            } => {
                let shared = self.agree(share)?;
                self.add(message);
                let hash = self.transcript_hash();
                let secrets = self.schedule.handshake(&shared, &hash);
                #[cfg(feature = "insecure-key-log")]
                self.tell(Self::HANDSHAKE_LABELS, [&secrets.client, &secrets.server]);
                self.secrets = Some(secrets);
                self.share = None;
                self.seed.zeroize();
                self.state = State::WaitExtensions;
                Ok(Step::HandshakeKeys {
                    suite: hello.suite,
                    #[cfg(feature = "dtls13")]
                    connection_id: match connection_id {
                        Some(id) => {
                            let id = ConnectionId::from_slice(id);
                            Some(id.map_err(|_| Alert::INTERNAL_ERROR)?)
                        }
                        None => None,
                    },
                })
            }
        }
    }

    /// HelloRetryRequest: another group, a cookie, or both (RFC 8446 section 4.1.4).
    fn retry(
        &mut self,
        message: Message<'_>,
        group: Option<u16>,
        cookie: Option<&[u8]>,
        out: &mut [u8],
    ) -> Result<Step, TlsError> {
        if group.is_none() && cookie.is_none() {
            // It would change nothing.
            return Err(Alert::ILLEGAL_PARAMETER.into());
        }
        if let Some(code) = group {
            let group = server_hello::offered(self.config.groups::<C>(), code)?;
            if self.share.as_ref().is_some_and(|s| s.group == group) {
                return Err(Alert::ILLEGAL_PARAMETER.into());
            }
            self.share = Some(self.new_share(group)?);
        }
        // RFC 8446 section 4.4.1: the first ClientHello is replaced by its hash.
        let first = self.transcript_hash();
        self.transcript = C::Hash::default();
        self.transcript.update(&[MESSAGE_HASH, 0, 0, 32]);
        self.transcript.update(&first);
        self.add(message);
        self.state = State::WaitHello { retried: true };
        let len = self.write_hello(cookie.unwrap_or(&[]), out)?;
        Ok(Step::Hello(len))
    }

    /// The shared secret, or zeros where the PSK stands alone.
    fn agree(&mut self, share: Option<(u16, &[u8])>) -> Result<Zeroizing<[u8; 32]>, Alert> {
        match (self.config.mode, share, &mut self.share) {
            (PskMode::Ephemeral, None, _) => Err(Alert::MISSING_EXTENSION),
            (PskMode::Ephemeral, Some((code, public)), Some(own)) if own.group.code() == code => {
                own.key
                    .agree(public)
                    .map(Zeroizing::new)
                    .ok_or(Alert::ILLEGAL_PARAMETER)
            }
            #[cfg(feature = "psk-ke")]
            (PskMode::PskOnly, None, _) => Ok(Zeroizing::new([0; 32])),
            #[cfg(feature = "psk-ke")]
            (PskMode::PskOnly, Some(_), _) => Err(Alert::UNSUPPORTED_EXTENSION),
            _ => Err(Alert::ILLEGAL_PARAMETER),
        }
    }

    fn extensions(&mut self, message: Message<'_>) -> Result<Step, TlsError> {
        let offered = Offered {
            server_name: !self.config.server_name.is_empty(),
            alpn: self.config.alpn,
            max_fragment_length: self.limits.fragment_code,
        };
        let agreed = encrypted_extensions::parse(message.body, &offered)?;
        self.add(message);
        self.state = State::WaitFinished;
        let send = match (agreed.record_size_limit, agreed.max_fragment_length) {
            // The limit counts the type octet.
            (Some(limit), _) => usize::from(limit).saturating_sub(1),
            (None, Some(code)) => fragment_octets(code),
            (None, None) => 1 << 14,
        };
        Ok(Step::SendLimit(send))
    }

    fn finished(&mut self, message: Message<'_>, out: &mut [u8]) -> Result<Step, TlsError> {
        if !message.last {
            return Err(TlsError::UnexpectedMessage(message.kind));
        }
        let Some(secrets) = &self.secrets else {
            return Err(TlsError::UnexpectedMessage(message.kind));
        };
        let expected =
            key_schedule::finished::<C>(self.protocol, &secrets.server, &self.transcript_hash());
        let verify_data: &[u8; 32] = message.body.try_into().map_err(|_| Alert::DECODE_ERROR)?;
        if !bool::from(expected.ct_eq(verify_data)) {
            return Err(Alert::DECRYPT_ERROR.into());
        }
        let place: &mut [u8; FINISHED_LEN] = out
            .first_chunk_mut()
            .ok_or(TlsError::too_small(FINISHED_LEN))?;
        add_message::<C>(&mut self.transcript, message);
        let hash = self.transcript.clone().finish();
        let header = [FINISHED, 0, 0, 32];
        let verify_data = key_schedule::finished::<C>(self.protocol, &secrets.client, &hash);
        for (to, from) in place.iter_mut().zip(header.iter().chain(&verify_data)) {
            *to = *from;
        }
        self.state = State::Done;
        let next = self.schedule.application(secrets, &hash);
        #[cfg(feature = "insecure-key-log")]
        self.tell(Self::APPLICATION_LABELS, [&next.client, &next.server]);
        Ok(Step::Finished(next))
    }

    fn add(&mut self, message: Message<'_>) {
        add_message::<C>(&mut self.transcript, message);
    }

    #[inline(never)]
    fn transcript_hash(&self) -> [u8; 32] {
        self.transcript.clone().finish()
    }
}

/// Random octets. A generator that gives one and the same over and over is not running.
fn draw(rng: &mut (impl RngCore + CryptoRng), out: &mut [u8; 32]) -> Result<(), TlsError> {
    rng.try_fill_bytes(out).map_err(|_| TlsError::NoRandom)?;
    let [first, rest @ ..] = out;
    if rest.iter().all(|octet| octet == first) {
        return Err(TlsError::NoRandom);
    }
    Ok(())
}

impl<C: Crypto> Share<C> {
    fn public(&self) -> Option<(NamedGroup, &[u8])> {
        Some((self.group, self.public.get(..self.public_len)?))
    }
}

/// DTLS leaves its own header fields out of the transcript (RFC 9147 section 5.2).
fn add_message<C: Crypto>(transcript: &mut C::Hash, message: Message<'_>) {
    let [.., a, b, c] = message.body.len().to_be_bytes();
    transcript.update(&[message.kind, a, b, c]);
    transcript.update(message.body);
}

/// Octets of a max_fragment_length code (RFC 6066 section 4): 1 is 512, 4 is 4,096.
pub(crate) fn fragment_octets(code: u8) -> usize {
    256usize.checked_shl(u32::from(code)).unwrap_or(1 << 14)
}
