//! CoAP: messages in octets, over a stream (RFC 8323) and over datagrams (RFC 7252).
//!
//! No sockets and no clock. Both carriages share the code, the token, the options and the payload
//! ([`Packet`] when read, [`Outgoing`] when written); they differ in the frame around them, which is
//! [`stream`] or [`datagram`]. What a stream does by itself, [`reliable`] does for datagrams.
//!
//! ```
//! use msgin5g::coap::{Code, ContentFormat, OptionNumber, Outgoing, Token, stream};
//!
//! let post = Outgoing {
//!     code: Code::POST,
//!     token: Token::new(&[0xa1, 0x01])?,
//!     options: &[
//!         (OptionNumber::URI_PATH, b"msgin5g"),
//!         (OptionNumber::CONTENT_FORMAT, &ContentFormat::JSON.octets()),
//!     ],
//!     payload: b"{}",
//! };
//! let mut buffer = [0; 64];
//! let len = post.encode_stream(&mut buffer)?;
//!
//! assert_eq!(stream::frame_len(&buffer)?, Some(len));
//! let packet = stream::decode(&mut buffer[..len])?;
//! assert_eq!(packet.code, Code::POST);
//! assert_eq!(packet.options.first(OptionNumber::URI_PATH), Some(&b"msgin5g"[..]));
//! assert_eq!(packet.payload, b"{}");
//! # Ok::<(), msgin5g::coap::CoapError>(())
//! ```

mod code;
pub mod datagram;
mod error;
mod option;
mod options;
mod packet;
pub(crate) mod reframe;
pub mod reliable;
pub mod signal;
pub mod stream;
mod token;

pub use code::Code;
pub use error::CoapError;
pub use option::{ContentFormat, OptionNumber, UintValue, uint};
pub use options::{Options, OptionsIter};
pub use packet::{Outgoing, Packet};
pub use token::Token;
