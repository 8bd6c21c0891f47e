//! What the firmware costs on each core at each level of optimisation, and its parts by instructions.

use super::codec;
use crate::board::{BOARDS, Board};
use crate::docs::store::{Store, place};
use crate::firmware::{self, Opt, Session};
use crate::host::Programs;
use crate::scenario::Scenario;
use crate::size;
use crate::toolchain::{TARGETS, Toolchain};
use anyhow::Result;

/// The session of the rows.
pub const SESSION: Session = Session::Tls13;

/// The cores of the rows, the smallest first.
pub fn boards() -> [Board; 4] {
    let [m4, m3, m33] = BOARDS;
    [size::SMALLEST, m3, m4, m33]
}

/// Builds and measures all.
pub fn measure(toolchain: &Toolchain, programs: &Programs, store: &mut Store) -> Result<()> {
    for opt in Opt::ALL {
        let toolchain = toolchain.at(opt);
        SESSION.build_all(&toolchain, &TARGETS, Scenario::Exchange, false)?;
        firmware::build_all(&toolchain, &TARGETS, &[codec::PROGRAM], &codec::FEATURES)?;
        for board in boards() {
            one(&toolchain, board, programs, store)?;
        }
    }
    Ok(())
}

fn one(toolchain: &Toolchain, board: Board, programs: &Programs, store: &mut Store) -> Result<()> {
    let (row, _) = size::measure(board, SESSION, toolchain, programs)?;
    size::keep(store, toolchain, &[row], &[]);
    for figure in codec::count(board, toolchain)? {
        store.put(&place(board.core, toolchain.opt.name()), &figure);
    }
    Ok(())
}
