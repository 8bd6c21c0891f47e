//! From JSON to the members of a message: where each one's text is.
//!
//! Objects inside the message (the client profile, the store and forward parameters ...) hold members that
//! stand nowhere else, so all of them are kept in one flat table; an object given twice counts as one. Lists are rewritten in place into the form
//! that [`super::list`] reads: shorter than the JSON that they come from, so there is always room.

use super::{
    DecodeError,
    error::Expected,
    fold::find_word,
    list::{ABSENT, ITEM_END, RECORD_END, last_record},
    names::find_member,
    reader::{Reader, Span, Value},
    values::{parse_integer, read_address, read_elements, scalar},
    wire::{self, Member, Shape, place},
};

/// The members of one message or of one list item.
///
/// Each value has the JSON type that its [`Shape`] asks for; a member that is missing or null is absent.
pub(super) trait Fields<'a> {
    /// The text of a value, or the rewritten list.
    fn raw(&self, member: Member) -> Option<&'a [u8]>;
}

impl<'a> dyn Fields<'a> + '_ {
    #[inline(never)]
    pub fn text(&self, member: Member) -> Option<&'a str> {
        self.raw(member)
            .and_then(|octets| core::str::from_utf8(octets).ok())
    }

    #[inline(never)]
    pub fn boolean(&self, member: Member) -> Option<bool> {
        self.raw(member)
            .and_then(|octets| find_word(wire::BOOLEANS, octets))
    }

    #[inline(never)]
    pub fn integer(&self, member: Member) -> Option<u32> {
        self.raw(member)
            .and_then(|octets| parse_integer(octets, member).ok())
    }
}

/// Which values are read besides those that every message has. What is not is known to be there, and no more.
///
/// All callers in a lean client give the same, so the compiler has no code for the rest.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    /// Lists of objects.
    pub aggregates: bool,
    /// Segments, and ranges of them.
    pub segments: bool,
}

impl Scope {
    pub const ALL: Self = Self {
        aggregates: true,
        segments: true,
    };

    /// What a client needs that is built with these features.
    pub const CLIENT: Self = Self {
        aggregates: cfg!(feature = "aggregation"),
        segments: cfg!(feature = "segmentation"),
    };

    const fn reads(self, shape: Shape) -> bool {
        match shape {
            Shape::Items => self.aggregates,
            Shape::Ranges => self.segments,
            _ => true,
        }
    }
}

/// The members of a message.
pub(super) struct Members<'a, 's> {
    buffer: &'a [u8],
    spans: &'s Spans,
}

/// The longest JSON that is read, so that places in it fit into 16 bits: half the stack, and far beyond what a
/// segment or an aggregate can be.
const MAX_LEN: usize = 0xffff;

/// Where each member's value is: start and length. One that begins at 0, where no value can, is absent.
pub(super) struct Spans([(u16, u16); Member::COUNT]);

impl Spans {
    /// No member.
    pub const fn new() -> Self {
        Self([(0, 0); Member::COUNT])
    }

    fn get(&self, member: Member) -> Option<Span> {
        let (start, len) = *self.0.get(usize::from(member as u8))?;
        (start > 0).then_some(Span {
            start: start.into(),
            len: len.into(),
        })
    }

    fn set(&mut self, member: Member, value: Option<Span>) {
        let Span { start, len } = value.unwrap_or_default();
        if let Some(place) = self.0.get_mut(usize::from(member as u8)) {
            *place = u16::try_from(start)
                .ok()
                .zip(u16::try_from(len).ok())
                .unwrap_or_default();
        }
    }
}

impl<'a, 's> Members<'a, 's> {
    /// Reads a whole message.
    pub fn read(
        json: &'a mut [u8],
        spans: &'s mut Spans,
        scope: Scope,
    ) -> Result<Self, DecodeError> {
        if json.len() > MAX_LEN {
            return Err(DecodeError::TooLong { max: MAX_LEN });
        }
        let mut reader = Reader::new(json);
        if reader.value()? != Value::Object {
            return Err(DecodeError::Syntax {
                expected: Expected::Object,
                at: 0,
            });
        }
        let mut collector = Collector {
            reader,
            spans,
            place: place::TOP,
            items: None,
            scope,
        };
        collector.run()?;
        collector.reader.end()?;
        Ok(Self {
            buffer: json,
            spans,
        })
    }
}

impl<'a> Fields<'a> for Members<'a, '_> {
    fn raw(&self, member: Member) -> Option<&'a [u8]> {
        let span = self.spans.get(member)?;
        let (_, rest) = self.buffer.split_at_checked(span.start)?;
        rest.get(..span.len)
    }
}

/// The members of one list item: records `member value end`, the last one of a member counting.
pub(super) struct Item<'a>(pub &'a [u8]);

impl<'a> Fields<'a> for Item<'a> {
    fn raw(&self, member: Member) -> Option<&'a [u8]> {
        last_record(self.0, member)
    }
}

/// A list of items that is being read.
struct Items {
    member: Member,
    start: usize,
    /// Where its rewritten form goes on.
    end: usize,
}

/// Reads a message: one loop over all its objects, whatever is inside what.
struct Collector<'b, 's> {
    reader: Reader<'b>,
    spans: &'s mut Spans,
    place: u8,
    items: Option<Items>,
    scope: Scope,
}

impl Collector<'_, '_> {
    fn run(&mut self) -> Result<(), DecodeError> {
        loop {
            match self.reader.member()? {
                Some(name) => self.member(name)?,
                None if self.place == place::TOP => return Ok(()),
                None => self.leave()?,
            }
        }
    }

    /// Reads the value behind a name, or opens it.
    fn member(&mut self, name: Span) -> Result<(), DecodeError> {
        let member = find_member(self.reader.octets(name), self.place);
        let value = self.reader.value()?;
        let Some(member) = member else {
            return self.reader.skip(value);
        };
        match (member.shape(), value) {
            (_, Value::Null) => self.store(member, None),
            (shape, Value::Array) if !self.scope.reads(shape) => {
                let start = self.reader.position().saturating_sub(1);
                self.store(member, Some(Span { start, len: 0 }));
                self.reader.skip(value)?;
            }
            (Shape::Object, Value::Object) => self.place = inside(member),
            (Shape::Address, Value::Object) => {
                let (member, span) = read_address(&mut self.reader, member)?;
                self.store(member, Some(span));
            }
            (Shape::Items, Value::Array) => {
                // The bracket is behind us, and the list goes over it.
                let start = self.reader.position().saturating_sub(1);
                self.items = Some(Items {
                    member,
                    start,
                    end: start,
                });
                self.next_item()?;
            }
            (Shape::Texts | Shape::Integers | Shape::Ranges, Value::Array) => self.list(member)?,
            (shape, value) => {
                let span = scalar(&self.reader, member, shape, value)?;
                self.store(member, Some(span));
            }
        }
        Ok(())
    }

    /// Goes on behind an object that has been closed.
    fn leave(&mut self) -> Result<(), DecodeError> {
        match (self.place, &mut self.items) {
            (place::TRIGGERING | place::AVAILABILITY, _) => self.place = place::PROFILE,
            (place::ITEM, Some(items)) => {
                self.reader.put(&mut items.end, ITEM_END);
                self.next_item()?;
            }
            (_, Some(_)) => self.place = place::ITEM,
            (_, None) => self.place = place::TOP,
        }
        Ok(())
    }

    /// Opens the next item, or closes the list.
    fn next_item(&mut self) -> Result<(), DecodeError> {
        let Some(Items { member, start, end }) = self.items else {
            return Ok(());
        };
        if !self.reader.element()? {
            self.spans.set(
                member,
                Some(Span {
                    start,
                    len: end.saturating_sub(start),
                }),
            );
            self.items = None;
            self.place = place::TOP;
        } else if self.reader.value()? == Value::Object {
            self.place = place::ITEM;
        } else {
            return Err(DecodeError::Mistyped {
                member,
                expected: Shape::Items,
            });
        }
        Ok(())
    }

    fn store(&mut self, member: Member, value: Option<Span>) {
        let Some(Items { end, .. }) = &mut self.items else {
            return self.spans.set(member, value);
        };
        self.reader.put(end, member as u8);
        match value {
            Some(span) => self.reader.put_span(end, span),
            None => self.reader.put(end, ABSENT),
        }
        self.reader.put(end, RECORD_END);
    }

    /// Reads the rest of an array of single values, rewriting it: in place or into the item that it is in.
    fn list(&mut self, member: Member) -> Result<(), DecodeError> {
        if let Some(Items { end, .. }) = &mut self.items {
            self.reader.put(end, member as u8);
            read_elements(&mut self.reader, member, self.scope, end)?;
            self.reader.put(end, RECORD_END);
            return Ok(());
        }
        let start = self.reader.position().saturating_sub(1);
        let mut end = start;
        read_elements(&mut self.reader, member, self.scope, &mut end)?;
        self.spans.set(
            member,
            Some(Span {
                start,
                len: end.saturating_sub(start),
            }),
        );
        Ok(())
    }
}

/// The place that opens inside a member whose shape is an object.
const fn inside(member: Member) -> u8 {
    match member {
        Member::Profile => place::PROFILE,
        Member::Triggering => place::TRIGGERING,
        Member::Availability => place::AVAILABILITY,
        Member::StoreAndForwardParameters => place::STORE_AND_FORWARD,
        _ => place::SEGMENT,
    }
}
