//! Where the keys come from: the modem, a secure element, or a test.

use core::fmt;
use core::task::Poll;

use super::{
    AKid, AKidForm, AfId, AkmaError, HomeNetwork, Kaf, Kakma, Kausf, PskIdentity, RoutingIndicator,
    Supi,
};

/// Provides the A-KID and the key that belongs to it.
///
/// This is the interface between NAS and application of TS 24.501 clause 4.21,
/// and the one thing a modem port implements to make AKMA work. A vendor
/// command, a vendor library or a secure element sits behind it; TS 27.007 has
/// no AT command for it.
///
/// # Contract
///
/// - [`request`](Self::request) does not block. [`Poll::Pending`] means "not
///   yet": a primary authentication is running, or the modem has not answered.
///   Ask again later with the same `af_id`; the caller has the deadline.
/// - [`generation`](Self::generation) changes when K_AUSF does, which is when
///   the modem says so. The caller then forgets keys for new sessions; sessions
///   that are open go on.
///
/// # Example
///
/// A secure element that never lets K_AKMA out:
///
/// ```
/// use core::task::Poll;
/// use msgin5g::akma::{AKid, AfId, AkmaContext, AkmaKey, AkmaKeySource, Kaf, KeySourceError};
///
/// struct Element { /* a bus and a chip select */ }
///
/// impl Element {
///     fn a_kid(&mut self) -> Option<&str> {
///         Some("rid0.atidfeed@5gc.mnc001.mcc001.3gppnetwork.org")
///     }
///     fn derive(&mut self, _af_id: &[u8]) -> [u8; 32] {
///         [7; 32]
///     }
/// }
///
/// impl AkmaKeySource for Element {
///     fn request(&mut self, af_id: &AfId<'_>) -> Poll<Result<AkmaContext, KeySourceError>> {
///         let Some(a_kid) = self.a_kid() else {
///             return Poll::Pending;
///         };
///         let a_kid = AKid::from_modem(a_kid)?;
///         let key = AkmaKey::Kaf(Kaf::from_octets(self.derive(&af_id.octets())));
///         Poll::Ready(Ok(AkmaContext { a_kid, key }))
///     }
///
///     fn generation(&self) -> u32 {
///         0
///     }
/// }
/// ```
pub trait AkmaKeySource {
    /// The A-KID, and K_AKMA or the K_AF for `af_id`.
    ///
    /// # Errors
    ///
    /// See [`KeySourceError`] for what to do about each.
    fn request(&mut self, af_id: &AfId<'_>) -> Poll<Result<AkmaContext, KeySourceError>>;

    /// A number that changes whenever K_AUSF does. It may wrap.
    fn generation(&self) -> u32;
}

impl<S: AkmaKeySource + ?Sized> AkmaKeySource for &mut S {
    fn request(&mut self, af_id: &AfId<'_>) -> Poll<Result<AkmaContext, KeySourceError>> {
        (**self).request(af_id)
    }

    fn generation(&self) -> u32 {
        (**self).generation()
    }
}

/// What an [`AkmaKeySource`] gives: the name of a key and the key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct AkmaContext {
    /// How the home network knows the key.
    pub a_kid: AKid,
    /// The key.
    pub key: AkmaKey,
}

impl AkmaContext {
    /// K_AF for `af_id`. A source that gave a K_AF gave it for the `af_id`
    /// that it was asked for; ask with the same one here.
    pub fn k_af(&self, af_id: &AfId<'_>) -> Kaf {
        match &self.key {
            AkmaKey::Kakma(k_akma) => k_akma.k_af(af_id),
            AkmaKey::Kaf(k_af) => k_af.clone(),
        }
    }

    /// The PSK identity that goes with [`k_af`](Self::k_af).
    pub fn psk_identity(&self) -> PskIdentity {
        PskIdentity::new(&self.a_kid)
    }
}

/// The key in an [`AkmaContext`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum AkmaKey {
    /// The anchor key, as a modem gives it. Serves every AF.
    Kakma(Kakma),
    /// The key for the one AF that was asked for, as a secure element gives it.
    Kaf(Kaf),
}

/// Why an [`AkmaKeySource`] has no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum KeySourceError {
    /// There is no valid K_AUSF: no successful primary authentication in a 5G
    /// core since the USIM was inserted. Register the modem in 5GS, then ask
    /// again.
    NoKausf,
    /// The modem, or this subscription, does not do AKMA. Asking again does
    /// not help.
    NotSupported,
    /// The modem did not answer in time. Ask again.
    TimedOut,
    /// The modem answered with an error of its own; the number is the port's.
    Modem(i32),
    /// The modem's answer could not be used. A fault in the port.
    BadAnswer(AkmaError),
}

impl fmt::Display for KeySourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKausf => f.write_str("no K_AUSF: expected a registration in 5GS first"),
            Self::NotSupported => f.write_str("AKMA is not supported by the modem"),
            Self::TimedOut => f.write_str("the modem did not give the AKMA keys in time"),
            Self::Modem(code) => write!(f, "the modem refused the AKMA keys with code {code}"),
            Self::BadAnswer(error) => write!(f, "the modem's AKMA answer is unusable: {error}"),
        }
    }
}

impl core::error::Error for KeySourceError {}

impl From<AkmaError> for KeySourceError {
    fn from(error: AkmaError) -> Self {
        Self::BadAnswer(error)
    }
}

/// A source that holds K_AUSF itself and derives on request: for tests, demos
/// and benches, and for the rare modem that gives K_AUSF away.
///
/// # Example
///
/// ```
/// use core::task::Poll;
/// use msgin5g::akma::{AfId, AkmaKeySource, HomeNetwork, Kausf, KausfSource};
/// use msgin5g::akma::{KeySourceError, RoutingIndicator, Supi, UaStarId};
///
/// # fn main() -> Result<(), msgin5g::akma::AkmaError> {
/// let af_id = AfId::new("msgin5g.example.com", UaStarId::TLS13)?;
/// let mut source = KausfSource::new(
///     Supi::imsi("001010000000001")?,
///     RoutingIndicator::default(),
///     HomeNetwork::plmn("001", "01")?,
/// );
/// // Not registered yet.
/// assert_eq!(source.request(&af_id), Poll::Ready(Err(KeySourceError::NoKausf)));
///
/// source.set_k_ausf(Kausf::from_octets([7; 32]));
/// assert_eq!(source.generation(), 1);
/// assert!(matches!(source.request(&af_id), Poll::Ready(Ok(_))));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct KausfSource<'a> {
    supi: Supi<'a>,
    routing_indicator: RoutingIndicator,
    home_network: HomeNetwork<'a>,
    form: AKidForm,
    k_ausf: Option<Kausf>,
    authenticating: bool,
    generation: u32,
}

impl<'a> KausfSource<'a> {
    /// A source for this subscriber, without a K_AUSF yet, that builds A-KIDs
    /// of the default form.
    pub fn new(
        supi: Supi<'a>,
        routing_indicator: RoutingIndicator,
        home_network: HomeNetwork<'a>,
    ) -> Self {
        Self {
            supi,
            routing_indicator,
            home_network,
            form: AKidForm::default(),
            k_ausf: None,
            authenticating: false,
            generation: 0,
        }
    }

    /// The same source with another form of A-KID.
    #[must_use]
    pub fn with_form(mut self, form: AKidForm) -> Self {
        self.form = form;
        self
    }

    /// The same source with a K_AUSF from the start.
    #[must_use]
    pub fn with_k_ausf(mut self, k_ausf: Kausf) -> Self {
        self.set_k_ausf(k_ausf);
        self
    }

    /// A primary authentication has begun: requests are pending until
    /// [`set_k_ausf`](Self::set_k_ausf) or [`clear`](Self::clear).
    pub fn begin_authentication(&mut self) {
        self.authenticating = true;
    }

    /// A primary authentication has succeeded. The old key is wiped.
    pub fn set_k_ausf(&mut self, k_ausf: Kausf) {
        self.replace(Some(k_ausf));
    }

    /// The USIM is gone, or the authentication has failed. The key is wiped.
    pub fn clear(&mut self) {
        self.replace(None);
    }

    fn replace(&mut self, k_ausf: Option<Kausf>) {
        self.authenticating = false;
        if self.k_ausf != k_ausf {
            self.generation = self.generation.wrapping_add(1);
        }
        self.k_ausf = k_ausf;
    }
}

impl AkmaKeySource for KausfSource<'_> {
    fn request(&mut self, _af_id: &AfId<'_>) -> Poll<Result<AkmaContext, KeySourceError>> {
        if self.authenticating {
            return Poll::Pending;
        }
        let Some(k_ausf) = &self.k_ausf else {
            return Poll::Ready(Err(KeySourceError::NoKausf));
        };
        let (k_akma, a_tid) = k_ausf.derive(&self.supi);
        let a_kid = AKid::build(
            self.form,
            &self.routing_indicator,
            &a_tid,
            &self.home_network,
        )?;
        Poll::Ready(Ok(AkmaContext {
            a_kid,
            key: AkmaKey::Kakma(k_akma),
        }))
    }

    fn generation(&self) -> u32 {
        self.generation
    }
}
