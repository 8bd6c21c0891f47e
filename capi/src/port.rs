//! What the caller provides as functions: a way to the server, and keys.

use core::ffi::{c_char, c_void};
use core::task::Poll;

use msgin5g::akma::{
    AKid, AfId, AkmaContext, AkmaKey, AkmaKeySource, Kaf, Kakma, KeySourceError, PskIdentity,
};
use msgin5g::connection::Modem;
use msgin5g::transport::{StreamTransport, TransportError};
use zeroize::Zeroize;

use crate::akma::k_ausf_context;
#[cfg(feature = "snapshot")]
use crate::arena::Owned;
use crate::given::{self, Sized32};
use crate::{msgin5g_status as Status, msgin5g_subscriber};

/// A way to the server: a socket, a modem. None of the functions may block, and none may call back into the client.
///
/// With a session over a stream (TCP) no octet may be lost, doubled or put in another order. With a session over
/// datagrams (UDP) each call of `send` and of `recv` is one whole datagram, and any may be lost.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_transport {
    /// sizeof(msgin5g_transport).
    pub size: u32,
    /// Handed to each function as it is.
    pub user: *mut c_void,
    /// Connects to the server anew. Called again until it does not return 0.
    ///
    /// \return 1 connected, 0 not yet, below 0 it cannot be done now: MSGIN5G_STATUS_CLOSED or any code of your own
    pub connect: Option<unsafe extern "C" fn(user: *mut c_void) -> i32>,
    /// Takes octets to be sent. They are valid during the call. Over datagrams they are one datagram, taken whole or not.
    ///
    /// \return above 0 so many octets are taken, from the first on; 0 no room now, the same are offered again;
    /// below 0 the way is dead: MSGIN5G_STATUS_CLOSED or any code of your own. A datagram that is lost is no error
    pub send: Option<unsafe extern "C" fn(user: *mut c_void, data: *const u8, len: usize) -> i32>,
    /// Gives octets that have arrived: up to `len`, to the front of `buffer`. Over datagrams those of the next datagram;
    /// what does not fit is dropped, and so is a datagram without octets.
    ///
    /// \return above 0 so many octets; 0 nothing there now; below 0 the way is dead and all that came before was
    /// given: MSGIN5G_STATUS_CLOSED or any code of your own
    pub recv: Option<unsafe extern "C" fn(user: *mut c_void, buffer: *mut u8, len: usize) -> i32>,
    /// Closes what connect() opened, or gives up connecting. May be NULL. Called also if there is nothing to close.
    pub close: Option<unsafe extern "C" fn(user: *mut c_void)>,
    /// When (ms) the transport itself has something to do though nothing arrives, or MSGIN5G_NEVER. May be NULL.
    pub deadline: Option<unsafe extern "C" fn(user: *mut c_void) -> i64>,
}

// SAFETY: C's, size first, all 0 is valid.
unsafe impl Sized32 for msgin5g_transport {}

/// What a key source fills in. All octets are 0 before.
#[repr(C)]
pub struct msgin5g_key {
    /// One of msgin5g_key_kind.
    pub kind: u32,
    /// The key itself: 32 raw octets, not hexadecimal text. Wiped by the library after use.
    pub key: [u8; 32],
    /// With a K_AF or K_AKMA: the A-KID as the modem gives it, `user@realm`, ended by 0.
    pub a_kid: [c_char; 193],
    /// With a K_AUSF: whose it is; K_AKMA and A-KID are derived from it. Read before the function that called
    /// request() goes on; NULL otherwise.
    pub subscriber: *const msgin5g_subscriber,
}

/// Which key a key source gives.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum msgin5g_key_kind {
    /// Not one of them.
    None = 0,
    /// The key for the server that was asked for, as a secure element gives it.
    Kaf = 1,
    /// The anchor key, as a modem gives it.
    Kakma = 2,
    /// For tests, benches and the rare modem that gives it away.
    Kausf = 3,
}

/// Where AKMA keys come from: the modem or a secure element.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_keys {
    /// sizeof(msgin5g_keys).
    pub size: u32,
    /// Handed to each function as it is.
    pub user: *mut c_void,
    /// Gives the key for a server, named by its host name (ended by 0) and the 5 octets of its Ua* protocol.
    /// Must not block; is called again until it does not return 0.
    ///
    /// \return 1 `key` is filled in; 0 not yet; below 0 there is none: MSGIN5G_STATUS_NO_KAUSF,
    /// MSGIN5G_STATUS_KEYS_NOT_SUPPORTED, MSGIN5G_STATUS_KEYS_TIMED_OUT, or any code of the modem's
    pub request: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            server_name: *const c_char,
            ua_star_id: *const u8,
            key: *mut msgin5g_key,
        ) -> i32,
    >,
    /// A number that changes whenever K_AUSF does. NULL: nobody knows, a new key is found when one is asked for.
    pub generation: Option<unsafe extern "C" fn(user: *mut c_void) -> u32>,
}

// SAFETY: C's, size first, all 0 is valid.
unsafe impl Sized32 for msgin5g_keys {}

/// The transport as a session sees it.
#[derive(Clone, Copy)]
pub(crate) struct Port(msgin5g_transport);

impl Port {
    pub fn new(functions: msgin5g_transport) -> Result<Self, Status> {
        let is_whole =
            functions.connect.is_some() && functions.send.is_some() && functions.recv.is_some();
        is_whole
            .then_some(Self(functions))
            .ok_or(Status::InvalidArgument)
    }

    pub fn deadline(&self) -> Option<u64> {
        let ask = self.0.deadline?;
        // SAFETY: the caller's function with the caller's pointer.
        let at = unsafe { ask(self.0.user) };
        (at != crate::MSGIN5G_NEVER).then(|| u64::try_from(at).unwrap_or(0))
    }

    fn connect(&self) -> Poll<Result<Self, TransportError>> {
        let Some(connect) = self.0.connect else {
            return Poll::Ready(Err(TransportError::Closed));
        };
        // SAFETY: the caller's function with the caller's pointer.
        match unsafe { connect(self.0.user) } {
            0 => Poll::Pending,
            code if code < 0 => Poll::Ready(Err(error(code))),
            _ => Poll::Ready(Ok(*self)),
        }
    }

    fn close(&self) {
        if let Some(close) = self.0.close {
            // SAFETY: the caller's function with the caller's pointer.
            unsafe { close(self.0.user) }
        }
    }
}

impl StreamTransport for Port {
    fn send(&mut self, data: &[u8]) -> Poll<Result<usize, TransportError>> {
        offer(self.0.send, self.0.user, data)
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        fetch(self.0.recv, self.0.user, buf)
    }
}

#[cfg(any(feature = "dtls13", feature = "insecure-plaintext"))]
impl msgin5g::transport::DatagramTransport for Port {
    fn send(&mut self, datagram: &[u8]) -> Poll<Result<(), TransportError>> {
        offer(self.0.send, self.0.user, datagram).map_ok(|_| ())
    }

    fn recv(&mut self, buf: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        fetch(self.0.recv, self.0.user, buf)
    }
}

/// A function of the caller's that takes octets.
type Taking = unsafe extern "C" fn(*mut c_void, *const u8, usize) -> i32;
/// One that gives octets.
type Giving = unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> i32;

/// Offers octets to the caller's function; how many it has taken.
pub(crate) fn offer(
    send: Option<Taking>,
    user: *mut c_void,
    data: &[u8],
) -> Poll<Result<usize, TransportError>> {
    match send {
        _ if data.is_empty() => Poll::Ready(Ok(0)),
        // SAFETY: the caller's function, and octets that stay during the call.
        Some(send) => counted(unsafe { send(user, data.as_ptr(), data.len()) }, data.len()),
        None => Poll::Ready(Err(TransportError::Closed)),
    }
}

/// Asks the caller's function for octets; how many it has given.
pub(crate) fn fetch(
    recv: Option<Giving>,
    user: *mut c_void,
    buf: &mut [u8],
) -> Poll<Result<usize, TransportError>> {
    match recv {
        _ if buf.is_empty() => Poll::Ready(Ok(0)),
        // SAFETY: the caller's function, and room that stays during the call.
        Some(recv) => counted(
            unsafe { recv(user, buf.as_mut_ptr(), buf.len()) },
            buf.len(),
        ),
        None => Poll::Ready(Err(TransportError::Closed)),
    }
}

fn counted(returned: i32, most: usize) -> Poll<Result<usize, TransportError>> {
    match usize::try_from(returned) {
        Ok(0) => Poll::Pending,
        Ok(n) if n <= most => Poll::Ready(Ok(n)),
        Ok(_) => Poll::Ready(Err(error(Status::TransportBroken as i32))),
        Err(_) => Poll::Ready(Err(error(returned))),
    }
}

pub(crate) fn error(code: i32) -> TransportError {
    match code {
        code if code == Status::Closed as i32 => TransportError::Closed,
        code => TransportError::Failed(code),
    }
}

/// Keys and a way to the server, as the connection asks for them.
pub(crate) struct Supplier {
    pub port: Port,
    pub keys: msgin5g_keys,
    /// Between the PSK identity's prefix and the A-KID, where a server wants one.
    pub separator: Option<&'static str>,
    /// Of the last key, if a snapshot is to hold its session.
    #[cfg(feature = "snapshot")]
    pub known: Option<Owned<Option<Known>>>,
}

/// Under which generation of keys a session was opened, and by what name.
#[cfg(feature = "snapshot")]
pub(crate) struct Known {
    generation: u32,
    a_kid: AKid,
}

#[cfg(feature = "snapshot")]
impl Supplier {
    /// What a snapshot says of the keys. Never a key: the key source can be asked again.
    pub fn known(&self) -> Option<msgin5g::snapshot::Akma<'_>> {
        let known = self.known.as_deref()?.as_ref()?;
        Some(msgin5g::snapshot::Akma {
            generation: known.generation,
            a_kid: &known.a_kid,
            key: None,
        })
    }

    /// A session has been opened so, or will be.
    pub fn know(&mut self, generation: u32, a_kid: &AKid) {
        if let Some(known) = self.known.as_deref_mut() {
            *known = Some(Known {
                generation,
                a_kid: a_kid.clone(),
            });
        }
    }
}

impl AkmaKeySource for Supplier {
    fn request(&mut self, af_id: &AfId<'_>) -> Poll<Result<AkmaContext, KeySourceError>> {
        let Some(request) = self.keys.request else {
            return Poll::Ready(Err(KeySourceError::NotSupported));
        };
        let mut name = [0_u8; AfId::MAX_FQDN_LEN + 1];
        for (to, from) in name.iter_mut().zip(af_id.fqdn().bytes()) {
            *to = from;
        }
        let mut key = msgin5g_key {
            kind: 0,
            key: [0; 32],
            a_kid: [0; 193],
            subscriber: core::ptr::null(),
        };
        let ua = af_id.ua_star_id().as_octets();
        #[cfg(feature = "snapshot")]
        let generation = self.generation();
        // SAFETY: the caller's function; a name that ends with 0, 5 octets and a key that stay during the call.
        let code = unsafe { request(self.keys.user, name.as_ptr().cast(), ua.as_ptr(), &mut key) };
        let answer = match code {
            0 => Poll::Pending,
            code if code < 0 => Poll::Ready(Err(key_error(code))),
            _ => Poll::Ready(read(&key)),
        };
        key.key.zeroize();
        #[cfg(feature = "snapshot")]
        if let Poll::Ready(Ok(context)) = &answer {
            self.know(generation, &context.a_kid);
        }
        answer
    }

    fn generation(&self) -> u32 {
        // SAFETY: the caller's function with the caller's pointer.
        self.keys
            .generation
            .map_or(0, |ask| unsafe { ask(self.keys.user) })
    }
}

impl Modem for Supplier {
    type Transport = Port;

    fn dial(&mut self) -> Poll<Result<Port, TransportError>> {
        self.port.connect()
    }

    fn hang_up(&mut self) {
        self.port.close();
    }

    fn psk_identity(&self, context: &AkmaContext) -> PskIdentity {
        let separated = self
            .separator
            .and_then(|separator| PskIdentity::with_separator(&context.a_kid, separator).ok());
        separated.unwrap_or_else(|| context.psk_identity())
    }
}

fn read(key: &msgin5g_key) -> Result<AkmaContext, KeySourceError> {
    let bad = KeySourceError::Modem(Status::KeysBadAnswer as i32);
    if key.kind == msgin5g_key_kind::Kausf as u32 {
        // SAFETY: the key source says that it is one, or NULL.
        return unsafe { k_ausf_context(&key.key, key.subscriber) }.map_err(|_| bad);
    }
    // The last octet is the end of the longest.
    if key.a_kid.last() != Some(&0) {
        return Err(bad);
    }
    // SAFETY: it ends with 0 within the array.
    let a_kid = unsafe { given::text(key.a_kid.as_ptr()) }.map_err(|_| bad)?;
    let a_kid = AKid::from_modem(a_kid)?;
    let key = match key.kind {
        kind if kind == msgin5g_key_kind::Kaf as u32 => AkmaKey::Kaf(Kaf::from_octets(key.key)),
        kind if kind == msgin5g_key_kind::Kakma as u32 => {
            AkmaKey::Kakma(Kakma::from_octets(key.key))
        }
        _ => return Err(bad),
    };
    Ok(AkmaContext { a_kid, key })
}

fn key_error(code: i32) -> KeySourceError {
    match code {
        code if code == Status::NoKausf as i32 => KeySourceError::NoKausf,
        code if code == Status::KeysNotSupported as i32 => KeySourceError::NotSupported,
        code if code == Status::KeysTimedOut as i32 => KeySourceError::TimedOut,
        code => KeySourceError::Modem(code),
    }
}
