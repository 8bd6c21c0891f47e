//! The "modem" of the emulated board: carries octets between its UART and a TCP connection to the server.

use anyhow::{Context, Result};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

/// Carries octets until one end closes or this is dropped.
pub struct Bridge {
    ends: [TcpStream; 2],
    carriers: Vec<JoinHandle<()>>,
    counts: [Arc<AtomicU64>; 2],
}

impl Bridge {
    /// Connects to the server and begins to carry.
    pub fn start(uart: TcpStream, server: SocketAddr) -> Result<Self> {
        let network =
            TcpStream::connect(server).with_context(|| format!("cannot connect to {server}"))?;
        network.set_nodelay(true)?;
        let counts = [Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0))];
        let carriers = vec![
            carry(
                uart.try_clone()?,
                network.try_clone()?,
                Arc::clone(&counts[0]),
            ),
            carry(
                network.try_clone()?,
                uart.try_clone()?,
                Arc::clone(&counts[1]),
            ),
        ];
        Ok(Self {
            ends: [uart, network],
            carriers,
            counts,
        })
    }

    /// Octets carried so far: to the server, to the board.
    pub fn octets(&self) -> (u64, u64) {
        let [up, down] = &self.counts;
        (up.load(Ordering::Relaxed), down.load(Ordering::Relaxed))
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        for end in &self.ends {
            let _ = end.shutdown(Shutdown::Both); // closed already is fine
        }
        for carrier in self.carriers.drain(..) {
            let _ = carrier.join();
        }
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, count: Arc<AtomicU64>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut buf = [0; 2048];
        while let Ok(n @ 1..) = from.read(&mut buf) {
            if to.write_all(&buf[..n]).is_err() {
                break;
            }
            count.fetch_add(n as u64, Ordering::Relaxed);
        }
        let _ = to.shutdown(Shutdown::Write);
    })
}
