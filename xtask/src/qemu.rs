//! Runs a firmware in QEMU: UART 1 as a socket, semihosting as console.

use crate::board::Board;
use crate::run::{self, Guarded};
use crate::{figures::Figures, logs};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// An emulated board that is running.
pub struct Emulator {
    qemu: Guarded,
    uart: Option<TcpStream>,
    logs: JoinHandle<Result<Vec<String>>>,
    figures: JoinHandle<Figures>,
}

/// What a run left behind.
pub struct Outcome {
    pub exit_code: i32,
    pub figures: Figures,
    /// The log, decoded; it was printed already.
    pub log: Vec<String>,
}

impl Emulator {
    /// Starts the firmware. Its log is decoded and printed as it comes.
    pub fn start(board: Board, firmware: &Path) -> Result<Self> {
        Self::start_in(Path::new("."), board, firmware)
    }

    /// The same where files of the firmware lie in this directory.
    pub fn start_in(dir: &Path, board: Board, firmware: &Path) -> Result<Self> {
        Self::start_with(dir, board, firmware, "shift=0")
    }

    /// A board whose clock jumps to its next alarm when the core sleeps, over whatever the network is about to say.
    pub fn start_jumping(board: Board, firmware: &Path) -> Result<Self> {
        Self::start_with(Path::new("."), board, firmware, "shift=0,sleep=off")
    }

    fn start_with(dir: &Path, board: Board, firmware: &Path, icount: &str) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let mut command = Command::new("qemu-system-arm");
        command
            .args(["-M", board.machine, "-display", "none", "-monitor", "none"])
            .args(["-semihosting-config", "enable=on,target=native"])
            .args([
                "-serial",
                "null",
                "-serial",
                &format!("tcp:127.0.0.1:{port}"),
            ])
            // One instruction is one nanosecond, so that the board's timer counts instructions.
            .args(["-icount", icount])
            .arg("-kernel")
            .arg(firmware)
            .current_dir(dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut qemu = Guarded::spawn(&mut command)?;
        let stdout = qemu
            .child()
            .stdout
            .take()
            .context("QEMU has no standard output")?;
        let stderr = qemu
            .child()
            .stderr
            .take()
            .context("QEMU has no error output")?;
        let elf = std::fs::read(firmware)?;
        let logs = std::thread::spawn(move || logs::print(&elf, stdout));
        let figures = std::thread::spawn(move || {
            let mut figures = Figures::default();
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if !figures.take(&line) {
                    println!("qemu: {line}");
                }
            }
            figures
        });
        let uart = accept(
            &listener,
            &mut qemu,
            Instant::now() + Duration::from_secs(20),
        )?;
        Ok(Self {
            qemu,
            uart: Some(uart),
            logs,
            figures,
        })
    }

    /// The line to the board's modem. It can be taken once.
    pub fn uart(&mut self) -> Result<TcpStream> {
        self.uart.take().context("the UART is taken already")
    }

    /// Waits for the firmware's end, no longer than until the deadline.
    pub fn finish(mut self, deadline: Instant) -> Result<Outcome> {
        let exit = self.qemu.wait_until(deadline);
        drop(self.qemu); // ends it if it is late, so that the readers end
        let joined = |_| anyhow::anyhow!("a reader of QEMU's output panicked");
        let log = self.logs.join().map_err(joined)??;
        let figures = self.figures.join().map_err(joined)?;
        Ok(Outcome {
            exit_code: exit?,
            figures,
            log,
        })
    }
}

/// Waits for QEMU to connect its UART.
fn accept(listener: &TcpListener, qemu: &mut Guarded, deadline: Instant) -> Result<TcpStream> {
    listener.set_nonblocking(true)?;
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false)?;
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
        if let Some(status) = qemu.child().try_wait()? {
            bail!("QEMU ended before its UART was connected: {status}");
        }
        if Instant::now() >= deadline {
            bail!("QEMU did not connect its UART in time");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The emulator's version, for the record beside figures.
pub fn version() -> Result<String> {
    let text = run::output(Command::new("qemu-system-arm").arg("--version"))?;
    let version = text.split_whitespace().nth(3).unwrap_or("unknown");
    Ok(version.to_owned())
}
