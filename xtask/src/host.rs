//! The programs of an exchange that run on this machine: the reference network and the second UE.

use crate::bridge::Server;
use crate::firmware::{Session, settings};
use crate::run::{self, Guarded};
use crate::wolfssl;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// K_AUSF of the second UE: any 32 octets that the network is told too.
pub const PEER_KAUSF: &str = "c1f0aa7d4e2b9036588d17e4b39c60f25a71d8830e46bf927d1c3a5508e9647b";
pub const PEER_SUPI: &str = "001010000000002";

/// Set by `cargo xtask test` for its parts: the programs are there, and nobody waits for the lock of a cargo beside.
pub const ARE_BUILT: &str = "MSGIN5G_PROGRAMS_ARE_BUILT";

/// Whether the programs need not be built.
pub fn are_built() -> bool {
    std::env::var_os(ARE_BUILT).is_some()
}

/// Paths of the two programs.
#[derive(Clone)]
pub struct Programs {
    network: PathBuf,
    peer: PathBuf,
    /// The firmware's modem carries datagrams, and the network listens for them.
    datagrams: bool,
}

impl Programs {
    /// Builds both, unless that was done.
    pub fn build() -> Result<Self> {
        if !are_built() {
            Self::build_now()?;
        }
        let dir = run::target_dir().join("debug");
        Ok(Self {
            network: dir.join("msgin5g-testnet"),
            peer: dir.join("examples/display"),
            datagrams: false,
        })
    }

    fn build_now() -> Result<()> {
        let words = [
            "build",
            "--quiet",
            "--package",
            "msgin5g-testnet",
            "--package",
            "msgin5g-firmware",
        ];
        run::run(run::cargo().args(words).args([
            "--bin",
            "msgin5g-testnet",
            "--example",
            "display",
        ]))
    }

    /// Those for a firmware with this session: DTLS needs the network that has it.
    pub fn over(&self, session: Session) -> Result<Self> {
        let mut programs = self.clone();
        if session.is_datagrams() {
            programs.network = wolfssl::network()?;
            programs.datagrams = true;
        }
        Ok(programs)
    }
}

/// A program that says on its standard output what it does, line by line.
struct Talker {
    child: Guarded,
    /// Held open: the program ends when this does.
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Talker {
    fn start(command: &mut Command) -> Result<Self> {
        let mut child = Guarded::spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped()))?;
        let input = child.child().stdin.take();
        let output = child
            .child()
            .stdout
            .take()
            .context("a child has an output")?;
        let (tell, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    break; // nobody listens any more
                }
            }
        });
        Ok(Self {
            child,
            input,
            lines,
        })
    }

    fn line(&self, patience: Duration, what: &str) -> Result<String> {
        self.lines
            .recv_timeout(patience)
            .with_context(|| format!("waited {} s in vain for {what}", patience.as_secs()))
    }

    /// Ends the program by closing its input and gives the lines that were not read yet.
    fn finish(mut self, patience: Duration) -> Result<Vec<String>> {
        drop(self.input.take());
        let code = self.child.wait_until(Instant::now() + patience)?;
        let rest = self.lines.iter().collect();
        if code != 0 {
            bail!("it ended with code {code}");
        }
        Ok(rest)
    }
}

/// K_AUSF of the firmware's UE in hexadecimal digits.
pub fn kausf() -> String {
    let digits = |octet: &u8| format!("{octet:02x}");
    settings::KAUSF.iter().map(digits).collect()
}

/// The reference network, running.
pub struct Network {
    talker: Talker,
    pub address: SocketAddr,
    /// Where the firmware's UART leads to: the server, or a modem with AT commands.
    pub for_firmware: Server,
    /// The A-KID of the firmware's UE.
    pub a_kid: String,
}

impl Network {
    /// Starts it with the firmware's UE and the second one as subscribers, and with these words more.
    pub fn start(programs: &Programs, more: &[&str]) -> Result<Self> {
        let kausf = kausf();
        let firmware = format!(
            "supi={},kausf={kausf},rid={},mcc={},mnc={},ue={}",
            settings::SUPI,
            settings::ROUTING_INDICATOR,
            settings::MCC,
            settings::MNC,
            settings::UE_SERVICE_ID
        );
        let peer = format!(
            "supi={PEER_SUPI},kausf={PEER_KAUSF},ue={}",
            settings::PEER_SERVICE_ID
        );
        let mut command = Command::new(&programs.network);
        command
            .args(["--ladder", "--fqdn", settings::SERVER_NAME])
            .args(["--subscriber", &firmware, "--subscriber", &peer])
            .args(programs.datagrams.then_some("--dtls"))
            .args(more);
        let talker = Talker::start(&mut command)?;
        let ready = talker.line(Duration::from_secs(10), "the network to listen")?;
        let ready: Value =
            serde_json::from_str(&ready).with_context(|| format!("the network said {ready:?}"))?;
        let listens = |what: &str| -> Result<SocketAddr> {
            let address = ready[what].as_str();
            Ok(address
                .context("the network says where it listens")?
                .parse()?)
        };
        let address = listens("listening")?;
        let for_firmware = match programs.datagrams {
            _ if ready["modem"].is_string() => Server::Stream(listens("modem")?),
            true => Server::Datagrams(listens("dtls")?),
            false => Server::Stream(address),
        };
        let a_kid = ready["a_kid"][settings::SUPI]
            .as_str()
            .context("the network says the A-KIDs")?
            .to_owned();
        Ok(Self {
            talker,
            address,
            for_firmware,
            a_kid,
        })
    }

    /// Ends it and gives the ladder of the exchange.
    pub fn finish(self) -> Result<Vec<String>> {
        let mut lines = self
            .talker
            .finish(Duration::from_secs(10))
            .context("the reference network failed")?;
        // The events were said one by one before; the ladder as a whole comes last and begins with the names.
        let heading = lines
            .iter()
            .rposition(|line| line.contains("MSGin5G Server"));
        Ok(lines.split_off(heading.unwrap_or(0)))
    }
}

/// The second UE, registered: it answers each message with one of its own.
pub struct Peer {
    talker: Talker,
}

/// What the second UE saw.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub messages: Vec<String>,
    /// Delivery reports that tell success.
    pub reports: usize,
    /// Messages that the server keeps for somebody who is away.
    pub stored: usize,
}

impl Peer {
    /// Starts it and waits until the network has registered it.
    pub fn start(programs: &Programs, network: SocketAddr) -> Result<Self> {
        Self::start_with(programs, network, &[])
    }

    /// The same, with these words more.
    pub fn start_with(programs: &Programs, network: SocketAddr, more: &[&str]) -> Result<Self> {
        let mut command = Command::new(&programs.peer);
        command
            .args([
                "--server",
                &network.to_string(),
                "--fqdn",
                settings::SERVER_NAME,
            ])
            .args(["--kausf", PEER_KAUSF, "--supi", PEER_SUPI])
            .args(["--ue-service-id", settings::PEER_SERVICE_ID])
            .args(more);
        let talker = Talker::start(&mut command)?;
        let said = talker.line(Duration::from_secs(20), "the second UE to register")?;
        if event(&said)?["event"] != "registered" {
            bail!("the second UE did not register: {said}");
        }
        Ok(Self { talker })
    }

    /// Ends it and gives what it saw.
    pub fn finish(self) -> Result<Seen> {
        let lines = self
            .talker
            .finish(Duration::from_secs(20))
            .context("the second UE failed")?;
        let mut seen = Seen::default();
        for line in lines {
            let event = event(&line)?;
            match event["event"].as_str() {
                Some("message") => seen
                    .messages
                    .push(event["text"].as_str().unwrap_or_default().to_owned()),
                Some("report") if event["delivered"] == true => seen.reports += 1,
                Some("stored") => seen.stored += 1,
                _ => {}
            }
        }
        Ok(seen)
    }
}

fn event(line: &str) -> Result<Value> {
    serde_json::from_str(line).with_context(|| format!("the second UE said {line:?}"))
}
