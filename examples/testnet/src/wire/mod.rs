//! The JSON of MSGin5G-1: names, a liberal reader and a canonical writer.

mod date;
pub mod names;
mod ranges;
mod read;
mod write;

pub use date::{read_date, write_date};
pub use ranges::{Range, ranges_of, read_ranges, show_ranges, write_ranges};
pub use read::{Address, AddressKind, Fields, Malformed, fold};
pub use write::{Body, bare};

/// The value of `MSGin5G service identifier`.
pub const SERVICE: &str = "MSGin5G";

/// What `Message Type` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "the names are those of the list")]
pub enum MessageType {
    Reg,
    Dereg,
    Msg,
    MsgResp,
    Imdn,
    SegRec,
    SegConfir,
    /// Placeholder for the update of a stored message (Rel-19): its value could not be read.
    MsgUpd,
}

impl MessageType {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Reg,
        Self::Dereg,
        Self::Msg,
        Self::MsgResp,
        Self::Imdn,
        Self::SegRec,
        Self::SegConfir,
        Self::MsgUpd,
    ];

    /// As it stands on the wire.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Reg => "REG",
            Self::Dereg => "DEREG",
            Self::Msg => "MSG",
            Self::MsgResp => "MSGRESP",
            Self::Imdn => "IMDN",
            Self::SegRec => "SEGREC",
            Self::SegConfir => "SEGCONFIR",
            Self::MsgUpd => "MSGUPD",
        }
    }

    /// Case is not significant in what we accept.
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|t| t.text().eq_ignore_ascii_case(text))
    }
}
