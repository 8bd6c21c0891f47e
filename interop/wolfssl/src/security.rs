//! wolfSSL in the reference network.

use std::net::{IpAddr, SocketAddr};

use msgin5g_testnet::datagram::{Association, DatagramChannel, DatagramProgress, DatagramSecurity};

use crate::{Outcome, Server, Setup};

/// DTLS 1.3 of wolfSSL for `msgin5g_testnet::Config::with_dtls`.
#[derive(Debug, Clone, Copy)]
pub struct WolfSsl {
    /// Every handshake begins with a cookie.
    pub cookie: bool,
    /// Octets that a datagram may have, those of UDP and IP not counted.
    pub mtu: u16,
}

impl Default for WolfSsl {
    fn default() -> Self {
        Self {
            cookie: true,
            mtu: 1200,
        }
    }
}

impl DatagramSecurity for WolfSsl {
    fn accept(&self, association: Association) -> Result<Box<dyn DatagramChannel>, String> {
        let setup = Setup {
            cookie: self.cookie,
            mtu: self.mtu,
            hello_in_fragments: true,
            connection_id: Some(association.connection_id),
            peer: octets(association.peer),
            ..Setup::default()
        };
        Ok(Box::new(Channel {
            server: Server::with_keys(&setup, association.find_key),
            due: None,
            was_open: false,
            has_ended: false,
        }))
    }
}

struct Channel {
    server: Server,
    /// When wolfSSL's patience ends, while it waits for something.
    due: Option<u64>,
    was_open: bool,
    has_ended: bool,
}

impl DatagramChannel for Channel {
    fn input(&mut self, now_ms: u64, datagram: &[u8]) -> Vec<DatagramProgress> {
        self.server.at(now_ms);
        self.server.deliver(datagram);
        self.advance(now_ms)
    }

    fn tick(&mut self, now_ms: u64) -> Vec<DatagramProgress> {
        self.server.at(now_ms);
        if self.due.is_some_and(|due| due <= now_ms) {
            self.due = None;
            self.server.time_out();
        }
        self.advance(now_ms)
    }

    fn next_due(&self) -> Option<u64> {
        self.due
    }

    fn write(&mut self, now_ms: u64, datagram: &[u8]) -> Result<(), String> {
        self.server.at(now_ms);
        let written = self.server.try_write(datagram);
        self.keep_time(now_ms);
        written.map_err(|number| format!("wolfSSL error {number}"))
    }

    fn max_write(&self) -> usize {
        self.server.max_write()
    }

    fn update_keys(&mut self, now_ms: u64) -> Result<(), String> {
        self.server.at(now_ms);
        self.server.update_keys();
        self.keep_time(now_ms);
        Ok(())
    }

    fn close(&mut self) {
        self.server.shutdown();
    }

    fn take_output(&mut self) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| self.server.take()).collect()
    }
}

impl Channel {
    fn advance(&mut self, now_ms: u64) -> Vec<DatagramProgress> {
        let mut progress = Vec::new();
        while !self.has_ended {
            let data = self.server.step();
            if self.server.open && !self.was_open {
                self.was_open = true;
                self.server.be_patient();
                let cipher = self.server.suite();
                progress.push(DatagramProgress::Opened { cipher });
            }
            match data {
                Some(data) => progress.push(DatagramProgress::Data(data)),
                None => break,
            }
        }
        if let Some(outcome) = self.server.outcome().filter(|_| !self.has_ended) {
            self.has_ended = true;
            progress.push(match outcome {
                Outcome::Closed => DatagramProgress::Closed,
                Outcome::WrongKey => DatagramProgress::WrongKey,
                Outcome::Failed(number) => {
                    DatagramProgress::Failed(format!("wolfSSL error {number}"))
                }
            });
        }
        self.keep_time(now_ms);
        progress
    }

    fn keep_time(&mut self, now_ms: u64) {
        self.due = match self.server.is_waiting() && !self.has_ended {
            true => Some(self.due.unwrap_or(now_ms + self.server.timeout_ms())),
            false => None,
        };
    }
}

/// Address and port, as a cookie is bound to them.
fn octets(address: SocketAddr) -> Vec<u8> {
    let mut octets = match address.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    octets.extend(address.port().to_be_bytes());
    octets
}
