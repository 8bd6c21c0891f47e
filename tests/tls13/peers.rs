//! The crate's own TLS 1.3 core with servers that run as programs: `gnutls-serv` (Debian package
//! gnutls-bin) and `openssl s_server`, whose console can change keys.

use crate::tls13::{KEY, SUITES, Want};
use core::task::Poll;
use msgin5g::session::tls13::crypto::NamedGroup;
use msgin5g::session::{Session, SessionError};
use msgin5g::transport::{StdHost, StreamTransport, TcpTransport, TransportError};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

const ID: &str = "3GPP-AKMA0.a7id5f@5gc.mnc001.mcc001.3gppnetwork.org";
const P256: NamedGroup = NamedGroup::Secp256r1;
const X25519: NamedGroup = NamedGroup::X25519;

/// `gnutls-serv` in a network of its own, since it cannot be told to listen on loopback only;
/// the shell beside it carries one connection over its standard input and output.
struct GnuTls {
    child: Child,
    stdin: ChildStdin,
    octets: Receiver<Vec<u8>>,
    waiting: Vec<u8>,
}

/// The servers' key file, the same for all. Written once: no server may read it half written.
static KEYS: OnceLock<PathBuf> = OnceLock::new();

impl GnuTls {
    /// `None`: the program is not there; the test says so and is passed over.
    fn start(priority: &str) -> Option<Self> {
        if Command::new("gnutls-serv")
            .arg("--version")
            .output()
            .is_err()
        {
            eprintln!("SKIPPED: needs gnutls-serv, from the package gnutls-bin");
            return None;
        }
        let keys = KEYS.get_or_init(|| {
            let name = format!("msgin5g-gnutls-{}", std::process::id());
            let keys = std::env::temp_dir().join(name);
            std::fs::write(&keys, format!("{ID}:{}\n", hex::encode(KEY))).unwrap();
            keys
        });
        let script = format!(
            "ip link set lo up
             gnutls-serv --echo --port 5556 --pskpasswd {} \
                --priority NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:+ECDHE-PSK{priority} >&2 2>/dev/null &
             until exec 3<>/dev/tcp/127.0.0.1/5556; do sleep 0.02; done 2>/dev/null
             cat <&3 & exec cat >&3",
            keys.display()
        );
        let mut child = Command::new("unshare")
            .args([
                "-rn",
                "--pid",
                "--fork",
                "--kill-child",
                "bash",
                "-c",
                &script,
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, octets) = channel();
        std::thread::spawn(move || {
            let mut buf = [0; 4096];
            while let Ok(n @ 1..) = stdout.read(&mut buf) {
                if sender.send(buf[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        Some(Self {
            child,
            stdin,
            octets,
            waiting: Vec::new(),
        })
    }
}

impl Drop for GnuTls {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl StreamTransport for &mut GnuTls {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        let written = self.stdin.write_all(data);
        Poll::Ready(match written.and_then(|()| self.stdin.flush()) {
            Ok(()) => Ok(data.len()),
            Err(_) => Err(TransportError::Closed),
        })
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        if self.waiting.is_empty() {
            match self.octets.try_recv() {
                Ok(octets) => self.waiting = octets,
                Err(TryRecvError::Empty) => return Poll::Pending,
                Err(TryRecvError::Disconnected) => {
                    return Poll::Ready(Err(TransportError::Closed));
                }
            }
        }
        let n = buf.len().min(self.waiting.len());
        buf[..n].copy_from_slice(&self.waiting[..n]);
        self.waiting.drain(..n);
        Poll::Ready(Ok(n))
    }
}

fn wait<V>(mut poll: impl FnMut() -> Poll<V>) -> V {
    let start = std::time::Instant::now();
    loop {
        if let Poll::Ready(value) = poll() {
            return value;
        }
        assert!(start.elapsed().as_secs() < 20, "pending for ever");
        std::thread::sleep(core::time::Duration::from_micros(200));
    }
}

fn send_all(session: &mut impl Session, mut data: &[u8]) {
    while !data.is_empty() {
        data = &data[wait(|| session.send(data)).unwrap()..];
    }
    wait(|| session.flush()).unwrap();
}

fn recv_exact(session: &mut impl Session, len: usize) -> Vec<u8> {
    let (mut all, mut have) = (vec![0; len], 0);
    while have < len {
        have += wait(|| session.recv(&mut all[have..])).unwrap();
    }
    all
}

#[test]
fn gnutls_with_every_group_suite_and_retry() {
    for (groups, theirs, suites) in [
        (&[P256, X25519][..], "GROUP-SECP256R1", &SUITES[..1]),
        (&[X25519, P256], "GROUP-X25519", &SUITES[..1]),
        (&[P256, X25519], "GROUP-X25519", &SUITES[..1]),
        (&[X25519, P256], "GROUP-SECP256R1", &SUITES[..1]),
        (&[X25519], "GROUP-X25519", &SUITES[1..2]),
        (&[X25519], "GROUP-X25519", &SUITES[2..]),
    ] {
        let priority = format!(":-GROUP-ALL:+{theirs}:+AES-128-CCM-8");
        let Some(mut server) = GnuTls::start(&priority) else {
            return;
        };
        let want = Want::new(ID.as_bytes()).groups(groups).suites(suites);
        let mut session = want.open(&mut server, &mut StdHost::new()).unwrap();
        // Its tickets come first; its echo is made of lines.
        let line = [&[b'x'; 1000][..], b"\n"].concat();
        send_all(&mut session, &line);
        assert_eq!(recv_exact(&mut session, line.len()), line, "{theirs}");
        assert_eq!(wait(|| session.close()), Ok(()));
    }
}

/// GnuTLS knows record_size_limit (RFC 8449), so that a buffer of any length does. It has to be
/// told to take limits under 512.
#[test]
fn gnutls_keeps_to_a_receive_buffer_of_300_octets() {
    let Some(mut server) = GnuTls::start(":-GROUP-ALL:+GROUP-X25519:%ALLOW_SMALL_RECORDS") else {
        return;
    };
    let want = Want::new(ID.as_bytes()).groups(&[X25519]).receive(300);
    let mut session = want.open(&mut server, &mut StdHost::new()).unwrap();
    let line = [&[b'x'; 2000][..], b"\n"].concat();
    send_all(&mut session, &line);
    assert_eq!(recv_exact(&mut session, line.len()), line);
}

/// The client asks for a new key before each is used too often; the server answers with its own.
#[test]
fn gnutls_follows_a_change_of_key_and_changes_its_own() {
    let Some(mut server) = GnuTls::start(":-GROUP-ALL:+GROUP-X25519") else {
        return;
    };
    // GnuTLS takes at most eight changes in a second.
    let want = Want::new(ID.as_bytes())
        .groups(&[X25519])
        .records_per_key(12);
    let mut session = want.open(&mut server, &mut StdHost::new()).unwrap();
    for i in 0..40u8 {
        let line = [&[b'A' + i; 33][..], b"\n"].concat();
        send_all(&mut session, &line);
        assert_eq!(recv_exact(&mut session, line.len()), line);
    }
    assert_eq!(wait(|| session.close()), Ok(()));
}

/// Lines of one octet, and one as long as the server takes, in records of either side's length.
#[test]
fn gnutls_with_tiny_and_with_big_records() {
    let Some(mut server) = GnuTls::start(":-GROUP-ALL:+GROUP-SECP256R1") else {
        return;
    };
    let mut want = Want::new(ID.as_bytes()).groups(&[P256]).receive(17_000);
    want.send = 17_000;
    let mut session = want.open(&mut server, &mut StdHost::new()).unwrap();
    for _ in 0..20 {
        send_all(&mut session, b"\n");
        assert_eq!(recv_exact(&mut session, 1), b"\n");
    }
    let line = [&[b'x'; 10_000][..], b"\n"].concat();
    send_all(&mut session, &line);
    assert_eq!(recv_exact(&mut session, line.len()), line);
}

#[test]
fn gnutls_refuses_a_wrong_key_and_an_unknown_identity_alike() {
    let refused = |want: Want<'_>| {
        let mut server = GnuTls::start("")?;
        want.open(&mut server, &mut StdHost::new()).err()
    };
    let Some(error) = refused(Want::new(ID.as_bytes()).key([1; 32])) else {
        return;
    };
    assert_eq!(error, SessionError::KeyRejected);
    // GnuTLS makes up a key for a name that it does not know, so that nobody can ask for names.
    let error = refused(Want::new(b"somebody else"));
    assert_eq!(error, Some(SessionError::KeyRejected));
}

/// `openssl s_server` on a port of its choice, its console in the test's hand.
struct SServer {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<std::process::ChildStdout>,
    port: String,
}

impl SServer {
    fn start(args: &[&str]) -> Self {
        let key = hex::encode(KEY);
        // Its console's answers come when they are made, not by the block.
        let mut child = Command::new("stdbuf")
            .args(["-o0", "openssl", "s_server"])
            .args(["-accept", "127.0.0.1:0", "-nocert", "-tls1_3"])
            .args(["-psk", &key, "-psk_identity", ID])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take().unwrap();
        let mut server = Self {
            stdout: BufReader::new(child.stdout.take().unwrap()),
            child,
            stdin,
            port: String::new(),
        };
        let line = server.line_with("ACCEPT");
        server.port = line.rsplit(':').next().unwrap().trim().to_owned();
        server
    }

    fn line_with(&mut self, text: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.stdout.read_line(&mut line).unwrap(), 0, "{text}");
            if line.contains(text) {
                return line;
            }
        }
    }

    fn type_in(&mut self, line: &str) {
        // At once: the console takes what it gets for a whole line.
        self.stdin
            .write_all(format!("{line}\n").as_bytes())
            .unwrap();
        self.stdin.flush().unwrap();
    }
}

impl Drop for SServer {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn openssl_changes_its_key_and_asks_for_the_same() {
    let mut server = SServer::start(&["-max_send_frag", "512", "-num_tickets", "3"]);
    let transport = TcpTransport::connect(format!("127.0.0.1:{}", server.port)).unwrap();
    let mut session = Want::new(ID.as_bytes())
        .open(transport, &mut StdHost::new())
        .unwrap();
    send_all(&mut session, b"first\n");
    let _ = server.line_with("first");
    for command in ["k", "K", "K", "k"] {
        server.type_in(command);
        let _ = server.line_with("SSL_do_handshake");
        server.type_in("hello");
        assert_eq!(recv_exact(&mut session, 6), b"hello\n");
        send_all(&mut session, b"answer\n");
        let _ = server.line_with("answer");
    }
}
