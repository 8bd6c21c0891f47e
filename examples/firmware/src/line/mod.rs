//! The way to the server: the UART itself, whose far end carries octets or datagrams on as they are, or, with a feature
//! `modem-..`, a socket of the AT modem behind it.

#[cfg(feature = "modem")]
mod modem;
#[cfg(feature = "modem")]
pub use modem::{Line, Modem, connect};

#[cfg(not(feature = "modem"))]
mod pipe;
#[cfg(not(feature = "modem"))]
pub use pipe::{Line, Modem, connect};
