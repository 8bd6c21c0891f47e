//! Constrained UEs behind this one: MSGin5G-5 and the gateway role. **Experimental** (feature `msgin5g-5`).
//!
//! A UE that has no MSGin5G Client hands its messages to the client of a Gateway UE (TS 23.554
//! clause 8.11, TS 24.538 clauses 6.3.2 and 6.4.2). Annex A of TS 24.538 gives guidance for how: as standard
//! L3 messages over PC5 ([`LocalMessage::encode_l3`]), or over CoAP ([`LocalMessage::encode_request`]).
//! [`Gateway`] turns what comes into MSGin5G messages and what comes back into answers. Nothing on
//! MSGin5G-1 depends on this.
//!
//! ```
//! use msgin5g::coap::{Token, datagram};
//! use msgin5g::gateway::*;
//! use msgin5g::message::{Message, MessageId, Outcome, Report, UeServiceId};
//!
//! let gateway_id = UeServiceId::new("gateway-1@iot.example")?;
//! let mut gateway: Gateway<'_, 4, 8> = Gateway::new(gateway_id, Limits::default());
//! // The door lock is on PC5, under this Layer-2 ID.
//! let lock = Link::Layer2(Layer2Id([0xa1, 0xb2, 0xc3]));
//! let codings = L3Codings::DEFAULT;
//! # let (mut from_lock, mut json) = ([0; 128], [0; 512]);
//!
//! // It registers its application, and asks for a message to be sent.
//! let registration = LocalMessage::Registration(Registration {
//!     application_id: ApplicationId::new(4660),
//!     layer2_id: None,
//! });
//! gateway.from_application(lock, &registration, 0)?;
//! let door_open = LocalMessage::Sending(Sending {
//!     target: Target { address: "ue-0815@iot.example", kind: None },
//!     message_id: MessageId::Uuid([7; 16]),
//!     payload: "door open",
//!     application_id: Some(ApplicationId::new(4660)),
//!     report_wanted: true,
//! });
//! let len = door_open.encode_l3(&codings, &mut from_lock)?;
//!
//! // The gateway reads the octets and makes an MSGin5G message of them.
//! let received = LocalMessage::decode_l3(&from_lock[..len], &codings)?;
//! let Upward::Message(msg) = gateway.from_application(lock, &received, 10)? else { panic!() };
//! assert_eq!((msg.originator.as_str(), msg.payload), ("gateway-1@iot.example", "door open"));
//! Message::Msg(msg).encode(&mut json)?; // or Client::send_as
//!
//! // The report of the recipient comes back and goes down to the lock.
//! let report = Report {
//!     originator: msgin5g::message::Originator::Ue(UeServiceId::new("ue-0815@iot.example")?),
//!     recipient: msgin5g::message::Recipient::Ue(gateway_id),
//!     message_id: MessageId::Uuid([7; 16]),
//!     status: Outcome::Success,
//!     failure_cause: None,
//! };
//! let (link, answer) = gateway.deliver_report(&report, 20)?;
//! assert_eq!(link, lock);
//! let mut to_lock = [0; 64];
//! let len = answer.encode_l3(&codings, &mut to_lock)?;
//! assert_eq!(to_lock[0], codings.report_delivery);
//! # // The same over CoAP.
//! # let mut request = [0; 256];
//! # let len = answer.encode_request(&["app"], 1, Token::EMPTY, &mut request)?;
//! # let again = LocalMessage::decode_request(datagram::decode(&mut request[..len])?.packet);
//! # assert_eq!(again, Ok(answer));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is UNCONFIRMED
//!
//! Confirmed are the table of MESSAGE SENDING REQUEST (order, presence, formats, lengths, IEIs B and D), that
//! *Originator Address* is a type 4 element, and of the CoAP form the method, the Uri-Path, the
//! Content-Format and when a request is confirmable. Else:
//!
//! | what | where it can be changed |
//! | --- | --- |
//! | L3 message types, the other IEIs, values of *Delivery Status* | [`L3Codings`] |
//! | rows of all L3 messages but the first | described at the fields of [`L3Codings`]; the code of `encode_l3` |
//! | values of *Target Type* on L3, and that none means a UE | one table in `src/gateway/l3.rs` |
//! | size of a Layer-2 ID; that unknown IEIs from 0x78 on have a length of two octets | [`Layer2Id`], `src/gateway/l3/read.rs` |
//! | names of JSON members | one table in `src/message/wire.rs` |
//! | how a report or a registration is told from a message in JSON | [`LocalMessage::decode_json`] |
//! | that messages go under the gateway's own UE Service ID | [`Gateway::new`] |
//! | response codes to constrained UEs | [`Refusal::code`] |
//!
//! No L3 answer is known, so none is built. A message is text on MSGin5G-1: octets that are not UTF-8 are
//! refused on L3. There is neither segmentation nor aggregation on MSGin5G-5 (clause 6.1 b); the client
//! does both for what comes and goes here.

mod codings;
mod error;
mod json;
mod l3;
mod message;
mod refusal;
mod repeats;
mod role;
mod traffic;

pub use codings::L3Codings;
pub use error::{LocalDecodeError, LocalEncodeError};
pub use message::{
    ApplicationId, Delivery, Layer2Id, LocalMessage, Registration, ReportDelivery, ReportSending,
    Sending, Target,
};
pub use refusal::Refusal;
pub use role::Gateway;
pub use traffic::{Limits, Link, Upward};

pub use crate::message::local::{Element, TargetType};
