//! The emulated boards that the firmware runs on.

/// A board: what QEMU calls it, its core, the Rust target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Board {
    pub machine: &'static str,
    pub core: &'static str,
    pub target: &'static str,
}

/// The first is the one that `demo` takes unless told otherwise.
pub const BOARDS: [Board; 3] = [
    Board {
        machine: "mps2-an386",
        core: "Cortex-M4F",
        target: "thumbv7em-none-eabihf",
    },
    Board {
        machine: "mps2-an385",
        core: "Cortex-M3",
        target: "thumbv7m-none-eabi",
    },
    Board {
        machine: "mps2-an505",
        core: "Cortex-M33",
        target: "thumbv8m.main-none-eabihf",
    },
];

/// The board of this machine name, for the command line.
pub fn by_name(machine: &str) -> Result<Board, String> {
    let known = || BOARDS.map(|board| board.machine).join(", ");
    BOARDS
        .into_iter()
        .find(|board| board.machine == machine)
        .ok_or_else(|| format!("expected one of {}", known()))
}
