use std::fmt;

/// A CoAP code, printed as `2.04`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Code(pub u8);

#[allow(missing_docs, reason = "the names are those of the registry")]
impl Code {
    pub const EMPTY: Self = Self(0);
    pub const GET: Self = Self::new(0, 1);
    pub const POST: Self = Self::new(0, 2);
    pub const PUT: Self = Self::new(0, 3);
    pub const DELETE: Self = Self::new(0, 4);
    pub const CREATED: Self = Self::new(2, 1);
    pub const DELETED: Self = Self::new(2, 2);
    pub const CHANGED: Self = Self::new(2, 4);
    pub const CONTENT: Self = Self::new(2, 5);
    pub const BAD_REQUEST: Self = Self::new(4, 0);
    pub const UNAUTHORIZED: Self = Self::new(4, 1);
    pub const BAD_OPTION: Self = Self::new(4, 2);
    pub const FORBIDDEN: Self = Self::new(4, 3);
    pub const NOT_FOUND: Self = Self::new(4, 4);
    pub const METHOD_NOT_ALLOWED: Self = Self::new(4, 5);
    pub const TOO_LARGE: Self = Self::new(4, 13);
    pub const UNSUPPORTED_FORMAT: Self = Self::new(4, 15);
    pub const INTERNAL: Self = Self::new(5, 0);
    pub const UNAVAILABLE: Self = Self::new(5, 3);
    pub const NO_PROXY: Self = Self::new(5, 5);
    pub const CSM: Self = Self::new(7, 1);
    pub const PING: Self = Self::new(7, 2);
    pub const PONG: Self = Self::new(7, 3);
    pub const RELEASE: Self = Self::new(7, 4);
    pub const ABORT: Self = Self::new(7, 5);

    pub const fn new(class: u8, detail: u8) -> Self {
        Self(class << 5 | detail & 0x1f)
    }

    pub const fn class(self) -> u8 {
        self.0 >> 5
    }

    pub const fn detail(self) -> u8 {
        self.0 & 0x1f
    }

    pub const fn is_request(self) -> bool {
        self.class() == 0 && self.0 != 0
    }

    pub const fn is_response(self) -> bool {
        matches!(self.class(), 2 | 4 | 5)
    }

    pub const fn is_signal(self) -> bool {
        self.class() == 7
    }

    pub const fn is_success(self) -> bool {
        self.class() == 2
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.class(), self.detail())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl std::str::FromStr for Code {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        let parsed = s.split_once('.').and_then(|(class, detail)| {
            let (class, detail) = (class.parse::<u8>().ok()?, detail.parse::<u8>().ok()?);
            (class < 8 && detail < 32).then(|| Self::new(class, detail))
        });
        parsed.ok_or_else(|| format!("expected a code such as 4.03, got {s:?}"))
    }
}
