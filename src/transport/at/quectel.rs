use super::fields::after;
use super::{Command, Dialect, Meaning, Opening, Remote, Way};

/// Quectel BG95, BG77 and BG600L, in buffer access mode.
///
/// Source: *BG95&BG77&BG600L Series TCP/IP Application Note*, version 1.1 (2021-03-29): clauses
/// 2.3.2 `+QIACT`, 2.3.4 `+QIOPEN`, 2.3.5 `+QICLOSE`, 2.3.7 `+QISEND`, 2.3.8 `+QIRD`, chapter 2.4 for
/// `+QIURC`, and the examples of chapter 3.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Quectel {
    /// The PDP context, `<contextID>`, 1 to 16.
    pub context: u8,
    /// The number of the socket, `<connectID>`, 0 to 11. Other sockets are left alone.
    pub connection: u8,
}

impl Default for Quectel {
    /// Context 1, connection 0.
    fn default() -> Self {
        Self {
            context: 1,
            connection: 0,
        }
    }
}

impl Dialect for Quectel {
    // An ERROR says that there is no such connection any more.
    const READ_ERROR_IS_EMPTY: bool = false;
    const MOST: usize = 1460;

    fn open(&self, step: u8, remote: &Remote<'_>, _socket: u8, command: &mut Command) -> Opening {
        let connection = u32::from(self.connection);
        match step {
            // What was left open before, and a context that may be active already.
            0 => {
                self.close(0, command);
                Opening::Try
            }
            1 => {
                command.text("AT+QIACT=").number(self.context.into());
                command.patient(150_000);
                Opening::Try
            }
            2 => {
                command.text("AT+QIOPEN=").number(self.context.into());
                command.text(",").number(connection).text(",");
                command.quoted(match remote.way {
                    Way::Tcp => "TCP",
                    Way::Udp => "UDP",
                });
                command.text(",").quoted(remote.host);
                command.text(",").number(remote.port.into());
                command.text(",0,0").patient(150_000);
                Opening::Await
            }
            _ => Opening::Done,
        }
    }

    fn send(&self, _socket: u8, len: usize, command: &mut Command) {
        command.text("AT+QISEND=").number(self.connection.into());
        command.text(",").number(len.try_into().unwrap_or(0));
        command.then_data_after(b'>').patient(120_000);
    }

    fn receive(&self, _socket: u8, len: usize, command: &mut Command) {
        command.text("AT+QIRD=").number(self.connection.into());
        command
            .text(",")
            .number(len.min(1500).try_into().unwrap_or(0));
    }

    fn close(&self, _socket: u8, command: &mut Command) {
        command.text("AT+QICLOSE=").number(self.connection.into());
        command.patient(11_000);
    }

    fn data(&self, line: &[u8]) -> Option<usize> {
        // Some answers go on with an address in quotation marks and its port. The data is behind the line.
        let len = after(line, b"+QIRD")?.number()?;
        let is_whole = line.last() != Some(&b'"');
        len.try_into().ok().filter(|_| is_whole)
    }

    fn meaning(&self, line: &[u8], _socket: u8) -> Meaning {
        match line {
            b"SEND OK" => return Meaning::Done,
            b"SEND FAIL" => return Meaning::Full,
            b"RDY" | b"APP RDY" => return Meaning::Restarted,
            _ => {}
        }
        let ours = Some(u32::from(self.connection));
        if let Some(mut fields) = after(line, b"+QIOPEN") {
            return match (fields.number() == ours, fields.number()) {
                (true, Some(result)) => Meaning::Opened(result),
                _ => Meaning::Other,
            };
        }
        let Some(mut fields) = after(line, b"+QIURC") else {
            return Meaning::Other;
        };
        match (fields.text(), fields.number()) {
            (Some(b"recv"), number) if number == ours => Meaning::DataWaits,
            (Some(b"closed"), number) if number == ours => Meaning::Closed,
            (Some(b"pdpdeact"), number) if number == Some(self.context.into()) => Meaning::Closed,
            _ => Meaning::Other,
        }
    }
}
