//! The client as a state machine: a scripted server, links that lose and double, and a clock that the test owns.

mod bench;
mod datagram_world;
mod ledger;
mod on_the_way;
mod relay;
mod script;
mod segments;
#[cfg(feature = "snapshot")]
#[path = "../support/sleeper.rs"]
mod sleeper;

mod aggregation;
mod bad_input;
mod clocks;
mod config;
mod datagram;
mod exchange;
mod fairness;
mod fleet;
mod hostile;
mod limits;
mod link;
mod noise;
#[cfg(all(feature = "base64", feature = "segmentation", feature = "aggregation"))]
mod payload_octets;
mod ping;
mod renewal;
mod segmentation {
    mod limits;
    mod receive;
    mod send;
    mod stream;
}
mod sessions;
mod sleep;
#[cfg(feature = "snapshot")]
mod snapshot;
#[cfg(feature = "snapshot")]
mod snapshot_link;
mod targets;
mod topics;
