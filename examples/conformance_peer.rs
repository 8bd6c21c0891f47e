//! The peer of `transport::conformance`: `conformance_peer [ADDRESS:PORT]`, on TCP and UDP.
//!
//! It serves whoever connects, so let it listen only where your modem can reach it, and only for
//! the test. By default it listens on 127.0.0.1:7007.

#[path = "support/conformance_peer.rs"]
mod conformance_peer;

use std::net::{TcpListener, UdpSocket};
use std::process::ExitCode;

fn main() -> ExitCode {
    let address = std::env::args().nth(1);
    let address = address.as_deref().unwrap_or("127.0.0.1:7007");
    let sockets = TcpListener::bind(address).and_then(|tcp| Ok((tcp, UdpSocket::bind(address)?)));
    match sockets {
        Ok((tcp, udp)) => {
            println!("listening on {address}, TCP and UDP");
            std::thread::spawn(move || conformance_peer::datagrams(&udp));
            conformance_peer::streams(&tcp);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!(
                "expected an address and a free port, like 127.0.0.1:7007, but {address}: {error}"
            );
            ExitCode::FAILURE
        }
    }
}
