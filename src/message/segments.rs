//! SEGREC and SEGCONFIR: what the receiver of a segmented message tells its sender (TS 24.538 clause 6.5).

use super::{
    DecodeError, MessageId, Outcome,
    addressing::{texts, usable},
    members::Fields,
    msg::read_segment_set,
    ranges::SegmentRanges,
    wire::Member,
    writer::Writer,
};

/// Stands between the two numbers of a range in text.
pub(super) const RANGE_SIGN: u8 = b'-';

/// SEGREC: asks for segments that did not arrive (clause 6.5.1.2.1).
///
/// It names no message and no originator: set identifiers must be unique per sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SegmentsRecovery<'a> {
    /// Segmentation Set Identifier, copied from a received segment.
    pub set: &'a str,
    /// What is missing.
    pub ranges: SegmentRanges,
}

/// SEGCONFIR: all segments have arrived (clause 7.1 g). Its members are UNCONFIRMED, so all may be absent
/// but the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SegmentsConfirmation<'a> {
    /// Segmentation Set Identifier, copied from a received segment.
    pub set: &'a str,
    /// The message that the segments belong to.
    pub message_id: Option<MessageId<'a>>,
    /// Whether it could be put together.
    pub result: Option<Outcome<'a>>,
}

impl<'a> SegmentsRecovery<'a> {
    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        writer.text(Member::SegmentSet, self.set);
        writer.array(Member::SegmentRanges);
        for range in self.ranges.iter() {
            writer.element_object();
            writer.integer(Member::RangeStart, u32::from(range.first));
            writer.integer(Member::RangeEnd, u32::from(range.last));
            writer.end_object();
        }
        writer.end_array();
    }

    pub(super) fn read(fields: &dyn Fields<'a>) -> Result<Self, DecodeError> {
        let set = mandatory_set(fields)?;
        if fields.raw(Member::SegmentRanges).is_none() {
            return Err(DecodeError::Missing(Member::SegmentRanges));
        }
        let mut ranges = SegmentRanges::EMPTY;
        for text in texts(fields, Member::SegmentRanges) {
            usable(ranges.insert_text(text), Member::SegmentRanges)?;
        }
        Ok(Self { set, ranges })
    }
}

impl<'a> SegmentsConfirmation<'a> {
    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        writer.text(Member::SegmentSet, self.set);
        if let Some(id) = self.message_id {
            super::addressing::write_message_id(writer, id);
        }
        writer.optional_text(Member::ConfirmationResult, self.result.map(Outcome::word));
    }

    pub(super) fn read(fields: &dyn Fields<'a>) -> Result<Self, DecodeError> {
        let message_id = fields.text(Member::MessageId);
        Ok(Self {
            set: mandatory_set(fields)?,
            message_id: message_id
                .map(|text| usable(MessageId::parse(text), Member::MessageId))
                .transpose()?,
            result: fields.text(Member::ConfirmationResult).map(Outcome::read),
        })
    }
}

fn mandatory_set<'a>(fields: &dyn Fields<'a>) -> Result<&'a str, DecodeError> {
    read_segment_set(
        fields
            .text(Member::SegmentSet)
            .ok_or(DecodeError::Missing(Member::SegmentSet))?,
    )
}
