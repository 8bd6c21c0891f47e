//! REG and DEREG (TS 24.538 6.3, TS 23.554 8.2; authorization by TS 33.501 Y.2).

use super::{Effect, PeerId, Registration, Reply, Server};
use crate::coap::Code;
use crate::event::EventKind;
use crate::wire::names::{self, cause};
use crate::wire::{Fields, Malformed, bare};

impl Server {
    pub(super) fn register(
        &mut self,
        peer: PeerId,
        fields: &Fields,
        effects: &mut Vec<Effect>,
    ) -> Result<Reply, Reply> {
        let ue = fields.ue_service_id()?;
        let mut segment_size = None;
        if let Some(profile) = fields.get(&names::PROFILE) {
            let profile = Fields::of(profile)
                .ok_or_else(|| Malformed("client profile is not an object".to_owned()))?;
            segment_size = profile.integer(&names::SEGMENT_SIZE)?;
        }
        let answer = bare().with(&names::UE_SERVICE_ID, ue);
        if !self.may_be(peer, ue) {
            effects.push(Effect::Event(EventKind::RegistrationRefused {
                ue: ue.to_owned(),
                cause: cause::NOT_BOUND.to_owned(),
            }));
            let answer = answer
                .with(&names::REGISTRATION_RESULT, "failure")
                .with(&names::CAUSE, cause::NOT_BOUND);
            return Err(Reply::json(Code::FORBIDDEN, answer));
        }
        let segment_size = segment_size.and_then(|size| usize::try_from(size).ok());
        let registration = Registration { peer, segment_size };
        self.registrations.insert(ue.to_owned(), registration);
        effects.push(Effect::Event(EventKind::Registered { ue: ue.to_owned() }));
        self.resume(ue, peer, effects);
        Ok(Reply::json(
            Code::CREATED,
            answer.with(&names::REGISTRATION_RESULT, "success"),
        ))
    }

    /// Answered with success also when nothing was registered: the answer to the first request may have been lost.
    pub(super) fn deregister(
        &mut self,
        peer: PeerId,
        fields: &Fields,
        effects: &mut Vec<Effect>,
    ) -> Result<Reply, Reply> {
        let ue = fields.ue_service_id()?;
        let answer = bare().with(&names::UE_SERVICE_ID, ue);
        if !self.may_be(peer, ue) {
            let answer = answer
                .with(&names::DEREGISTRATION_RESULT, "failure")
                .with(&names::CAUSE, cause::NOT_BOUND);
            return Err(Reply::json(Code::FORBIDDEN, answer));
        }
        if self.registrations.remove(ue).is_some() {
            effects.push(Effect::Event(EventKind::Deregistered { ue: ue.to_owned() }));
        }
        Ok(Reply::json(
            Code::DELETED,
            answer.with(&names::DEREGISTRATION_RESULT, "success"),
        ))
    }
}
