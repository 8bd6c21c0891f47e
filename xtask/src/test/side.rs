//! Parts of the test side by side, each in a process of its own.

use super::Part;
use super::steps::{BEGIN, Step, Steps, TABLE};
use crate::{host, run};
use anyhow::{Context, Result};
use clap::ValueEnum;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::time::Instant;

/// Runs the rows side by side and collects their steps.
pub fn by_side(rows: &[&[Part]], steps: &mut Steps, may_install: bool) {
    // Asked now: the step that tests xtask may put another file there, and Linux then calls this one deleted.
    let xtask = std::env::current_exe().unwrap_or_default();
    let all = Mutex::new(steps);
    std::thread::scope(|scope| {
        for row in rows {
            let (all, xtask) = (&all, &xtask);
            scope.spawn(move || {
                for part in *row {
                    run_part(xtask, *part, may_install, &|step| {
                        if let Ok(mut steps) = all.lock() {
                            tell(&step.said);
                            steps.add(step);
                        }
                    });
                }
            });
        }
    });
}

/// Runs one; hands over each step when it has ended.
fn run_part(xtask: &Path, part: Part, may_install: bool, ended: &dyn Fn(Step)) {
    let started = Instant::now();
    let name = part
        .to_possible_value()
        .map(|value| value.get_name().to_owned());
    let name = name.unwrap_or_default();
    let mut rest = String::new();
    let result = start(xtask, &name, may_install, &mut rest, ended);
    if let Err(error) = result {
        ended(Step {
            name: format!("part {name}"),
            seconds: started.elapsed().as_secs_f32(),
            busy: 0.0,
            passed: false,
            said: format!("{rest}\n{error:#}"),
        });
    }
}

/// `rest` is what was printed after the last step.
fn start(
    xtask: &Path,
    name: &str,
    may_install: bool,
    rest: &mut String,
    ended: &dyn Fn(Step),
) -> Result<()> {
    let (reader, writer) = std::io::pipe()?;
    let mut command = Command::new(xtask);
    command
        .args(["test", "--only", name])
        .args((!may_install).then_some("--no-install"))
        .env(host::ARE_BUILT, "1")
        .stdin(std::process::Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let mut child = run::Guarded::spawn(&mut command)?;
    // It holds the writing ends of the pipe.
    drop(command);
    let came_to_its_end = split(&reader, rest, ended)?;
    // The pipe takes the table that nobody reads.
    let _ = child.child().wait();
    came_to_its_end
        .then_some(())
        .with_context(|| format!("part {name} ended before its last step"))
}

/// Cuts what a part prints into its steps. Tells whether the table was reached that comes after them.
fn split(reader: impl Read, block: &mut String, ended: &dyn Fn(Step)) -> Result<bool> {
    let mut failed: Option<Step> = None;
    let mut lines = BufReader::new(reader);
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            hand_over(failed.take(), block, ended);
            return Ok(false);
        }
        let text = String::from_utf8_lossy(&line);
        let trimmed = text.trim_end();
        if trimmed.starts_with(BEGIN) || trimmed == TABLE {
            hand_over(failed.take(), block, ended);
        }
        if trimmed == TABLE {
            return Ok(true);
        }
        block.push_str(&text);
        match Step::read(trimmed) {
            Some(step) if step.passed => hand_over(Some(step), block, ended),
            // Its error follows, to the next step.
            Some(step) => failed = Some(step),
            None => {}
        }
    }
}

fn hand_over(step: Option<Step>, block: &mut String, ended: &dyn Fn(Step)) {
    if let Some(mut step) = step {
        step.said = std::mem::take(block);
        ended(step);
    }
}

fn tell(said: &str) {
    let mut out = std::io::stdout().lock();
    // Whoever listened may have gone.
    let _ = out.write_all(said.as_bytes());
    let _ = out.flush();
}

#[cfg(test)]
mod tests {
    use super::split;
    use std::cell::RefCell;

    const SAID: &str = "first words\n\n== a\n$ a\n-- ok: a (1.0 s, busy 1.5 s)\n\n== b\nit says\n\
                        -- FAILED: b (2.0 s, busy 2.5 s)\nwhy\nmore\n\n== c\n-- ok: c (3.0 s, busy 0.0 s)\n";

    fn steps(said: &str) -> (Vec<(String, bool, String)>, bool, String) {
        let steps = RefCell::new(Vec::new());
        let mut rest = String::new();
        let whole = split(said.as_bytes(), &mut rest, &|step| {
            steps.borrow_mut().push((step.name, step.passed, step.said));
        });
        (steps.into_inner(), whole.unwrap(), rest)
    }

    #[test]
    fn what_a_part_prints_is_cut_into_its_steps() {
        let (steps, whole, rest) = steps(&format!("{SAID}\nseconds  busy  step\nmore\n"));
        assert!(whole);
        assert_eq!(rest.trim(), "");
        let names: Vec<_> = steps.iter().map(|(name, ok, _)| (&**name, *ok)).collect();
        assert_eq!(names, [("a", true), ("b", false), ("c", true)]);
        assert!(steps[1].2.contains("it says") && steps[1].2.contains("why\nmore"));
        assert!(!steps[1].2.contains("== c"));
    }

    #[test]
    fn a_part_that_dies_is_seen() {
        let (steps, whole, rest) = steps(&format!("{SAID}\n== d\n$ d\n"));
        assert!(!whole);
        assert_eq!(steps.len(), 3);
        assert!(rest.contains("$ d"));
        let (steps, whole, _) = self::steps("== b\n-- FAILED: b (2.0 s, busy 2.5 s)\nwhy\n");
        assert!(!whole && steps.len() == 1 && steps[0].2.contains("why"));
    }
}
