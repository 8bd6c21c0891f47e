//! How many sockets this process may have.

use std::error::Error;

/// Standard streams, the poll, the pipe to the network, and some room.
const OTHERS: usize = 32;

/// An error that says what to do, before the first socket and not at the thousandth.
pub fn check(ues: usize) -> Result<(), Box<dyn Error>> {
    let wanted = ues + OTHERS;
    let Some((soft, hard)) = open_files() else {
        return Ok(()); // this system does not say; a connection that fails does
    };
    if wanted <= soft {
        return Ok(());
    }
    let advice = if wanted <= hard {
        format!("`ulimit -n {wanted}` in this shell allows it")
    } else {
        format!("the hard limit is {hard}: ask for fewer, or have it raised")
    };
    Err(format!("{ues} UEs need {wanted} open files, the limit is {soft}; {advice}").into())
}

/// The soft and the hard limit, where Linux tells them.
fn open_files() -> Option<(usize, usize)> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))?;
    let mut numbers = line.split_whitespace().skip(3).map(|word| match word {
        "unlimited" => Some(usize::MAX),
        _ => word.parse().ok(),
    });
    Some((numbers.next()??, numbers.next()??))
}
