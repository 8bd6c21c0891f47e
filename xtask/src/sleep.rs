//! The scenario of a firmware with two lives. The modem keeps its connection to the server while the board is off.

use crate::exchange::PATIENCE;
use crate::figures::Figures;
use crate::firmware::settings;
use crate::host::{Network, Peer};
use crate::qemu::Emulator;
use crate::remains::Files;
use crate::scenario::{Shown, Stage};
use anyhow::{Context, Result, bail, ensure};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Runs both lives and checks that the server sees one UE that registers once.
pub fn show(stage: &Stage) -> Result<Shown> {
    let files = Files::new("sleep")?;
    let network = Network::start(stage.programs, &[])?;
    let peer = Peer::start(stage.programs, network.address)?;
    let modem = Modem::connect(network.address)?;
    let (first, modem) = live(stage, &files, modem)?;
    let (second, modem) = live(stage, &files, modem)?;
    drop(modem);
    let seen = peer.finish()?;
    let ladder = network.finish()?;

    let counts = |figures: &Figures, expected: [u64; 5]| -> Result<()> {
        let keys = ["registered", "sent", "received", "reports", "deregistered"];
        for (key, expected) in keys.into_iter().zip(expected) {
            let number = figures.number(key)?;
            ensure!(number == expected, "{key}={number}, not {expected}");
        }
        Ok(())
    };
    counts(&first, [1, 0, 0, 0, 0]).context("in the first life")?;
    counts(&second, [0, 1, 1, 1, 1]).context("in the second life")?;
    ensure!(
        second.number("handshake_insn").is_err(),
        "a second handshake"
    );
    ensure!(
        seen.messages == [settings::TEXT] && seen.reports == 1,
        "the second UE saw {:?} and {} reports",
        seen.messages,
        seen.reports
    );
    Ok(Shown {
        ladder,
        words: format!(
            "registered=1 asleep=1 sent=1 received=1 snapshot_octets={} stack={}",
            first.number("snapshot_octets")?,
            second.number("stack")?,
        ),
    })
}

/// One life of the board.
fn live(stage: &Stage, files: &Files, modem: Modem) -> Result<(Figures, Modem)> {
    let mut emulator = Emulator::start_in(&files.0, stage.board, stage.firmware)?;
    let carrier = modem.carry(emulator.uart()?);
    let outcome = emulator.finish(Instant::now() + PATIENCE)?;
    let joined = carrier.join();
    let modem = joined.map_err(|_| anyhow::anyhow!("the modem panicked"))??;
    let figures = outcome.figures;
    if outcome.exit_code != 0 {
        let step = figures.text("failed").unwrap_or("a panic");
        bail!(
            "the firmware ended with code {} at: {step}",
            outcome.exit_code
        );
    }
    Ok((figures, modem))
}

/// A modem whose connection outlives the board.
struct Modem {
    network: TcpStream,
}

impl Modem {
    fn connect(server: SocketAddr) -> Result<Self> {
        let network =
            TcpStream::connect(server).with_context(|| format!("cannot connect to {server}"))?;
        network.set_nodelay(true)?;
        network.set_nonblocking(true)?;
        Ok(Self { network })
    }

    /// Carries octets both ways until the board is off.
    fn carry(mut self, uart: TcpStream) -> JoinHandle<Result<Self>> {
        std::thread::spawn(move || {
            uart.set_nonblocking(true)?;
            loop {
                let up = pass(&uart, &self.network)?;
                let down = pass(&self.network, &uart);
                match (up, down) {
                    // The board has ended.
                    (None, _) | (_, Err(_)) => break,
                    (_, Ok(None)) => bail!("the server has closed the connection"),
                    (Some(0), Ok(Some(0))) => std::thread::sleep(Duration::from_millis(1)),
                    _ => {}
                }
            }
            self.network.flush()?;
            Ok(self)
        })
    }
}

/// Carries what is there; `None` at the end.
fn pass(mut from: &TcpStream, mut to: &TcpStream) -> Result<Option<usize>> {
    let mut buf = [0; 2048];
    let len = match from.read(&mut buf) {
        Ok(0) => return Ok(None),
        Ok(len) => len,
        Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Some(0)),
        Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut rest = &buf[..len];
    while !rest.is_empty() {
        match to.write(rest) {
            Ok(n) => rest = &rest[n..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Some(len))
}
