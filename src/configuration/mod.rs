//! The UE configuration document: where the server is and who this UE is (TS 24.538 clause 7.2).
//!
//! MSGin5G extends the UE configuration document of SEAL (TS 24.546 clause 7.2), which a UE
//! fetches by HTTP or CoAP before it registers (TS 23.554 clause 8.1). How it comes here is the
//! caller's business; so is the service identifier, which names the document and does not stand in it.
//!
//! ```
//! use msgin5g::configuration::UeConfiguration;
//!
//! let mut document = *br#"<?xml version="1.0"?>
//! <seal-UE-configuration xmlns:m5="urn:3gpp:ns:seal:MSGin5GUEConfig:1.0">
//!   <on-network>
//!     <m5:MSGin5G-Server-address>coaps+tcp://msg.operator.example/msgin5g</m5:MSGin5G-Server-address>
//!     <m5:MSGin5G-UE-Service-id>meter-7@iot.example</m5:MSGin5G-UE-Service-id>
//!   </on-network>
//! </seal-UE-configuration>"#;
//! let found = UeConfiguration::parse(&mut document)?;
//!
//! // Where to connect, and the name that K_AF is derived for:
//! assert_eq!((found.server_address.host, found.server_address.port()), ("msg.operator.example", 5684));
//! assert_eq!(found.server_address.fqdn(), Some("msg.operator.example"));
//!
//! // What the client wants to know. Values given by hand go over it.
//! let mut config = found.client_config();
//! assert_eq!(config.server_path, ["msgin5g"]);
//! assert_eq!(config.segment_size, 2048);
//! config.segment_size = 512;
//! assert_eq!(config.check(), Ok(()));
//! # Ok::<(), msgin5g::configuration::ConfigurationError>(())
//! ```
//!
//! # What is read, and how
//!
//! Elements count by their local names, anywhere inside `on-network`: with the namespace of the
//! extension, with it as it is misprinted in the standard, in an `anyExt`, with none. Which one is right is
//! UNCONFIRMED, as are the types of the values. All else is passed over, as long as it is XML in UTF-8.
//!
//! | what | bound | beyond |
//! | --- | --- | --- |
//! | document | 65535 octets | [`ConfigurationError::TooLong`] |
//! | elements inside each other | 16 | [`ConfigurationError::TooDeep`] |
//! | each of the three elements | once | [`ConfigurationError::Repeated`] |
//! | server address | 1024 octets, host 255, 8 path segments of 255 each | [`AddressError`] |
//! | UE Service ID | 5 to 255 octets, no spaces | [`IdError`] |
//! | segment size | 1 to 65535 | [`ConfigurationError::SegmentSize`] |

mod address;
mod error;
mod xml;

use xml::{Scanner, Span, Token, is_space};

pub use address::{Scheme, ServerAddress};
pub use error::{AddressError, ConfigurationError, Element, Expected};

use crate::client::Config;
#[cfg(doc)]
use crate::message::IdError;
use crate::message::UeServiceId;

/// The longest document that is read, in octets.
const MAX_LEN: usize = 0xffff;
/// Elements inside each other, at most.
const MAX_DEPTH: usize = 16;
/// The segment size when the document names none, in octets (TS 24.538 clause 7.2.3).
const DEFAULT_SEGMENT_SIZE: u16 = 2048;

/// What a UE configuration document says about MSGin5G: all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct UeConfiguration<'a> {
    /// Where the server is.
    pub server_address: ServerAddress<'a>,
    /// Who this UE is.
    pub ue_service_id: UeServiceId<'a>,
    /// The largest segment, 1 to 65535 octets (the unit is UNCONFIRMED). `None` when the document names none.
    pub segment_size: Option<u16>,
}

impl<'a> UeConfiguration<'a> {
    /// Reads a document in one pass, replacing references in place. The buffer then no longer holds XML.
    ///
    /// # Errors
    /// [`ConfigurationError`] tells what was expected, and where or of which element.
    pub fn parse(document: &'a mut [u8]) -> Result<Self, ConfigurationError> {
        if document.len() > MAX_LEN {
            return Err(ConfigurationError::TooLong { max: MAX_LEN });
        }
        let found = Reader::new(document).read()?;
        let segment_size = found
            .segment_size
            .map(|span| read_size(document, span))
            .transpose()?;
        let missing = ConfigurationError::Missing;
        let address = found
            .server_address
            .ok_or(missing(Element::ServerAddress))?;
        let id = found.ue_service_id.ok_or(missing(Element::UeServiceId))?;
        let (address, id) = lend(document, address, id);
        let id = core::str::from_utf8(id)
            .map_err(|_| ConfigurationError::NotUtf8(Element::UeServiceId))?;
        Ok(Self {
            server_address: ServerAddress::parse(address)
                .map_err(ConfigurationError::ServerAddress)?,
            ue_service_id: UeServiceId::new(id).map_err(ConfigurationError::UeServiceId)?,
            segment_size,
        })
    }

    /// The client's configuration as the document has it, with defaults for all that it does not
    /// know. Change what is given by hand; [`Config::check`] then judges all of it together.
    #[must_use]
    pub fn client_config(&self) -> Config<'_> {
        let mut config = Config::new(self.ue_service_id);
        config.server_path = self.server_address.path();
        config.segment_size = self.segment_size.unwrap_or(DEFAULT_SEGMENT_SIZE);
        config
    }
}

/// Where the values are, trimmed.
#[derive(Default)]
struct Found {
    server_address: Option<Span>,
    ue_service_id: Option<Span>,
    segment_size: Option<Span>,
}

impl Found {
    fn place(&mut self, element: Element) -> &mut Option<Span> {
        match element {
            Element::ServerAddress => &mut self.server_address,
            Element::UeServiceId => &mut self.ue_service_id,
            Element::SegmentSize => &mut self.segment_size,
        }
    }
}

struct Reader<'d> {
    scanner: Scanner<'d>,
    /// The names of the elements that are open.
    open: [Span; MAX_DEPTH],
    depth: usize,
    /// How deep `on-network` is, while inside of it.
    on_network: Option<usize>,
    /// The element whose text is being put together, and where that stands.
    value: Option<(Element, Span)>,
    /// The outermost element has been closed.
    is_over: bool,
    found: Found,
}

impl<'d> Reader<'d> {
    fn new(document: &'d mut [u8]) -> Self {
        Self {
            scanner: Scanner::new(document),
            open: [Span::default(); MAX_DEPTH],
            depth: 0,
            on_network: None,
            value: None,
            is_over: false,
            found: Found::default(),
        }
    }

    fn read(mut self) -> Result<Found, ConfigurationError> {
        loop {
            match self.scanner.token()? {
                Token::Start(name) => self.enter(name)?,
                Token::Empty(name) => {
                    self.enter(name)?;
                    self.leave(name)?;
                }
                Token::End(name) => self.leave(name)?,
                Token::Text(text) => self.text(text)?,
                Token::Literal(text) => self.literal(text)?,
                Token::Nothing if self.depth > 0 => {
                    return Err(self.scanner.fault(Expected::EndTag));
                }
                Token::Nothing if !self.is_over => return Err(self.scanner.fault(Expected::Root)),
                Token::Nothing => return Ok(self.found),
            }
        }
    }

    fn enter(&mut self, name: Span) -> Result<(), ConfigurationError> {
        if let Some((element, _)) = self.value {
            return Err(ConfigurationError::NotText(element));
        }
        if self.is_over {
            return Err(self.scanner.fault(Expected::Root));
        }
        let at = self.scanner.position();
        let place = self.open.get_mut(self.depth);
        *place.ok_or(ConfigurationError::TooDeep { at })? = name;
        self.depth = self.depth.saturating_add(1);

        let local = local_name(self.scanner.octets(name));
        if self.on_network.is_none() {
            self.on_network = (local == b"on-network").then_some(self.depth);
        } else if let Some(element) = element(local) {
            if self.found.place(element).is_some() {
                return Err(ConfigurationError::Repeated(element));
            }
            self.value = Some((element, Span { start: at, end: at }));
        }
        Ok(())
    }

    fn leave(&mut self, name: Span) -> Result<(), ConfigurationError> {
        let innermost = self.depth.checked_sub(1);
        let opened = innermost.and_then(|at| self.open.get(at)).copied();
        let is_same =
            opened.is_some_and(|opened| self.scanner.octets(opened) == self.scanner.octets(name));
        if !is_same {
            return Err(self.scanner.fault(Expected::EndTag));
        }
        if let Some((element, text)) = self.value.take() {
            *self.found.place(element) = Some(self.trimmed(text));
        }
        if self.on_network == Some(self.depth) {
            self.on_network = None;
        }
        self.depth = innermost.unwrap_or(0);
        self.is_over = self.depth == 0;
        Ok(())
    }

    fn text(&mut self, text: Span) -> Result<(), ConfigurationError> {
        if let Some((_, value)) = &mut self.value {
            value.end = self.scanner.put_text(text, value.end)?;
        } else if self.depth == 0 && !self.scanner.octets(text).iter().all(|o| is_space(*o)) {
            return Err(self.scanner.fault(Expected::Root));
        }
        Ok(())
    }

    fn literal(&mut self, text: Span) -> Result<(), ConfigurationError> {
        if let Some((_, value)) = &mut self.value {
            value.end = self.scanner.put_literal(text, value.end);
        } else if self.depth == 0 {
            return Err(self.scanner.fault(Expected::Root));
        }
        Ok(())
    }

    fn trimmed(&self, text: Span) -> Span {
        let octets = self.scanner.octets(text);
        let is_text = |octet: &u8| !is_space(*octet);
        let before = octets.iter().position(is_text).unwrap_or(octets.len());
        let len = octets
            .iter()
            .rposition(is_text)
            .map_or(0, |last| last.saturating_add(1).saturating_sub(before));
        let start = text.start.saturating_add(before);
        Span {
            start,
            end: start.saturating_add(len),
        }
    }
}

fn local_name(name: &[u8]) -> &[u8] {
    name.rsplit(|octet| *octet == b':').next().unwrap_or(name)
}

fn element(local: &[u8]) -> Option<Element> {
    const ALL: [Element; 3] = [
        Element::ServerAddress,
        Element::UeServiceId,
        Element::SegmentSize,
    ];
    ALL.into_iter()
        .find(|element| element.name().as_bytes() == local)
}

fn read_size(document: &[u8], span: Span) -> Result<u16, ConfigurationError> {
    let digits = document.get(span.start..span.end).unwrap_or_default();
    let mut size = 0u16;
    for octet in digits {
        let digit = char::from(*octet).to_digit(10).map(u16::try_from);
        size = match digit {
            Some(Ok(digit)) => size
                .checked_mul(10)
                .and_then(|size| size.checked_add(digit)),
            _ => None,
        }
        .ok_or(ConfigurationError::SegmentSize)?;
    }
    if size == 0 {
        return Err(ConfigurationError::SegmentSize);
    }
    Ok(size)
}

/// Lends out two values that do not overlap, the first of them to be changed.
fn lend(document: &mut [u8], address: Span, id: Span) -> (&mut [u8], &[u8]) {
    let border = address.start.max(id.start);
    let (before, behind) = document.split_at_mut_checked(border).unwrap_or_default();
    let first = address.start.min(id.start);
    let first = first..address.end.min(id.end);
    let len = address.end.max(id.end).saturating_sub(border);
    let before = before.get_mut(first).unwrap_or_default();
    let behind = behind.get_mut(..len).unwrap_or_default();
    if address.start < id.start {
        (before, behind)
    } else {
        (behind, before)
    }
}
