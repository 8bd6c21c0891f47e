//! What is refused, and by what name.

use super::*;

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
