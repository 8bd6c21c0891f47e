//! What a connection needs of the outside: keys, and a way to the server.

use core::task::Poll;

use crate::akma::{AfId, AkmaContext, AkmaKeySource, KeySourceError, PskIdentity};
use crate::transport::TransportError;

/// A source of keys that can also dial: one object, because on most devices it is one.
///
/// Where keys and transport come from different places, a pair of the two is a modem: any
/// [`AkmaKeySource`] and any closure that dials.
///
/// ```no_run
/// # #[cfg(feature = "std")]
/// # fn main() {
/// use core::task::Poll;
/// use msgin5g::akma::AkmaKeySource;
/// use msgin5g::connection::Modem;
/// use msgin5g::transport::{TcpTransport, TransportError};
///
/// fn on_a_host(keys: impl AkmaKeySource) -> impl Modem<Transport = TcpTransport> {
///     (keys, || {
///         let dialled = TcpTransport::connect("192.0.2.7:5684");
///         Poll::Ready(dialled.map_err(|e| TransportError::Failed(e.raw_os_error().unwrap_or(0))))
///     })
/// }
/// # }
/// # #[cfg(not(feature = "std"))]
/// # fn main() {}
/// ```
pub trait Modem: AkmaKeySource {
    /// A connected way to the server: a stream, or a way for datagrams.
    type Transport;

    /// Connects to the server anew. `Pending`: it is being done, ask again.
    ///
    /// # Errors
    /// It cannot be done now. It is tried again later.
    fn dial(&mut self) -> Poll<Result<Self::Transport, TransportError>>;

    /// The transport that was dialled last, or the dialling under way, is not wanted any more.
    /// For ports whose transport does not close itself when it is dropped.
    fn hang_up(&mut self) {}

    /// The PSK identity for an A-KID. For servers that want another than the standard's: see
    /// [`PskIdentity::with_separator`].
    fn psk_identity(&self, context: &AkmaContext) -> PskIdentity {
        context.psk_identity()
    }
}

impl<M: Modem + ?Sized> Modem for &mut M {
    type Transport = M::Transport;

    fn dial(&mut self) -> Poll<Result<Self::Transport, TransportError>> {
        M::dial(self)
    }

    fn hang_up(&mut self) {
        M::hang_up(self);
    }

    fn psk_identity(&self, context: &AkmaContext) -> PskIdentity {
        M::psk_identity(self, context)
    }
}

impl<K: AkmaKeySource, F> AkmaKeySource for (K, F) {
    fn request(&mut self, af_id: &AfId<'_>) -> Poll<Result<AkmaContext, KeySourceError>> {
        self.0.request(af_id)
    }

    fn generation(&self) -> u32 {
        self.0.generation()
    }
}

impl<K, T, F> Modem for (K, F)
where
    K: AkmaKeySource,
    F: FnMut() -> Poll<Result<T, TransportError>>,
{
    type Transport = T;

    fn dial(&mut self) -> Poll<Result<T, TransportError>> {
        (self.1)()
    }
}

/// No keys: for channels without protection, on a bench.
#[cfg(feature = "insecure-plaintext")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NoKeys;

#[cfg(feature = "insecure-plaintext")]
impl AkmaKeySource for NoKeys {
    fn request(&mut self, _af_id: &AfId<'_>) -> Poll<Result<AkmaContext, KeySourceError>> {
        Poll::Ready(Err(KeySourceError::NotSupported))
    }

    fn generation(&self) -> u32 {
        0
    }
}
