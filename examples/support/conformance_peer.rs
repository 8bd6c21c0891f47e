//! The far side of `transport::conformance`.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};

use msgin5g::transport::conformance::pattern;

/// Serves each connection in a thread of its own, until the listener fails.
pub fn streams(listener: &TcpListener) {
    for stream in listener.incoming().map_while(Result::ok) {
        // What goes wrong on one connection ends that one: its port sees it.
        std::thread::spawn(move || serve(stream));
    }
}

/// Sends each datagram back, until the socket fails for good.
pub fn datagrams(socket: &UdpSocket) {
    let mut buf = [0; 2048];
    loop {
        match socket.recv_from(&mut buf) {
            Ok((n, from)) => drop(socket.send_to(&buf[..n], from)),
            // An earlier datagram found nobody.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
            Err(_) => return,
        }
    }
}

fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut first = [0];
    stream.read_exact(&mut first)?;
    match &first {
        b"E" => io::copy(&mut stream.try_clone()?, &mut stream).map(|_| ()),
        b"T" => {
            let mut count = [0; 2];
            stream.read_exact(&mut count)?;
            let octets: Vec<u8> = (0..u16::from_be_bytes(count).into()).map(pattern).collect();
            stream.write_all(&octets)?;
            stream.shutdown(Shutdown::Write)
        }
        _ => Ok(()),
    }
}
