//! Addresses of the server (RFC 7252 clause 6.4).

use super::*;

#[test]
fn addresses_are_taken_apart_as_coap_says() {
    let parse = |text: &str| {
        let octets: &'static mut [u8] = text.as_bytes().to_vec().leak();
        ServerAddress::parse(octets).unwrap()
    };
    let address = parse("COAPS+TCP://Msg.example:1/a%2fb//%c3%a9/");
    assert_eq!(address.scheme, Scheme::CoapsTcp);
    assert_eq!((address.host, address.port()), ("msg.example", 1));
    assert_eq!(address.path(), ["a/b", "", "\u{e9}", ""]);
    // What K_AF is derived for: case and a dot at the end are no part of a name.
    assert_eq!(address.fqdn(), Some("msg.example"));
    assert_eq!(parse("coaps://MSG.Example.").fqdn(), Some("msg.example"));
    assert_eq!(address.fallback_port(), None);

    for (text, port, fallback) in [
        ("coap://h", 65401, Some(5683)),
        ("coaps://h:/", 65401, Some(5684)),
        ("coap+tcp://h", 5683, None),
        ("coaps+tcp://h", 5684, None),
        ("coap+ws://h", 80, None),
        ("coaps+ws://h", 443, None),
        ("coaps://h:65401", 65401, None),
    ] {
        let address = parse(text);
        assert_eq!(
            (address.port(), address.fallback_port()),
            (port, fallback),
            "{text}"
        );
        assert!(address.path().is_empty(), "{text}");
        assert_eq!(address.scheme.is_secure(), text.starts_with("coaps"));
        assert_eq!(address.scheme.is_datagram(), !text.contains('+'));
    }
    for (text, is_name) in [("10.0.0.7", false), ("[::1]", false), ("10.example", true)] {
        assert_eq!(
            parse(&format!("coap://{text}:5")).fqdn().is_some(),
            is_name,
            "{text}"
        );
    }
}

#[test]
fn addresses_that_cannot_be_used_are_refused_by_name() {
    for text in [
        "",
        "msg.example",
        "http://h",
        "coap:h",
        "coap:/h",
        "://h",
        "sip:a@b",
    ] {
        assert_eq!(address_error(text), AddressError::Scheme, "{text}");
    }
    for text in [
        "coap://",
        "coap:///p",
        "coap://:1",
        "coap://[::1",
        "coap://u@h",
        "coap://h h",
        "coap://[g]",
        "coap://[2001]",
        "coap://a%41",
    ] {
        assert_eq!(address_error(text), AddressError::Host, "{text}");
    }
    for text in [
        "coap://h:0",
        "coap://h:65536",
        "coap://h:+1",
        "coap://h:1:2",
        "coap://[::1]1",
        "coap://h:x",
    ] {
        assert_eq!(address_error(text), AddressError::Port, "{text}");
    }
    for text in ["coap://h/p?q", "coap://h#f", "coap://h?"] {
        assert_eq!(address_error(text), AddressError::Query, "{text}");
    }
    for text in ["coap://h/%", "coap://h/%4", "coap://h/%4/1", "coap://h/%+1"] {
        assert_eq!(address_error(text), AddressError::PercentEncoding, "{text}");
    }
    for text in ["coap://h/.", "coap://h/a/%2e%2e", "coap://h/%ff"] {
        assert_eq!(address_error(text), AddressError::Segment, "{text}");
    }
}
