//! CoAP over streams and over datagrams, for a program that does not care which.

use msgin5g::client::Client;
use msgin5g::driver;
use msgin5g::session::{DatagramSession, Session, SessionError};
use msgin5g::transport::StdHost;

/// How CoAP is carried.
pub trait Carriage {
    fn connect(&self, client: &mut Client<'_>);
    fn wait(
        &mut self,
        client: &mut Client<'_>,
        host: &mut StdHost,
        until: u64,
    ) -> Result<bool, SessionError>;
    fn exchange(&mut self, client: &mut Client<'_>, now: u64) -> Result<(), SessionError>;
    /// Says farewell, where there is one; whether it is heard is not waited for.
    fn close(&mut self, now: u64);
}

/// CoAP over a stream (RFC 8323).
pub struct OverStream<S>(pub S);

impl<S: Session> Carriage for OverStream<S> {
    fn connect(&self, client: &mut Client<'_>) {
        client.connected();
    }

    fn wait(
        &mut self,
        client: &mut Client<'_>,
        host: &mut StdHost,
        until: u64,
    ) -> Result<bool, SessionError> {
        driver::wait(&mut self.0, client, host, until)
    }

    fn exchange(&mut self, client: &mut Client<'_>, now: u64) -> Result<(), SessionError> {
        driver::exchange(&mut self.0, client, now)
    }

    fn close(&mut self, _now: u64) {
        let _ = self.0.close();
    }
}

/// CoAP over datagrams (RFC 7252).
pub struct OverDatagrams<S>(pub S);

impl<S: DatagramSession> Carriage for OverDatagrams<S> {
    fn connect(&self, client: &mut Client<'_>) {
        client.connected_datagram();
    }

    fn wait(
        &mut self,
        client: &mut Client<'_>,
        host: &mut StdHost,
        until: u64,
    ) -> Result<bool, SessionError> {
        driver::wait_datagrams(&mut self.0, client, host, until)
    }

    fn exchange(&mut self, client: &mut Client<'_>, now: u64) -> Result<(), SessionError> {
        driver::exchange_datagrams(&mut self.0, client, now)
    }

    fn close(&mut self, now: u64) {
        let _ = self.0.close(now);
    }
}
