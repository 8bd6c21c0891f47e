use super::fields::after;
use super::{Command, Dialect, Meaning, Opening, Remote, Way};

/// Nordic Serial Modem on nRF91, the syntax in which every command names its socket.
///
/// Source: *Serial Modem* documentation of Nordic Semiconductor, "Socket AT commands" (`#XSOCKET`,
/// `#XCONNECT`, `#XSEND`, `#XRECV`, `#XAPOLL`, `#XCLOSE`), and its migration notes for the older
/// syntax, which is not spoken here. Data goes out in hexadecimal digits: the pattern that ends the
/// data mode could occur in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Nordic {
    /// IP version 6 instead of 4.
    pub ipv6: bool,
}

/// POLLERR, POLLHUP and POLLNVAL.
const POLL_END: u32 = 8 | 16 | 32;

impl Dialect for Nordic {
    // Nothing there is an error of the read that does not wait.
    const READ_ERROR_IS_EMPTY: bool = true;
    // In hexadecimal digits 1400 octets; shorter commands let unsolicited lines through sooner.
    const MOST: usize = 1400;

    fn open(&self, step: u8, remote: &Remote<'_>, socket: u8, command: &mut Command) -> Opening {
        let socket = u32::from(socket);
        match step {
            0 => {
                let family = if self.ipv6 { "2" } else { "1" };
                let kind = match remote.way {
                    Way::Tcp => ",1,0",
                    Way::Udp => ",2,0",
                };
                command.text("AT#XSOCKET=").text(family).text(kind);
                Opening::Step
            }
            1 => {
                command.text("AT#XCONNECT=").number(socket);
                command.text(",").quoted(remote.host);
                command.text(",").number(remote.port.into());
                command.patient(120_000);
                Opening::Step
            }
            2 => {
                command.text("AT#XAPOLL=1,1,").number(socket);
                Opening::Step
            }
            _ => Opening::Done,
        }
    }

    fn send(&self, socket: u8, _len: usize, command: &mut Command) {
        command
            .text("AT#XSEND=")
            .number(socket.into())
            .text(",1,0,");
        command.with_data_in_hex().patient(60_000);
    }

    fn receive(&self, socket: u8, len: usize, command: &mut Command) {
        command.text("AT#XRECV=").number(socket.into());
        // Binary, and without waiting.
        command.text(",0,64,1,");
        command.number(len.min(2048).try_into().unwrap_or(0));
    }

    fn close(&self, socket: u8, command: &mut Command) {
        command.text("AT#XCLOSE=").number(socket.into());
        command.patient(10_000);
    }

    fn data(&self, line: &[u8]) -> Option<usize> {
        let mut fields = after(line, b"#XRECV")?;
        fields.number()?;
        fields.number()?;
        fields.number()?.try_into().ok()
    }

    fn meaning(&self, line: &[u8], socket: u8) -> Meaning {
        if matches!(line, b"Ready" | b"READY") {
            return Meaning::Restarted;
        }
        let ours = Some(u32::from(socket));
        if let Some(mut fields) = after(line, b"#XSOCKET") {
            return match fields.number().and_then(|n| u8::try_from(n).ok()) {
                Some(socket) => Meaning::Socket(socket),
                None => Meaning::Refused(None),
            };
        }
        if let Some(mut fields) = after(line, b"#XCONNECT") {
            return match (fields.number() == ours, fields.number()) {
                (true, Some(1)) => Meaning::Other,
                _ => Meaning::Refused(None),
            };
        }
        if let Some(mut fields) = after(line, b"#XSEND") {
            return match (fields.number() == ours, fields.number()) {
                (true, Some(taken)) => Meaning::Taken(taken),
                _ => Meaning::Other,
            };
        }
        let Some(mut fields) = after(line, b"#XAPOLL") else {
            return Meaning::Other;
        };
        match (fields.number() == ours, fields.number()) {
            (true, Some(events)) if events & POLL_END == 0 => Meaning::DataWaits,
            (true, Some(_)) => Meaning::Closed,
            _ => Meaning::Other,
        }
    }
}
