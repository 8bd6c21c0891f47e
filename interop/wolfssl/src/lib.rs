//! A DTLS 1.3 server with PSK (wolfSSL) whose datagrams and time are in the test's hand.

use std::collections::VecDeque;
use std::ffi::{CStr, c_char, c_int, c_uchar, c_uint, c_void};
use std::ptr;
use wolfssl_sys as w;

/// The one key that the server knows.
pub const KEY: [u8; 32] = [0xA5; 32];
/// The one name that it knows.
pub const IDENTITY: &CStr = c"3GPP-AKMA0.a7id5f@5gc.mnc001.mcc001.3gppnetwork.org";

/// Datagrams to and from the server.
#[derive(Default)]
struct Wire {
    to_server: VecDeque<Vec<u8>>,
    from_server: VecDeque<Vec<u8>>,
    suite: &'static CStr,
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
}

pub const P256: c_int = 23;
pub const X25519: c_int = 29;

impl Default for Setup {
    fn default() -> Self {
        Self {
            cookie: true,
            suites: c"TLS13-AES128-GCM-SHA256",
            groups: vec![P256, X25519],
            mtu: 1200,
            hello_in_fragments: false,
            connection_id: None,
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
    pub fn new(setup: &Setup) -> Self {
        // SAFETY: every pointer comes from wolfSSL and lives until `drop`; the wire is boxed and
        // does not move; strings and arrays are copied by wolfSSL.
        unsafe {
            w::wolfSSL_Init();
            let context = w::wolfSSL_CTX_new(w::wolfDTLSv1_3_server_method());
            assert!(!context.is_null());
            w::wolfSSL_CTX_set_psk_server_tls13_callback(context, Some(psk));
            let set = w::wolfSSL_CTX_set_cipher_list(context, setup.suites.as_ptr());
            assert_eq!(set, 1, "suites");
            w::wolfSSL_CTX_SetIORecv(context, Some(receive));
            w::wolfSSL_CTX_SetIOSend(context, Some(send));
            let ssl = w::wolfSSL_new(context);
            assert!(!ssl.is_null());
            let mut wire = Box::new(Wire {
                suite: setup.suites,
                ..Wire::default()
            });
            let pointer: *mut c_void = ptr::from_mut(&mut *wire).cast();
            w::wolfSSL_SetIOReadCtx(ssl, pointer);
            w::wolfSSL_SetIOWriteCtx(ssl, pointer);
            w::wolfSSL_dtls_set_using_nonblock(ssl, 1);
            w::wolfSSL_dtls_set_mtu(ssl, setup.mtu);
            if setup.hello_in_fragments {
                assert_eq!(w::wolfSSL_dtls13_allow_ch_frag(ssl, 1), 1);
            }
            let mut peer = [0u8; 16];
            w::wolfSSL_dtls_set_peer(ssl, peer.as_mut_ptr().cast(), 16);
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
        // SAFETY: as in `new`; the buffer is as long as said.
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
        // SAFETY: as in `new`.
        unsafe {
            let timeout = w::wolfSSL_dtls_get_current_timeout(self.ssl);
            if self.error.is_none() && self.waited_ms >= u64::try_from(timeout).unwrap() * 1000 {
                self.waited_ms = 0;
                w::wolfSSL_dtls_got_timeout(self.ssl);
            }
        }
    }

    pub fn write(&mut self, data: &[u8]) {
        let len = c_int::try_from(data.len()).unwrap();
        // SAFETY: as in `new`.
        let n = unsafe { w::wolfSSL_write(self.ssl, data.as_ptr().cast(), len) };
        assert_eq!(n, len);
    }

    /// Changes the server's key.
    pub fn update_keys(&mut self) {
        // SAFETY: as in `new`.
        let done = unsafe { w::wolfSSL_update_keys(self.ssl) };
        assert!(done == 1 || self.wants_more(done), "{done}");
    }

    pub fn shutdown(&mut self) {
        // SAFETY: as in `new`.
        unsafe { w::wolfSSL_shutdown(self.ssl) };
    }

    fn note(&mut self, ret: c_int) {
        if !self.wants_more(ret) {
            // SAFETY: as in `new`.
            self.error = Some(unsafe { w::wolfSSL_get_error(self.ssl, ret) });
        }
    }

    fn wants_more(&self, ret: c_int) -> bool {
        // SAFETY: as in `new`.
        let error = unsafe { w::wolfSSL_get_error(self.ssl, ret) };
        error == 2 || error == 3
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SAFETY: made in `new`, freed once.
        unsafe {
            w::wolfSSL_free(self.ssl);
            w::wolfSSL_CTX_free(self.context);
        }
    }
}

thread_local! {
    static NOW_MS: std::cell::Cell<u64> = const { std::cell::Cell::new(1_000_000_000) };
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
    // SAFETY: wolfSSL gives a terminated string and room for `room` octets of key.
    unsafe {
        if CStr::from_ptr(identity) != IDENTITY || room < 32 {
            return 0;
        }
        ptr::copy_nonoverlapping(KEY.as_ptr(), key, 32);
        *suite = (*w::wolfSSL_GetIOReadCtx(ssl).cast::<Wire>())
            .suite
            .as_ptr();
    }
    32
}

unsafe extern "C" fn receive(
    _: *mut w::WOLFSSL,
    buf: *mut c_char,
    room: c_int,
    wire: *mut c_void,
) -> c_int {
    // SAFETY: `wire` is the box of `new`; `buf` has `room` octets.
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
        let octets = std::slice::from_raw_parts(buf.cast::<u8>(), usize::try_from(len).unwrap());
        (*wire.cast::<Wire>())
            .from_server
            .push_back(octets.to_vec());
    }
    len
}
