//! Reading and writing the presentation language of RFC 8446 section 3.

use super::alert::Alert;
use super::error::TlsError;

/// Takes fields from the front of a message. Whatever is missing is a `decode_error`.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[inline(never)]
    pub(crate) fn take(&mut self, n: usize) -> Result<&'a [u8], Alert> {
        let (head, tail) = self.0.split_at_checked(n).ok_or(Alert::DECODE_ERROR)?;
        self.0 = tail;
        Ok(head)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], Alert> {
        let (head, tail) = self.0.split_first_chunk().ok_or(Alert::DECODE_ERROR)?;
        self.0 = tail;
        Ok(head)
    }

    #[inline(never)]
    pub(crate) fn u8(&mut self) -> Result<u8, Alert> {
        let [octet] = *self.array()?;
        Ok(octet)
    }

    #[inline(never)]
    pub(crate) fn u16(&mut self) -> Result<u16, Alert> {
        Ok(u16::from_be_bytes(*self.array()?))
    }

    /// A field whose length stands before it in one octet.
    #[inline(never)]
    pub(crate) fn vec8(&mut self) -> Result<&'a [u8], Alert> {
        let n = self.u8()?;
        self.take(usize::from(n))
    }

    /// A field whose length stands before it in two octets.
    #[inline(never)]
    pub(crate) fn vec16(&mut self) -> Result<&'a [u8], Alert> {
        let n = self.u16()?;
        self.take(usize::from(n))
    }

    /// The message ends here.
    pub(crate) fn end(&self) -> Result<(), Alert> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Alert::DECODE_ERROR)
        }
    }
}

/// Appends fields to a message. Runs on past the end of the buffer, counting, so that the
/// error can say how long it should have been.
pub(crate) struct Writer<'a> {
    out: &'a mut [u8],
    len: usize,
}

/// Where a length stands that is not known yet.
#[must_use]
pub(crate) struct Mark(usize);

impl<'a> Writer<'a> {
    pub(crate) fn new(out: &'a mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    #[inline(never)]
    pub(crate) fn put(&mut self, octets: &[u8]) {
        let end = self.len.saturating_add(octets.len());
        if let Some(place) = self.out.get_mut(self.len..end) {
            // As many as there are; `copy_from_slice` would leave a panic in the binary.
            for (to, from) in place.iter_mut().zip(octets) {
                *to = *from;
            }
        }
        self.len = end;
    }

    #[inline(never)]
    pub(crate) fn u8(&mut self, value: u8) {
        self.put(&[value]);
    }

    #[inline(never)]
    pub(crate) fn u16(&mut self, value: u16) {
        self.put(&value.to_be_bytes());
    }

    /// Leaves two octets for the length of what follows until [`end16`](Self::end16).
    #[inline(never)]
    pub(crate) fn begin16(&mut self) -> Mark {
        let mark = Mark(self.len);
        self.u16(0);
        mark
    }

    #[inline(never)]
    pub(crate) fn end16(&mut self, Mark(at): Mark) {
        let body = self.len.saturating_sub(at).saturating_sub(2);
        // Everything written here is bounded far below 2^16; a caller's field that is not was
        // refused when the configuration was checked.
        let [.., high, low] = body.to_be_bytes();
        if let Some([h, l]) = self.out.get_mut(at..).and_then(|o| o.first_chunk_mut()) {
            (*h, *l) = (high, low);
        }
    }

    /// What was written, if it all went in.
    pub(crate) fn finish(self) -> Result<usize, TlsError> {
        if self.len <= self.out.len() {
            Ok(self.len)
        } else {
            Err(TlsError::too_small(self.len))
        }
    }
}
