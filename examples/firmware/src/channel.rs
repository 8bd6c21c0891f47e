//! How CoAP is carried: over a stream or over datagrams. The application does not care which.

use core::task::Poll;
use msgin5g::client::Client;
use msgin5g::driver;
#[cfg(feature = "dtls13-x25519")]
use msgin5g::session::DatagramSession;
use msgin5g::session::{Session, SessionError};
use msgin5g::transport::Host;

/// An open session of either kind.
pub trait Channel {
    /// Tells the client what it talks over.
    fn connect(&self, client: &mut Client<'_>);

    /// Moves octets until the client has an event (`true`), or it is `until` (ms).
    fn wait(
        &mut self,
        client: &mut Client<'_>,
        host: &mut impl Host,
        until: u64,
    ) -> Result<bool, SessionError>;

    /// Says farewell. `Pending`: it is not out yet.
    fn close(&mut self, now: u64) -> Poll<Result<(), SessionError>>;
}

impl<S: Session> Channel for S {
    fn connect(&self, client: &mut Client<'_>) {
        client.connected();
    }

    fn wait(
        &mut self,
        client: &mut Client<'_>,
        host: &mut impl Host,
        until: u64,
    ) -> Result<bool, SessionError> {
        driver::wait(self, client, host, until)
    }

    fn close(&mut self, _now: u64) -> Poll<Result<(), SessionError>> {
        Session::close(self)
    }
}

/// A session of datagrams.
#[cfg(feature = "dtls13-x25519")]
pub struct Datagrams<S>(pub S);

#[cfg(feature = "dtls13-x25519")]
impl<S: DatagramSession> Channel for Datagrams<S> {
    fn connect(&self, client: &mut Client<'_>) {
        client.connected_datagram();
    }

    fn wait(
        &mut self,
        client: &mut Client<'_>,
        host: &mut impl Host,
        until: u64,
    ) -> Result<bool, SessionError> {
        driver::wait_datagrams(&mut self.0, client, host, until)
    }

    fn close(&mut self, now: u64) -> Poll<Result<(), SessionError>> {
        self.0.close(now)
    }
}
