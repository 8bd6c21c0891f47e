//! How much memory things take. The header's numbers hold for 32 and for 64 bits and are looked at here.

use msgin5g::client::{IncomingSlot, OutboxSlot};

use crate::context::Context;

/// What msgin5g_poll() returns when nothing is to be done until something arrives.
pub const MSGIN5G_NEVER: i64 = i64::MAX;

/// 8-octet words of a client, where pointers have 64 bits.
pub const MSGIN5G_CLIENT_WORDS_64: usize = 384;
/// 8-octet words of a client, where pointers have 32 bits.
pub const MSGIN5G_CLIENT_WORDS_32: usize = 326;
/// cbindgen:ignore
/// 8-octet words of a client.
pub const MSGIN5G_CLIENT_WORDS: usize = of_width(MSGIN5G_CLIENT_WORDS_64, MSGIN5G_CLIENT_WORDS_32);

/// Octets that one of msgin5g_sizes::slots takes, where pointers have 64 bits.
pub const MSGIN5G_SLOT_SIZE_64: usize = 176;
/// Octets that one of msgin5g_sizes::slots takes, where pointers have 32 bits.
pub const MSGIN5G_SLOT_SIZE_32: usize = 144;
/// cbindgen:ignore
/// Octets that one of msgin5g_sizes::slots takes.
pub const MSGIN5G_SLOT_SIZE: usize = of_width(MSGIN5G_SLOT_SIZE_64, MSGIN5G_SLOT_SIZE_32);

/// Octets that one of msgin5g_sizes::sets takes, where pointers have 64 bits.
pub const MSGIN5G_SET_SIZE_64: usize = 80;
/// Octets that one of msgin5g_sizes::sets takes, where pointers have 32 bits.
pub const MSGIN5G_SET_SIZE_32: usize = 72;
/// cbindgen:ignore
/// Octets that one of msgin5g_sizes::sets takes.
pub const MSGIN5G_SET_SIZE: usize = of_width(MSGIN5G_SET_SIZE_64, MSGIN5G_SET_SIZE_32);

/// Octets of memory that a session by the library's own core takes for TLS, besides its records, where pointers have
/// 64 bits.
pub const MSGIN5G_TLS13_SIZE_64: usize = 2944;
/// The same where pointers have 32 bits.
pub const MSGIN5G_TLS13_SIZE_32: usize = 1936;
/// Octets of memory that a session by the library's own core takes for DTLS, besides its datagrams, where pointers have
/// 64 bits.
pub const MSGIN5G_DTLS13_SIZE_64: usize = 8576;
/// The same where pointers have 32 bits.
pub const MSGIN5G_DTLS13_SIZE_32: usize = 5248;

/// What holds on this machine.
const fn of_width(wide: usize, narrow: usize) -> usize {
    if size_of::<usize>() == 8 {
        wide
    } else {
        narrow
    }
}

/// Octets of memory that a session by embedded-tls takes, records and all.
pub const MSGIN5G_EMBEDDED_TLS_SIZE: usize = 9216;

// With what its alignment may cost.
const _: () = assert!(size_of::<Context>() + align_of::<Context>() <= MSGIN5G_CLIENT_WORDS * 8);
const _: () = assert!(size_of::<OutboxSlot>() <= MSGIN5G_SLOT_SIZE);
const _: () = assert!(size_of::<IncomingSlot>() <= MSGIN5G_SET_SIZE);
const _: () = assert!(align_of::<OutboxSlot>() <= 8 && align_of::<IncomingSlot>() <= 8);
#[cfg(feature = "embedded-tls")]
const _: () = assert!(crate::channel::embedded::LEN <= MSGIN5G_EMBEDDED_TLS_SIZE);

#[cfg(feature = "tls13")]
const _: () = assert!(
    size_of::<crate::channel::Streams>() + align_of::<crate::channel::Streams>()
        <= of_width(MSGIN5G_TLS13_SIZE_64, MSGIN5G_TLS13_SIZE_32)
);
/// What a snapshot wants to know besides.
#[cfg(all(feature = "dtls13", feature = "snapshot"))]
const NOTE: usize = size_of::<Option<crate::port::Known>>() + 8;
#[cfg(all(feature = "dtls13", not(feature = "snapshot")))]
const NOTE: usize = 0;
#[cfg(feature = "dtls13")]
const _: () = assert!(
    size_of::<crate::channel::Associations>()
        + align_of::<crate::channel::Associations>()
        + crate::channel::FRAGMENTS
        + NOTE
        <= of_width(MSGIN5G_DTLS13_SIZE_64, MSGIN5G_DTLS13_SIZE_32)
);

/// A size of the configuration.
pub(crate) fn size(given: u32, default: usize) -> usize {
    match given {
        0 => default,
        crate::MSGIN5G_NONE => 0,
        given => usize::try_from(given).unwrap_or(usize::MAX),
    }
}

/// Default sizes, as the header's MSGIN5G_MEMORY_SIZE has them.
pub(crate) mod default {
    pub const RECEIVE: usize = 1152;
    pub const SEND: usize = 1152;
    pub const OUTBOX: usize = 2048;
    pub const SLOTS: usize = 8;
    pub const INCOMING: usize = 2048;
    pub const SETS: usize = 4;
    pub const RECORD: usize = 640;
    #[cfg(feature = "dtls13")]
    pub const DATAGRAM: usize = 1280;
}
