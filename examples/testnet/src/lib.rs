//! Reference network.
