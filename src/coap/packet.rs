//! What both carriages have in common: code, token, options, payload.

use super::{CoapError, Code, OptionNumber, Options, Token, datagram, options, stream};

/// A received message.
///
/// The payload can be written to, because JSON text is unescaped in place.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Packet<'a> {
    /// Method, response or signal.
    pub code: Code,
    /// Ties a response to its request.
    pub token: Token,
    /// Well-formed, but not yet judged: see [`Options::unrecognised_critical`].
    pub options: Options<'a>,
    /// Empty when the message has none.
    pub payload: &'a mut [u8],
}

/// A message to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Outgoing<'a> {
    /// Method, response or signal.
    pub code: Code,
    /// Ties a response to its request.
    pub token: Token,
    /// In ascending order of their numbers; repeated ones in the order that counts.
    pub options: &'a [(OptionNumber, &'a [u8])],
    /// Empty when the message has none.
    pub payload: &'a [u8],
}

impl Outgoing<'_> {
    /// Writes one frame for a stream (RFC 8323 section 3.2) and tells its length in octets.
    ///
    /// # Errors
    /// [`CoapError::BufferTooSmall`] tells the size that is enough; [`CoapError::OptionsOrder`] and
    /// [`CoapError::OptionTooLong`] when the options are not writable.
    pub fn encode_stream(&self, out: &mut [u8]) -> Result<usize, CoapError> {
        let start = self.encode_stream_head(self.payload.len(), out)?;
        Ok(put_payload(self.payload, start, out))
    }

    /// Writes all of a frame but its payload, whose `payload_len` octets belong behind it; the
    /// struct's own payload does not count. For a payload that is made in its place.
    ///
    /// Tells where the payload begins.
    ///
    /// # Errors
    /// As [`Outgoing::encode_stream`]; there is room for the payload, too.
    pub fn encode_stream_head(
        &self,
        payload_len: usize,
        out: &mut [u8],
    ) -> Result<usize, CoapError> {
        let body = self.body_len(payload_len)?;
        let head = stream::head(body, self.token, self.code)?;
        self.write_head(&head, body, payload_len, out)
    }

    /// Writes one datagram (RFC 7252 section 3) and tells its length in octets.
    ///
    /// # Errors
    /// As [`Outgoing::encode_stream`].
    pub fn encode_datagram(
        &self,
        header: datagram::Header,
        out: &mut [u8],
    ) -> Result<usize, CoapError> {
        let body = self.body_len(self.payload.len())?;
        let head = header.octets(self.token, self.code);
        let start = self.write_head(&head, body, self.payload.len(), out)?;
        Ok(put_payload(self.payload, start, out))
    }

    /// Options, marker and payload, in octets.
    fn body_len(&self, payload_len: usize) -> Result<usize, CoapError> {
        let marker = usize::from(payload_len > 0);
        Ok(options::encoded_len(self.options)?
            .saturating_add(marker)
            .saturating_add(payload_len))
    }

    /// Writes head, token, options and marker, and tells where the payload begins.
    fn write_head(
        &self,
        head: &[u8],
        body: usize,
        payload_len: usize,
        out: &mut [u8],
    ) -> Result<usize, CoapError> {
        let token = self.token;
        let needed = head
            .len()
            .saturating_add(token.as_octets().len())
            .saturating_add(body);
        let mut free = out
            .get_mut(..needed)
            .ok_or(CoapError::BufferTooSmall { needed })?;
        let mut put = |octets: &[u8]| {
            // `needed` is exact, so there is always room.
            if let Some((place, rest)) =
                core::mem::take(&mut free).split_at_mut_checked(octets.len())
            {
                place.copy_from_slice(octets);
                free = rest;
            }
        };
        put(head);
        put(token.as_octets());
        options::encode(self.options, &mut put);
        if payload_len > 0 {
            put(&[0xff]);
        }
        Ok(needed.saturating_sub(payload_len))
    }
}

/// Puts the payload where [`Outgoing::write_head`] has found room for it; tells where it ends.
fn put_payload(payload: &[u8], start: usize, out: &mut [u8]) -> usize {
    let end = start.saturating_add(payload.len());
    if let Some(place) = out.get_mut(start..end) {
        place.copy_from_slice(payload);
    }
    end
}
