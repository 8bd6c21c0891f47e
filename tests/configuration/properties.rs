//! What must hold for any document. A failing case is printed with its seed and shrunk.

use super::*;

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
        segments in prop::collection::vec("[^\u{0}]{0,6}", 0..=8),
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
        // What a document may say a client can do.
        let checked = found.client_config().check();
        let path_is_bad = matches!(checked, Err(ConfigError::PathSegments { .. } | ConfigError::PathSegment { .. }));
        prop_assert!(!path_is_bad, "{:?}", checked);
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
