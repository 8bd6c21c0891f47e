use super::stage::Stage;
use core::cell::RefCell;
use core::fmt;
use embedded_tls::MaxFragmentLength;
use zeroize::Zeroize;

/// The transport and the record buffers of one session at a time.
///
/// `RX` and `TX` are octets of the record buffers, 640 by default; each is held twice (a record
/// waits outside `embedded-tls` until it is whole, or until it is sent), so the whole takes about
/// `2 * RX + 2 * TX` octets and the transport.
///
/// | | how to size it |
/// | --- | --- |
/// | `RX` | at least 529: 512 octets of data, the content type and the tag. The largest value that max_fragment_length knows and that fits (512, 1024, 2048, 4096) is asked of the server; what is more leaves room for its padding |
/// | `TX` | at least 256, and the ClientHello has to fit: 232 octets, the PSK identity, the server name. A record takes at most `TX - 133` octets of data |
///
/// The memory is wiped when a session begins, when it ends, and when this is dropped. After a
/// session is gone the transport can be exchanged through
/// [`transport_mut`](Self::transport_mut) and the memory used again.
///
/// ```
/// use msgin5g::session::embedded_tls::TlsMemory;
/// # use core::task::Poll;
/// # use msgin5g::transport::{StreamTransport, TransportError};
/// # struct Modem;
/// # impl StreamTransport for Modem {
/// #     fn send(&mut self, _: &[u8]) -> Poll<Result<usize, TransportError>> { Poll::Pending }
/// #     fn recv(&mut self, _: &mut [u8]) -> Poll<Result<usize, TransportError>> { Poll::Pending }
/// # }
/// let mut memory: TlsMemory<Modem> = TlsMemory::new(Modem);
/// *memory.transport_mut() = Modem; // connected again
/// # let _: &mut Modem = memory.transport_mut();
/// ```
pub struct TlsMemory<T, const RX: usize = 640, const TX: usize = 640> {
    stage: RefCell<Stage<T, RX, TX>>,
    rx: Octets<RX>,
    tx: Octets<TX>,
}

/// What a session takes of its memory: the stage, the buffers for reading and for writing.
pub(super) type Parts<'m, T, const RX: usize, const TX: usize> = (
    &'m RefCell<Stage<T, RX, TX>>,
    &'m mut [u8; RX],
    &'m mut [u8; TX],
);

impl<T, const RX: usize, const TX: usize> TlsMemory<T, RX, TX> {
    /// Memory for sessions over this transport, which need not be connected yet.
    ///
    /// Does not compile with an `RX` or `TX` that is too small.
    #[must_use]
    pub const fn new(transport: T) -> Self {
        const {
            assert!(
                RX >= 529,
                "RX must hold a record of 512 octets of data: 529"
            );
            assert!(TX >= 256, "TX must hold a ClientHello: at least 256");
        }
        Self {
            stage: RefCell::new(Stage::new(transport)),
            rx: Octets([0; RX]),
            tx: Octets([0; TX]),
        }
    }

    /// The transport, to connect it, to exchange it, to close it.
    pub fn transport_mut(&mut self) -> &mut T {
        &mut self.stage.get_mut().transport
    }

    /// Wipes the memory and gives the transport back.
    #[must_use]
    pub fn into_transport(mut self) -> T {
        self.stage.get_mut().wipe();
        self.stage.into_inner().transport
    }

    /// Fresh parts for a new session.
    pub(super) fn begin(&mut self) -> Parts<'_, T, RX, TX> {
        self.stage.get_mut().reset();
        self.rx.0.zeroize();
        self.tx.0.zeroize();
        (&self.stage, &mut self.rx.0, &mut self.tx.0)
    }

    /// The largest fragment of the four that can be asked for and fit; its code and octets.
    pub(super) const fn max_fragment() -> (Option<MaxFragmentLength>, usize) {
        const OVERHEAD: usize = 1 + 16;
        if RX >= 16384 + OVERHEAD {
            (None, 16384)
        } else if RX >= 4096 + OVERHEAD {
            (Some(MaxFragmentLength::Bits12), 4096)
        } else if RX >= 2048 + OVERHEAD {
            (Some(MaxFragmentLength::Bits11), 2048)
        } else if RX >= 1024 + OVERHEAD {
            (Some(MaxFragmentLength::Bits10), 1024)
        } else {
            (Some(MaxFragmentLength::Bits9), 512)
        }
    }
}

impl<T, const RX: usize, const TX: usize> fmt::Debug for TlsMemory<T, RX, TX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsMemory(..)")
    }
}

/// Octets that are wiped when they are dropped.
struct Octets<const N: usize>([u8; N]);

impl<const N: usize> Drop for Octets<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
