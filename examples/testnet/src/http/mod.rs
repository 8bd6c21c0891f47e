//! HTTP/1.1 in plain code, as much as a face for application servers on the loopback needs: requests with
//! Content-Length, one after the other on a connection.

mod request;
mod response;

pub use request::{Parser, Progress, Request};
pub use response::Response;

/// Reads `%40` and its kin. `None`: the escape or what it means is malformed.
pub fn unescape(text: &str) -> Option<String> {
    let mut octets = Vec::new();
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        if octet != b'%' {
            octets.push(octet);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        let digits = std::str::from_utf8(&digits).ok()?;
        octets.extend(crate::text::unhex(digits)?);
    }
    String::from_utf8(octets).ok()
}

/// Writes everything but letters, digits and `-._~` as `%XX`.
pub fn escape(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    let mut out = String::new();
    for octet in text.bytes() {
        match plain(octet) {
            true => out.push(char::from(octet)),
            false => out.push_str(&format!("%{octet:02X}")),
        }
    }
    out
}
