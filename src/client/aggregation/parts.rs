//! The parts of an aggregate, as they lie one behind the other in the rest of a record.

use crate::client::memory::record::{Pen, Record};
use crate::message::MessageId;

/// One message of an aggregate, as it lies in the rest of a record behind its own length.
pub(crate) struct Part<'a> {
    pub(crate) record: Record<'a>,
    /// Octets that it takes, its length included.
    pub(crate) len: usize,
}

pub(crate) fn first_part(rest: &[u8]) -> Option<Part<'_>> {
    let (len, tail) = rest.split_first_chunk::<4>()?;
    let len = usize::try_from(u32::from_be_bytes(*len)).ok()?;
    Some(Part {
        record: Record(tail.get(..len)?),
        len: len.saturating_add(4),
    })
}

/// What a part says, for [`first_part`].
pub(crate) fn put_part(pen: &mut Pen<'_>, message_id: MessageId<'_>, write: impl Fn(&mut Pen<'_>)) {
    let write = |pen: &mut Pen<'_>| {
        pen.message_id(message_id);
        write(pen);
    };
    let mut measure = Pen::new(&mut []);
    write(&mut measure);
    let len = u32::try_from(measure.len()).unwrap_or(u32::MAX);
    pen.put(&len.to_be_bytes());
    write(pen);
}
