//! A TLS 1.3 server by OpenSSL that runs in steps, on octets in memory.

use msgin5g::akma::PskIdentity;
use openssl::ssl::{
    AlpnError, ErrorCode, NameType, ShutdownState, Ssl, SslContext, SslContextBuilder, SslMethod,
    SslOptions, SslStream, SslVersion, select_next_proto,
};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

pub const NAME: &str = "msgin5g.example.net";
pub const KEY: [u8; 32] = [0xA5; 32];

/// An A-KID of form F1 in a PLMN realm with its prefix has 116 octets.
pub fn identity(len: usize) -> PskIdentity {
    let text: Vec<u8> = b"3GPP-AKMA"
        .iter()
        .chain(b"rid0.a7id5f".iter().cycle())
        .take(len)
        .copied()
        .collect();
    PskIdentity::verbatim(&text).unwrap()
}

/// What the server saw.
#[derive(Default)]
pub struct Seen {
    pub identity: Vec<u8>,
    pub key_log: String,
}

/// How to set up the server.
pub struct Setup {
    pub identity: PskIdentity,
    pub key: [u8; 32],
    pub tickets: usize,
    pub groups: &'static str,
    pub suites: &'static str,
    /// Serve without any PSK, with this certificate.
    pub certificate: bool,
    pub tls12: bool,
    /// Take the PSK without a key exchange.
    pub psk_ke: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            identity: identity(116),
            key: KEY,
            tickets: 0,
            groups: "P-256",
            suites: "TLS_AES_128_GCM_SHA256",
            certificate: false,
            tls12: false,
            psk_ke: false,
        }
    }
}

/// Octets under way, and who hung up.
#[derive(Default)]
pub struct Wire {
    pub up: VecDeque<u8>,
    pub down: VecDeque<u8>,
    pub client_gone: bool,
    pub server_gone: bool,
}

struct ServerEnd(Rc<RefCell<Wire>>);

impl Read for ServerEnd {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut wire = self.0.borrow_mut();
        if wire.up.is_empty() && !wire.client_gone {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        wire.up.read(buf)
    }
}

impl Write for ServerEnd {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().down.extend(buf);
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub struct Server {
    stream: SslStream<ServerEnd>,
    pub open: bool,
    pub error: Option<String>,
    pub received: Vec<u8>,
    pub echo: bool,
    pub seen: Arc<Mutex<Seen>>,
}

impl Server {
    pub fn new(setup: &Setup, wire: &Rc<RefCell<Wire>>) -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let context = context(setup, &seen);
        let ssl = Ssl::new(&context).unwrap();
        let stream = SslStream::new(ssl, ServerEnd(wire.clone())).unwrap();
        Self {
            stream,
            open: false,
            error: None,
            received: Vec::new(),
            echo: false,
            seen,
        }
    }

    /// Does whatever can be done with the octets that have come.
    pub fn step(&mut self) {
        if self.error.is_some() {
            return;
        }
        if !self.open {
            match self.stream.accept() {
                Ok(()) => self.open = true,
                Err(e) if e.code() == ErrorCode::WANT_READ => return,
                Err(e) => return self.error = Some(e.to_string()),
            }
        }
        let mut buf = [0; 4096];
        loop {
            match self.stream.ssl_read(&mut buf) {
                Ok(n) => {
                    self.received.extend(&buf[..n]);
                    if self.echo {
                        self.write(&buf[..n]);
                    }
                }
                Err(e) if e.code() == ErrorCode::WANT_READ => return,
                Err(e) if e.code() == ErrorCode::ZERO_RETURN => return,
                Err(e) => return self.error = Some(e.to_string()),
            }
        }
    }

    pub fn write(&mut self, data: &[u8]) {
        let n = self.stream.ssl_write(data).unwrap();
        assert_eq!(n, data.len());
    }

    pub fn close_notify(&mut self) {
        self.stream.shutdown().unwrap();
    }

    pub fn got_close_notify(&mut self) -> bool {
        self.stream.get_shutdown().contains(ShutdownState::RECEIVED)
    }

    pub fn server_name(&self) -> Option<String> {
        let name = self.stream.ssl().servername(NameType::HOST_NAME);
        name.map(str::to_owned)
    }

    pub fn alpn(&self) -> Option<Vec<u8>> {
        self.stream
            .ssl()
            .selected_alpn_protocol()
            .map(<[u8]>::to_vec)
    }
}

pub fn context(setup: &Setup, seen: &Arc<Mutex<Seen>>) -> SslContext {
    let mut builder = SslContextBuilder::new(SslMethod::tls_server()).unwrap();
    let version = if setup.tls12 {
        SslVersion::TLS1_2
    } else {
        SslVersion::TLS1_3
    };
    builder.set_min_proto_version(Some(version)).unwrap();
    builder.set_max_proto_version(Some(version)).unwrap();
    if setup.psk_ke {
        // SSL_OP_ALLOW_NO_DHE_KEX, which the crate has no name for.
        builder.set_options(SslOptions::from_bits_retain(1 << 10));
    }
    builder.set_groups_list(setup.groups).unwrap();
    builder.set_ciphersuites(setup.suites).unwrap();
    builder.set_num_tickets(setup.tickets).unwrap();
    builder.set_alpn_select_callback(|_, offered| {
        select_next_proto(b"\x04coap", offered).ok_or(AlpnError::ALERT_FATAL)
    });
    let log = seen.clone();
    builder.set_keylog_callback(move |_, line| {
        let mut seen = log.lock().unwrap();
        seen.key_log.push_str(line);
        seen.key_log.push('\n');
    });
    if setup.certificate {
        let (key, certificate) = certificate();
        builder.set_private_key(&key).unwrap();
        builder.set_certificate(&certificate).unwrap();
    } else {
        let (known, key, seen) = (setup.identity.clone(), setup.key, seen.clone());
        builder.set_psk_server_callback(move |_, identity, out| {
            let identity = identity.unwrap_or_default();
            seen.lock().unwrap().identity = identity.to_vec();
            if identity != known.as_bytes() {
                return Ok(0);
            }
            out[..key.len()].copy_from_slice(&key);
            Ok(key.len())
        });
    }
    builder.build()
}

fn certificate() -> (
    openssl::pkey::PKey<openssl::pkey::Private>,
    openssl::x509::X509,
) {
    use openssl::{asn1::Asn1Time, ec, hash::MessageDigest, nid::Nid, pkey::PKey, x509};
    let group = ec::EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(ec::EcKey::generate(&group).unwrap()).unwrap();
    let mut name = x509::X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", NAME).unwrap();
    let name = name.build();
    let mut builder = x509::X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder
        .set_not_before(&Asn1Time::days_from_now(0).unwrap())
        .unwrap();
    builder
        .set_not_after(&Asn1Time::days_from_now(1).unwrap())
        .unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    (key, builder.build())
}
