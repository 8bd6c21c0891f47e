//! The UE configuration document (TS 24.538 clause 7.2): what is read, what is refused and why.

use crate::vectors;
use msgin5g::client::ConfigError;
use msgin5g::configuration::{
    AddressError, ConfigurationError, Element, Expected, Scheme, ServerAddress, UeConfiguration,
};
use msgin5g::message::{IdError, UeServiceId};
use proptest::prelude::*;

const ADDRESS: &str = "coaps://msg.operator.example:65401/msgin5g";

/// A document with these elements inside `on-network`.
fn document(inside: &str) -> String {
    format!("<seal-UE-configuration><on-network>{inside}</on-network></seal-UE-configuration>")
}

fn with_address(address: &str) -> String {
    document(&format!(
        "<MSGin5G-Server-address>{address}</MSGin5G-Server-address>\
         <MSGin5G-UE-Service-id>ue-4711@iot.example</MSGin5G-UE-Service-id>"
    ))
}

fn with_size(size: &str) -> String {
    with_address(ADDRESS).replace(
        "</on-network>",
        &format!("<Segment-size>{size}</Segment-size></on-network>"),
    )
}

fn error(document: &str) -> ConfigurationError {
    match UeConfiguration::parse(&mut document.as_bytes().to_vec()) {
        Ok(found) => panic!("{document}: read as {found:?}"),
        Err(error) => error,
    }
}

fn address_error(address: &str) -> AddressError {
    ServerAddress::parse(&mut address.as_bytes().to_vec()).unwrap_err()
}

fn is_syntax(error: ConfigurationError, wanted: Expected) -> bool {
    matches!(error, ConfigurationError::Syntax { expected, .. } if expected == wanted)
}

#[test]
fn the_example_documents_are_read() {
    for number in ["95", "96"] {
        let vector = vectors::elsewhere(number);
        let xml = vector["payload"]["xml"].as_str().unwrap().to_owned();
        let mut octets = xml.into_bytes();
        let found = UeConfiguration::parse(&mut octets).unwrap();
        let expected = &vector["expected"];
        let mut address = expected["server_address"]
            .as_str()
            .unwrap()
            .as_bytes()
            .to_vec();
        assert_eq!(
            found.server_address,
            ServerAddress::parse(&mut address).unwrap()
        );
        assert_eq!(found.server_address.scheme, Scheme::Coaps);
        assert_eq!(found.server_address.host, "msg.operator.example");
        assert_eq!(found.server_address.port(), 65401);
        assert_eq!(found.server_address.path(), ["msgin5g"]);
        assert_eq!(
            found.ue_service_id.as_str(),
            expected["ue_service_id"].as_str().unwrap()
        );
        let config = found.client_config();
        assert_eq!(config.segment_size, expected["segment_size"]);
        assert_eq!(config.registration.ue_service_id, found.ue_service_id);
        assert_eq!(config.server_path, ["msgin5g"]);
        assert_eq!(config.check(), Ok(()));
    }
}

/// What a document may say and a client cannot do is found where all is judged together.
#[test]
fn the_whole_is_judged_by_the_client() {
    let mut octets = with_size("15").into_bytes();
    let found = UeConfiguration::parse(&mut octets).unwrap();
    let mut config = found.client_config();
    assert!(matches!(
        config.check(),
        Err(ConfigError::OutOfRange {
            field: "segment_size",
            ..
        })
    ));
    // A value given by hand goes over the document's.
    config.segment_size = 512;
    assert_eq!(config.check(), Ok(()));
}

#[test]
fn elements_are_found_wherever_they_are_inside_on_network() {
    let mut text = "\u{feff}<?xml version='1.0'?><!-- <on-network> -->\n\
        <s:seal-UE-configuration a='>' b=\"/>\" xmlns:s = 'x'>\
        <off-network><Segment-size>1</Segment-size></off-network>\
        <s:on-network\tIndex='1'><other/><anyExt><deep><z:Segment-size  >\n 700 \t</z:Segment-size>\
        </deep></anyExt>text &amp; &unknown; that counts for nothing\
        <MSGin5G-UE-Service-id><!-- who -->m&#x65;ter<![CDATA[-7@]]>iot.ex&#97;mple</MSGin5G-UE-Service-id>\
        <?php ?><x:MSGin5G-Server-address>coap://[2001:db8::1]/</x:MSGin5G-Server-address >\
        </s:on-network></s:seal-UE-configuration>\n<!-- end -->"
        .to_owned()
        .into_bytes();
    let found = UeConfiguration::parse(&mut text).unwrap();
    assert_eq!(found.segment_size, Some(700));
    assert_eq!(found.ue_service_id.as_str(), "meter-7@iot.example");
    assert_eq!(found.server_address.host, "2001:db8::1");
    assert_eq!(found.server_address.fqdn(), None);
    assert!(found.server_address.path().is_empty());
}

#[test]
fn what_is_mandatory_must_be_there_once_and_be_text() {
    let id = "<MSGin5G-UE-Service-id>ue-4711@iot.example</MSGin5G-UE-Service-id>";
    let address = format!("<MSGin5G-Server-address>{ADDRESS}</MSGin5G-Server-address>");
    assert_eq!(
        error(&document(id)),
        ConfigurationError::Missing(Element::ServerAddress)
    );
    assert_eq!(
        error(&document(&address)),
        ConfigurationError::Missing(Element::UeServiceId)
    );
    // Outside of on-network it does not count.
    for outside in [
        document(id).replace("<on-network>", &format!("{address}<on-network>")),
        document(id).replace("</on-network>", &format!("</on-network>{address}")),
    ] {
        assert_eq!(
            error(&outside),
            ConfigurationError::Missing(Element::ServerAddress)
        );
    }
    assert_eq!(
        error(&document(&format!("{address}{id}{address}"))),
        ConfigurationError::Repeated(Element::ServerAddress)
    );
    assert_eq!(
        error(&document("<Segment-size>1<b/></Segment-size>")),
        ConfigurationError::NotText(Element::SegmentSize)
    );
    assert!(matches!(
        error(&with_address(ADDRESS).replace("ue-4711@iot.example", " a@b ")),
        ConfigurationError::UeServiceId(IdError::Length { found: 3, .. })
    ));
    assert!(matches!(
        error(&with_address(ADDRESS).replace("4711", "4&#9;7")),
        ConfigurationError::UeServiceId(IdError::Space { at: 4 })
    ));
    let mut octets = with_address(ADDRESS).into_bytes();
    let at = octets
        .windows(4)
        .position(|octets| octets == b"4711")
        .unwrap();
    octets[at] = 0xff;
    assert_eq!(
        UeConfiguration::parse(&mut octets),
        Err(ConfigurationError::NotUtf8(Element::UeServiceId))
    );
}

#[test]
fn a_segment_size_is_a_number_that_fits() {
    for (text, size) in [("1", 1), (" 065535\n", 65535)] {
        let mut octets = with_size(text).into_bytes();
        let found = UeConfiguration::parse(&mut octets).unwrap();
        assert_eq!(found.segment_size, Some(size));
        assert_eq!(found.client_config().segment_size, size);
    }
    for text in [
        "",
        "0",
        "-1",
        "+1",
        "65536",
        "99999999999",
        "1.0",
        "1 2",
        "0x10",
    ] {
        assert_eq!(
            error(&with_size(text)),
            ConfigurationError::SegmentSize,
            "{text}"
        );
    }
}

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

/// Each bound: the last that is taken, and the first that is not.
#[test]
fn every_bound_has_an_error_that_names_it() {
    // The document.
    let base = with_address(ADDRESS);
    let fill = |len: usize| format!("{base}{}", " ".repeat(len - base.len()));
    assert!(UeConfiguration::parse(&mut fill(65535).into_bytes()).is_ok());
    assert_eq!(
        error(&fill(65536)),
        ConfigurationError::TooLong { max: 65535 }
    );

    // Depth: two elements are around what is nested here.
    let nested = |depth: usize| {
        base.replace(
            "</on-network>",
            &format!(
                "{}{}</on-network>",
                "<x>".repeat(depth),
                "</x>".repeat(depth)
            ),
        )
    };
    assert!(UeConfiguration::parse(&mut nested(14).into_bytes()).is_ok());
    assert!(matches!(
        error(&nested(15)),
        ConfigurationError::TooDeep { .. }
    ));

    // The address and its parts.
    let host = |len| format!("coap://{}", "h".repeat(len));
    assert!(ServerAddress::parse(&mut host(255).into_bytes()).is_ok());
    assert_eq!(address_error(&host(256)), AddressError::Host);
    let segments = |count| format!("coap://h{}", "/s".repeat(count));
    assert!(ServerAddress::parse(&mut segments(8).into_bytes()).is_ok());
    assert_eq!(
        address_error(&segments(9)),
        AddressError::TooManySegments { max: 8 }
    );
    let segment = |len: usize| format!("coap://h/%41{}", "s".repeat(len - 1));
    assert!(ServerAddress::parse(&mut segment(255).into_bytes()).is_ok());
    assert_eq!(address_error(&segment(256)), AddressError::SegmentTooLong);
    let long = |len: usize| {
        let path = format!("/{}", "s".repeat(250)).repeat(4);
        format!(
            "coap://h{path}{}",
            "/".repeat(len - 8 - path.len() - 1) + "s"
        )
    };
    assert_eq!(
        address_error(&long(1025)),
        AddressError::TooLong { max: 1024 }
    );
    assert_ne!(
        address_error(&long(1024)),
        AddressError::TooLong { max: 1024 }
    );

    // The UE Service ID.
    let id = |len| base.replace("ue-4711@iot.example", &"i".repeat(len));
    for len in [5, 255] {
        assert!(UeConfiguration::parse(&mut id(len).into_bytes()).is_ok());
    }
    for len in [4, 256] {
        assert!(matches!(
            error(&id(len)),
            ConfigurationError::UeServiceId(IdError::Length { .. })
        ));
    }
}

#[test]
fn what_is_no_xml_is_refused_by_what_is_missing() {
    for (text, expected) in [
        ("", Expected::Root),
        ("x", Expected::Root),
        ("<!-- -->", Expected::Root),
        ("<a/><b/>", Expected::Root),
        ("<a/>x", Expected::Root),
        ("<a/><![CDATA[]]>", Expected::Root),
        ("<>", Expected::Name),
        ("<a =''/>", Expected::Name),
        ("</a>", Expected::EndTag),
        ("<a></b>", Expected::EndTag),
        ("<a><b></a></b>", Expected::EndTag),
        ("<a></a", Expected::TagEnd),
        ("<a", Expected::TagEnd),
        ("<a/", Expected::TagEnd),
        ("<a b='c'd='e'/>", Expected::TagEnd),
        ("<a b>", Expected::Equals),
        ("<a b=c>", Expected::Quote),
        ("<a b='c>", Expected::Quote),
        ("<a b='<'>", Expected::Quote),
        ("<a>", Expected::EndTag),
        ("<!-- ->", Expected::CommentEnd),
        ("<?xml >", Expected::InstructionEnd),
        ("<a><![CDATA[ ]>", Expected::CdataEnd),
    ] {
        assert!(
            is_syntax(error(text), expected),
            "{text}: {:?}",
            error(text)
        );
    }
    for reference in [
        "&",
        "&;",
        "&nbsp;",
        "&#;",
        "&#x;",
        "&#0;",
        "&#xd800;",
        "&#x110000;",
        "&#99999999999;",
        "&#1",
        "&lt",
        "&#x1g;",
    ] {
        let text = with_address(reference);
        assert!(is_syntax(error(&text), Expected::Reference), "{reference}");
    }
    // The bomb that made document types infamous.
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\">]><a>&b;</a>";
    assert_eq!(error(bomb), ConfigurationError::DocumentType { at: 0 });
}

/// No cut makes a document of one; no changed octet makes a panic or breaks a bound.
#[test]
fn a_document_that_is_cut_or_changed_is_survived() {
    let whole = vectors::elsewhere("95")["payload"]["xml"]
        .as_str()
        .unwrap()
        .trim_end()
        .to_owned();
    for end in 0..whole.len() {
        error(&whole[..end]);
    }
    for at in 0..whole.len() {
        for octet in [0, b'<', b'>', b'&', b'\'', b'/', b' ', 0x80, 0xff] {
            let mut octets = whole.clone().into_bytes();
            octets[at] = octet;
            if let Ok(found) = UeConfiguration::parse(&mut octets) {
                assert!(found.server_address.path().len() <= ServerAddress::MAX_SEGMENTS);
                assert_ne!(found.segment_size, Some(0));
            }
        }
    }
}

/// What stands for a text in XML: each character plain, by name, or by number.
fn escaped(text: &str, how: &[u8]) -> String {
    let mut how = how.iter().cycle();
    text.chars()
        .map(
            |character| match (how.next().map(|how| how % 4), character) {
                (Some(1), _) => format!("&#{};", character as u32),
                (Some(2), _) => format!("&#x{:x};", character as u32),
                (_, '&') => "&amp;".to_owned(),
                (_, '<') => "&lt;".to_owned(),
                (Some(3), '>') => "&gt;".to_owned(),
                (Some(3), '\'') => "&apos;".to_owned(),
                (Some(3), '"') => "&quot;".to_owned(),
                (Some(3), _) => format!("<!-- - -->{character}<![CDATA[]]>"),
                (_, plain) => plain.to_string(),
            },
        )
        .collect()
}

fn percent_encoded(segment: &str) -> String {
    let plain = |octet: &u8| octet.is_ascii_alphanumeric();
    segment
        .bytes()
        .map(|octet| {
            if plain(&octet) {
                char::from(octet).to_string()
            } else {
                format!("%{octet:02X}")
            }
        })
        .collect()
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        segments in prop::collection::vec("[^\u{0}]{0,6}", 0..8),
        host in "[a-z][a-z0-9.-]{0,20}",
        port in prop::option::of(1..=u16::MAX),
        id in "[!-~\u{a1}-\u{ff}\u{1f600}]{5,40}",
        size in prop::option::of(1..=u16::MAX),
        how in prop::collection::vec(any::<u8>(), 1..9),
        prefix in select_prefix(),
        address_first in any::<bool>(),
    ) {
        prop_assume!(segments.iter().all(|segment| segment != "." && segment != ".."));
        // One empty segment alone is the same as none.
        prop_assume!(segments != [""]);
        let path: String = segments.iter().map(|s| format!("/{}", percent_encoded(s))).collect();
        let port_text = port.map(|port| format!(":{port}")).unwrap_or_default();
        let uri = format!("coaps://{host}{port_text}{path}");
        let mut parts = [
            format!("<{prefix}MSGin5G-Server-address>{}</{prefix}MSGin5G-Server-address>", escaped(&uri, &how)),
            format!("<{prefix}MSGin5G-UE-Service-id>\n{}\t</{prefix}MSGin5G-UE-Service-id>", escaped(&id, &how)),
        ];
        if !address_first {
            parts.reverse();
        }
        let size_text = size.map(|size| format!("<{prefix}Segment-size>{size}</{prefix}Segment-size>"));
        let mut octets = document(&format!("{}{}{}", parts[0], size_text.unwrap_or_default(), parts[1])).into_bytes();
        let found = UeConfiguration::parse(&mut octets).unwrap();
        prop_assert_eq!(found.server_address.path(), &segments);
        prop_assert_eq!(found.server_address.host, host.as_str());
        prop_assert_eq!(found.server_address.explicit_port, port);
        prop_assert_eq!(found.ue_service_id, UeServiceId::new(&id).unwrap());
        prop_assert_eq!(found.segment_size, size);
    }

    #[test]
    fn any_octets_are_survived(mut octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = UeConfiguration::parse(&mut octets.clone());
        let _ = ServerAddress::parse(&mut octets);
    }
}

fn select_prefix() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "m5:", "a.b-c:"])
}
