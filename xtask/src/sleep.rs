//! The scenario of a firmware with two lives. Over TLS the modem keeps its connection to the server while the board is
//! off; over DTLS each life has a socket of its own.

use crate::bridge::{Bridge, Server};
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
    let modem = Modem::for_server(network.for_firmware)?;
    let (first, modem) = live(stage, &files, modem)?;
    let (second, modem) = live(stage, &files, modem)?;
    drop(modem);
    let is_datagrams = matches!(network.for_firmware, Server::Datagrams(_));
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
    let [handshakes, registrations, moves] = at_the_server(&ladder);
    ensure!(
        (handshakes, registrations) == (1, 1),
        "the server saw {handshakes} handshakes and {registrations} registrations\n{}",
        ladder.join("\n")
    );
    ensure!(
        moves == usize::from(is_datagrams),
        "the server saw the UE at {moves} other addresses\n{}",
        ladder.join("\n")
    );
    Ok(Shown {
        ladder,
        words: format!(
            "handshakes={handshakes} registrations={registrations} other_ports={moves} asleep=1 sent=1 received=1 \
             snapshot_octets={} stack={}",
            first.number("snapshot_octets")?,
            second.number("stack")?,
        ),
    })
}

/// How often the firmware's UE has opened a session, registered, and gone on from another address, as the server saw it.
fn at_the_server(ladder: &[String]) -> [usize; 3] {
    let count = |text: &str| ladder.iter().filter(|line| line.contains(text)).count();
    let handshakes = count(" TLS 1.3 ");
    let registrations = count(&format!(" REG {}", settings::UE_SERVICE_ID));
    // The second UE has opened one.
    [
        handshakes.saturating_sub(1),
        registrations,
        count(" * is at 127.0.0.1:"),
    ]
}

/// One life of the board.
fn live(stage: &Stage, files: &Files, modem: Modem) -> Result<(Figures, Modem)> {
    let mut emulator = Emulator::start_in(&files.0, stage.board, stage.firmware)?;
    let uart = emulator.uart()?;
    let deadline = Instant::now() + PATIENCE;
    let (outcome, modem) = match modem {
        Modem::Connected(connection) => {
            let carrier = connection.carry(uart);
            let outcome = emulator.finish(deadline)?;
            let joined = carrier.join();
            let connection = joined.map_err(|_| anyhow::anyhow!("the modem panicked"))??;
            (outcome, Modem::Connected(connection))
        }
        Modem::Datagrams(server) => {
            let bridge = Bridge::start(uart, Server::Datagrams(server))?;
            let outcome = emulator.finish(deadline)?;
            drop(bridge);
            (outcome, Modem::Datagrams(server))
        }
    };
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

/// What is left of the modem from one life to the next.
enum Modem {
    Connected(Connection),
    /// Nothing: it opens another socket, from another port, to the same server.
    Datagrams(SocketAddr),
}

impl Modem {
    fn for_server(server: Server) -> Result<Self> {
        Ok(match server {
            Server::Stream(address) => Self::Connected(Connection::open(address)?),
            Server::Datagrams(address) => Self::Datagrams(address),
        })
    }
}

/// A connection that outlives the board.
struct Connection {
    network: TcpStream,
}

impl Connection {
    fn open(server: SocketAddr) -> Result<Self> {
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

#[cfg(test)]
mod tests {
    use super::at_the_server;

    #[test]
    fn the_ladder_tells_what_the_server_saw() {
        let ladder = [
            "0.013 |- TLS 1.3 TLS_AES_128_GCM_SHA256 ----------->|",
            "0.014 |- REG display-3@example.com ---------------->|",
            "1.614 |     |<- TLS 1.3 TLS_AES_128_GCM_SHA256 in DTLS ---|",
            "1.705 |     |<- REG meter-17@example.com -----------------|",
            "2.000 |     |        |  * is at 127.0.0.1:40000 now",
            "2.289 |     |<- DEREG meter-17@example.com ---------------|",
        ];
        assert_eq!(at_the_server(&ladder.map(str::to_owned)), [1, 1, 1]);
    }
}
