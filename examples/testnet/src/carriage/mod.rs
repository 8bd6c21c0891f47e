//! How CoAP messages travel. Each carriage is a state machine: octets in, messages and octets out.

pub mod datagram;
mod exchange;
pub mod random;
pub mod stream;

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 4)
}
