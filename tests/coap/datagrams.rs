//! Messages in datagrams (RFC 7252 clause 3).

use super::*;

/// The header of every vector, read and written again.
#[test]
fn datagrams_of_the_vectors() {
    for vector in vectors::all() {
        let (datagram, coap) = (vector.datagram(), &vector.json["coap"]);
        let mut copy = datagram.clone();
        let datagram::Datagram { header, packet } = datagram::decode(&mut copy).unwrap();
        assert_eq!(
            format!("{:?}", header.kind).to_uppercase(),
            coap["type"].as_str().unwrap(),
            "{}",
            vector.file
        );
        assert_eq!(u64::from(header.message_id), coap["mid"].as_u64().unwrap());
        assert_eq!(packet.code.to_string(), coap["code"].as_str().unwrap());
        assert_eq!(
            hex::encode(packet.token.as_octets()),
            coap["token"].as_str().unwrap()
        );
        let options: Vec<_> = packet.options.iter().collect();
        let expected = coap["options"].as_array().unwrap();
        assert_eq!(options.len(), expected.len());
        for ((number, value), expected) in options.iter().zip(expected) {
            assert_eq!(u64::from(number.0), expected["number"].as_u64().unwrap());
            match &expected["value"] {
                serde_json::Value::String(text) => assert_eq!(*value, text.as_bytes()),
                number => assert_eq!(uint(value).map(u64::from), number.as_u64()),
            }
        }
        assert_eq!(packet.payload, vector.payload());

        let outgoing = Outgoing {
            code: packet.code,
            token: packet.token,
            options: &options,
            payload: packet.payload,
        };
        let mut out = vec![0; datagram.len()];
        assert_eq!(
            outgoing.encode_datagram(header, &mut out),
            Ok(datagram.len())
        );
        assert_eq!(out, datagram);
    }
}

#[test]
fn what_is_not_a_datagram_is_refused_by_name() {
    let cases: [(&str, CoapError); 9] = [
        ("", CoapError::Truncated),
        ("400000", CoapError::Truncated),
        ("80020001", CoapError::Version(2)),
        ("41000001ff", CoapError::EmptyNotEmpty),
        ("40000001ff00", CoapError::EmptyNotEmpty),
        ("49020001", CoapError::TokenTooLong(9)),
        ("42020001aa", CoapError::Truncated),
        ("40e10001", CoapError::ReservedClass(7)),
        ("40020001ff", CoapError::EmptyPayload),
    ];
    for (datagram, error) in cases {
        let mut octets = hex::decode(datagram).unwrap();
        assert_eq!(datagram::decode(&mut octets), Err(error), "{datagram}");
    }
    let reset = datagram::decode(&mut [0x70, 0, 0x12, 0x34]).unwrap().header;
    assert_eq!(
        reset,
        Header {
            kind: Type::Rst,
            message_id: 0x1234
        }
    );
}
