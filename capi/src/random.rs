//! Random numbers, from a function of the caller's.

use core::ffi::c_void;

use msgin5g::rand_core::{CryptoRng, Error, RngCore, impls};

use crate::given::Sized32;
use crate::msgin5g_status as Status;

/// Cryptographically secure random numbers, from the generator of the chip or of the system.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct msgin5g_random {
    /// sizeof(msgin5g_random).
    pub size: u32,
    /// Handed to the function as it is.
    pub user: *mut c_void,
    /// Fills all of `out`.
    ///
    /// \return 0 done, anything else failed
    pub fill: Option<unsafe extern "C" fn(user: *mut c_void, out: *mut u8, len: usize) -> i32>,
}

// SAFETY: C's, size first, all 0 is valid.
unsafe impl Sized32 for msgin5g_random {}

/// The caller's generator.
#[derive(Clone, Copy)]
pub(crate) struct Random(msgin5g_random);

impl Random {
    pub fn new(functions: msgin5g_random) -> Result<Self, Status> {
        let is_whole = functions.fill.is_some();
        is_whole
            .then_some(Self(functions))
            .ok_or(Status::InvalidArgument)
    }

    /// Numbers that are there for certain, for what cannot fail half-way.
    pub fn draw(mut self) -> Result<Drawn, Status> {
        let mut octets = [0; 48];
        self.try_fill_bytes(&mut octets)
            .map_err(|_| Status::RandomFailed)?;
        Ok(Drawn {
            octets,
            next: 0,
            more: self,
        })
    }
}

impl RngCore for Random {
    fn next_u32(&mut self) -> u32 {
        impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        impls::next_u64_via_fill(self)
    }

    /// Zeros where it fails. What must not be known to others is drawn by the functions that can fail.
    fn fill_bytes(&mut self, out: &mut [u8]) {
        if self.try_fill_bytes(out).is_err() {
            out.fill(0);
        }
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Error> {
        let failed = Error::from(core::num::NonZeroU32::MIN);
        let fill = self.0.fill.ok_or(failed)?;
        // SAFETY: the caller's function, and room that stays during the call.
        match unsafe { fill(self.0.user, out.as_mut_ptr(), out.len()) } {
            0 => Ok(()),
            _ => Err(Error::from(core::num::NonZeroU32::MIN)),
        }
    }
}

impl CryptoRng for Random {}

/// Numbers drawn before: as many as one request takes.
pub(crate) struct Drawn {
    octets: [u8; 48],
    next: usize,
    more: Random,
}

impl RngCore for Drawn {
    fn next_u32(&mut self) -> u32 {
        impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        let end = self.next.saturating_add(out.len());
        match self.octets.get(self.next..end) {
            Some(drawn) => {
                out.copy_from_slice(drawn);
                self.next = end;
            }
            None => self.more.fill_bytes(out),
        }
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(out);
        Ok(())
    }
}

impl CryptoRng for Drawn {}
