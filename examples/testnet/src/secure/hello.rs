//! The ClientHello, read before OpenSSL sees it.
//!
//! OpenSSL looks a PSK up before it parses server_name, and K_AF depends on that name. So the two extensions
//! are read here, in plain code; the name in DTLS, too.

/// What the server must know of a ClientHello.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hello {
    pub server_name: Option<String>,
    pub psk_identities: Vec<Vec<u8>>,
    /// Whether the client names application protocols at all.
    pub has_alpn: bool,
}

/// The outcome of a look at the first octets of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// More octets are needed.
    Incomplete,
    /// OpenSSL may say what is wrong with it.
    NotClientHello,
    Hello(Hello),
}

const HANDSHAKE_RECORD: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const SERVER_NAME: u16 = 0;
const ALPN: u16 = 16;
const PRE_SHARED_KEY: u16 = 41;
/// A ClientHello longer than this is not ours to read.
const LONGEST: usize = 16 * 1024;

/// Looks at the octets of a connection from its beginning.
pub fn look(mut octets: &[u8]) -> Look {
    let mut handshake = Vec::new();
    loop {
        if let Some(body) = whole_message(&handshake) {
            return client_hello(body).map_or(Look::NotClientHello, Look::Hello);
        }
        if handshake.len() > LONGEST || octets.first().is_some_and(|kind| *kind != HANDSHAKE_RECORD)
        {
            return Look::NotClientHello;
        }
        let Some((header, rest)) = octets.split_first_chunk::<5>() else {
            return Look::Incomplete;
        };
        let Some((record, rest)) =
            rest.split_at_checked(usize::from(u16::from_be_bytes([header[3], header[4]])))
        else {
            return Look::Incomplete;
        };
        if record.is_empty() || handshake.is_empty() && record[0] != CLIENT_HELLO {
            return Look::NotClientHello;
        }
        handshake.extend_from_slice(record);
        octets = rest;
    }
}

fn whole_message(handshake: &[u8]) -> Option<&[u8]> {
    let ([_, high, middle, low], rest) = handshake.split_first_chunk::<4>()?;
    rest.get(..u32::from_be_bytes([0, *high, *middle, *low]) as usize)
}

/// The ClientHello of DTLS that is the first of a datagram and whole in it. `None`: there is none.
pub fn of_datagram(datagram: &[u8]) -> Option<Hello> {
    const RECORD_HEADER: usize = 13;
    const MESSAGE_HEADER: usize = 12;
    let (record, message) = datagram.split_at_checked(RECORD_HEADER)?;
    let (header, body) = message.split_at_checked(MESSAGE_HEADER)?;
    let kinds = (record.first()?, header.first()?) == (&HANDSHAKE_RECORD, &CLIENT_HELLO);
    let (length, offset, part) = (&header[1..4], &header[6..9], &header[9..12]);
    let length_of_body = u32::from_be_bytes([0, length[0], length[1], length[2]]) as usize;
    let whole = kinds && offset == [0; 3] && part == length;
    let body = body.get(..length_of_body).filter(|_| whole)?;
    hello_with(body, true)
}

fn client_hello(body: &[u8]) -> Option<Hello> {
    hello_with(body, false)
}

/// DTLS has a cookie between session id and suites.
fn hello_with(body: &[u8], cookie: bool) -> Option<Hello> {
    let mut hello = Hello::default();
    let rest = body.get(2 + 32..)?;
    let (_session_id, rest) = vector8(rest)?;
    let rest = if cookie { vector8(rest)?.1 } else { rest };
    let (_suites, rest) = vector16(rest)?;
    let (_compression, rest) = vector8(rest)?;
    let (mut extensions, _) = vector16(rest)?;
    while let Some((kind, rest)) = extensions.split_first_chunk::<2>() {
        let (body, rest) = vector16(rest)?;
        match u16::from_be_bytes(*kind) {
            SERVER_NAME => hello.server_name = server_name(body),
            ALPN => hello.has_alpn = true,
            PRE_SHARED_KEY => hello.psk_identities = identities(body)?,
            _ => {}
        }
        extensions = rest;
    }
    Some(hello)
}

/// The first name of type host_name.
fn server_name(body: &[u8]) -> Option<String> {
    let (list, _) = vector16(body)?;
    let (kind, rest) = list.split_first()?;
    let (name, _) = vector16(rest)?;
    (*kind == 0)
        .then(|| String::from_utf8(name.to_vec()).ok())
        .flatten()
}

fn identities(body: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (mut list, _binders) = vector16(body)?;
    let mut identities = Vec::new();
    while !list.is_empty() {
        let (identity, rest) = vector16(list)?;
        identities.push(identity.to_vec());
        list = rest.get(4..)?;
    }
    Some(identities)
}

fn vector8(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = octets.split_first()?;
    rest.split_at_checked(usize::from(*length))
}

fn vector16(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = octets.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}
