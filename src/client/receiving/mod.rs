//! What comes from the server and how it is answered: octets, frames, messages, the reports on
//! them, and the repeats among them. It changes when the server may say something new.

pub(crate) mod answers;
pub(crate) mod duplicates;
#[cfg_attr(
    not(any(feature = "segmentation", feature = "aggregation")),
    path = "handover_off.rs"
)]
pub(crate) mod handover;
pub(crate) mod inbound;
pub(crate) mod inbox;
pub(crate) mod incoming;
pub(crate) mod reports;
