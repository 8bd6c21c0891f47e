//! The guide against the code.

mod conformance;
mod errors_table;
mod links;
