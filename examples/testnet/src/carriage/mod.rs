//! How CoAP messages travel. Each carriage is a state machine: octets in, messages and octets out.

pub mod stream;
