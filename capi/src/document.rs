//! The UE configuration document.

use core::ffi::c_char;

use msgin5g::configuration::{
    AddressError, ConfigurationError, Element, Scheme, ServerAddress, UeConfiguration,
};

use crate::given::{self, Sized32};
use crate::msgin5g_status;
use crate::status::told;
use crate::words::{Pen, Word};
use msgin5g_status as Status;

/// How CoAP is carried.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum msgin5g_scheme {
    /// Something that this header does not know yet.
    Unknown = 0,
    /// UDP, without protection: for tests.
    Coap = 1,
    /// DTLS.
    Coaps = 2,
    /// TCP, without protection: for tests.
    CoapTcp = 3,
    /// TLS over TCP.
    CoapsTcp = 4,
    /// WebSockets, which nothing here speaks.
    CoapWs = 5,
    /// WebSockets over TLS, which nothing here speaks.
    CoapsWs = 6,
}

/// An element of a UE configuration document (TS 24.538 clause 7.2.3).
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum msgin5g_element {
    /// None of them.
    None = 0,
    /// `MSGin5G-Server-address`, mandatory.
    ServerAddress = 1,
    /// `MSGin5G-UE-Service-id`, mandatory.
    UeServiceId = 2,
    /// `Segment-size`, optional.
    SegmentSize = 3,
}

/// How many path segments an address has at the most.
pub const MSGIN5G_DOCUMENT_PATH: usize = 8;

/// What a UE configuration document says about MSGin5G. Set `size` before. Its texts end with 0 and lie in the
/// document: both are to stay as long as a client is configured with them.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_document {
    /// sizeof(msgin5g_document).
    pub size: u32,
    /// How to speak to the server: one of msgin5g_scheme.
    pub scheme: u32,
    /// The port to connect to: that of the address, or that of the scheme.
    pub port: u32,
    /// A port to try when nobody answers there; 0: none.
    pub fallback_port: u32,
    /// For msgin5g_config::segment_size: octets, 0 if the document names none.
    pub segment_size: u32,
    /// For msgin5g_config::server_path_count.
    pub server_path_count: u32,
    /// For msgin5g_config::ue_service_id.
    pub ue_service_id: *const c_char,
    /// Where to connect: a name in lower case, or an address; one of IPv6 without its brackets.
    pub host: *const c_char,
    /// For msgin5g_config::server_name: the host, if it is a name. NULL if it is an address: no key can be had for that.
    pub server_name: *const c_char,
    /// For msgin5g_config::server_path.
    pub server_path: [*const c_char; MSGIN5G_DOCUMENT_PATH],
    /// After an error: the element that it is about, one of msgin5g_element.
    pub error_element: u32,
    /// After an error that is about no element: where the document is no XML that is taken, octets from the first.
    pub error_at: u32,
    /// After an error: what was expected, in words, ended by 0. Empty otherwise.
    pub error_text: [c_char; 96],
}

// SAFETY: C's, size first, all 0 is valid.
unsafe impl Sized32 for msgin5g_document {}

/// Reads a UE configuration document (TS 24.538 clause 7.2), which the UE fetched by HTTP or CoAP before. XML in UTF-8,
/// up to 65,535 octets. May be called at any time from anywhere.
///
/// \param document its octets; they are changed, and hold no XML any more
/// \param document_len how many
/// \param found what it says; not NULL
/// \return MSGIN5G_STATUS_OK; MSGIN5G_STATUS_INVALID_DOCUMENT: `found` says why, in its `error` members;
/// MSGIN5G_STATUS_TOO_LARGE, MSGIN5G_STATUS_INVALID_ARGUMENT, MSGIN5G_STATUS_INVALID_SIZE
#[unsafe(no_mangle)]
pub unsafe extern "C" fn msgin5g_read_document(
    document: *mut c_char,
    document_len: usize,
    found: *mut msgin5g_document,
) -> msgin5g_status {
    let read = || {
        // SAFETY: as the header says, here and below.
        let mut place = unsafe { given::structure(found.cast_const()) }?;
        place = empty(place.size);
        if document_len > 0xffff {
            return Err(Status::TooLarge);
        }
        let document: *mut u8 = document.cast();
        // SAFETY: as above.
        let outcome = match UeConfiguration::parse(unsafe { given::room(document, document_len) }?)
        {
            Ok(configuration) => Ok(Ends::of(&configuration, &mut place)),
            Err(error) => {
                place.tell(&error);
                Err(Status::InvalidDocument)
            }
        };
        let outcome = outcome.and_then(|ends| {
            // SAFETY: so many octets are there, and nothing borrows them any more.
            unsafe { ends.put(document, document_len) }
        });
        // SAFETY: as above.
        unsafe { given::put(found, place) }?;
        outcome
    };
    told(read())
}

const NULL: *const c_char = core::ptr::null();

fn empty(size: u32) -> msgin5g_document {
    msgin5g_document {
        size,
        scheme: 0,
        port: 0,
        fallback_port: 0,
        segment_size: 0,
        server_path_count: 0,
        ue_service_id: NULL,
        host: NULL,
        server_name: NULL,
        server_path: [NULL; MSGIN5G_DOCUMENT_PATH],
        error_element: msgin5g_element::None as u32,
        error_at: 0,
        error_text: [0; 96],
    }
}

/// Where texts end: behind each is an octet that nobody needs any more, of the tag or the address that it stood in.
struct Ends {
    places: [usize; 2 + MSGIN5G_DOCUMENT_PATH],
}

impl Ends {
    fn of(found: &UeConfiguration<'_>, place: &mut msgin5g_document) -> Self {
        let address = &found.server_address;
        place.scheme = match address.scheme {
            Scheme::Coap => msgin5g_scheme::Coap,
            Scheme::Coaps => msgin5g_scheme::Coaps,
            Scheme::CoapTcp => msgin5g_scheme::CoapTcp,
            Scheme::CoapsTcp => msgin5g_scheme::CoapsTcp,
            Scheme::CoapWs => msgin5g_scheme::CoapWs,
            Scheme::CoapsWs => msgin5g_scheme::CoapsWs,
            _ => msgin5g_scheme::Unknown,
        } as u32;
        place.port = address.port().into();
        place.fallback_port = address.fallback_port().unwrap_or(0).into();
        place.segment_size = found.segment_size.unwrap_or(0).into();
        // Without the dot that a name may end in.
        let host = address.fqdn().unwrap_or(address.host);
        let id = found.ue_service_id.as_str();
        place.host = host.as_ptr().cast();
        place.server_name = address.fqdn().map_or(NULL, |_| place.host);
        place.ue_service_id = id.as_ptr().cast();
        let mut places = [0; 2 + MSGIN5G_DOCUMENT_PATH];
        let texts = [host, id].into_iter().chain(address.path().iter().copied());
        for (end, text) in places.iter_mut().zip(texts) {
            *end = text.as_ptr().addr().saturating_add(text.len());
        }
        for (pointer, segment) in place.server_path.iter_mut().zip(address.path()) {
            *pointer = segment.as_ptr().cast();
            place.server_path_count = place.server_path_count.saturating_add(1);
        }
        Self { places }
    }

    /// # Safety
    /// So many octets, which nobody borrows.
    unsafe fn put(self, document: *mut u8, len: usize) -> Result<(), Status> {
        for end in self.places.into_iter().filter(|end| *end != 0) {
            let at = end.checked_sub(document.addr());
            let at = at.filter(|at| *at < len).ok_or(Status::Internal)?;
            // SAFETY: within the document.
            unsafe { document.wrapping_add(at).write(0) };
        }
        Ok(())
    }
}

const _: () = assert!(ServerAddress::MAX_SEGMENTS == MSGIN5G_DOCUMENT_PATH);

impl msgin5g_document {
    fn tell(&mut self, error: &ConfigurationError) {
        use ConfigurationError as E;
        let (element, at) = match error {
            E::Syntax { at, .. } | E::DocumentType { at } | E::TooDeep { at } => (None, *at),
            E::Missing(element)
            | E::Repeated(element)
            | E::NotText(element)
            | E::NotUtf8(element) => (Some(*element), 0),
            E::SegmentSize => (Some(Element::SegmentSize), 0),
            E::ServerAddress(_) => (Some(Element::ServerAddress), 0),
            E::UeServiceId(_) => (Some(Element::UeServiceId), 0),
            _ => (None, 0),
        };
        self.error_element = match element {
            Some(Element::ServerAddress) => msgin5g_element::ServerAddress,
            Some(Element::UeServiceId) => msgin5g_element::UeServiceId,
            Some(Element::SegmentSize) => msgin5g_element::SegmentSize,
            _ => msgin5g_element::None,
        } as u32;
        self.error_at = u32::try_from(at).unwrap_or(u32::MAX);
        let mut pen = Pen::new(&mut self.error_text);
        if let Some(element) = element {
            pen.write(&[Word::Text(element.name()), Word::Text(": ")]);
        }
        if let E::Syntax { .. } = error {
            pen.write(&[Word::Text("expected ")]);
        }
        pen.write(&[Word::Text(match error {
            E::Syntax { expected, .. } => expected.describe(),
            E::DocumentType { .. } => "a document type is not taken",
            E::TooDeep { .. } => "too many elements inside each other",
            E::Missing(_) => "missing inside on-network",
            E::Repeated(_) => "it stands twice",
            E::NotText(_) => "expected text only",
            E::NotUtf8(_) => "expected UTF-8",
            E::SegmentSize => "expected 1 to 65535",
            E::UeServiceId(_) => "expected 5 to 255 octets without spaces",
            E::ServerAddress(error) => of_address(error),
            _ => "it cannot be used",
        })]);
    }
}

fn of_address(error: &AddressError) -> &'static str {
    use AddressError as E;
    match error {
        E::TooLong { .. } => "more than 1024 octets",
        E::Scheme => "expected coap://, coaps:// or one of their forms",
        E::Host => "expected a host of 1 to 255 octets",
        E::Port => "expected a port from 1 to 65535",
        E::Query => "a query or a fragment is not taken",
        E::PercentEncoding => "expected two hexadecimal digits after %",
        E::TooManySegments { .. } => "more than 8 path segments",
        E::SegmentTooLong => "a path segment over 255 octets",
        E::Segment => "a path segment that is not UTF-8, or is . or ..",
        _ => "it cannot be used",
    }
}
