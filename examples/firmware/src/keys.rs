//! Where this UE's keys come from: in this demo from a K_AUSF in the settings, in a product from the modem.

use crate::config;
use core::task::Poll;
use msgin5g::akma::{AfId, AkmaContext, AkmaKeySource, HomeNetwork, Kausf, KausfSource};
use msgin5g::akma::{KeySourceError, RoutingIndicator, Supi, UaStarId};

/// The AF that this UE talks to, over TLS 1.3.
pub fn af_id() -> Result<AfId<'static>, KeySourceError> {
    Ok(AfId::new(config::SERVER_NAME, UaStarId::TLS13)?)
}

/// The means of this UE.
pub fn source() -> Result<KausfSource<'static>, KeySourceError> {
    Ok(KausfSource::new(
        Supi::imsi(config::SUPI)?,
        RoutingIndicator::new(config::ROUTING_INDICATOR)?,
        HomeNetwork::plmn(config::MCC, config::MNC)?,
    )
    .with_k_ausf(Kausf::from_octets(config::KAUSF)))
}

/// A-KID and K_AKMA by these.
pub fn request(af_id: &AfId<'_>) -> Result<AkmaContext, KeySourceError> {
    match source()?.request(af_id) {
        Poll::Ready(context) => context,
        // A modem may take its time; this source never does.
        Poll::Pending => Err(KeySourceError::TimedOut),
    }
}
