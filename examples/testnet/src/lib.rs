//! A reference network for the crate `msgin5g`, on the loopback of one machine.
//!
//! It plays AUSF and AAnF (keys of AKMA) and the MSGin5G Server (TLS 1.3 with K_AF, CoAP over TCP, JSON), so that
//! a client has something real to talk to. It judges the client, and so shares no code with it: TLS and HMAC come
//! from OpenSSL, JSON from serde_json, CoAP from the plain code here.
//!
//! ```
//! use msgin5g_testnet::{Config, Subscriber, TestNet};
//!
//! let net = TestNet::start(Config::default())?;
//! net.add_subscriber(Subscriber::new("001010000000001", [7; 32]).with_ue("ue-4711@iot.example"))?;
//! assert!(net.addr().ip().is_loopback());
//! assert!(!net.registered("ue-4711@iot.example"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod aanf;
mod carriage;
mod certificate;
pub mod cli;
pub mod coap;
pub mod config;
mod describe;
mod echo;
pub mod event;
pub mod faults;
mod http;
mod hub;
pub mod kdf;
pub mod ladder;
mod log;
pub mod memory;
pub mod modem;
mod net;
mod northbound;
mod secure;
pub mod server;
mod store;
pub mod subscriber;
mod testnet;
pub mod text;
pub mod wire;

pub use config::{
    AggregateSettings, ApplicationServer, Config, DatagramSettings, DtlsSettings, MsgRespCarriage,
    SegmentSettings, ServerSettings, TlsSettings, TopicDelivery, TopicSettings,
};
pub use echo::uuid;
pub use event::{Closing, Counters, Event, EventKind, Refusal};
pub use faults::{ALWAYS, AfterCut, Cut, DatagramFaults, Faults, Refuse};
pub use memory::{Line, MemoryNet};
pub use secure::datagram;
pub use server::{AsMessage, AsOutcome, AsReport, PeerId};
pub use subscriber::{AKidForm, HomeNetwork, Invalid, Subscriber};
pub use testnet::{NotInTime, TestNet};
