//! CoAP in both framings: what is read and written again is the same message.

use msgin5g::coap::signal::Signal;
use msgin5g::coap::{OptionNumber, Outgoing, Packet, UintValue, datagram, stream, uint};

/// A stream of frames, as far as it can be followed.
pub fn coap_stream(data: &[u8]) {
    let mut octets = data.to_vec();
    let mut rest = octets.as_mut_slice();
    loop {
        let len = stream::frame_len(rest);
        // More octets change nothing once the length is known, and fewer never give another one.
        for cut in 0..rest.len().min(stream::MAX_FRONT) {
            match (stream::frame_len(&rest[..cut]), len) {
                (Ok(None), _) => {}
                (early, late) => assert_eq!(early, late),
            }
        }
        let front = stream::peek(rest);
        let Ok(Some(len)) = len else {
            assert!(!matches!(front, Ok(Some(_))));
            return;
        };
        if rest.len() >= stream::MAX_FRONT {
            assert_eq!(front.map(|f| f.map(|f| f.frame_len)), Ok(Some(len)));
        }
        if rest.len() < len {
            assert!(stream::decode(rest).is_err(), "half a frame");
            return;
        }
        let (frame, tail) = rest.split_at_mut(len);
        if let Ok(packet) = stream::decode(frame) {
            let front = front.unwrap().unwrap();
            assert_eq!((front.code, front.token), (packet.code, packet.token));
            look_at(&packet);
            let mut again = encoded(&packet, |outgoing, out| outgoing.encode_stream(out));
            // Lengths may have been written longer than needed; the message is the same.
            assert!(again.len() <= len);
            assert_eq!(stream::decode(&mut again), Ok(packet));
        }
        rest = tail;
    }
}

/// One datagram.
pub fn coap_datagram(data: &[u8]) {
    let mut octets = data.to_vec();
    let header = datagram::Header::decode(&octets);
    let Ok(received) = datagram::decode(&mut octets) else {
        return;
    };
    assert_eq!(header, Ok(received.header));
    look_at(&received.packet);
    let header = received.header;
    let mut again = encoded(&received.packet, |outgoing, out| {
        outgoing.encode_datagram(header, out)
    });
    assert!(again.len() <= data.len());
    assert_eq!(datagram::decode(&mut again), Ok(received));
}

fn encoded(
    packet: &Packet<'_>,
    encode: impl Fn(&Outgoing<'_>, &mut [u8]) -> Result<usize, msgin5g::coap::CoapError>,
) -> Vec<u8> {
    let options: Vec<_> = packet.options.iter().collect();
    let outgoing = Outgoing {
        code: packet.code,
        token: packet.token,
        options: &options,
        payload: packet.payload,
    };
    written(|out| encode(&outgoing, out))
}

/// What `encode` writes, into memory of just the size that it asks for.
fn written(encode: impl Fn(&mut [u8]) -> Result<usize, msgin5g::coap::CoapError>) -> Vec<u8> {
    let needed = match encode(&mut []) {
        Err(msgin5g::coap::CoapError::BufferTooSmall { needed }) => needed,
        other => panic!("no octets hold a message: {other:?}"),
    };
    let mut octets = vec![0; needed];
    assert!(encode(&mut octets[..needed - 1]).is_err());
    assert_eq!(encode(&mut octets), Ok(needed));
    octets
}

fn look_at(packet: &Packet<'_>) {
    let mut last = 0;
    for (number, value) in packet.options {
        assert!(number.0 >= last, "ascending");
        last = number.0;
        if let Some(value) = uint(value) {
            assert_eq!(uint(UintValue::new(value).as_octets()), Some(value));
        }
    }
    let _ = packet
        .options
        .unrecognised_critical(&[OptionNumber::URI_PATH]);
    let _ = (packet.code.to_string(), packet.code.is_request());
    let Ok(signal) = Signal::decode(packet) else {
        return;
    };
    let mut again = written(|out| signal.encode(packet.token, out));
    let again = stream::decode(&mut again).unwrap();
    assert_eq!(Signal::decode(&again), Ok(signal));
}
