//! Messages in segments, both ways (TS 24.538 clause 6.5, TS 23.554 clause 8.5). It changes when
//! what is said about segments does.

pub(crate) mod cuts;
pub(crate) mod receiving;
mod recovery;
pub(crate) mod sending;
pub(crate) mod set;
pub(crate) mod streaming;
