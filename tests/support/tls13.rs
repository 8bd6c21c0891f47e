//! Opening sessions of the crate's own TLS 1.3 core in tests.

use msgin5g::session::SessionError;
use msgin5g::session::tls13::crypto::{CipherSuite, NamedGroup, RustCrypto, SoftwarePsk};
use msgin5g::session::tls13::{Config, TlsSession};
use msgin5g::transport::{Host, StreamTransport};

pub const NAME: &str = "msgin5g.example.net";
pub const KEY: [u8; 32] = [0xA5; 32];
pub const SUITES: [CipherSuite; 3] = [
    CipherSuite::Aes128GcmSha256,
    CipherSuite::Chacha20Poly1305Sha256,
    CipherSuite::Aes128Ccm8Sha256,
];

pub type Client<'m, T> = TlsSession<'m, T, RustCrypto>;

/// What a test wants of the client.
#[derive(Clone)]
pub struct Want<'a> {
    pub key: [u8; 32],
    pub config: Config<'a>,
    pub receive: usize,
    pub send: usize,
}

impl<'a> Want<'a> {
    pub fn new(identity: &'a [u8]) -> Self {
        Self {
            key: KEY,
            config: Config::new(identity, NAME),
            receive: 640,
            send: 640,
        }
    }

    pub fn groups(mut self, groups: &'a [NamedGroup]) -> Self {
        self.config.groups = groups;
        self
    }

    pub fn suites(mut self, suites: &'a [CipherSuite]) -> Self {
        self.config.suites = suites;
        self
    }

    pub fn receive(mut self, len: usize) -> Self {
        self.receive = len;
        self
    }

    pub fn key(mut self, key: [u8; 32]) -> Self {
        self.key = key;
        self
    }

    pub fn records_per_key(mut self, n: u64) -> Self {
        self.config.records_per_key = n;
        self
    }

    /// Opens; the buffers are given to the test's process for good.
    pub fn open<T: StreamTransport>(
        self,
        transport: T,
        host: &mut impl Host,
    ) -> Result<Client<'a, T>, SessionError> {
        let buffers = (buffer(self.receive), buffer(self.send));
        let mut psk = SoftwarePsk::<RustCrypto>::new(&self.key);
        let mut rng = rand_core::OsRng;
        TlsSession::open_blocking(transport, &self.config, &mut psk, &mut rng, buffers, host)
    }
}

pub fn buffer(len: usize) -> &'static mut [u8] {
    Vec::leak(vec![0; len])
}
