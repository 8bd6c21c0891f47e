//! What the firmware may take: `size-budget.toml`, and which functions grew when it takes more.

use crate::run::root;
use crate::size::{Measured, grouped};
use crate::symbols::Symbols;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;

/// By what is weighed, by figure: the most it may be.
type Budgets = BTreeMap<String, BTreeMap<String, u64>>;

const BUDGET: &str = "size-budget.toml";
const BASELINE: &str = "xtask/size-baseline.txt";
const PREAMBLE: &str = "Octets of each large function when `cargo xtask size --write` last ran.\n";

/// Fails if a figure is larger than its budget, or if one has no budget or a budget no figure.
pub fn check(measured: &[Measured]) -> Result<()> {
    let text = std::fs::read_to_string(root().join(BUDGET)).context(BUDGET)?;
    let budgets: Budgets = toml::from_str(&text).context(BUDGET)?;
    let mut faults = Vec::new();
    let mut grown = Vec::new();
    for one in measured {
        let over = over_budget(one, &budgets);
        if !over.is_empty() {
            faults.extend(over);
            grown.push(one);
        }
    }
    for name in budgets.keys() {
        if !measured.iter().any(|one| one.name == *name) {
            faults.push(format!("{name}: nothing of this name is measured"));
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    let baseline = std::fs::read_to_string(root().join(BASELINE)).context(BASELINE)?;
    for one in grown {
        faults.push(format!("what grew of {}:", one.name));
        faults.extend(growth(one, &baseline));
    }
    bail!("more than {BUDGET} allows\n{}", faults.join("\n"))
}

/// Writes down what the functions take now.
pub fn write_baseline(measured: &[Measured]) -> Result<()> {
    let with_symbols = measured
        .iter()
        .filter_map(|one| Some((one, one.symbols.as_ref()?)));
    let parts = with_symbols.map(|(one, symbols)| symbols.write(&one.name));
    std::fs::write(
        root().join(BASELINE),
        format!("{PREAMBLE}{}", parts.collect::<String>()),
    )?;
    Ok(())
}

fn over_budget(one: &Measured, budgets: &Budgets) -> Vec<String> {
    let none = BTreeMap::new();
    let allowed = budgets.get(&one.name).unwrap_or(&none);
    let mut faults = Vec::new();
    for (figure, value) in &one.figures {
        match allowed.get(*figure) {
            None => faults.push(format!("{}: {figure} has no budget", one.name)),
            Some(most) if value > most => faults.push(format!(
                "{}: {figure} is {}, {} more than the budget of {}",
                one.name,
                grouped(*value),
                grouped(value - most),
                grouped(*most)
            )),
            Some(_) => {}
        }
    }
    for figure in allowed.keys() {
        if !one.figures.iter().any(|(known, _)| known == figure) {
            faults.push(format!("{}: no figure is called {figure}", one.name));
        }
    }
    faults
}

fn growth(one: &Measured, baseline: &str) -> Vec<String> {
    let Some(now) = &one.symbols else {
        return vec!["  (functions are written down for one core only: see that one)".to_owned()];
    };
    let Some(before) = Symbols::read(baseline, &one.name) else {
        return vec![format!("  (nothing is written down in {BASELINE})")];
    };
    let told = now.grown_since(&before);
    if told.is_empty() {
        return vec![
            "  no large function: look at static RAM, stack or many small ones".to_owned(),
        ];
    }
    told
}

#[cfg(test)]
mod tests {
    use super::{Budgets, over_budget};
    use crate::size::Measured;

    fn measured(flash: u64) -> Measured {
        Measured {
            name: "tls13, Cortex-M3".to_owned(),
            figures: vec![("flash", flash), ("ram", 10)],
            symbols: None,
        }
    }

    #[test]
    fn the_budget_is_the_most() {
        let text = "[\"tls13, Cortex-M3\"]\nflash = 1_000\nram = 10\n";
        let budgets: Budgets = toml::from_str(text).unwrap();
        assert!(over_budget(&measured(1000), &budgets).is_empty());
        let told = over_budget(&measured(1001), &budgets);
        let words = "tls13, Cortex-M3: flash is 1,001, 1 more than the budget of 1,000";
        assert_eq!(told, [words]);
    }

    #[test]
    fn nothing_goes_without_a_budget_and_no_budget_without_a_figure() {
        let told = over_budget(&measured(1), &Budgets::new());
        assert_eq!(told.len(), 2, "{told:?}");
        let text = "[\"tls13, Cortex-M3\"]\nflash = 1\nram = 10\nstak = 5\n";
        let budgets: Budgets = toml::from_str(text).unwrap();
        let told = over_budget(&measured(1), &budgets);
        assert_eq!(told, ["tls13, Cortex-M3: no figure is called stak"]);
    }
}
