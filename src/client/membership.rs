//! Registration, its renewal and its end (TS 23.554 clause 8.2).

use super::core::Core;
use super::farewell::Farewell;
use super::outbox::exchange::Exchange;
use super::sending::body::{self, Body};
use super::sending::request::request_overhead;
use super::{Config, Event, Failure, SendError};
use crate::coap::Code;
use crate::message::{ClientProfile, Deregistration, Registration, RegistrationResponse};

/// What the client is to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Membership {
    None,
    Registering(Exchange),
    Registered,
    Deregistering(Exchange),
}

impl Membership {
    /// Whether anything but a registration may be sent.
    pub(super) fn lets_messages_out(self) -> bool {
        matches!(self, Self::Registered | Self::Deregistering(_))
    }

    pub(super) fn exchange(&self) -> Option<&Exchange> {
        match self {
            Self::Registering(exchange) | Self::Deregistering(exchange) => Some(exchange),
            Self::None | Self::Registered => None,
        }
    }

    pub(super) fn exchange_mut(&mut self) -> Option<&mut Exchange> {
        match self {
            Self::Registering(exchange) | Self::Deregistering(exchange) => Some(exchange),
            Self::None | Self::Registered => None,
        }
    }
}

impl<'m> Core<'m> {
    pub(super) fn change_membership(&mut self, wanted: Membership) -> Result<(), SendError> {
        match self.membership {
            Membership::Registering(_) | Membership::Deregistering(_) => Err(SendError::Busy),
            Membership::None | Membership::Registered => {
                self.check_membership_fits()?;
                self.membership = wanted;
                Ok(())
            }
        }
    }

    /// What does not fit the transmit memory would never leave, and nobody would know why.
    fn check_membership_fits(&self) -> Result<(), SendError> {
        let needed = longest_request(&self.config);
        let limit = self.outbound.limit();
        if needed > limit {
            return Err(SendError::TooLarge { needed, limit });
        }
        Ok(())
    }

    /// The server learns of another profile by another registration.
    pub(super) fn change_profile(&mut self, profile: ClientProfile<'m>) -> Result<(), SendError> {
        if self.membership.exchange().is_some() {
            return Err(SendError::Busy);
        }
        let before = core::mem::replace(&mut self.config.registration.profile, profile);
        let fits = self.check_membership_fits();
        match (fits, self.membership) {
            (Err(_), _) => self.config.registration.profile = before,
            (Ok(()), Membership::Registered) => self.register_again(),
            (Ok(()), _) => {}
        }
        fits
    }

    pub(super) fn register_again(&mut self) {
        self.membership = Membership::Registering(Exchange::NEW);
    }

    /// Somebody wants this UE to be there (TS 23.554 clause 8.9): what waits does so no longer.
    pub(super) fn on_device_trigger(&mut self) {
        match &mut self.membership {
            Membership::None | Membership::Registered => self.register_again(),
            Membership::Registering(exchange) | Membership::Deregistering(exchange) => {
                exchange.hurry();
            }
        }
        for slot in self.outbox.iter_mut() {
            slot.exchange.hurry();
        }
    }

    pub(super) fn on_registration_response<'r>(
        &mut self,
        code: Code,
        payload: &'r mut [u8],
        now: u64,
    ) -> Event<'r> {
        // A body that cannot be read says nothing; the code does (sheet: any 2.xx is success).
        let response = RegistrationResponse::decode(payload).unwrap_or_default();
        if code.is_success() && response.is_interim() {
            return Event::RegistrationPending;
        }
        if code.is_success() && !response.is_refused() {
            self.membership = Membership::Registered;
            let lasts = self.config.registration_refresh_ms;
            // At the end of time never, instead of again and again.
            self.refresh_at = lasts.and_then(|lasts| now.checked_add(u64::from(lasts)));
            self.renew_subscriptions();
            return Event::Registered;
        }
        self.membership = Membership::None;
        if code == Code::UNAUTHORIZED {
            self.outbound.farewell = Some(Farewell::Unauthorized);
        }
        Event::RegistrationFailed(Failure::Answered {
            code,
            cause: response.failure_cause,
        })
    }

    /// Registers again when it is time to.
    pub(super) fn refresh(&mut self, now: u64) {
        let is_due = self.refresh_at.is_some_and(|at| at <= now);
        if is_due && self.membership == Membership::Registered {
            self.refresh_at = None;
            self.register_again();
        }
    }
}

/// Octets of the longer one of REG and DEREG as CoAP messages.
pub(super) fn longest_request(config: &Config<'_>) -> usize {
    // DEREG says less.
    body::len(&config.registration, config.service_identifier)
        .saturating_add(request_overhead(config.server_path))
}

/// Hands over REG or DEREG.
pub(super) fn with_request<R>(
    wanted: Membership,
    registration: &Registration<'_>,
    take: impl FnOnce(&dyn Body) -> R,
) -> R {
    match wanted {
        Membership::Deregistering(_) => take(&Deregistration {
            ue_service_id: registration.ue_service_id,
            credential: registration.credential,
        }),
        _ => take(registration),
    }
}
