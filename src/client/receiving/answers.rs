//! What the client answers to requests of the server: a code, never a content.

use crate::client::core::Answer;
#[cfg(feature = "datagrams")]
use crate::coap::datagram::Header;
use crate::coap::signal::Signal;
use crate::coap::{CoapError, Code, OptionNumber, Outgoing};

/// How long (s) the server shall wait after it has been told that there is no room.
const BUSY_FOR_S: [u8; 1] = [5];

impl Answer {
    /// As a frame of a stream.
    pub(crate) fn encode(&self, out: &mut [u8]) -> Result<usize, CoapError> {
        if self.code == Code::PONG {
            let custody = self.custody;
            return Signal::Pong { custody }.encode(self.token, out);
        }
        self.as_outgoing(|answer| answer.encode_stream(out))
    }

    /// The same as a datagram. An empty message is one of these, too.
    #[cfg(feature = "datagrams")]
    pub(crate) fn encode_datagram(
        &self,
        header: Header,
        out: &mut [u8],
    ) -> Result<usize, CoapError> {
        self.as_outgoing(|answer| answer.encode_datagram(header, out))
    }

    fn as_outgoing<T>(&self, write: impl FnOnce(&Outgoing<'_>) -> T) -> T {
        let busy: &[(OptionNumber, &[u8])] = &[(OptionNumber::MAX_AGE, &BUSY_FOR_S)];
        let is_busy = self.code == Code::SERVICE_UNAVAILABLE;
        let answer = Outgoing {
            code: self.code,
            token: self.token,
            options: if is_busy { busy } else { &[] },
            payload: &[],
        };
        write(&answer)
    }
}
