//! Keys and identifiers of AKMA.

mod example;
mod identity;
mod input;
mod known_answers;
mod properties;
mod source;
