//! Lists: either the caller's slice, to be sent, or what a received list was rewritten to.
//!
//! The rewritten form uses octets that UTF-8 never has as ends. A list of texts is `text ELEMENT_END` for each;
//! a list of objects is, for each, records of `member value RECORD_END`, then `ITEM_END`.

use core::{fmt, marker::PhantomData};

use super::{DecodeError, members::Fields, wire::Member};

/// Ends a text in a list.
pub(super) const ELEMENT_END: u8 = 0xfd;
/// Ends a value in an item.
pub(super) const RECORD_END: u8 = 0xff;
/// Ends an item.
pub(super) const ITEM_END: u8 = 0xfe;
/// Stands for a value that was null.
pub(super) const ABSENT: u8 = 0xfc;

/// Some values in a message, read without a copy and as often as needed.
///
/// ```
/// use msgin5g::message::List;
/// let list = List::of(&["app.meter", "app.valve"]);
/// assert_eq!(list.iter().next(), Some("app.meter"));
/// assert_eq!(list.len(), 2);
/// ```
pub struct List<'a, T>(Source<'a, T>);

enum Source<'a, T> {
    Slice(&'a [T]),
    Received(&'a [u8]),
}

/// What a [`List`] can hold. Not for other crates to implement.
pub trait Element<'a>: Copy + 'a {
    #[doc(hidden)]
    const END: u8;
    #[doc(hidden)]
    fn from_received(octets: &'a [u8]) -> Result<Self, DecodeError>;
}

impl<'a> Element<'a> for &'a str {
    const END: u8 = ELEMENT_END;

    fn from_received(octets: &'a [u8]) -> Result<Self, DecodeError> {
        Ok(core::str::from_utf8(octets).unwrap_or_default())
    }
}

impl<'a, T: Element<'a>> List<'a, T> {
    /// No value.
    pub const EMPTY: Self = Self(Source::Slice(&[]));

    /// The values of a slice.
    #[must_use]
    pub const fn of(slice: &'a [T]) -> Self {
        Self(Source::Slice(slice))
    }

    pub(super) const fn received(octets: &'a [u8]) -> Self {
        Self(Source::Received(octets))
    }

    /// The values in their order.
    #[must_use]
    pub fn iter(&self) -> ListIter<'a, T> {
        match self.0 {
            Source::Slice(slice) => ListIter {
                slice: slice.iter(),
                received: &[],
                element: PhantomData,
            },
            Source::Received(received) => ListIter {
                slice: [].iter(),
                received,
                element: PhantomData,
            },
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

/// See [`List::iter`].
pub struct ListIter<'a, T> {
    slice: core::slice::Iter<'a, T>,
    received: &'a [u8],
    element: PhantomData<T>,
}

impl<'a, T: Element<'a>> Iterator for ListIter<'a, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        if let Some(value) = self.slice.next() {
            return Some(*value);
        }
        if self.received.is_empty() {
            return None;
        }
        // A single text that was not in an array has no end.
        let (element, rest) = split_at_end(self.received, T::END).unwrap_or((self.received, &[]));
        self.received = rest;
        // Elements that cannot be used have made decoding fail already.
        T::from_received(element).ok()
    }
}

impl<'a, T: Element<'a>> ListIter<'a, T> {
    /// What has not been taken yet.
    pub(super) fn rest(self) -> List<'a, T> {
        List(if self.received.is_empty() {
            Source::Slice(self.slice.as_slice())
        } else {
            Source::Received(self.received)
        })
    }
}

impl<T> Clone for List<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<'_, T> {}

impl<T> Clone for Source<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Source<'_, T> {}

impl<'a, T: Element<'a>> Default for List<'a, T> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<'a, T: Element<'a> + PartialEq> PartialEq for List<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<'a, T: Element<'a> + Eq> Eq for List<'a, T> {}

impl<'a, T: Element<'a> + fmt::Debug> fmt::Debug for List<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(feature = "defmt")]
impl<'a, T: Element<'a>> defmt::Format for List<'a, T> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "[{=usize} items]", self.len());
    }
}

impl<'a, T: Element<'a>> IntoIterator for List<'a, T> {
    type Item = T;
    type IntoIter = ListIter<'a, T>;

    fn into_iter(self) -> ListIter<'a, T> {
        self.iter()
    }
}

/// The items of a list, one or more, each of them found usable.
pub(super) fn read_items<'a, T: Element<'a>>(
    fields: &dyn Fields<'a>,
    member: Member,
) -> Result<List<'a, T>, DecodeError> {
    let list = fields.raw(member).ok_or(DecodeError::Missing(member))?;
    if list.is_empty() {
        return Err(DecodeError::Unusable(member));
    }
    let mut rest = list;
    while let Some((item, tail)) = split_at_end(rest, T::END) {
        T::from_received(item)?;
        rest = tail;
    }
    Ok(List::received(list))
}

/// The value of a member in an item; of several the last.
pub(super) fn last_record(item: &[u8], member: Member) -> Option<&[u8]> {
    let (mut rest, mut found) = (item, None);
    while let Some((record, tail)) = split_at_end(rest, RECORD_END) {
        if let Some((&number, value)) = record.split_first()
            && Member::from_octet(number) == Some(member)
        {
            found = Some(value);
        }
        rest = tail;
    }
    found.filter(|value| *value != [ABSENT])
}

fn split_at_end(octets: &[u8], end: u8) -> Option<(&[u8], &[u8])> {
    let at = octets.iter().position(|octet| *octet == end)?;
    let (value, rest) = octets.split_at_checked(at)?;
    Some((value, rest.get(1..)?))
}
