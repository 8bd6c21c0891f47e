//! What stands in the place of this folder in a client without segments: nothing is ever segmented,
//! so the compiler leaves out what others do about it. A segment that arrives is refused.

pub(crate) mod sending {
    use crate::client::core::Core;
    use crate::client::memory::record::Record;
    use crate::client::owed::Owed;
    use crate::client::payload::Payload;
    use crate::client::{Event, SendError};
    use crate::coap::{Code, Token};
    use crate::message::{
        MessageId, Msg, Originator, Segment, SegmentsConfirmation, SegmentsRecovery,
    };

    /// Never.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Segmenting {}

    impl Segmenting {
        pub(crate) fn is_kept(&self) -> bool {
            match *self {}
        }

        pub(crate) fn is_told(&self) -> bool {
            match *self {}
        }

        pub(crate) fn is_streamed(&self) -> bool {
            match *self {}
        }

        pub(crate) fn release_at(&self) -> Option<u64> {
            match *self {}
        }

        pub(crate) fn kept_until_mut(&mut self) -> Option<&mut u64> {
            match *self {}
        }

        pub(crate) fn interrupted(&mut self) {
            match *self {}
        }

        pub(crate) fn progress(&self, _: MessageId<'static>, _: u16) -> Event<'static> {
            match *self {}
        }

        pub(crate) fn request<R>(
            &self,
            _: Record<'_>,
            _: Originator<'_>,
            _: MessageId<'_>,
            _: Option<&[u8]>,
            _: impl FnOnce(&Msg<'_>) -> R,
        ) -> Option<R> {
            match *self {}
        }
    }

    impl Core<'_> {
        pub(crate) fn accept_segmented(
            &mut self,
            _: &Msg<'_>,
            payload: Payload<'_>,
        ) -> Result<(), SendError> {
            Err(SendError::TooLarge {
                needed: payload.len(),
                limit: self.largest_json(),
            })
        }

        pub(crate) fn next_segment(&self, _: usize) -> Option<u16> {
            None
        }

        pub(crate) fn segment_taken(&self, _: usize, _: u64) -> Option<(u16, bool)> {
            None
        }

        pub(crate) fn cut_smaller(&self, _: usize, _: usize) -> bool {
            false
        }

        pub(crate) fn release_segments(&self, _: usize) -> Option<Event<'static>> {
            None
        }

        pub(crate) fn next_payload(&self, _: u64) -> Option<usize> {
            None
        }

        pub(crate) fn payload_wanted(&self, _: u64) -> Option<Event<'static>> {
            None
        }

        pub(crate) fn on_segment(
            &mut self,
            token: Option<Token>,
            _: Msg<'_>,
            _: Segment<'_>,
            _: u64,
        ) -> Event<'static> {
            self.refuse(token, Code::NOT_IMPLEMENTED)
        }

        pub(crate) fn drop_set_of(&self, _: &Msg<'_>) {}

        pub(crate) fn on_recovery(&self, _: &SegmentsRecovery<'_>) -> Result<Event<'static>, Code> {
            Err(Code::NOT_IMPLEMENTED)
        }

        pub(crate) fn on_confirmation(
            &self,
            _: &SegmentsConfirmation<'_>,
        ) -> Result<Event<'static>, Code> {
            Err(Code::NOT_IMPLEMENTED)
        }

        pub(crate) fn send_recovery(&self, _: u64) -> Option<bool> {
            None
        }

        pub(crate) fn recovery_of(&self, _: Token) -> Option<usize> {
            None
        }

        pub(crate) fn recovery_answered(&self, _: usize, _: Code, _: u64) {}

        pub(crate) fn lapse_sets(&self, _: u64) -> Option<Owed> {
            None
        }
    }
}
