//! The UE configuration document (TS 24.538 clause 7.2): what is read, what is refused and why.

#[path = "../vectors/mod.rs"]
mod vectors;

mod addresses;
mod properties;
mod reading;
mod refusals;

use msgin5g::client::ConfigError;
use msgin5g::configuration::{
    AddressError, ConfigurationError, Element, Expected, Scheme, ServerAddress, UeConfiguration,
};
use msgin5g::message::{IdError, UeServiceId};
use proptest::prelude::*;

const ADDRESS: &str = "coaps://msg.operator.example:65401/msgin5g";

/// A document with these elements inside `on-network`.
fn document(inside: &str) -> String {
    format!("<seal-UE-configuration><on-network>{inside}</on-network></seal-UE-configuration>")
}

fn with_address(address: &str) -> String {
    document(&format!(
        "<MSGin5G-Server-address>{address}</MSGin5G-Server-address>\
         <MSGin5G-UE-Service-id>ue-4711@iot.example</MSGin5G-UE-Service-id>"
    ))
}

fn with_size(size: &str) -> String {
    with_address(ADDRESS).replace(
        "</on-network>",
        &format!("<Segment-size>{size}</Segment-size></on-network>"),
    )
}

fn error(document: &str) -> ConfigurationError {
    match UeConfiguration::parse(&mut document.as_bytes().to_vec()) {
        Ok(found) => panic!("{document}: read as {found:?}"),
        Err(error) => error,
    }
}

fn address_error(address: &str) -> AddressError {
    ServerAddress::parse(&mut address.as_bytes().to_vec()).unwrap_err()
}

fn is_syntax(error: ConfigurationError, wanted: Expected) -> bool {
    matches!(error, ConfigurationError::Syntax { expected, .. } if expected == wanted)
}
