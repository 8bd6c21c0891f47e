//! A board that sleeps: the UART and a timer interrupt it, and nothing else does.
//!
//! The handlers do as little as can be done: an octet goes into a ring, a note is made that something has happened.
//! Everything else is done by the loop, or by the task, that is woken.

pub mod ring;
pub mod time;
pub mod uart;

use crate::board::{DUAL_TIMER_IRQ, UART1_RX_IRQ, UART1_TX_IRQ};
use core::cell::Cell;
use core::future::poll_fn;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use core::task::{Poll, Waker};
use cortex_m::interrupt::{InterruptNumber, Mutex};
use cortex_m::peripheral::NVIC;

/// Something has happened since the loop looked the last time.
static NEWS: AtomicBool = AtomicBool::new(false);

/// The interrupts that are used.
#[derive(Clone, Copy)]
enum Interrupt {
    UartRx,
    UartTx,
    Timer,
}

// SAFETY: the numbers are those of the board, no two of them alike.
unsafe impl InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        match self {
            Self::UartRx => UART1_RX_IRQ,
            Self::UartTx => UART1_TX_IRQ,
            Self::Timer => DUAL_TIMER_IRQ,
        }
    }
}

fn allow(interrupt: Interrupt) {
    // SAFETY: no critical section here depends on an interrupt that was off before.
    unsafe { NVIC::unmask(interrupt) };
}

/// Whom a handler wakes: the task that waits, if there are tasks.
static TASK: Mutex<Cell<Option<Waker>>> = Mutex::new(Cell::new(None));

/// From a handler: there is something to do.
fn tell() {
    NEWS.store(true, Relaxed);
    if let Some(task) = cortex_m::interrupt::free(|free| TASK.borrow(free).take()) {
        task.wake();
    }
}

/// What has happened up to now is about to be looked at. Call it before looking, so that what comes meanwhile counts.
pub fn look() {
    NEWS.store(false, Relaxed);
}

/// Sleeps until something happens, unless it has happened since [`look`]. Whether the core slept.
pub fn sleep() -> bool {
    // With interrupts off none comes between the look and the sleep. A pending one ends `wfi` all the same, and is
    // handled as soon as they are on again.
    cortex_m::interrupt::free(|_| {
        let idle = !NEWS.load(Relaxed);
        if idle {
            cortex_m::asm::dsb();
            cortex_m::asm::wfi();
        }
        idle
    })
}

/// For a task: done when something has happened since the last time it was. One task waits; the last one, if there are
/// more.
pub fn wait() -> impl Future<Output = ()> {
    poll_fn(|context| {
        cortex_m::interrupt::free(|free| {
            if NEWS.load(Relaxed) {
                NEWS.store(false, Relaxed);
                return Poll::Ready(());
            }
            TASK.borrow(free).set(Some(context.waker().clone()));
            Poll::Pending
        })
    })
}

/// An entry of the vector table.
type Handler = extern "C" fn();

const HANDLERS: usize = {
    let last = if UART1_TX_IRQ > DUAL_TIMER_IRQ {
        UART1_TX_IRQ
    } else {
        DUAL_TIMER_IRQ
    };
    last as usize + 1
};

// SAFETY: the symbol and the section that the linker script of cortex-m-rt asks for; an entry for each number up to
// the last that is used.
#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
static __INTERRUPTS: [Handler; HANDLERS] = {
    let mut table: [Handler; HANDLERS] = [nobody; HANDLERS];
    table[UART1_RX_IRQ as usize] = uart::received;
    table[UART1_TX_IRQ as usize] = uart::transmitted;
    table[DUAL_TIMER_IRQ as usize] = time::rings;
    table
};

/// An interrupt that nobody has allowed.
extern "C" fn nobody() {}
