//! Options of RFC 7252 section 3.1: sorted, each as a difference to the one before.

use super::CoapError;

/// Option numbers that this server meets.
#[allow(missing_docs, reason = "the names are those of the registry")]
pub mod number {
    pub const URI_HOST: u32 = 3;
    pub const OBSERVE: u32 = 6;
    pub const URI_PORT: u32 = 7;
    pub const URI_PATH: u32 = 11;
    pub const CONTENT_FORMAT: u32 = 12;
    pub const MAX_AGE: u32 = 14;
    pub const URI_QUERY: u32 = 15;
    pub const ACCEPT: u32 = 17;
    pub const PROXY_URI: u32 = 35;
    pub const PROXY_SCHEME: u32 = 39;
    pub const SIZE1: u32 = 60;
}

/// The options of one message, in ascending order, repeats in the order of the sender.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options(Vec<(u32, Vec<u8>)>);

impl Options {
    /// Adds one option behind those of the same number.
    pub fn add(&mut self, number: u32, value: &[u8]) {
        let at = self.0.partition_point(|(n, _)| *n <= number);
        self.0.insert(at, (number, value.to_vec()));
    }

    /// Adds an option of type uint: big endian, without leading zeros.
    pub fn add_uint(&mut self, number: u32, value: u32) {
        let octets = value.to_be_bytes();
        let skip = octets.iter().take_while(|b| **b == 0).count();
        self.add(number, &octets[skip..]);
    }

    /// Number and value of each option.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &[u8])> {
        self.0
            .iter()
            .map(|(number, value)| (*number, value.as_slice()))
    }

    /// The values of all options of this number.
    pub fn all(&self, number: u32) -> impl Iterator<Item = &[u8]> {
        self.iter()
            .filter(move |(n, _)| *n == number)
            .map(|(_, value)| value)
    }

    /// The value of the first option of this number.
    pub fn first(&self, number: u32) -> Option<&[u8]> {
        self.all(number).next()
    }

    /// The first option of this number as a uint; `None` when absent or longer than four octets.
    pub fn uint(&self, number: u32) -> Option<u32> {
        let value = self.first(number)?;
        (value.len() <= 4).then(|| value.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        let mut before = 0;
        for (number, value) in self.iter() {
            let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
            let (delta, delta_octets) = nibble(number - before);
            let (len, len_octets) = nibble(length);
            out.push(delta << 4 | len);
            out.extend(delta_octets);
            out.extend(len_octets);
            out.extend_from_slice(value);
            before = number;
        }
    }

    /// Reads options and what follows the payload marker.
    pub(super) fn decode(mut octets: &[u8]) -> Result<(Self, &[u8]), CoapError> {
        let mut options = Self::default();
        let mut number = 0u32;
        while let Some((head, rest)) = octets.split_first() {
            if *head == 0xff {
                return if rest.is_empty() {
                    Err(CoapError::EmptyPayload)
                } else {
                    Ok((options, rest))
                };
            }
            let (delta, rest) = extended(head >> 4, rest)?;
            let (length, rest) = extended(head & 0x0f, rest)?;
            number = number
                .checked_add(delta)
                .filter(|n| *n <= 65535)
                .ok_or(CoapError::Option)?;
            let (value, rest) = rest
                .split_at_checked(length as usize)
                .ok_or(CoapError::Option)?;
            options.0.push((number, value.to_vec()));
            octets = rest;
        }
        Ok((options, &[]))
    }
}

fn nibble(value: u32) -> (u8, Vec<u8>) {
    match value {
        0..=12 => (value as u8, Vec::new()),
        13..=268 => (13, vec![(value - 13) as u8]),
        _ => (14, ((value - 269) as u16).to_be_bytes().to_vec()),
    }
}

fn extended(nibble: u8, rest: &[u8]) -> Result<(u32, &[u8]), CoapError> {
    match nibble {
        0..=12 => Ok((u32::from(nibble), rest)),
        13 => rest
            .split_first()
            .map(|(b, rest)| (u32::from(*b) + 13, rest))
            .ok_or(CoapError::Option),
        14 => rest
            .split_first_chunk()
            .map(|(b, rest)| (u32::from(u16::from_be_bytes(*b)) + 269, rest))
            .ok_or(CoapError::Option),
        _ => Err(CoapError::Option),
    }
}
