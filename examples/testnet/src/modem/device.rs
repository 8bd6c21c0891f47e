//! The modem itself: lines in, answers out, and data between them.

use super::sockets::Sockets;
use super::{ModemAkma, ModemFaults, ModemKind, nordic, quectel, sara};

/// A modem with its UART.
pub struct Device {
    kind: ModemKind,
    faults: ModemFaults,
    /// Whether it echoes when it has just been switched on.
    echoes: bool,
    pub sockets: Sockets,
    line: Vec<u8>,
    /// The socket and how much data for it is still to be heard.
    data: Option<(u8, usize, Vec<u8>)>,
    said: Vec<u8>,
    greeted: bool,
    handed_over: usize,
    akma: ModemAkma,
}

impl Device {
    pub fn new(kind: ModemKind, faults: ModemFaults, sockets: Sockets) -> Self {
        Self {
            kind,
            echoes: faults.echo,
            faults,
            sockets,
            line: Vec::new(),
            data: None,
            said: Vec::new(),
            greeted: false,
            handed_over: 0,
            akma: ModemAkma::None,
        }
    }

    pub fn into_faults(self) -> ModemFaults {
        self.faults
    }

    /// Loses its power in whatever it does, and is there again. It has forgotten everything.
    pub fn restart(&mut self) {
        self.line.clear();
        self.data = None;
        self.greeted = false;
        self.faults.echo |= self.echoes;
        self.sockets.close_all();
        // What a serial line looks like when the far end loses its power.
        self.octets(b"\0\xff\0");
        match self.kind {
            ModemKind::Quectel => self.answer("RDY"),
            ModemKind::Nordic => self.answer("Ready"),
            ModemKind::Sara => self.octets(b"\r\n"),
        }
    }

    /// What it says, and has not said before.
    pub fn say(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.said)
    }

    pub fn hear(&mut self, octet: u8) {
        if let Some((socket, want, mut data)) = self.data.take() {
            data.push(octet);
            if data.len() < want {
                self.data = Some((socket, want, data));
                return;
            }
            return match self.kind {
                ModemKind::Quectel => quectel::sent(self, socket, &data),
                ModemKind::Sara => sara::sent(self, socket, &data),
                ModemKind::Nordic => {}
            };
        }
        if self.faults.echo && octet != b'\n' {
            self.said.push(octet);
        }
        match octet {
            b'\r' => {
                let line = std::mem::take(&mut self.line);
                self.command(&String::from_utf8_lossy(&line));
            }
            b'\n' => {}
            _ => self.line.push(octet),
        }
    }

    pub fn arrived(&mut self, serial: u64, octets: Vec<u8>) {
        let Some((number, was_empty)) = self.sockets.arrived(serial, octets) else {
            return;
        };
        match self.kind {
            ModemKind::Quectel if was_empty => self.urc(&format!("+QIURC: \"recv\",{number}")),
            ModemKind::Nordic if was_empty => self.urc(&format!("#XAPOLL: {number},1")),
            ModemKind::Sara => {
                let (waiting, _) = self.sockets.state(number);
                self.urc(&format!("+UUSORD: {number},{waiting}"));
            }
            _ => {}
        }
    }

    pub fn gone(&mut self, serial: u64) {
        let Some(number) = self.sockets.gone(serial) else {
            return;
        };
        let (waiting, _) = self.sockets.state(number);
        match self.kind {
            ModemKind::Quectel => self.urc(&format!("+QIURC: \"closed\",{number}")),
            ModemKind::Sara => self.urc(&format!("+UUSOCL: {number}")),
            ModemKind::Nordic => {
                let events = if waiting > 0 { 17 } else { 16 };
                self.urc(&format!("#XAPOLL: {number},{events}"));
            }
        }
    }

    pub fn ok(&mut self) {
        self.answer("OK");
    }

    pub fn error(&mut self) {
        self.answer("ERROR");
    }

    pub fn answer(&mut self, line: &str) {
        self.chatter();
        self.said
            .extend_from_slice(format!("\r\n{line}\r\n").as_bytes());
    }

    /// Octets as they are, with no line around them.
    pub fn octets(&mut self, octets: &[u8]) {
        self.said.extend_from_slice(octets);
    }

    /// Data that it hands over, unless it loses its mind in the middle of it.
    pub fn hand_over(&mut self, data: &[u8]) -> bool {
        self.handed_over += data.len();
        if let Some(after) = self.faults.reset_after
            && self.handed_over > after
        {
            self.faults.reset_after = None;
            self.octets(&data[..data.len() / 2]);
            self.restart();
            return false;
        }
        self.octets(data);
        true
    }

    /// From here on so many octets are data for a socket.
    pub fn ask_for_data(&mut self, socket: u8, len: usize, prompt: &[u8]) {
        self.chatter();
        self.octets(b"\r\n");
        self.octets(prompt);
        self.data = Some((socket, len, Vec::new()));
    }

    /// What becomes of the keys, and the news of it, in words that are as invented as the command.
    pub fn set_akma(&mut self, akma: ModemAkma) {
        if matches!(akma, ModemAkma::Keys { .. }) {
            self.answer("+XAKMACHANGED");
        }
        self.akma = akma;
    }

    /// `AT+XAKMA="<name of the AF>"` is invented: no AT command for AKMA is known.
    fn akma_keys(&mut self) {
        match &self.akma {
            ModemAkma::None => self.answer("+CME ERROR: 9001"),
            ModemAkma::Running => {
                self.answer("+XAKMA:");
                self.ok();
            }
            ModemAkma::Keys { a_kid, k_akma } => {
                let line = format!("+XAKMA: \"{a_kid}\",\"{k_akma}\"");
                self.answer(&line);
                self.ok();
            }
        }
    }

    fn urc(&mut self, line: &str) {
        // Not between the header of data and the data, as no modem does.
        self.answer(line);
    }

    fn chatter(&mut self) {
        if self.faults.chatter {
            self.said
                .extend_from_slice(b"\r\n+CEREG: 1\r\n\r\n+CSCON: 0\r\n\r\n%CESQ: 60,2,20,3\r\n");
        }
    }

    fn command(&mut self, line: &str) {
        if self.faults.deaf > 0 {
            self.faults.deaf -= 1;
            return;
        }
        match line {
            "" => {}
            "AT" => self.ok(),
            "ATE0" => {
                self.faults.echo = false;
                self.greeted = true;
                self.ok();
            }
            _ if self.greeted && self.faults.errors > 0 => {
                self.faults.errors -= 1;
                self.error();
            }
            "AT+CIMI" => {
                self.answer("001010000000001");
                self.ok();
            }
            "AT+COPS?" => {
                self.answer("+COPS: 0,2,\"00101\",12");
                self.ok();
            }
            "AT+C5GREG?" => {
                self.answer("+C5GREG: 0,1");
                self.ok();
            }
            // EF_AD: a MNC of two digits.
            "AT+CRSM=176,28589,0,0,4" => {
                self.answer("+CRSM: 144,0,\"00000002\"");
                self.ok();
            }
            _ if line.starts_with("AT+XAKMA=") => self.akma_keys(),
            "AT+NOTHING" => self.answer("+CME ERROR: 100"),
            _ => {
                let known = match self.kind {
                    ModemKind::Quectel => quectel::command(self, line),
                    ModemKind::Nordic => nordic::command(self, line),
                    ModemKind::Sara => sara::command(self, line),
                };
                if known.is_none() {
                    self.error();
                }
            }
        }
    }
}

/// The parameters of a command, without quotation marks.
pub fn parameters<'l>(line: &'l str, name: &str) -> Option<Vec<&'l str>> {
    let rest = line.strip_prefix(name)?.strip_prefix('=')?;
    Some(
        rest.split(',')
            .map(|field| field.trim_matches('"'))
            .collect(),
    )
}
