//! Method, response and signalling codes (RFC 7252 section 12.1, RFC 8323 section 11.1).

use core::fmt;

/// A CoAP code: three bits of class, five of detail, written `c.dd`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Code(pub u8);

impl Code {
    /// 0.00: an empty message. On a stream it carries nothing and is ignored.
    pub const EMPTY: Self = Self::new(0, 0);
    /// 0.01
    pub const GET: Self = Self::new(0, 1);
    /// 0.02: the method of every MSGin5G request but topic subscription.
    pub const POST: Self = Self::new(0, 2);
    /// 0.03
    pub const PUT: Self = Self::new(0, 3);
    /// 0.04
    pub const DELETE: Self = Self::new(0, 4);

    /// 2.01
    pub const CREATED: Self = Self::new(2, 1);
    /// 2.02
    pub const DELETED: Self = Self::new(2, 2);
    /// 2.03
    pub const VALID: Self = Self::new(2, 3);
    /// 2.04
    pub const CHANGED: Self = Self::new(2, 4);
    /// 2.05
    pub const CONTENT: Self = Self::new(2, 5);
    /// 2.31 (RFC 7959)
    pub const CONTINUE: Self = Self::new(2, 31);

    /// 4.00
    pub const BAD_REQUEST: Self = Self::new(4, 0);
    /// 4.01
    pub const UNAUTHORIZED: Self = Self::new(4, 1);
    /// 4.02: a critical option was not understood.
    pub const BAD_OPTION: Self = Self::new(4, 2);
    /// 4.03
    pub const FORBIDDEN: Self = Self::new(4, 3);
    /// 4.04
    pub const NOT_FOUND: Self = Self::new(4, 4);
    /// 4.05
    pub const METHOD_NOT_ALLOWED: Self = Self::new(4, 5);
    /// 4.06
    pub const NOT_ACCEPTABLE: Self = Self::new(4, 6);
    /// 4.12
    pub const PRECONDITION_FAILED: Self = Self::new(4, 12);
    /// 4.13
    pub const REQUEST_ENTITY_TOO_LARGE: Self = Self::new(4, 13);
    /// 4.15
    pub const UNSUPPORTED_CONTENT_FORMAT: Self = Self::new(4, 15);

    /// 5.00
    pub const INTERNAL_SERVER_ERROR: Self = Self::new(5, 0);
    /// 5.01
    pub const NOT_IMPLEMENTED: Self = Self::new(5, 1);
    /// 5.02
    pub const BAD_GATEWAY: Self = Self::new(5, 2);
    /// 5.03: Max-Age says for how many seconds.
    pub const SERVICE_UNAVAILABLE: Self = Self::new(5, 3);
    /// 5.04
    pub const GATEWAY_TIMEOUT: Self = Self::new(5, 4);

    /// 7.01: capabilities and settings (stream only, as all of class 7).
    pub const CSM: Self = Self::new(7, 1);
    /// 7.02
    pub const PING: Self = Self::new(7, 2);
    /// 7.03
    pub const PONG: Self = Self::new(7, 3);
    /// 7.04
    pub const RELEASE: Self = Self::new(7, 4);
    /// 7.05
    pub const ABORT: Self = Self::new(7, 5);

    /// The code `class.detail`; only the low 3 and 5 bits count.
    #[must_use]
    pub const fn new(class: u8, detail: u8) -> Self {
        Self((class & 7) << 5 | (detail & 31))
    }

    /// 0 request or empty, 2 success, 4 the sender's fault, 5 the server's fault, 7 signalling.
    #[must_use]
    pub const fn class(self) -> u8 {
        self.0 >> 5
    }

    /// What stands after the point, 0 to 31.
    #[must_use]
    pub const fn detail(self) -> u8 {
        self.0 & 31
    }

    /// A method: class 0, but not the empty message.
    #[must_use]
    pub const fn is_request(self) -> bool {
        self.class() == 0 && self.0 != 0
    }

    /// A response of any kind: classes 2 to 5.
    #[must_use]
    pub const fn is_response(self) -> bool {
        matches!(self.class(), 2..=5)
    }

    /// 2.xx.
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.class() == 2
    }

    /// 7.xx.
    #[must_use]
    pub const fn is_signal(self) -> bool {
        self.class() == 7
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.class(), self.detail())
    }
}
