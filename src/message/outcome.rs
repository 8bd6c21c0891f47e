//! Success or failure, as several messages say it.

use super::{
    fold::{find_folded, word_for},
    wire,
};

/// How a delivery, a registration, a confirmation or a subscription went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Outcome<'a> {
    /// It worked.
    Success,
    /// It did not; a failure cause may say why.
    Failure,
    /// Some other word, which is not success.
    Other(&'a str),
}

impl<'a> Outcome<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        find_folded(wire::OUTCOMES, text.as_bytes()).unwrap_or(Self::Other(text))
    }

    pub(super) fn word(self) -> &'a str {
        match self {
            Self::Other(text) => text,
            Self::Success => word_for(wire::OUTCOMES, &Outcome::Success),
            Self::Failure => word_for(wire::OUTCOMES, &Outcome::Failure),
        }
    }

    /// Whether it worked.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Success)
    }
}
