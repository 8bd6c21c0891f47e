//! One association of wolfSSL, whose datagrams and time are in its owner's hand.

use std::collections::VecDeque;
use std::ffi::{CStr, c_char, c_int, c_uchar, c_uint, c_void};
use std::{fmt, ptr, slice};

use msgin5g_testnet::datagram::FindKey;
use wolfssl_sys as w;

use super::{IDENTITY, KEY, P256, X25519};

/// What wolfSSL's callbacks reach.
struct Wire {
    to_server: VecDeque<Vec<u8>>,
    from_server: VecDeque<Vec<u8>>,
    suite: &'static CStr,
    find_key: FindKey,
}

/// How to set up the server.
pub struct Setup {
    pub cookie: bool,
    pub suites: &'static CStr,
    pub groups: Vec<c_int>,
    pub mtu: u16,
    /// Takes a ClientHello in fragments.
    pub hello_in_fragments: bool,
    /// The server's own Connection ID.
    pub connection_id: Option<Vec<u8>>,
    /// Where the client is: its cookie is good for there.
    pub peer: Vec<u8>,
}

/// How an association is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The client said close_notify.
    Closed,
    /// The binder does not fit the key.
    WrongKey,
    /// wolfSSL's number of the error.
    Failed(c_int),
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            cookie: true,
            suites: c"TLS13-AES128-GCM-SHA256",
            groups: vec![P256, X25519],
            mtu: 1200,
            hello_in_fragments: false,
            connection_id: None,
            peer: vec![0; 16],
        }
    }
}

/// One server for one client.
pub struct Server {
    context: *mut w::WOLFSSL_CTX,
    ssl: *mut w::WOLFSSL,
    wire: Box<Wire>,
    pub open: bool,
    pub error: Option<c_int>,
    waited_ms: u64,
}

impl Server {
    /// A server that knows [`KEY`] under [`IDENTITY`].
    pub fn new(setup: &Setup) -> Self {
        let known = |identity: &[u8]| (identity == IDENTITY.to_bytes()).then_some(KEY);
        Self::with_keys(setup, Box::new(known))
    }

    /// A server that asks for its keys.
    pub fn with_keys(setup: &Setup, find_key: FindKey) -> Self {
        // SAFETY: every pointer comes from wolfSSL and lives until `drop`; the wire is boxed and
        // does not move; strings and arrays are copied by wolfSSL.
        unsafe {
            w::wolfSSL_Init();
            let context = w::wolfSSL_CTX_new(w::wolfDTLSv1_3_server_method());
            assert!(!context.is_null());
            w::wolfSSL_CTX_set_psk_server_tls13_callback(context, Some(psk));
            // An unknown name ends in handshake_failure, a wrong key in decrypt_error.
            assert_eq!(w::wolfSSL_CTX_require_psk(context), 0, "PSK");
            let set = w::wolfSSL_CTX_set_cipher_list(context, setup.suites.as_ptr());
            assert_eq!(set, 1, "suites");
            w::wolfSSL_CTX_SetIORecv(context, Some(receive));
            w::wolfSSL_CTX_SetIOSend(context, Some(send));
            let ssl = w::wolfSSL_new(context);
            assert!(!ssl.is_null());
            let mut wire = Box::new(Wire {
                to_server: VecDeque::new(),
                from_server: VecDeque::new(),
                suite: setup.suites,
                find_key,
            });
            let pointer: *mut c_void = ptr::from_mut(&mut *wire).cast();
            w::wolfSSL_SetIOReadCtx(ssl, pointer);
            w::wolfSSL_SetIOWriteCtx(ssl, pointer);
            w::wolfSSL_dtls_set_using_nonblock(ssl, 1);
            w::wolfSSL_dtls_set_mtu(ssl, setup.mtu);
            if setup.hello_in_fragments {
                assert_eq!(w::wolfSSL_dtls13_allow_ch_frag(ssl, 1), 1);
            }
            let mut peer = setup.peer.clone();
            let len = c_uint::try_from(peer.len()).unwrap();
            w::wolfSSL_dtls_set_peer(ssl, peer.as_mut_ptr().cast(), len);
            let mut groups = setup.groups.clone();
            let count = c_int::try_from(groups.len()).unwrap();
            let set = w::wolfSSL_set_groups(ssl, groups.as_mut_ptr(), count);
            assert_eq!(set, 1, "groups");
            if setup.cookie {
                let set = w::wolfSSL_send_hrr_cookie(ssl, KEY.as_ptr(), 32);
                assert_eq!(set, 1, "cookie");
            } else {
                w::wolfSSL_disable_hrr_cookie(ssl);
            }
            if let Some(id) = &setup.connection_id {
                assert_eq!(w::wolfSSL_dtls_cid_use(ssl), 1, "Connection ID");
                let mut id = id.clone();
                let len = c_uint::try_from(id.len()).unwrap();
                assert_eq!(w::wolfSSL_dtls_cid_set(ssl, id.as_mut_ptr(), len), 1);
            }
            Self {
                context,
                ssl,
                wire,
                open: false,
                error: None,
                waited_ms: 0,
            }
        }
    }

    /// A datagram for the server.
    pub fn deliver(&mut self, datagram: &[u8]) {
        self.wire.to_server.push_back(datagram.to_vec());
    }

    /// A datagram from the server.
    pub fn take(&mut self) -> Option<Vec<u8>> {
        self.wire.from_server.pop_front()
    }

    /// Does what can be done, and gives the data that has come.
    pub fn step(&mut self) -> Option<Vec<u8>> {
        if self.error.is_some() {
            return None;
        }
        // SAFETY: as in `with_keys`; the buffer is as long as said.
        unsafe {
            if !self.open {
                let done = w::wolfSSL_accept(self.ssl);
                self.open = done == 1;
                if !self.open {
                    self.note(done);
                    return None;
                }
            }
            let mut buf = [0u8; 2048];
            let n = w::wolfSSL_read(self.ssl, buf.as_mut_ptr().cast(), 2048);
            if n > 0 {
                return Some(buf[..usize::try_from(n).unwrap()].to_vec());
            }
            self.note(n);
        }
        None
    }

    /// Time passes for the server: its retransmission timer, and its clock.
    pub fn pass(&mut self, ms: u64) {
        NOW_MS.set(NOW_MS.get() + ms);
        self.waited_ms += ms;
        if self.error.is_none() && self.waited_ms >= self.timeout_ms() {
            self.waited_ms = 0;
            self.time_out();
        }
    }

    /// Sets the clock of wolfSSL for what this thread does next.
    pub fn at(&self, ms: u64) {
        NOW_MS.set(START_MS + ms);
    }

    /// How long wolfSSL wants to wait before it sends again, or acknowledges what is in pieces.
    pub fn timeout_ms(&self) -> u64 {
        // SAFETY: as in `with_keys`.
        let (seconds, quick) = unsafe {
            let quick = w::wolfSSL_dtls13_use_quick_timeout(self.ssl) != 0;
            (w::wolfSSL_dtls_get_current_timeout(self.ssl), quick)
        };
        let ms = u64::try_from(seconds).unwrap() * 1000;
        if quick { ms / 4 } else { ms }
    }

    /// Whether something waits for the end of that time.
    pub fn is_waiting(&self) -> bool {
        // SAFETY: as in `with_keys`.
        unsafe {
            w::wolfSSL_dtls13_has_pending_msg(self.ssl) != 0
                || w::wolfSSL_dtls13_use_quick_timeout(self.ssl) != 0
        }
    }

    /// That time is over.
    pub fn time_out(&mut self) {
        // SAFETY: as in `with_keys`.
        let done = unsafe { w::wolfSSL_dtls_got_timeout(self.ssl) };
        if done != 1 {
            self.note(done);
        }
    }

    /// A peer that sleeps is no reason to give up, once the association is open.
    pub fn be_patient(&mut self) {
        // SAFETY: as in `with_keys`.
        unsafe { w::wolfSSL_dtls_set_timeout_max(self.ssl, 1 << 20) };
    }

    pub fn write(&mut self, data: &[u8]) {
        self.try_write(data).unwrap();
    }

    /// The error is wolfSSL's.
    pub fn try_write(&mut self, data: &[u8]) -> Result<(), c_int> {
        let len = c_int::try_from(data.len()).unwrap();
        // SAFETY: as in `with_keys`.
        let n = unsafe { w::wolfSSL_write(self.ssl, data.as_ptr().cast(), len) };
        if n == len {
            return Ok(());
        }
        // SAFETY: as in `with_keys`.
        Err(unsafe { w::wolfSSL_get_error(self.ssl, n) })
    }

    /// The most octets that one record takes.
    pub fn max_write(&self) -> usize {
        // SAFETY: as in `with_keys`.
        usize::try_from(unsafe { w::wolfSSL_GetMaxOutputSize(self.ssl) }).unwrap_or_default()
    }

    /// The suite's name, when there is one.
    pub fn suite(&self) -> Option<String> {
        // SAFETY: as in `with_keys`; the name is a constant of wolfSSL.
        unsafe {
            let [_, _, high, low] = w::wolfSSL_get_current_cipher_suite(self.ssl).to_be_bytes();
            let name = w::wolfSSL_get_cipher_name_iana_from_suite(high, low);
            (!name.is_null()).then(|| CStr::from_ptr(name).to_string_lossy().into_owned())
        }
    }

    /// Changes the server's key.
    pub fn update_keys(&mut self) {
        // SAFETY: as in `with_keys`.
        let done = unsafe { w::wolfSSL_update_keys(self.ssl) };
        assert!(done == 1 || self.wants_more(done), "{done}");
    }

    pub fn shutdown(&mut self) {
        // SAFETY: as in `with_keys`.
        unsafe { w::wolfSSL_shutdown(self.ssl) };
    }

    /// How it ended, if it did.
    pub fn outcome(&self) -> Option<Outcome> {
        const ZERO_RETURN: c_int = 6;
        Some(match self.error? {
            ZERO_RETURN => Outcome::Closed,
            w::wolfSSL_ErrorCodes_BAD_BINDER => Outcome::WrongKey,
            number => Outcome::Failed(number),
        })
    }

    fn note(&mut self, ret: c_int) {
        if !self.wants_more(ret) {
            // SAFETY: as in `with_keys`.
            self.error = Some(unsafe { w::wolfSSL_get_error(self.ssl, ret) });
        }
    }

    fn wants_more(&self, ret: c_int) -> bool {
        // SAFETY: as in `with_keys`.
        let error = unsafe { w::wolfSSL_get_error(self.ssl, ret) };
        error == 2 || error == 3
    }
}

// SAFETY: wolfSSL ties no association to a thread, and the server alone holds its pointers.
unsafe impl Send for Server {}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("open", &self.open)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SAFETY: made in `with_keys`, freed once.
        unsafe {
            w::wolfSSL_free(self.ssl);
            w::wolfSSL_CTX_free(self.context);
        }
    }
}

/// Where that clock begins.
const START_MS: u64 = 1_000_000_000;

thread_local! {
    static NOW_MS: std::cell::Cell<u64> = const { std::cell::Cell::new(START_MS) };
}

/// The clock of wolfSSL, which sends nothing again within 100 ms of it. The linker takes this one
/// before the system's, so that time is the test's here too.
///
/// # Safety
/// As the C function: `time` points to two numbers, seconds and microseconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gettimeofday(time: *mut [i64; 2], _: *mut c_void) -> c_int {
    let ms = i64::try_from(NOW_MS.get()).unwrap_or(i64::MAX);
    // SAFETY: by the contract above.
    unsafe { *time = [ms / 1000, ms % 1000 * 1000] };
    0
}

unsafe extern "C" fn psk(
    ssl: *mut w::WOLFSSL,
    identity: *const c_char,
    key: *mut c_uchar,
    room: c_uint,
    suite: *mut *const c_char,
) -> c_uint {
    // SAFETY: wolfSSL gives a terminated string and room for `room` octets of key; the wire is the box of
    // `with_keys`, and nothing else holds it while wolfSSL runs.
    unsafe {
        let wire = &mut *w::wolfSSL_GetIOReadCtx(ssl).cast::<Wire>();
        let found = (wire.find_key)(CStr::from_ptr(identity).to_bytes());
        let Some(found) = found.filter(|_| room >= 32) else {
            return 0;
        };
        ptr::copy_nonoverlapping(found.as_ptr(), key, 32);
        *suite = wire.suite.as_ptr();
    }
    32
}

unsafe extern "C" fn receive(
    _: *mut w::WOLFSSL,
    buf: *mut c_char,
    room: c_int,
    wire: *mut c_void,
) -> c_int {
    // SAFETY: `wire` is the box of `with_keys`; `buf` has `room` octets.
    unsafe {
        let Some(datagram) = (*wire.cast::<Wire>()).to_server.pop_front() else {
            return w::IOerrors_WOLFSSL_CBIO_ERR_WANT_READ;
        };
        let n = datagram.len().min(usize::try_from(room).unwrap());
        ptr::copy_nonoverlapping(datagram.as_ptr(), buf.cast(), n);
        c_int::try_from(n).unwrap()
    }
}

unsafe extern "C" fn send(
    _: *mut w::WOLFSSL,
    buf: *mut c_char,
    len: c_int,
    wire: *mut c_void,
) -> c_int {
    // SAFETY: as above.
    unsafe {
        let octets = slice::from_raw_parts(buf.cast::<u8>(), usize::try_from(len).unwrap());
        (*wire.cast::<Wire>())
            .from_server
            .push_back(octets.to_vec());
    }
    len
}
