//! The keys as types: each is 32 octets, and none can be taken for another.

use core::fmt;

use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{AkmaError, text};

/// A type for one secret of 32 octets.
macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// The octets are wiped on drop, compared in constant time and never
        /// printed.
        #[derive(Clone, Zeroize, ZeroizeOnDrop)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Length in octets.
            pub const LEN: usize = 32;

            /// Takes 32 raw octets.
            pub const fn from_octets(octets: [u8; 32]) -> Self {
                Self(octets)
            }

            /// Takes a slice of exactly 32 raw octets.
            ///
            /// # Errors
            ///
            /// [`AkmaError::KeyIsHexText`] for 64 hexadecimal digits, which is
            /// the key as text; [`AkmaError::KeyLength`] for any other length.
            pub fn from_slice(octets: &[u8]) -> Result<Self, AkmaError> {
                match octets.try_into() {
                    Ok(octets) => Ok(Self(octets)),
                    Err(_) if octets.len() == 64 && text::is_hex(octets) => {
                        Err(AkmaError::KeyIsHexText)
                    }
                    Err(_) => Err(AkmaError::KeyLength { given: octets.len() }),
                }
            }

            /// Reads 64 hexadecimal digits, upper or lower case.
            ///
            /// # Errors
            ///
            /// [`AkmaError::KeyHexDigits`] for anything else.
            pub fn from_hex(digits: &str) -> Result<Self, AkmaError> {
                let mut key = Self::zero();
                match text::decode_hex(digits, &mut key.0) {
                    true => Ok(key),
                    false => Err(AkmaError::KeyHexDigits),
                }
            }

            /// The raw octets. Do not log them.
            pub const fn as_octets(&self) -> &[u8; 32] {
                &self.0
            }

            /// A place for a key that is about to be derived.
            pub(super) const fn zero() -> Self {
                Self([0; 32])
            }

            pub(super) fn as_mut_octets(&mut self) -> &mut [u8; 32] {
                &mut self.0
            }
        }

        impl ConstantTimeEq for $name {
            fn ct_eq(&self, other: &Self) -> Choice {
                self.0.ct_eq(&other.0)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.ct_eq(other).into()
            }
        }

        impl Eq for $name {}

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        #[cfg(feature = "defmt")]
        impl defmt::Format for $name {
            fn format(&self, f: defmt::Formatter<'_>) {
                defmt::write!(f, "{=str}(..)", stringify!($name));
            }
        }
    };
}

secret! {
    /// K_AUSF, the key that a 5G primary authentication leaves in the UE and in
    /// the home network (TS 33.501 6.1). 32 octets.
    ///
    /// Most modems keep it to themselves. Where one does not, or on a test
    /// bench, [`Kausf::derive`] makes K_AKMA and the A-TID from it.
    Kausf
}

secret! {
    /// K_AKMA, the AKMA anchor key (TS 33.535 A.2). 32 octets.
    ///
    /// It lives until the next successful primary authentication and serves
    /// every AF: [`Kakma::k_af`] makes the key for one.
    Kakma
}

secret! {
    /// K_AF, the key for one application function over one protocol
    /// (TS 33.535 A.4). 32 octets, used unchanged as the PSK of TLS 1.3.
    Kaf
}

secret! {
    /// What [`kdf()`](super::kdf()) returns: 32 octets of which only the caller
    /// knows what they are. Treated as a key.
    KdfOutput
}
