//! Signals of a stream: CSM, Ping, Pong, Release, Abort (RFC 8323 section 5).
//!
//! ```
//! use msgin5g::coap::{stream, signal::{Csm, Signal}};
//! let mut buffer = [0; 16];
//! let len = Signal::Csm(Csm { max_message_size: Some(4096), block_wise: false }).encode(Default::default(), &mut buffer)?;
//! let packet = stream::decode(&mut buffer[..len])?;
//! assert!(matches!(Signal::decode(&packet)?, Signal::Csm(csm) if csm.max_message_size == Some(4096)));
//! # Ok::<(), msgin5g::coap::CoapError>(())
//! ```

use super::{CoapError, Code, OptionNumber, Outgoing, Packet, Token, UintValue, uint};

/// Max-Message-Size that holds until a CSM says otherwise, in octets (section 5.3.1).
pub const DEFAULT_MAX_MESSAGE_SIZE: u32 = 1152;

/// CSM: the largest message its sender takes.
const MAX_MESSAGE_SIZE: OptionNumber = OptionNumber(2);
/// CSM: its sender speaks block-wise transfer.
const BLOCK_WISE_TRANSFER: OptionNumber = OptionNumber(4);
/// Ping: asks the other end to do first what came before. Pong: it did.
const CUSTODY: OptionNumber = OptionNumber(2);
/// Release: where to connect instead. May be repeated.
const ALTERNATIVE_ADDRESS: OptionNumber = OptionNumber(2);
/// Release: seconds to stay away.
const HOLD_OFF: OptionNumber = OptionNumber(4);
/// Abort: the CSM option that could not be accepted.
const BAD_CSM_OPTION: OptionNumber = OptionNumber(2);

/// A signalling message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Signal<'a> {
    /// 7.01: capabilities; the first message each end sends.
    Csm(Csm),
    /// 7.02: answer with Pong, same token; with custody if the ping asked for it and it was given.
    Ping {
        /// See section 5.4.1.
        custody: bool,
    },
    /// 7.03
    Pong {
        /// See section 5.4.1.
        custody: bool,
    },
    /// 7.04: no new requests; finish and close.
    Release(Release<'a>),
    /// 7.05: the connection is over.
    Abort(Abort<'a>),
}

/// Capabilities and settings (section 5.3). Absent options leave what held before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Csm {
    /// The largest message its sender takes, in octets, the whole frame counted.
    pub max_message_size: Option<u32>,
    /// Its sender speaks block-wise transfer (and BERT when the maximum is over 1152).
    pub block_wise: bool,
}

/// An orderly end (section 5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Release<'a> {
    /// Where to connect instead, as `host:port`; the first if there are several.
    pub alternative_address: Option<&'a str>,
    /// Seconds to wait before connecting again.
    pub hold_off: Option<u32>,
}

/// A disorderly end (section 5.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Abort<'a> {
    /// The CSM option that was not acceptable.
    pub bad_csm_option: Option<u16>,
    /// Text for a person who looks for the fault.
    pub diagnostic: &'a str,
}

impl<'a> Signal<'a> {
    /// Reads a packet of class 7. Unknown elective options are passed over.
    ///
    /// # Errors
    /// [`CoapError::UnknownSignal`] for other codes; [`CoapError::BadSignalOption`] for a critical option,
    /// none of which is defined, or a value that is too long. Both end the connection by Abort.
    pub fn decode(packet: &'a Packet<'_>) -> Result<Self, CoapError> {
        if !packet.code.is_signal() {
            return Err(CoapError::UnknownSignal(packet.code.detail()));
        }
        if let Some(number) = packet.options.unrecognised_critical(&[]) {
            return Err(CoapError::BadSignalOption(number.0));
        }
        let number = |wanted: OptionNumber| match packet.options.first(wanted).map(uint) {
            None => Ok(None),
            Some(Some(number)) => Ok(Some(number)),
            Some(None) => Err(CoapError::BadSignalOption(wanted.0)),
        };
        let custody = packet.options.first(CUSTODY).is_some();
        Ok(match packet.code {
            Code::CSM => Self::Csm(Csm {
                max_message_size: number(MAX_MESSAGE_SIZE)?,
                block_wise: packet.options.first(BLOCK_WISE_TRANSFER).is_some(),
            }),
            Code::PING => Self::Ping { custody },
            Code::PONG => Self::Pong { custody },
            Code::RELEASE => Self::Release(Release {
                alternative_address: packet.options.first(ALTERNATIVE_ADDRESS).and_then(text),
                hold_off: number(HOLD_OFF)?,
            }),
            Code::ABORT => Self::Abort(Abort {
                bad_csm_option: number(BAD_CSM_OPTION)?
                    .and_then(|number| u16::try_from(number).ok()),
                // Only for people: what is not text is left out.
                diagnostic: text(packet.payload).unwrap_or_default(),
            }),
            Code(_) => return Err(CoapError::UnknownSignal(packet.code.detail())),
        })
    }

    /// Writes the signal as one frame and tells its length in octets.
    ///
    /// # Errors
    /// [`CoapError::BufferTooSmall`] tells the size that is enough.
    pub fn encode(&self, token: Token, out: &mut [u8]) -> Result<usize, CoapError> {
        let number = |value: Option<u32>| UintValue::new(value.unwrap_or_default());
        match *self {
            Self::Csm(csm) => {
                let size = number(csm.max_message_size);
                let size = csm
                    .max_message_size
                    .map(|_| (MAX_MESSAGE_SIZE, size.as_octets()));
                let block_wise = csm.block_wise.then_some((BLOCK_WISE_TRANSFER, &[][..]));
                write(Code::CSM, token, [size, block_wise], "", out)
            }
            Self::Ping { custody } => write(
                Code::PING,
                token,
                [custody.then_some((CUSTODY, &[][..])), None],
                "",
                out,
            ),
            Self::Pong { custody } => write(
                Code::PONG,
                token,
                [custody.then_some((CUSTODY, &[][..])), None],
                "",
                out,
            ),
            Self::Release(release) => {
                let address = release
                    .alternative_address
                    .map(|text| (ALTERNATIVE_ADDRESS, text.as_bytes()));
                let seconds = number(release.hold_off);
                let seconds = release.hold_off.map(|_| (HOLD_OFF, seconds.as_octets()));
                write(Code::RELEASE, token, [address, seconds], "", out)
            }
            Self::Abort(abort) => {
                let bad = number(abort.bad_csm_option.map(u32::from));
                let bad = abort
                    .bad_csm_option
                    .map(|_| (BAD_CSM_OPTION, bad.as_octets()));
                write(Code::ABORT, token, [bad, None], abort.diagnostic, out)
            }
        }
    }
}

/// Writes a signal with those of two options that there are, in order.
fn write(
    code: Code,
    token: Token,
    options: [Option<(OptionNumber, &[u8])>; 2],
    payload: &str,
    out: &mut [u8],
) -> Result<usize, CoapError> {
    let payload = payload.as_bytes();
    let send = |options: &[_], out| {
        Outgoing {
            code,
            token,
            options,
            payload,
        }
        .encode_stream(out)
    };
    match options {
        [Some(first), Some(second)] => send(&[first, second], out),
        [Some(only), None] | [None, Some(only)] => send(&[only], out),
        [None, None] => send(&[], out),
    }
}

fn text(octets: &[u8]) -> Option<&str> {
    core::str::from_utf8(octets).ok()
}
