//! What is read, and where it is found.

use super::*;

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
