use super::Command;

/// What kind of socket is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Way {
    /// A TCP connection, for [`StreamTransport`](crate::transport::StreamTransport).
    Tcp,
    /// UDP to one peer, for [`DatagramTransport`](crate::transport::DatagramTransport).
    Udp,
}

/// Where a socket goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Remote<'a> {
    /// TCP or UDP.
    pub way: Way,
    /// Host name or address; the modem resolves it.
    pub host: &'a str,
    /// Port, 1 to 65535.
    pub port: u16,
}

/// What a dialect says of a step on the way to an open socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// A command was written. `OK` ends the step, an error the opening.
    Step,
    /// The same, but an error does no harm: what was asked for may be so already.
    Try,
    /// The same, and after `OK` the line comes that means [`Meaning::Opened`].
    Await,
    /// Nothing more to do: the socket is open.
    Done,
}

/// What a line of the modem means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing that matters for the socket.
    Other,
    /// The command was carried out.
    Done,
    /// It was not; with the number of `+CME ERROR` if there is one.
    Refused(Option<u32>),
    /// The modem's number of the new socket.
    Socket(u8),
    /// The end of an opening that takes its time: 0 is success.
    Opened(u32),
    /// Octets or datagrams wait in the modem.
    DataWaits,
    /// The modem has no room for more now; the same is to be sent later.
    Full,
    /// It has taken so many octets of those that were offered.
    Taken(u32),
    /// The peer or the network has closed; what waits in the modem can still be read.
    Closed,
    /// The modem has started anew.
    Restarted,
}

/// How one family of modems speaks of sockets: commands to write, lines to understand.
///
/// `OK`, `ERROR`, `+CME ERROR` and echoes are no concern of a dialect. All commands are written
/// without `AT`'s end of line.
pub trait Dialect {
    /// Whether `ERROR` as the answer to a read only says that nothing is there.
    const READ_ERROR_IS_EMPTY: bool;
    /// How many octets one command sends at the most.
    const MOST: usize;

    /// Writes the command of a step, from 0 on, towards an open socket. `socket` is what
    /// [`Meaning::Socket`] said, 0 before.
    fn open(&self, step: u8, remote: &Remote<'_>, socket: u8, command: &mut Command) -> Opening;

    /// Writes the command that sends `len` octets, or one datagram of that length, and says how
    /// the data goes with it.
    fn send(&self, socket: u8, len: usize, command: &mut Command);

    /// Writes the command that reads up to `len` octets, or one datagram.
    fn receive(&self, socket: u8, len: usize, command: &mut Command);

    /// Writes the command that closes the socket.
    fn close(&self, socket: u8, command: &mut Command);

    /// How many octets of data follow, if this beginning of a line says so. It is called for whole
    /// lines, and for lines up to a quotation mark. A read is answered when such a line has come and `OK`, even
    /// if there is nothing, or with an error.
    fn data(&self, line: &[u8]) -> Option<usize>;

    /// What any other line means.
    fn meaning(&self, line: &[u8], socket: u8) -> Meaning;
}
