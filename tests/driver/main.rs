//! The drivers, polled and async, with sessions that wait at every point and such as never end.
#![cfg(all(feature = "datagrams", feature = "std", feature = "insecure-plaintext"))]

mod flood;
mod without_waiting;
