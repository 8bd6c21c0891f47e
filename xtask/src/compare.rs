//! Compares the README's table with the one just measured.

use anyhow::{Result, bail};

/// Figures may differ so much, in percent: how deep the stack goes depends a little on how the octets arrive.
const SAME_COMPILER: f64 = 2.0;
/// Another compiler makes other code.
const OTHER_COMPILER: f64 = 5.0;
/// Instructions, given in millions, depend a little on how the octets arrive.
const INSTRUCTIONS: f64 = 10.0;
/// The last digit of a figure in millions.
const ROUNDING: f64 = 0.011;

/// Fails if a figure differs by more than is allowed; with `same_compiler` by less.
pub fn compare(written: &str, measured: &str, same_compiler: bool) -> Result<()> {
    let mut differences = Vec::new();
    let (written, measured) = (rows(written), rows(measured));
    if written.len() != measured.len() {
        differences.push(format!(
            "{} rows are written, {} measured",
            written.len(),
            measured.len()
        ));
    }
    for (was, is) in written.iter().zip(&measured) {
        if was.len() != is.len()
            || !was
                .iter()
                .zip(is)
                .all(|(was, is)| agree(was, is, same_compiler))
        {
            differences.push(format!(
                "written:  {}\nmeasured: {}",
                was.join(" | "),
                is.join(" | ")
            ));
        }
    }
    if !differences.is_empty() {
        bail!(
            "the README's table is not what was measured; `cargo xtask size --write` updates it\n{}",
            differences.join("\n")
        );
    }
    Ok(())
}

/// The cells of each line that is part of a table.
fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

fn agree(was: &str, is: &str, same_compiler: bool) -> bool {
    let (Some((was, in_millions)), Some((is, also))) = (number(was), number(is)) else {
        return was == is;
    };
    if in_millions != also {
        return false;
    }
    let percent = match (in_millions, same_compiler) {
        (true, _) => INSTRUCTIONS,
        (false, true) => SAME_COMPILER,
        (false, false) => OTHER_COMPILER,
    };
    let allowed = was * percent / 100.0 + if in_millions { ROUNDING } else { 0.0 };
    (was - is).abs() <= allowed
}

/// `12,345` or `11.35 M`.
fn number(cell: &str) -> Option<(f64, bool)> {
    let (digits, in_millions) = match cell.strip_suffix(" M") {
        Some(digits) => (digits, true),
        None => (cell, false),
    };
    Some((digits.replace(',', "").parse().ok()?, in_millions))
}

#[cfg(test)]
mod tests {
    use super::compare;

    const WRITTEN: &str =
        "words\n| core | flash | hs |\n| --- | ---: | ---: |\n| M3 | 10,000 | 2.00 M |\n";

    fn with(flash: &str, handshake: &str) -> String {
        WRITTEN.replace("10,000", flash).replace("2.00", handshake)
    }

    #[test]
    fn the_same_compiler_makes_the_same_sizes() {
        assert!(compare(WRITTEN, &with("10,199", "2.00"), true).is_ok());
        assert!(compare(WRITTEN, &with("10,201", "2.00"), true).is_err());
        assert!(compare(WRITTEN, &with("10,000", "2.05"), true).is_ok());
        assert!(compare(WRITTEN, &with("10,000", "2.25"), true).is_err());
    }

    #[test]
    fn another_compiler_makes_similar_sizes() {
        assert!(compare(WRITTEN, &with("10,499", "2.00"), false).is_ok());
        assert!(compare(WRITTEN, &with("10,501", "2.00"), false).is_err());
        assert!(compare(WRITTEN, &with("9,400", "2.00"), false).is_err());
    }

    #[test]
    fn names_and_rows_must_be_the_same() {
        assert!(compare(WRITTEN, &WRITTEN.replace("M3", "M4"), false).is_err());
        assert!(compare(WRITTEN, "| core | flash | hs |\n", false).is_err());
        assert!(compare(WRITTEN, &WRITTEN.replace("words", "others"), true).is_ok());
    }
}
