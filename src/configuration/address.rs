//! The address of a server, taken apart as RFC 7252 section 6.4 says.

use super::AddressError;
use crate::client::MOST_PATH_SEGMENTS;

/// Where the server is, how to speak to it, and the path of its resource.
///
/// ```
/// use msgin5g::configuration::{Scheme, ServerAddress};
///
/// let mut text = *b"coaps://msg.operator.example/msg%69n5g";
/// let address = ServerAddress::parse(&mut text)?;
/// assert_eq!(address.scheme, Scheme::Coaps);
/// assert_eq!((address.host, address.port()), ("msg.operator.example", 65401));
/// assert_eq!(address.path(), ["msgin5g"]);
/// # Ok::<(), msgin5g::configuration::AddressError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct ServerAddress<'a> {
    /// How CoAP is carried, and whether it is protected.
    pub scheme: Scheme,
    /// A name or an address, in lower case; one of IPv6 without its brackets.
    pub host: &'a str,
    /// The port that the address names. See also [`ServerAddress::port`].
    pub explicit_port: Option<u16>,
    is_ip_literal: bool,
    segments: [&'a str; ServerAddress::MAX_SEGMENTS],
    len: usize,
}

/// Schemes of CoAP (RFC 7252 section 6, RFC 8323 section 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Scheme {
    /// UDP, without protection: for tests.
    Coap,
    /// DTLS.
    Coaps,
    /// TCP, without protection: for tests.
    CoapTcp,
    /// TLS over TCP.
    CoapsTcp,
    /// WebSockets, which nothing here speaks.
    CoapWs,
    /// WebSockets over TLS, which nothing here speaks.
    CoapsWs,
}

/// Each scheme, its port, and the port in addresses from before TS 29.641 knew 65401.
///
/// 65401 is registered for UDP, plain or DTLS is not said; that it holds for both, and that CoAP's
/// own ports hold for the others, is UNCONFIRMED.
const SCHEMES: [(&[u8], Scheme, u16, u16); 6] = [
    (b"coap", Scheme::Coap, 65401, 5683),
    (b"coaps", Scheme::Coaps, 65401, 5684),
    (b"coap+tcp", Scheme::CoapTcp, 5683, 5683),
    (b"coaps+tcp", Scheme::CoapsTcp, 5684, 5684),
    (b"coap+ws", Scheme::CoapWs, 80, 80),
    (b"coaps+ws", Scheme::CoapsWs, 443, 443),
];

impl Scheme {
    /// Whether what is sent is protected.
    #[must_use]
    pub const fn is_secure(self) -> bool {
        matches!(self, Self::Coaps | Self::CoapsTcp | Self::CoapsWs)
    }

    /// Whether CoAP goes in datagrams (RFC 7252) and not in a stream (RFC 8323).
    #[must_use]
    pub const fn is_datagram(self) -> bool {
        matches!(self, Self::Coap | Self::Coaps)
    }

    fn ports(self) -> (u16, u16) {
        let found = SCHEMES.iter().find(|(_, scheme, ..)| *scheme == self);
        found.map_or((0, 0), |(_, _, port, fallback)| (*port, *fallback))
    }
}

impl<'a> ServerAddress<'a> {
    /// The most octets of an address.
    pub const MAX_LEN: usize = 1024;
    /// The most path segments, 8: those of [`Config::server_path`](crate::client::Config::server_path).
    pub const MAX_SEGMENTS: usize = MOST_PATH_SEGMENTS;
    /// The most octets of a path segment, decoded: those of a Uri-Path.
    pub const MAX_SEGMENT_LEN: usize = 255;
    /// The most octets of a host: those of a Uri-Host.
    const MAX_HOST: usize = 255;

    /// Takes a URI apart. Path segments are decoded in place, so the octets then hold no URI.
    ///
    /// # Errors
    /// [`AddressError`] tells which part cannot be used.
    pub fn parse(uri: &'a mut [u8]) -> Result<Self, AddressError> {
        let max = Self::MAX_LEN;
        if uri.len() > max {
            return Err(AddressError::TooLong { max });
        }
        if uri.contains(&b'?') || uri.contains(&b'#') {
            return Err(AddressError::Query);
        }
        let colon = uri.iter().position(|octet| *octet == b':');
        let (name, rest) = uri
            .split_at_mut_checked(colon.unwrap_or(0))
            .ok_or(AddressError::Scheme)?;
        let known = SCHEMES
            .iter()
            .find(|(known, ..)| known.eq_ignore_ascii_case(name));
        let scheme = known.map(|(_, scheme, ..)| *scheme);
        let (Some(scheme), [b':', b'/', b'/', rest @ ..]) = (scheme, rest) else {
            return Err(AddressError::Scheme);
        };
        let end = rest.iter().position(|octet| *octet == b'/');
        let (authority, path) = rest
            .split_at_mut_checked(end.unwrap_or(rest.len()))
            .ok_or(AddressError::Host)?;
        let (host, explicit_port, is_bracketed) = split_authority(authority)?;
        let mut address = Self {
            scheme,
            host,
            explicit_port,
            is_ip_literal: is_bracketed || is_ipv4(host),
            segments: [""; Self::MAX_SEGMENTS],
            len: 0,
        };
        address.split_path(path)?;
        Ok(address)
    }

    /// The segments of the path, one Uri-Path each: what
    /// [`Config::server_path`](crate::client::Config::server_path) wants.
    #[must_use]
    pub fn path(&self) -> &[&'a str] {
        self.segments.get(..self.len).unwrap_or_default()
    }

    /// The port that the address names, or that of its scheme: 65401 over datagrams
    /// (TS 29.641), 5683 or 5684 over TCP. The latter are UNCONFIRMED for MSGin5G.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.explicit_port.unwrap_or(self.scheme.ports().0)
    }

    /// A port to try when nobody answers at [`ServerAddress::port`]: CoAP's own, in case the address is
    /// older than 65401. `None` when the address names a port or the scheme has no other. UNCONFIRMED.
    #[must_use]
    pub fn fallback_port(&self) -> Option<u16> {
        let (port, fallback) = self.scheme.ports();
        (self.explicit_port.is_none() && port != fallback).then_some(fallback)
    }

    /// The host if it is a name: the FQDN in the AF_ID, from which K_AF is derived (TS 33.535 A.4), in
    /// lower case and without the dot that a name may end in; the standard says neither, UNCONFIRMED.
    /// `None` for an address of IPv4 or IPv6, which cannot stand there.
    #[must_use]
    pub fn fqdn(&self) -> Option<&'a str> {
        let name = self.host.strip_suffix('.').unwrap_or(self.host);
        (!self.is_ip_literal).then_some(name)
    }

    fn split_path(&mut self, path: &'a mut [u8]) -> Result<(), AddressError> {
        // No path and a lone slash are no segment (RFC 7252 section 6.4, step 8).
        let [b'/', path @ ..] = path else {
            return Ok(());
        };
        if path.is_empty() {
            return Ok(());
        }
        let max = Self::MAX_SEGMENTS;
        for segment in path.split_mut(|octet| *octet == b'/') {
            let place = self.segments.get_mut(self.len);
            *place.ok_or(AddressError::TooManySegments { max })? = decode_segment(segment)?;
            self.len = self.len.saturating_add(1);
        }
        Ok(())
    }
}

/// Host, port, and whether the host stood in brackets.
fn split_authority(authority: &mut [u8]) -> Result<(&str, Option<u16>, bool), AddressError> {
    // Case means nothing in a host (RFC 7252 section 6.4, step 5), but K_AF depends on it.
    authority.make_ascii_lowercase();
    let text = core::str::from_utf8(authority).map_err(|_| AddressError::Host)?;
    let (host, port, is_bracketed) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or(AddressError::Host)?;
            (host, port, true)
        }
        None => {
            let colon = text.find(':').unwrap_or(text.len());
            let (host, port) = text.split_at_checked(colon).ok_or(AddressError::Host)?;
            (host, port, false)
        }
    };
    let is_of_host = |octet: u8| match octet {
        b':' => is_bracketed,
        b'-' | b'_' => !is_bracketed,
        b'.' => true,
        _ if is_bracketed => octet.is_ascii_hexdigit(),
        _ => octet.is_ascii_alphanumeric(),
    };
    let is_sized = (1..=ServerAddress::MAX_HOST).contains(&host.len());
    if !is_sized || !host.bytes().all(is_of_host) || (is_bracketed && !host.contains(':')) {
        return Err(AddressError::Host);
    }
    let port = match port.strip_prefix(':') {
        // `host:` is the same as no port (RFC 3986 section 3.2.3).
        Some("") => None,
        Some(digits) => Some(read_port(digits)?),
        None if port.is_empty() => None,
        None => return Err(AddressError::Port),
    };
    Ok((host, port, is_bracketed))
}

fn read_port(digits: &str) -> Result<u16, AddressError> {
    let is_number = digits.bytes().all(|octet| octet.is_ascii_digit());
    match digits.parse() {
        Ok(port) if is_number && port > 0 => Ok(port),
        _ => Err(AddressError::Port),
    }
}

/// Digits and dots: an address, since no name ends in a label of digits only.
fn is_ipv4(host: &str) -> bool {
    host.bytes()
        .all(|octet| octet == b'.' || octet.is_ascii_digit())
}

/// Replaces what is percent-encoded.
fn decode_segment(segment: &mut [u8]) -> Result<&str, AddressError> {
    let (mut from, mut len) = (0usize, 0usize);
    while let Some(octet) = segment.get(from).copied() {
        let (octet, taken) = match octet {
            b'%' => {
                let digits = segment.get(from..).and_then(|rest| rest.first_chunk());
                (decode_octet(digits)?, 3)
            }
            plain => (plain, 1),
        };
        if let Some(place) = segment.get_mut(len) {
            *place = octet;
        }
        len = len.saturating_add(1);
        from = from.saturating_add(taken);
    }
    if len > ServerAddress::MAX_SEGMENT_LEN {
        return Err(AddressError::SegmentTooLong);
    }
    match core::str::from_utf8(segment.get(..len).unwrap_or_default()) {
        Ok("." | "..") | Err(_) => Err(AddressError::Segment),
        Ok(text) => Ok(text),
    }
}

fn decode_octet(encoded: Option<&[u8; 3]>) -> Result<u8, AddressError> {
    let [_, high, low] = encoded.ok_or(AddressError::PercentEncoding)?;
    let digit = |octet: &u8| char::from(*octet).to_digit(16);
    let value = digit(high)
        .zip(digit(low))
        .map(|(high, low)| high << 4 | low);
    value
        .and_then(|value| u8::try_from(value).ok())
        .ok_or(AddressError::PercentEncoding)
}
