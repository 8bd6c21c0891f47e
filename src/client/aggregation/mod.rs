//! Several small messages in one (TS 23.554 clause 8.4), both ways. It changes when what is said
//! about aggregates does.

pub(crate) mod answered;
pub(crate) mod parts;
pub(crate) mod receiving;
pub(crate) mod sending;

/// Whether a message waits for others to the same target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gathering {
    /// It goes alone.
    No,
    /// Until this time (ms), which is known once the client is told the time.
    Until(Option<u64>),
    /// It goes with the others of this number. The oldest of them has the exchange.
    Bound(u32),
}

impl Gathering {
    pub(crate) fn new(waits: bool) -> Self {
        if waits { Self::Until(None) } else { Self::No }
    }

    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Until(_))
    }

    pub(crate) fn until_mut(&mut self) -> Option<&mut u64> {
        match self {
            Self::Until(until) => until.as_mut(),
            Self::No | Self::Bound(_) => None,
        }
    }

    pub(crate) fn deadline(self) -> Option<u64> {
        match self {
            Self::Until(until) => until,
            Self::No | Self::Bound(_) => None,
        }
    }
}
