//! The server: the reference network in a process of its own, or one that is there already; and who its UEs are.

use crate::Args;
use msgin5g_testnet::{Config, Subscriber, TestNet};
use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

/// What a SIM and its subscription give a UE.
#[derive(Clone)]
pub struct Identity {
    pub supi: String,
    pub k_ausf: [u8; 32],
    pub service_id: String,
}

impl Identity {
    /// The UE of this number in the reference network.
    fn numbered(number: usize) -> Self {
        let mut k_ausf = [0x5a; 32];
        k_ausf[..8].copy_from_slice(&(number as u64).to_be_bytes());
        Self {
            supi: format!("00101{number:010}"),
            k_ausf,
            service_id: format!("ue-{number}@fleet.example"),
        }
    }

    fn read(line: &str) -> Result<Self, Box<dyn Error>> {
        let wrong = || format!("expected SUPI,K_AUSF,UE Service ID instead of {line:?}");
        let mut parts = line.split(',').map(str::trim);
        let mut part = || parts.next().ok_or_else(wrong);
        Ok(Self {
            supi: part()?.to_owned(),
            k_ausf: hex::decode(part()?)?.try_into().map_err(|_| wrong())?,
            service_id: part()?.to_owned(),
        })
    }
}

/// Where the UEs connect to.
pub struct Network {
    pub address: SocketAddr,
    pub fqdn: String,
    pub ues: Vec<Identity>,
    child: Option<Child>,
}

impl Network {
    pub fn start(args: &Args, ues: usize) -> Result<Self, Box<dyn Error>> {
        if let (Some(address), Some(fqdn), Some(file)) =
            (args.server, &args.fqdn, &args.subscribers)
        {
            if !address.ip().is_loopback() && !args.beyond_loopback {
                return Err(
                    "that server is not on this machine: --beyond-loopback allows it".into(),
                );
            }
            let text = std::fs::read_to_string(file)?;
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            let known: Vec<Identity> = lines
                .take(ues)
                .map(Identity::read)
                .collect::<Result<_, _>>()?;
            if known.len() < ues {
                return Err(
                    format!("{} subscribers are too few for {ues} UEs", known.len()).into(),
                );
            }
            return Ok(Self {
                address,
                fqdn: fqdn.clone(),
                ues: known,
                child: None,
            });
        }
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--serve", &ues.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let output = child.stdout.take().ok_or("the network has no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let (address, fqdn) = line
            .trim()
            .split_once(' ')
            .ok_or("the reference network did not start")?;
        Ok(Self {
            address: address.parse()?,
            fqdn: fqdn.to_owned(),
            ues: (0..ues).map(Identity::numbered).collect(),
            child: Some(child),
        })
    }

    /// The process of the reference network.
    pub fn process(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            drop(child.stdin.take()); // that ends it
            let _ = child.wait();
        }
    }
}

/// The other process: says where it listens, and runs until its input ends.
pub fn serve(ues: usize) -> Result<(), Box<dyn Error>> {
    let config = Config {
        max_connections: ues + 16,
        handshake_deadline: std::time::Duration::from_secs(600),
        ..Config::default()
    };
    let network = TestNet::start(config)?;
    for ue in (0..ues).map(Identity::numbered) {
        network.add_subscriber(Subscriber::new(&ue.supi, ue.k_ausf).with_ue(&ue.service_id))?;
    }
    let mut out = std::io::stdout();
    writeln!(out, "{} {}", network.addr(), network.af_fqdn())?;
    out.flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
