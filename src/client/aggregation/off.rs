//! What stands in the place of this folder in a client that aggregates nothing: each message goes
//! alone, so the compiler leaves out what others do about it. An aggregate that arrives is refused.

use core::convert::Infallible;

/// It goes alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "others ask whether it is bound")]
pub(crate) enum Gathering {
    No,
    /// Never.
    Bound(Infallible),
}

impl Gathering {
    pub(crate) fn new(_: bool) -> Self {
        Self::No
    }

    pub(crate) fn is_open(self) -> bool {
        false
    }

    pub(crate) fn deadline(self) -> Option<u64> {
        None
    }

    pub(crate) fn until_mut(&mut self) -> Option<&mut u64> {
        None
    }
}

pub(crate) mod answered {
    use crate::client::Event;

    /// None.
    pub(crate) struct Answered;

    impl Answered {
        pub(crate) const fn new() -> Self {
            Self
        }

        pub(crate) fn owes(&self) -> bool {
            false
        }

        pub(crate) fn tell(&self) -> Option<Event<'static>> {
            None
        }
    }
}

#[cfg(feature = "segmentation")]
pub(crate) mod parts {
    use crate::client::memory::record::Record;

    /// There is none.
    pub(crate) struct Part<'a> {
        pub(crate) record: Record<'a>,
        pub(crate) len: usize,
    }

    pub(crate) fn first_part(_: &[u8]) -> Option<Part<'_>> {
        None
    }
}

pub(crate) mod sending {
    use super::Gathering;
    use crate::client::Event;
    use crate::client::core::Core;
    use crate::client::outbox::exchange::Exchange;
    use crate::client::outbox::{Outbox, OutboxSlot, Verdict};
    use crate::client::sending::body::Body;
    use crate::coap::{CoapError, Code, Token};
    use crate::message::{AggregatedMsg, AggregatedReport, Originator};

    pub(crate) fn bound_request(
        _: &Outbox<'_>,
        _: Gathering,
        _: Originator<'_>,
        _: &mut dyn FnMut(&dyn Body) -> Result<usize, CoapError>,
    ) -> Option<Result<usize, CoapError>> {
        None
    }

    impl Core<'_> {
        pub(crate) fn gather(&self, _: u64) {}

        pub(crate) fn unbind(&self, _: usize) -> bool {
            false
        }

        pub(crate) fn unbind_as(&self, _: usize, _: Exchange) -> bool {
            false
        }

        pub(crate) fn remember_aggregate(&self, _: Gathering) {}

        pub(crate) fn conclude_aggregate(&self, _: [u8; 16], _: Verdict) -> Option<[u8; 16]> {
            None
        }

        pub(crate) fn pass_on(&self, _: &OutboxSlot) {}

        pub(crate) fn conclude_others(&self, _: Gathering, _: Verdict) {}

        pub(crate) fn on_aggregate(
            &mut self,
            token: Option<Token>,
            _: AggregatedMsg<'_>,
        ) -> Event<'static> {
            self.refuse(token, Code::NOT_IMPLEMENTED)
        }

        pub(crate) fn on_aggregated_report(
            &mut self,
            token: Option<Token>,
            _: AggregatedReport<'_>,
        ) -> Event<'static> {
            self.refuse(token, Code::NOT_IMPLEMENTED)
        }
    }
}
