//! The UE configuration document: what is read keeps its bounds, and is read again from a plain document.

use std::fmt::Write;

use msgin5g::configuration::{Scheme, ServerAddress, UeConfiguration};

/// A document, and the same octets as an address.
pub fn configuration(data: &[u8]) {
    if let Ok(address) = ServerAddress::parse(&mut data.to_vec()) {
        read_again(&address);
    }
    let mut octets = data.to_vec();
    let Ok(found) = UeConfiguration::parse(&mut octets) else {
        return;
    };
    assert!((5..=255).contains(&found.ue_service_id.as_str().len()));
    assert_ne!(found.segment_size, Some(0));
    let config = found.client_config();
    assert_eq!(config.server_path, found.server_address.path());
    assert_eq!(config.segment_size, found.segment_size.unwrap_or(2048));
    read_again(&found.server_address);

    let mut id = String::new();
    for character in found.ue_service_id.as_str().chars() {
        write!(id, "&#{};", character as u32).unwrap();
    }
    let size = found
        .segment_size
        .map(|size| format!("<Segment-size>{size}</Segment-size>"));
    let mut again = format!(
        "<c><on-network><MSGin5G-Server-address>{}</MSGin5G-Server-address>\
         <MSGin5G-UE-Service-id>{id}</MSGin5G-UE-Service-id>{}</on-network></c>",
        uri(&found.server_address),
        size.unwrap_or_default(),
    )
    .into_bytes();
    // A path that needs more octets than an address may have cannot be written.
    if uri(&found.server_address).len() <= ServerAddress::MAX_LEN {
        assert_eq!(UeConfiguration::parse(&mut again), Ok(found));
    }
}

fn read_again(address: &ServerAddress<'_>) {
    assert!(address.path().len() <= ServerAddress::MAX_SEGMENTS);
    assert!((1..=255).contains(&address.host.len()));
    assert_ne!(address.port(), 0);
    let mut again = uri(address).into_bytes();
    if again.len() <= ServerAddress::MAX_LEN {
        assert_eq!(ServerAddress::parse(&mut again), Ok(*address));
    }
}

fn uri(address: &ServerAddress<'_>) -> String {
    let scheme = match address.scheme {
        Scheme::Coap => "coap",
        Scheme::Coaps => "coaps",
        Scheme::CoapTcp => "coap+tcp",
        Scheme::CoapsTcp => "coaps+tcp",
        Scheme::CoapWs => "coap+ws",
        _ => "coaps+ws",
    };
    let is_bracketed = address.host.contains(':');
    let mut uri = if is_bracketed {
        format!("{scheme}://[{}]", address.host)
    } else {
        format!("{scheme}://{}", address.host)
    };
    if let Some(port) = address.explicit_port {
        write!(uri, ":{port}").unwrap();
    }
    for segment in address.path() {
        uri.push('/');
        for octet in segment.bytes() {
            write!(uri, "%{octet:02x}").unwrap();
        }
    }
    uri
}
