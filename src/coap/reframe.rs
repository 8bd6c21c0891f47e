//! From the framing of datagrams to that of streams and back, in place: code, token, options and
//! payload are the same octets in both.
//!
//! So whoever handles frames of a stream handles datagrams, too, and nothing is copied: the head of a
//! frame is never longer than that of a datagram, which has 4 octets before the token.

#[cfg(feature = "datagrams")]
use super::{
    datagram::{Front, HEADER_LEN, Header},
    stream,
};

/// How many octets must be free before a frame that [`to_datagram`] shall turn into a datagram: the
/// shortest head of a frame is so much shorter.
pub(crate) const MARGIN: usize = 2;

/// Turns a datagram, whose front has been read, into a frame and tells its length in octets. Only a
/// short one moves in its place.
///
/// `None` where no frame is so long; no datagram is.
#[cfg(feature = "datagrams")]
pub(crate) fn to_frame(datagram: &mut [u8], front: &Front) -> Option<usize> {
    let token_len = front.token.as_octets().len();
    let body = datagram
        .len()
        .checked_sub(HEADER_LEN)?
        .checked_sub(token_len)?;
    let head = stream::head(body, front.token, front.code).ok()?;
    datagram.get_mut(..head.len())?.copy_from_slice(&head);
    let gap = HEADER_LEN.checked_sub(head.len())?;
    if gap > 0 {
        datagram.copy_within(HEADER_LEN.., head.len());
    }
    datagram.len().checked_sub(gap)
}

/// Turns a frame with [`MARGIN`] free octets before it into a datagram and tells where that begins.
///
/// `None` where it is no frame, or one that no datagram can carry.
#[cfg(feature = "datagrams")]
pub(crate) fn to_datagram(octets: &mut [u8], header: Header) -> Option<usize> {
    let frame = octets.get(MARGIN..)?;
    let front = stream::peek(frame).ok()??;
    let head_len = stream::head_len(frame)?;
    let start = MARGIN.checked_add(head_len)?.checked_sub(HEADER_LEN)?;
    let head = octets.get_mut(start..)?.first_chunk_mut()?;
    *head = header.octets(front.token, front.code);
    Some(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coap::datagram::{self, Type};
    use crate::coap::{Code, OptionNumber, Outgoing, Token};
    use std::vec;

    /// All lengths around those where a head grows.
    #[test]
    fn there_and_back() {
        let lengths = (0..40).chain(250..290).chain([1_152, 65_000]);
        for (len, token_len) in lengths.flat_map(|len| [(len, 0), (len, 4), (len, 8)]) {
            let payload = vec![b'x'; len];
            let message = Outgoing {
                code: Code::POST,
                token: Token::new(&[7; 8][..token_len]).unwrap(),
                options: &[(OptionNumber::URI_PATH, b"m")],
                payload: &payload,
            };
            let header = Header {
                kind: Type::Con,
                message_id: 0x0102,
            };
            let mut datagram = vec![0; len + 32];
            let datagram_len = message.encode_datagram(header, &mut datagram).unwrap();
            datagram.truncate(datagram_len);
            let mut frame = vec![0; len + 32];
            let frame_len = message.encode_stream(&mut frame).unwrap();
            frame.truncate(frame_len);

            let mut octets = datagram.clone();
            let front = datagram::peek(&octets).unwrap();
            assert_eq!(to_frame(&mut octets, &front), Some(frame_len));
            assert_eq!(octets[..frame_len], frame);

            let mut octets = vec![0; MARGIN];
            octets.extend(&frame);
            let start = to_datagram(&mut octets, header).unwrap();
            assert_eq!(octets[start..], datagram);
        }
    }

    #[test]
    fn what_is_no_frame_becomes_no_datagram() {
        let header = Header {
            kind: Type::Con,
            message_id: 1,
        };
        for octets in [&mut [][..], &mut [0; 2], &mut [0, 0, 0x0f, 0]] {
            assert_eq!(to_datagram(octets, header), None);
        }
    }
}
