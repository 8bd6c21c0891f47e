//! The list of options, coded the same way over streams and datagrams (RFC 7252 section 3.1).

use super::{CoapError, OptionNumber, uint};

/// Stands between options and payload.
const PAYLOAD_MARKER: u8 = 0xff;
/// Nibble values that announce one or two more octets, and what is added to these.
const ONE_MORE: u8 = 13;
const TWO_MORE: u8 = 14;
const ONE_MORE_BASE: usize = 13;
const TWO_MORE_BASE: usize = 269;

/// The options of a received message: octets that were found well-formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Options<'a>(&'a [u8]);

impl<'a> Options<'a> {
    /// No option.
    pub const EMPTY: Self = Self(&[]);

    /// All options in the order of their numbers.
    #[must_use]
    pub const fn iter(&self) -> OptionsIter<'a> {
        OptionsIter {
            rest: self.0,
            number: 0,
        }
    }

    /// The value of the first option of this number.
    #[must_use]
    pub fn first(&self, wanted: OptionNumber) -> Option<&'a [u8]> {
        self.iter()
            .find(|(number, _)| *number == wanted)
            .map(|(_, value)| value)
    }

    /// The first option of this number as a number; `None` also when its value is over 4 octets.
    #[must_use]
    pub fn first_uint(&self, wanted: OptionNumber) -> Option<u32> {
        self.first(wanted).and_then(uint)
    }

    /// The first critical option that is not in `understood`, or stands twice and must not.
    ///
    /// Answer a request that has one with 4.02, and reject a response (RFC 7252 sections 5.4.1 and 5.4.5).
    #[must_use]
    pub fn unrecognised_critical(&self, understood: &[OptionNumber]) -> Option<OptionNumber> {
        let mut last = None;
        for (number, _) in self.iter() {
            let again = last == Some(number) && !number.is_repeatable();
            if number.is_critical() && (again || !understood.contains(&number)) {
                return Some(number);
            }
            last = Some(number);
        }
        None
    }
}

impl<'a> IntoIterator for Options<'a> {
    type Item = (OptionNumber, &'a [u8]);
    type IntoIter = OptionsIter<'a>;

    fn into_iter(self) -> OptionsIter<'a> {
        self.iter()
    }
}

/// See [`Options::iter`].
#[derive(Debug, Clone)]
pub struct OptionsIter<'a> {
    rest: &'a [u8],
    number: u16,
}

impl<'a> Iterator for OptionsIter<'a> {
    type Item = (OptionNumber, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        // Octets that `split` has not let through cannot be here, so an error is the end as well.
        let option = step(self.rest).ok()??;
        self.number = self.number.checked_add(option.delta)?;
        self.rest = option.rest;
        Some((OptionNumber(self.number), option.value))
    }
}

/// Parts what follows the token into options and payload.
pub(super) fn split(body: &mut [u8]) -> Result<(Options<'_>, &mut [u8]), CoapError> {
    let len = check(body)?;
    let (options, rest) = body.split_at_mut_checked(len).ok_or(CoapError::Truncated)?;
    let payload = match rest {
        [] => rest,
        [_marker] => return Err(CoapError::EmptyPayload),
        [_marker, payload @ ..] => payload,
    };
    Ok((Options(options), payload))
}

/// Octets that `options` take in a message.
pub(super) fn encoded_len(options: &[(OptionNumber, &[u8])]) -> Result<usize, CoapError> {
    let mut total = 0usize;
    let mut last = 0;
    for (number, value) in options {
        let delta = number.0.checked_sub(last).ok_or(CoapError::OptionsOrder)?;
        last = number.0;
        if u16::try_from(value.len().saturating_sub(TWO_MORE_BASE)).is_err() {
            return Err(CoapError::OptionTooLong);
        }
        let head = 1usize
            .saturating_add(extra(usize::from(delta)))
            .saturating_add(extra(value.len()));
        total = total.saturating_add(head).saturating_add(value.len());
    }
    Ok(total)
}

/// Hands the options to `put`, piece by piece. `encoded_len` has found them in order.
pub(super) fn encode(options: &[(OptionNumber, &[u8])], put: &mut dyn FnMut(&[u8])) {
    let mut last = 0;
    for (number, value) in options {
        let delta = usize::from(number.0.wrapping_sub(last));
        last = number.0;
        put(&[nibble(delta) << 4 | nibble(value.len())]);
        put_extended(delta, put);
        put_extended(value.len(), put);
        put(value);
    }
}

/// The length of the options before the marker or the end.
fn check(body: &[u8]) -> Result<usize, CoapError> {
    let mut rest = body;
    let mut number = 0u16;
    loop {
        let at = body.len().saturating_sub(rest.len());
        let located = |fault| match fault {
            Fault::Reserved => CoapError::ReservedNibble { at },
            Fault::Truncated => CoapError::OptionTruncated { at },
            Fault::Overflow => CoapError::OptionOverflow { at },
        };
        let Some(option) = step(rest).map_err(located)? else {
            return Ok(at);
        };
        number = number
            .checked_add(option.delta)
            .ok_or(CoapError::OptionOverflow { at })?;
        rest = option.rest;
    }
}

enum Fault {
    Reserved,
    Truncated,
    Overflow,
}

/// One option and what follows it.
struct Step<'a> {
    delta: u16,
    value: &'a [u8],
    rest: &'a [u8],
}

/// Reads one option. `None` at the marker and at the end.
fn step(octets: &[u8]) -> Result<Option<Step<'_>>, Fault> {
    let (first, rest) = match octets.split_first() {
        None | Some((&PAYLOAD_MARKER, _)) => return Ok(None),
        Some((first, rest)) => (*first, rest),
    };
    let (delta, rest) = extended(first >> 4, rest)?;
    let (len, rest) = extended(first & 15, rest)?;
    let (value, rest) = rest.split_at_checked(len).ok_or(Fault::Truncated)?;
    let delta = u16::try_from(delta).map_err(|_| Fault::Overflow)?;
    Ok(Some(Step { delta, value, rest }))
}

fn extended(nibble: u8, octets: &[u8]) -> Result<(usize, &[u8]), Fault> {
    match nibble {
        ONE_MORE => {
            let ([value], rest) = octets.split_first_chunk().ok_or(Fault::Truncated)?;
            Ok((usize::from(*value).saturating_add(ONE_MORE_BASE), rest))
        }
        TWO_MORE => {
            let (value, rest) = octets.split_first_chunk().ok_or(Fault::Truncated)?;
            Ok((
                usize::from(u16::from_be_bytes(*value)).saturating_add(TWO_MORE_BASE),
                rest,
            ))
        }
        0..ONE_MORE => Ok((usize::from(nibble), octets)),
        _ => Err(Fault::Reserved),
    }
}

fn nibble(value: usize) -> u8 {
    match u8::try_from(value) {
        Ok(value) if value < ONE_MORE => value,
        _ if value < TWO_MORE_BASE => ONE_MORE,
        _ => TWO_MORE,
    }
}

/// How many octets `put_extended` writes.
fn extra(value: usize) -> usize {
    match nibble(value) {
        ONE_MORE => 1,
        TWO_MORE => 2,
        _ => 0,
    }
}

fn put_extended(value: usize, put: &mut dyn FnMut(&[u8])) {
    match nibble(value) {
        ONE_MORE => {
            let [.., low] = value.wrapping_sub(ONE_MORE_BASE).to_be_bytes();
            put(&[low]);
        }
        TWO_MORE => {
            let [.., high, low] = value.wrapping_sub(TWO_MORE_BASE).to_be_bytes();
            put(&[high, low]);
        }
        _ => {}
    }
}
