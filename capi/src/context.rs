//! A client in the caller's memory.

use core::mem::MaybeUninit;
use core::ptr::addr_of_mut;

use msgin5g::client::Client;
use msgin5g::connection::Connection;

use crate::channel::{Channel, Held};
use crate::dispatch::Handlers;
use crate::port::Supplier;
use crate::random::Random;
use crate::{MSGIN5G_CLIENT_WORDS, msgin5g_status as Status};

/// A client: one per connection to an MSGin5G Server. In memory of yours, static or on a stack that lives as long;
/// it is not to be moved or copied. Only the library looks into it.
#[repr(C)]
pub struct msgin5g_client {
    /// Nothing that you should look at.
    pub opaque: [u64; MSGIN5G_CLIENT_WORDS],
}

/// What really lies there.
#[repr(C)]
pub(crate) struct Context {
    /// [`magic`] while there is a client.
    pub magic: u32,
    /// 1 while a call is under way.
    pub busy: u32,
    /// The time (ms) of the last poll.
    pub now: u64,
    pub handlers: Handlers,
    pub random: Random,
    pub supplier: Supplier,
    /// UE Service ID.
    pub us: &'static str,
    pub path: [&'static str; 8],
    pub memory: *mut u8,
    pub memory_size: usize,
    /// Longest payload that can be accepted at all.
    pub largest: usize,
    pub held: Held,
    pub client: MaybeUninit<Client<'static>>,
    pub connection: MaybeUninit<Connection<'static, Channel>>,
}

/// Where it lies: some primitives want another alignment than C gives.
pub(crate) fn place(client: *mut msgin5g_client) -> Result<*mut Context, Status> {
    if client.is_null() {
        return Err(Status::InvalidArgument);
    }
    let octets = client.cast::<u8>();
    let gap = octets.align_offset(align_of::<Context>());
    Ok(octets.wrapping_add(gap).cast())
}

/// Another one at each address, so that a copy is none.
pub(crate) fn magic(context: *const Context) -> u32 {
    let address = context.addr();
    // The upper half hardly differs.
    let low = u32::try_from(address & 0xffff_ffff).unwrap_or(0);
    low.rotate_left(7) ^ 0x4d53_4735
}

/// The right to work on a context until it is dropped.
pub(crate) struct Entered {
    context: *mut Context,
}

impl Entered {
    /// # Safety
    /// NULL, or a place for a client of which only this task makes use.
    pub unsafe fn new(client: *mut msgin5g_client) -> Result<Self, Status> {
        let context = place(client)?;
        // SAFETY: there is room for a context; any octets are numbers.
        unsafe {
            if (*context).magic != magic(context) {
                return Err(Status::NotInitialised);
            }
            if (*context).busy != 0 {
                return Err(Status::InCallback);
            }
            (*context).busy = 1;
        }
        Ok(Self { context })
    }

    pub fn parts(&mut self) -> Parts<'_> {
        let context = self.context;
        // SAFETY: initialised, as its magic number says; each part is borrowed by itself, and nobody else borrows
        // them while `busy` is set.
        unsafe {
            Parts {
                now: &mut *addr_of_mut!((*context).now),
                handlers: &*addr_of_mut!((*context).handlers),
                random: &mut *addr_of_mut!((*context).random),
                supplier: &mut *addr_of_mut!((*context).supplier),
                us: (*context).us,
                largest: (*context).largest,
                client: (*addr_of_mut!((*context).client)).assume_init_mut(),
                connection: (*addr_of_mut!((*context).connection)).assume_init_mut(),
            }
        }
    }

    /// The context is none any more: what it held is dropped, and the memory is the caller's.
    pub fn wipe(self) {
        let context = self.context;
        core::mem::forget(self);
        // SAFETY: as above, and it is done once: the magic number comes off first.
        unsafe {
            (*context).magic = 0;
            core::ptr::drop_in_place(
                addr_of_mut!((*context).connection).cast::<Connection<'static, Channel>>(),
            );
            core::ptr::drop_in_place(addr_of_mut!((*context).client).cast::<Client<'static>>());
            #[cfg(feature = "embedded-tls")]
            if let Some(work) = (*context).held {
                core::ptr::drop_in_place(work);
            }
            let (memory, size) = ((*context).memory, (*context).memory_size);
            wipe(memory, size);
            wipe(context.cast(), size_of::<Context>());
        }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        // SAFETY: the context that was entered.
        unsafe { (*self.context).busy = 0 }
    }
}

/// # Safety
/// So many octets that nobody else uses.
unsafe fn wipe(octets: *mut u8, len: usize) {
    // SAFETY: the caller's promise; they need not be initialised to be overwritten one by one.
    unsafe {
        core::ptr::write_bytes(octets, 0, len);
        // So that it is not left out.
        if let Ok(octets) = crate::given::room(octets, len) {
            zeroize::Zeroize::zeroize(octets);
        }
    }
}

/// What there is in a context.
pub(crate) struct Parts<'a> {
    pub now: &'a mut u64,
    pub handlers: &'a Handlers,
    pub random: &'a mut Random,
    pub supplier: &'a mut Supplier,
    #[cfg_attr(not(feature = "snapshot"), allow(dead_code))]
    pub us: &'static str,
    pub largest: usize,
    pub client: &'a mut Client<'static>,
    pub connection: &'a mut Connection<'static, Channel>,
}
