//! That nothing in a firmware of the crate's own TLS core can panic, primitives included.
//!
//! With the feature `panic-does-not-link` the panic handler calls a function that does not exist. A
//! program that links has no call of the handler left, and so no way to a panic.

use super::steps::Steps;
use crate::board::{BOARDS, Board};
use crate::firmware;
use crate::run::line;
use crate::toolchain::Toolchain;
use anyhow::{Result, ensure};

/// A session and nothing else.
const PROGRAM: &str = "probe_tls13";
/// What the linker would miss.
const MISSING: &str = "this_program_can_panic";

pub fn steps(steps: &mut Steps, toolchain: &Toolchain) {
    for board in BOARDS {
        let name = format!("no panic is linked into a TLS session, {}", board.core);
        steps.step(&name, || {
            let features = ["probes", "tls13-x25519", "panic-does-not-link"];
            firmware::build(toolchain, board.target, PROGRAM, &features).map(drop)
        });
    }
    steps.step("a panic that is linked in is seen", || {
        is_seen(toolchain, BOARDS[0])
    });
}

/// The crate `p256` checks a tag that it wrote itself (docs/tls13.md): that check is a panic. Once it
/// is gone, the documentation can say so.
fn is_seen(toolchain: &Toolchain, board: Board) -> Result<()> {
    let features = ["probes", "tls13-p256", "panic-does-not-link"];
    let mut build = firmware::build_command(toolchain, &[board.target], &[PROGRAM], &features);
    println!("$ {}", line(&build));
    let result = build.output()?;
    ensure!(
        !result.status.success(),
        "a session with P-256 cannot panic"
    );
    let said = String::from_utf8_lossy(&result.stderr);
    ensure!(
        said.contains(MISSING),
        "it failed for another reason:\n{said}"
    );
    Ok(())
}
