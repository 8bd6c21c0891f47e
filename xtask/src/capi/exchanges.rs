//! The programs in C against the reference network.

use super::programs::{self, Program};
use crate::bridge::Server;
use crate::firmware::Session;
use crate::firmware::settings::SERVER_NAME;
use crate::host::{Network, Programs};
use crate::run;
use anyhow::{Result, bail, ensure};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const HOST: Program = Program {
    name: "host",
    sources: &["examples/host.c", "ports/posix.c"],
};
const MESSAGING: Program = Program {
    name: "messaging",
    sources: &["tests/messaging.c", "tests/ue.c", "ports/posix.c"],
};
const MODEM: Program = Program {
    name: "modem",
    sources: &["tests/modem.c", "tests/ue.c", "ports/posix.c"],
};
const SERVICES: Program = Program {
    name: "services",
    sources: &["tests/services.c", "tests/ue.c", "ports/posix.c"],
};
const DTLS: Program = Program {
    name: "dtls",
    sources: &["tests/dtls.c", "tests/ue.c", "ports/posix.c"],
};
/// What the reference network calls them, in the order of msgin5g_at_dialect.
const DIALECTS: [&str; 3] = ["quectel", "nordic", "sara"];

/// More than a program gives itself.
const PATIENCE: Duration = Duration::from_secs(300);

const K_AUSF: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const SUPI: &str = "001010000000007";
const UE: &str = "c-1@iot.example";
const OTHER_SUPI: &str = "001010000000008";
const OTHER_UE: &str = "c-2@iot.example";
const ECHO: &str = "echo-1@iot.example";
const GROUP: &str = "house-9@iot.example";
const TOPIC: &str = "house-9/alarm";

/// All of them, each way.
pub fn run(library: &Path) -> Result<()> {
    let network = Programs::build()?;
    let host = programs::sanitized(&HOST, library)?;
    for session in ["0", "1"] {
        exchange(&network, Command::new(&host), session)?;
    }
    let mut under_valgrind = programs::valgrind();
    under_valgrind.arg(programs::plain(&HOST, library)?);
    exchange(&network, under_valgrind, "0")?;

    let modem = programs::sanitized(&MODEM, library)?;
    for (number, dialect) in DIALECTS.iter().enumerate() {
        behind_a_modem(&network, Command::new(&modem), number, dialect)?;
    }

    let with_dtls = network.over(Session::Dtls13)?;
    let sleeper = programs::sanitized(&DTLS, library)?;
    over_datagrams(&with_dtls, Command::new(sleeper))?;
    let mut under_valgrind = programs::valgrind();
    under_valgrind.arg(programs::plain(&DTLS, library)?);
    over_datagrams(&with_dtls, under_valgrind)?;

    let two = programs::sanitized(&MESSAGING, library)?;
    messaging(&network, Command::new(two))?;
    // The library has no sanitizers in it: this sees into that, too.
    let mut under_valgrind = programs::valgrind();
    under_valgrind.arg(programs::plain(&MESSAGING, library)?);
    messaging(&network, under_valgrind)?;

    let sanitized = programs::sanitized(&SERVICES, library)?;
    services(&network, Command::new(sanitized))?;
    let mut under_valgrind = programs::valgrind();
    under_valgrind.arg(programs::plain(&SERVICES, library)?);
    services(&network, under_valgrind)
}

/// The host program, with a UE that answers.
fn exchange(programs: &Programs, mut command: Command, session: &str) -> Result<()> {
    let network = start(programs, &["--echo", ECHO])?;
    command.args(place(network.address));
    command.args([SERVER_NAME, K_AUSF, SUPI, UE, ECHO, session]);
    finish(network, &mut command)?;
    Ok(())
}

/// A UE that sleeps, with its association in a snapshot.
fn over_datagrams(programs: &Programs, mut command: Command) -> Result<()> {
    let network = start(programs, &["--echo", ECHO])?;
    let Server::Datagrams(address) = network.for_firmware else {
        bail!("the network listens for no datagrams");
    };
    command.args(place(address));
    let ladder = finish(network, command.args([SERVER_NAME, K_AUSF, SUPI, UE, ECHO]))?;
    let count = |text: &str| ladder.iter().filter(|line| line.contains(text)).count();
    let seen = (count(" TLS 1.3 "), count(&format!(" REG {UE}")));
    // The first life's, the one after a sleep that failed, and the one after the snapshot that did not fit.
    ensure!(
        seen == (3, 3),
        "the server saw {seen:?} handshakes and registrations:\n{}",
        ladder.join("\n")
    );
    Ok(())
}

/// Two UEs in one program.
fn messaging(programs: &Programs, mut command: Command) -> Result<()> {
    let group = format!("{GROUP}={UE},{OTHER_UE}");
    let network = start(programs, &["--group", &group])?;
    command.args(place(network.address));
    command.args([SERVER_NAME, K_AUSF, SUPI, UE, OTHER_SUPI, OTHER_UE]);
    let ladder = finish(network, command.args([GROUP, TOPIC]))?;
    // Both ends see single messages: how they went, only the network knows.
    ensure!(
        ladder.iter().any(|line| line.contains("2 messages")),
        "no aggregate was seen:\n{}",
        ladder.join("\n")
    );
    Ok(())
}

/// Two UEs with a network that keeps messages and notifies of topics.
fn services(programs: &Programs, mut command: Command) -> Result<()> {
    let network = start(programs, &["--stored-message-update", "--topic-notify"])?;
    command.args(place(network.address));
    command.args([SERVER_NAME, K_AUSF, SUPI, UE, OTHER_SUPI, OTHER_UE]);
    let ladder = finish(network, command.arg(TOPIC))?;
    // A UE sees a message either way.
    let notifications = ladder
        .iter()
        .filter(|line| line.contains("Observe") && line.contains("MSG from"));
    ensure!(
        notifications.count() == 2,
        "no notification was seen:\n{}",
        ladder.join("\n")
    );
    Ok(())
}

/// The exchange of the host program through a modem with AT commands.
fn behind_a_modem(
    programs: &Programs,
    mut command: Command,
    number: usize,
    dialect: &str,
) -> Result<()> {
    let network = start(programs, &["--echo", ECHO, "--modem", dialect])?;
    let Server::Stream(uart) = network.for_firmware else {
        bail!("the modem has no stream");
    };
    command.args(place(uart));
    command.args([SERVER_NAME, K_AUSF, SUPI, UE, ECHO, &number.to_string()]);
    finish(network, &mut command)?;
    Ok(())
}

/// A network that knows both UEs.
fn start(programs: &Programs, more: &[&str]) -> Result<Network> {
    let subscriber = |supi, ue| format!("supi={supi},kausf={K_AUSF},ue={ue}");
    let (one, other) = (subscriber(SUPI, UE), subscriber(OTHER_SUPI, OTHER_UE));
    let words = ["--subscriber", &one, "--subscriber", &other];
    Network::start(programs, &[&words, more].concat())
}

/// Address and port, as two arguments.
fn place(address: SocketAddr) -> [String; 2] {
    [address.ip().to_string(), address.port().to_string()]
}

/// Runs a program to its end, which has to be a good one, and gives the ladder.
fn finish(network: Network, command: &mut Command) -> Result<Vec<String>> {
    let mut child = run::Guarded::spawn(command)?;
    let code = child.wait_until(Instant::now() + PATIENCE)?;
    let ladder = network.finish()?;
    if code != 0 {
        bail!(
            "the program in C ended with code {code}:\n{}",
            ladder.join("\n")
        );
    }
    Ok(ladder)
}
