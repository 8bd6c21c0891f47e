//! AKMA: the keys that a UE shares with an application function without any
//! certificate or password (TS 33.535).
//!
//! The 5G registration leaves K_AUSF in the UE and in the home network. From
//! it both sides make the same chain:
//!
//! ```text
//! K_AUSF --FC 0x80, "AKMA",  SUPI--> K_AKMA --FC 0x82, AF_ID--> K_AF   the TLS PSK
//!    '-----FC 0x81, "A-TID", SUPI--> A-TID  -- in the A-KID    -->     the TLS PSK identity
//! ```
//!
//! In most products the modem does the first step and hands over K_AKMA and
//! the A-KID (TS 24.501 clause 4.21); then only [`AkmaKeySource`] is needed.
//! The rest of this module is for modems that give less, and for test benches.
//!
//! | Type | What it is | Clause |
//! |---|---|---|
//! | [`Kausf`], [`Kakma`], [`Kaf`] | the three keys, 32 octets each | TS 33.535 Annex A |
//! | [`Supi`] | the subscriber, IMSI or NAI | TS 33.501 A.7.0 |
//! | [`RoutingIndicator`], [`ATid`], [`HomeNetwork`] | what an A-KID is made of | TS 33.535 6.1 |
//! | [`AKid`], [`PskIdentity`] | how the UE names its key to the server | TS 33.535 6.1, TS 24.109 K.3 |
//! | [`AfId`], [`UaStarId`] | whom the key is for, and over which protocol | TS 33.535 A.4, TS 33.220 H |
//! | [`ServingNetworkName`] | input of K_AUSF in 5G AKA | TS 24.501 9.12.1 |
//! | [`AkmaKeySource`] | the modem or secure element that owns the keys | TS 24.501 4.21 |
//! | [`kdf()`] | the key derivation function itself | TS 33.220 B.2 |
//!
//! # Example
//!
//! ```
//! use msgin5g::akma::{AKid, AKidForm, AfId, HomeNetwork, Kausf, PskIdentity};
//! use msgin5g::akma::{RoutingIndicator, Supi, UaStarId};
//!
//! # fn main() -> Result<(), msgin5g::akma::AkmaError> {
//! let k_ausf = Kausf::from_hex("474698caf02cc715db2ec0726510cfee6caa5bb1a649cb01224f2e23af94de1b")?;
//! let supi = Supi::imsi("001010000000001")?;
//! let (k_akma, a_tid) = k_ausf.derive(&supi);
//!
//! // The server's name exactly as configured, and the protocol: TLS 1.3.
//! let k_af = k_akma.k_af(&AfId::new("msgin5g.example.com", UaStarId::TLS13)?);
//! assert_eq!(k_af.as_octets()[..4], [0x57, 0x92, 0x8a, 0xe6]);
//!
//! let a_kid = AKid::build(
//!     AKidForm::F1,
//!     &RoutingIndicator::new("0")?,
//!     &a_tid,
//!     &HomeNetwork::plmn("001", "01")?,
//! )?;
//! let identity = PskIdentity::new(&a_kid);
//! assert!(identity.as_bytes().starts_with(b"3GPP-AKMArid0.atida4763ff6"));
//! # Ok(())
//! # }
//! ```
//!
//! # What is not settled by the standard
//!
//! Each point is in one place, with its default, so that an operator's answer
//! is a change of configuration:
//!
//! | Point | Where | Default |
//! |---|---|---|
//! | user name syntax of the A-KID, label in its realm | [`AKidForm`] | [`AKidForm::F1`] |
//! | separator between "3GPP-AKMA" and the A-KID | [`PskIdentity::SEPARATOR`], [`PskIdentity::with_separator`] | none |
//! | realm of a subscriber with an NAI | [`HomeNetwork`] | the NAI's own realm |
//! | Ua* identifier for DTLS and OSCORE | [`UaStarId`] | caller's choice |
//! | letter case of the FQDN in AF_ID | [`AfId::new`] | as given |
//!
//! # What is wiped and what is not
//!
//! Every key type overwrites its own octets when it is dropped, compares in
//! constant time and prints without its octets. The HMAC library's working
//! memory on the stack is not wiped by that library. A product whose threat
//! model includes reading RAM should keep K_AKMA in a secure element and
//! implement [`AkmaKeySource`] so that only K_AF comes out.

mod a_kid;
mod af_id;
mod derivations;
mod error;
mod kdf;
mod keys;
mod network;
mod psk_identity;
mod routing_indicator;
mod source;
mod supi;
#[cfg(test)]
mod tests;
mod text;

pub use a_kid::{AKid, AKidForm, ATid};
pub use af_id::{AfId, UaStarId};
pub use error::AkmaError;
pub use kdf::{kdf, kdf_input};
pub use keys::{Kaf, Kakma, Kausf, KdfOutput};
pub use network::{HomeNetwork, ServingNetworkName};
pub use psk_identity::PskIdentity;
pub use routing_indicator::RoutingIndicator;
pub use source::{AkmaContext, AkmaKey, AkmaKeySource, KausfSource, KeySourceError};
pub use supi::{MncLength, Supi};
