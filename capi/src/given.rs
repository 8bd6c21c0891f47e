//! What C gives: texts, octets, structures. Each is looked at before it is believed.

use core::ffi::{CStr, c_char};

use crate::msgin5g_status as Status;

/// cbindgen:ignore
/// Longest text that ends with 0, in octets: an NAI or a host name has 253, a date less.
pub(crate) const LONGEST_TEXT: usize = 1024;

/// A text that ends with 0.
///
/// # Safety
/// Readable up to its 0 or for [`LONGEST_TEXT`] octets, and left alone for `'a`.
pub unsafe fn text<'a>(text: *const c_char) -> Result<&'a str, Status> {
    if text.is_null() {
        return Err(Status::InvalidArgument);
    }
    let mut len = 0_usize;
    // SAFETY: up to the 0, octet by octet, as the caller promises.
    while unsafe { *text.wrapping_add(len) } != 0 {
        len = len.saturating_add(1);
        if len > LONGEST_TEXT {
            return Err(Status::InvalidText);
        }
    }
    // SAFETY: `len` octets and a 0 have just been read.
    let octets = unsafe { core::slice::from_raw_parts(text.cast(), len.saturating_add(1)) };
    let text = CStr::from_bytes_with_nul(octets).map_err(|_| Status::InvalidText)?;
    text.to_str().map_err(|_| Status::InvalidText)
}

/// The same, where NULL means that there is none.
///
/// # Safety
/// As [`text`].
pub unsafe fn optional_text<'a>(given: *const c_char) -> Result<Option<&'a str>, Status> {
    if given.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    unsafe { text(given) }.map(Some)
}

/// Octets; none may be NULL.
///
/// # Safety
/// `len` octets can be read and are left alone for `'a`.
pub unsafe fn octets<'a>(octets: *const u8, len: usize, most: usize) -> Result<&'a [u8], Status> {
    match (octets.is_null(), len) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(Status::InvalidArgument),
        (false, len) if len > most || isize::try_from(len).is_err() => Err(Status::TooLarge),
        // SAFETY: the caller's promise; not NULL, not too long.
        (false, len) => Ok(unsafe { core::slice::from_raw_parts(octets, len) }),
    }
}

/// Octets that are written; none may be NULL.
///
/// # Safety
/// `len` octets can be written and are nobody else's for `'a`.
pub unsafe fn room<'a>(octets: *mut u8, len: usize) -> Result<&'a mut [u8], Status> {
    match (octets.is_null(), len) {
        (_, 0) => Ok(&mut []),
        (true, _) => Err(Status::InvalidArgument),
        (false, len) if isize::try_from(len).is_err() => Err(Status::InvalidArgument),
        // SAFETY: the caller's promise; not NULL, not too long.
        (false, len) => Ok(unsafe { core::slice::from_raw_parts_mut(octets, len) }),
    }
}

/// As many octets as an array has.
///
/// # Safety
/// NULL, or `N` octets can be read.
pub unsafe fn array<const N: usize>(octets: *const u8) -> Result<[u8; N], Status> {
    if octets.is_null() {
        return Err(Status::InvalidArgument);
    }
    // SAFETY: the caller's promise; octets have no alignment.
    Ok(unsafe { octets.cast::<[u8; N]>().read() })
}

/// Writes a result where C wants it.
///
/// # Safety
/// NULL, or a place for a `T`.
pub unsafe fn put<T>(place: *mut T, value: T) -> Result<(), Status> {
    if place.is_null() {
        return Err(Status::InvalidArgument);
    }
    // SAFETY: the caller's promise.
    unsafe { place.write_unaligned(value) };
    Ok(())
}

/// A structure that begins with its own size as the caller knows it, and can grow.
///
/// # Safety
/// `repr(C)`, begins with a `u32` that is its size, and is valid with all octets 0.
pub unsafe trait Sized32: Copy {}

/// Larger ones are not read.
const LARGEST: usize = 1024;

/// Reads such a structure. Members that an older caller does not know are 0; those that this library does not know
/// have to be 0.
///
/// # Safety
/// NULL, or as many octets can be read as the first four say, or 4.
pub unsafe fn structure<T: Sized32>(given: *const T) -> Result<T, Status> {
    if given.is_null() {
        return Err(Status::InvalidArgument);
    }
    let from = given.cast::<u8>();
    // SAFETY: four octets are there.
    let size = u32::from_ne_bytes(unsafe { array::<4>(from) }?);
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    // The first version has all members that there are today.
    if size < size_of::<T>() || size > LARGEST {
        return Err(Status::InvalidSize);
    }
    let unknown = size.saturating_sub(size_of::<T>());
    // SAFETY: so many are there, says the caller.
    let more = unsafe { octets(from.wrapping_add(size_of::<T>()), unknown, LARGEST) }?;
    if more.iter().any(|octet| *octet != 0) {
        return Err(Status::NotBuilt);
    }
    // SAFETY: `T` is plain C and there are at least as many octets.
    Ok(unsafe { given.read_unaligned() })
}
