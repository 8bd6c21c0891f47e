//! Records that say nothing.

use super::error::TlsError;

/// Counts records without data in a row: empty ones, tickets, KeyUpdates, warnings. Each is
/// allowed, but without end they only keep a device awake.
#[derive(Default)]
pub(crate) struct Quiet<const MOST: u16>(u16);

impl<const MOST: u16> Quiet<MOST> {
    /// Another one.
    pub(crate) fn record(&mut self) -> Result<(), TlsError> {
        self.0 = self.0.saturating_add(1);
        if self.0 > MOST {
            Err(TlsError::TooManyEmptyRecords)
        } else {
            Ok(())
        }
    }

    /// Data came.
    pub(crate) fn data(&mut self) {
        self.0 = 0;
    }
}
