//! `--run`: a program beside the network, which is told where the network is and who it is itself.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use openssl::error::ErrorStack;
use openssl::rand::rand_bytes;

use crate::{Subscriber, TestNet};

/// Who a program is to which nobody has given a name, and who answers it.
const UE: &str = "meter-17@example.com";
const PEER: &str = "display-3@example.com";

/// A subscriber with a key of this moment.
pub fn subscriber() -> Result<Subscriber, ErrorStack> {
    let mut kausf = [0; 32];
    rand_bytes(&mut kausf)?;
    Ok(Subscriber::new("001010000000001", kausf).with_ue(UE))
}

pub fn peer() -> String {
    PEER.to_owned()
}

/// A program that runs.
pub struct Beside(JoinHandle<io::Result<bool>>);

impl Beside {
    /// Starts it; `ended` becomes true with its end.
    pub fn start(
        program: &Path,
        net: &TestNet,
        subscriber: &Subscriber,
        peer: &str,
        ended: Arc<AtomicBool>,
    ) -> io::Result<Self> {
        let kausf: String = subscriber
            .kausf
            .iter()
            .map(|o| format!("{o:02x}"))
            .collect();
        let ue = subscriber.ue_service_ids.first().map_or("", String::as_str);
        let address = net.addr();
        let mut command = Command::new(program);
        command
            .args([address.ip().to_string(), address.port().to_string()])
            .args([net.af_fqdn(), &kausf, &subscriber.supi, ue, peer]);
        let words: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
        println!("$ {} {}", program.display(), words.join(" "));
        let wait = move |mut child: Child| {
            let status = child.wait();
            ended.store(true, Ordering::SeqCst);
            status.map(|status| status.success())
        };
        let child = command.spawn()?;
        Ok(Self(std::thread::spawn(move || wait(child))))
    }

    /// Whether it ended well.
    pub fn succeeded(self) -> bool {
        matches!(self.0.join(), Ok(Ok(true)))
    }
}
