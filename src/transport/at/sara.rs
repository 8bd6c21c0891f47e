use super::fields::after;
use super::{Command, Dialect, Meaning, Opening, Remote, Way};

/// u-blox SARA-R5, and its relatives with the same socket commands.
///
/// Source: *SARA-R5 series AT commands manual*, UBX-19047455, chapter "Internet protocol transport
/// layer": `+USOCR`, `+USOCO`, `+USOWR` in binary syntax, `+USORD`, `+USOCL`, and the URCs `+UUSORD`,
/// `+UUSORF` and `+UUSOCL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Sara;

impl Dialect for Sara {
    // The socket is not there any more.
    const READ_ERROR_IS_EMPTY: bool = false;
    const MOST: usize = 1024;

    fn open(&self, step: u8, remote: &Remote<'_>, socket: u8, command: &mut Command) -> Opening {
        match step {
            // Answers in hexadecimal digits are off.
            0 => {
                command.text("AT+UDCONF=1,0");
                Opening::Try
            }
            1 => {
                command.text("AT+USOCR=").text(match remote.way {
                    Way::Tcp => "6",
                    Way::Udp => "17",
                });
                Opening::Step
            }
            2 => {
                command.text("AT+USOCO=").number(socket.into());
                command.text(",").quoted(remote.host);
                command.text(",").number(remote.port.into());
                command.patient(130_000);
                Opening::Step
            }
            _ => Opening::Done,
        }
    }

    fn send(&self, socket: u8, len: usize, command: &mut Command) {
        command.text("AT+USOWR=").number(socket.into());
        command.text(",").number(len.try_into().unwrap_or(0));
        command.then_data_after(b'@').patient(120_000);
    }

    fn receive(&self, socket: u8, len: usize, command: &mut Command) {
        command.text("AT+USORD=").number(socket.into());
        command
            .text(",")
            .number(len.min(1024).try_into().unwrap_or(0));
    }

    fn close(&self, socket: u8, command: &mut Command) {
        command.text("AT+USOCL=").number(socket.into());
        command.patient(120_000);
    }

    fn data(&self, line: &[u8]) -> Option<usize> {
        // The data begins behind a quotation mark, on the same line.
        let mut fields = after(line.strip_suffix(b",\"")?, b"+USORD")?;
        fields.number()?;
        fields.number()?.try_into().ok()
    }

    fn meaning(&self, line: &[u8], socket: u8) -> Meaning {
        let ours = Some(u32::from(socket));
        if let Some(mut fields) = after(line, b"+USOCR") {
            return match fields.number().and_then(|n| u8::try_from(n).ok()) {
                Some(socket) => Meaning::Socket(socket),
                None => Meaning::Refused(None),
            };
        }
        if let Some(mut fields) = after(line, b"+USOWR") {
            return match (fields.number() == ours, fields.number()) {
                (true, Some(taken)) => Meaning::Taken(taken),
                _ => Meaning::Other,
            };
        }
        let waits = after(line, b"+UUSORD").or_else(|| after(line, b"+UUSORF"));
        if waits.is_some_and(|mut fields| fields.number() == ours) {
            return Meaning::DataWaits;
        }
        let closed = after(line, b"+UUSOCL");
        if closed.is_some_and(|mut fields| fields.number() == ours) {
            return Meaning::Closed;
        }
        Meaning::Other
    }
}
