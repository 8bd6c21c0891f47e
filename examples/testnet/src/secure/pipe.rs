use std::collections::VecDeque;
use std::io::{self, Read, Write};

/// Two queues of octets that OpenSSL takes for a socket.
#[derive(Debug, Default)]
pub struct Pipe {
    pub input: VecDeque<u8>,
    pub output: Vec<u8>,
    pub ended: bool,
}

impl Pipe {
    pub fn feed(&mut self, octets: &[u8]) {
        self.input.extend(octets);
    }

    pub fn end(&mut self) {
        self.ended = true;
    }
}

impl Read for Pipe {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.input.is_empty() && !self.ended {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.input.read(buf)
    }
}

impl Write for Pipe {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.output.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
