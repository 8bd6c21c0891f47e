//! TLS 1.3 with K_AF as external PSK (TS 33.535 B.1.3.2.2), by OpenSSL.

use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use openssl::error::ErrorStack;
use openssl::ex_data::Index;
use openssl::ssl::{
    AlpnError, ClientHelloResponse, ErrorCode, NameType, SniError, Ssl, SslAlert, SslContext,
    SslContextBuilder, SslMethod, SslOptions, SslRef, SslSessionCacheMode, SslStream, SslVersion,
};

use super::hello::{self, Hello, Look};
use super::keys::KeyService;
use super::pipe::Pipe;
use super::{Opened, Progress};
use crate::aanf::Aanf;
use crate::certificate;
use crate::config::Config;
use crate::event::{Closing, Refusal};
use crate::faults::Faults;
use crate::log::Log;
use crate::server::PeerId;

/// Makes channels.
#[derive(Clone)]
pub struct TlsServer {
    context: SslContext,
}

/// One connection under TLS.
#[derive(Debug)]
pub struct TlsChannel {
    stream: SslStream<Pipe>,
    facts: Facts,
    looked: bool,
    opened: bool,
    ended: bool,
}

/// What the callbacks of one connection know and find out.
#[derive(Debug, Clone, Default)]
struct Facts(Arc<Mutex<FactSheet>>);

#[derive(Debug, Default)]
struct FactSheet {
    peer: Option<PeerId>,
    hello: Hello,
    /// The last PSK lookup: SUPI and expiry, or why there was no key.
    lookup: Option<Result<(String, u64), Refusal>>,
}

impl TlsServer {
    pub fn new(
        config: &Config,
        aanf: &Arc<Mutex<Aanf>>,
        faults: &Arc<Mutex<Faults>>,
        log: &Log,
    ) -> Result<Self, ErrorStack> {
        let keys = KeyService::new(config, config.ua_tls, aanf, faults, log);
        let mut context = SslContextBuilder::new(SslMethod::tls_server())?;
        context.set_min_proto_version(Some(SslVersion::TLS1_3))?;
        context.set_max_proto_version(Some(SslVersion::TLS1_3))?;
        context.set_ciphersuites(&config.tls.ciphersuites)?;
        context.set_groups_list(&config.tls.groups)?;
        context.set_num_tickets(config.tls.tickets)?;
        context.set_session_cache_mode(SslSessionCacheMode::OFF);
        context.set_options(SslOptions::CIPHER_SERVER_PREFERENCE);
        if config.tls.certificate_fallback {
            let (certificate, key) =
                certificate::self_signed(config.fqdns.first().map_or("localhost", String::as_str))?;
            context.set_certificate(&certificate)?;
            context.set_private_key(&key)?;
        }
        let names = config.fqdns.clone();
        context.set_servername_callback(move |ssl: &mut SslRef, alert: &mut SslAlert| {
            let known = ssl
                .servername(NameType::HOST_NAME)
                .is_some_and(|name| names.iter().any(|n| n == name));
            if known {
                return Ok(());
            }
            *alert = SslAlert::UNRECOGNIZED_NAME;
            Err(SniError::ALERT_FATAL)
        });
        if config.tls.require_alpn {
            context.set_client_hello_callback(|ssl, alert| {
                let facts = ssl.ex_data(facts_index()?);
                if facts.is_some_and(|facts| facts.with(|sheet| sheet.hello.has_alpn)) {
                    return Ok(ClientHelloResponse::SUCCESS);
                }
                *alert = SslAlert::NO_APPLICATION_PROTOCOL;
                Err(ErrorStack::get())
            });
        }
        context.set_alpn_select_callback(move |_, offered| {
            let coap = offered_protocols(offered).find(|protocol| *protocol == b"coap");
            coap.ok_or(AlpnError::ALERT_FATAL)
        });
        context.set_psk_server_callback(move |ssl, identity, out| {
            Ok(answer(&keys, ssl, identity, out).unwrap_or(0))
        });
        Ok(Self {
            context: context.build(),
        })
    }

    pub fn channel(&self, peer: PeerId) -> Result<TlsChannel, ErrorStack> {
        let facts = Facts::default();
        facts.with(|sheet| sheet.peer = Some(peer));
        let mut ssl = Ssl::new(&self.context)?;
        ssl.set_ex_data(facts_index()?, facts.clone());
        ssl.set_accept_state();
        Ok(TlsChannel {
            stream: SslStream::new(ssl, Pipe::default())?,
            facts,
            looked: false,
            opened: false,
            ended: false,
        })
    }
}

impl TlsChannel {
    pub(super) fn pipe(&mut self) -> &mut Pipe {
        self.stream.get_mut()
    }

    pub(super) fn advance(&mut self) -> Vec<Progress> {
        let mut progress = Vec::new();
        if !self.ended && self.look() && self.open(&mut progress) {
            self.read(&mut progress);
        }
        progress
    }

    pub(super) fn write(&mut self, data: &[u8]) -> Result<(), String> {
        let mut rest = data;
        while !rest.is_empty() {
            let taken = self.stream.ssl_write(rest).map_err(|e| e.to_string())?;
            rest = rest.get(taken..).unwrap_or_default();
        }
        Ok(())
    }

    pub(super) fn close(&mut self) {
        if self.opened {
            // Its only failure is that the peer is gone already.
            let _ = self.stream.shutdown();
        }
    }

    /// Reads the ClientHello. `false`: wait for more octets.
    fn look(&mut self) -> bool {
        if self.looked {
            return true;
        }
        let pipe = self.stream.get_mut();
        let ended = pipe.ended;
        match hello::look(pipe.input.make_contiguous()) {
            Look::Incomplete if !ended => return false,
            Look::Incomplete | Look::NotClientHello => {}
            Look::Hello(hello) => self.facts.with(|sheet| sheet.hello = hello),
        }
        self.looked = true;
        true
    }

    /// Runs the handshake. `true`: it is over, and well.
    fn open(&mut self, progress: &mut Vec<Progress>) -> bool {
        if self.opened {
            return true;
        }
        if let Err(error) = self.stream.accept() {
            if error.code() == ErrorCode::WANT_READ {
                return false;
            }
            self.ended = true;
            progress.push(Progress::Refused(self.refusal(&error)));
            return false;
        }
        self.opened = true;
        let ssl = self.stream.ssl();
        progress.push(Progress::Opened(Opened {
            proven: self
                .facts
                .with(|sheet| sheet.lookup.clone())
                .and_then(Result::ok)
                .filter(|_| ssl.session_reused()),
            cipher: ssl.current_cipher().map(|cipher| cipher.name().to_owned()),
        }));
        true
    }

    fn read(&mut self, progress: &mut Vec<Progress>) {
        let mut buffer = [0; 4096];
        loop {
            match self.stream.ssl_read(&mut buffer) {
                Ok(0) => return,
                Ok(n) => progress.push(Progress::Data(buffer[..n].to_vec())),
                Err(error) if error.code() == ErrorCode::WANT_READ => return,
                Err(error) => {
                    self.ended = true;
                    progress.push(Progress::Closed(closing(&error)));
                    return;
                }
            }
        }
    }

    fn refusal(&self, error: &openssl::ssl::Error) -> Refusal {
        let text = describe(error);
        self.facts.with(|sheet| match &sheet.lookup {
            _ if text.contains("alert") => Refusal::Other(text),
            Some(Err(refusal)) => refusal.clone(),
            Some(Ok(_)) if text.contains("binder") => Refusal::WrongKey,
            None if sheet.hello != Hello::default() && sheet.hello.psk_identities.is_empty() => {
                Refusal::NoPsk
            }
            _ => Refusal::Other(text),
        })
    }
}

/// The PSK callback: from identity to K_AF. `None`: no key.
fn answer(
    keys: &KeyService,
    ssl: &mut SslRef,
    identity: Option<&[u8]>,
    out: &mut [u8],
) -> Option<usize> {
    let facts = ssl.ex_data(facts_index().ok()?)?.clone();
    let (peer, name) = facts.with(|sheet| (sheet.peer, sheet.hello.server_name.clone()));
    let (key, proven) = match keys.key(peer, identity.unwrap_or_default(), name) {
        Ok(Some(found)) => (Some(found.k_af), Some(Ok((found.supi, found.expires_ms)))),
        Ok(None) => (None, None),
        Err(refusal) => (None, Some(Err(refusal))),
    };
    facts.with(|sheet| sheet.lookup = proven);
    let key = key?;
    out.get_mut(..key.len())?.copy_from_slice(&key);
    Some(key.len())
}

impl Facts {
    fn with<T>(&self, f: impl FnOnce(&mut FactSheet) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::fmt::Debug for TlsServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TlsServer")
    }
}

fn facts_index() -> Result<Index<Ssl, Facts>, ErrorStack> {
    static INDEX: OnceLock<Index<Ssl, Facts>> = OnceLock::new();
    if let Some(index) = INDEX.get() {
        return Ok(*index);
    }
    let index = Ssl::new_ex_index()?;
    Ok(*INDEX.get_or_init(|| index))
}

/// ALPN protocol names of a client, each behind its length.
fn offered_protocols(mut list: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = list.split_first()?;
        let (name, rest) = rest.split_at_checked(usize::from(*length))?;
        list = rest;
        Some(name)
    })
}

fn closing(error: &openssl::ssl::Error) -> Closing {
    match error.code() {
        ErrorCode::ZERO_RETURN => Closing::Orderly,
        _ if error
            .io_error()
            .is_some_and(|e| e.kind() == io::ErrorKind::UnexpectedEof) =>
        {
            Closing::Truncated
        }
        _ => match describe(error) {
            text if text.contains("unexpected eof") => Closing::Truncated,
            text => Closing::Error(text),
        },
    }
}

/// The reasons that OpenSSL gives, without file names and numbers.
fn describe(error: &openssl::ssl::Error) -> String {
    let Some(stack) = error.ssl_error() else {
        return if error.io_error().is_some() {
            error.to_string()
        } else {
            "unexpected eof".to_owned()
        };
    };
    let reasons: Vec<&str> = stack.errors().iter().filter_map(|e| e.reason()).collect();
    reasons.join(", ")
}
