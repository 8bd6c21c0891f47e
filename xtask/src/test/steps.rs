//! Steps of the test: run, timed, counted, and told about at the end.

use anyhow::{Result, bail};
use std::time::Instant;

/// What stands before a step, and before what became of it.
pub const BEGIN: &str = "== ";
const PASSED: &str = "-- ok: ";
const FAILED: &str = "-- FAILED: ";
/// Stands over the table, after all steps.
pub const TABLE: &str = "seconds  busy  step";
/// How much of what failed is said again at the end, in characters: where only the end is seen, it has to be in there.
const SAID_AGAIN: usize = 8000;

/// Counts and names what passed and what failed.
#[derive(Default)]
pub struct Steps {
    done: Vec<Step>,
}

/// A step that has been run.
pub struct Step {
    pub name: String,
    pub seconds: f32,
    /// Seconds of processors, this one's and those of what it started.
    pub busy: f32,
    pub passed: bool,
    /// What it printed, if that is known, and its error.
    pub said: String,
}

impl Steps {
    /// Runs one step; an error is printed and remembered.
    pub fn step(&mut self, name: &str, check: impl FnOnce() -> Result<()>) {
        println!("\n{BEGIN}{name}");
        let (started, busy) = (Instant::now(), busy());
        let result = check();
        let mut step = Step {
            name: name.to_owned(),
            seconds: started.elapsed().as_secs_f32(),
            busy: self::busy() - busy,
            passed: result.is_ok(),
            said: String::new(),
        };
        println!("{}", step.outcome());
        if let Err(error) = result {
            step.said = format!("{error:#}");
            println!("{}", step.said);
        }
        self.done.push(step);
    }

    /// A step that was run elsewhere.
    pub fn add(&mut self, step: Step) {
        self.done.push(step);
    }

    /// The time of each step, the slowest first, and what failed with the end of what it said.
    pub fn close(mut self, started: Instant) -> Result<()> {
        println!("\n{TABLE}");
        self.done.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
        for step in &self.done {
            println!("{:7.1} {:5.0}  {}", step.seconds, step.busy, step.name);
        }
        let busy: f32 = self.done.iter().map(|step| step.busy).sum();
        let seconds = started.elapsed().as_secs_f32();
        println!("{seconds:7.1} {busy:5.0}  in all\n");

        let failed: Vec<&Step> = self.done.iter().filter(|step| !step.passed).collect();
        for step in &failed {
            println!("== failed: {}", step.name);
            println!("{}\n", end_of(&step.said, SAID_AGAIN / failed.len()));
        }
        for step in &failed {
            println!("failed: {}", step.name);
        }
        let passed = self.done.len() - failed.len();
        println!("{passed} passed, {} failed", failed.len());
        if !failed.is_empty() {
            bail!("{} steps failed", failed.len());
        }
        Ok(())
    }
}

impl Step {
    /// The line that says what became of it.
    fn outcome(&self) -> String {
        let word = if self.passed { PASSED } else { FAILED };
        format!(
            "{word}{} ({:.1} s, busy {:.1} s)",
            self.name, self.seconds, self.busy
        )
    }

    /// The same read back.
    pub fn read(line: &str) -> Option<Self> {
        let passed = line.strip_prefix(PASSED);
        let (name, figures) = passed
            .or_else(|| line.strip_prefix(FAILED))?
            .rsplit_once(" (")?;
        let (seconds, busy) = figures.strip_suffix(" s)")?.split_once(" s, busy ")?;
        Some(Self {
            name: name.to_owned(),
            seconds: seconds.parse().ok()?,
            busy: busy.parse().ok()?,
            passed: passed.is_some(),
            said: String::new(),
        })
    }
}

/// The last lines of a text, no more than so many characters of them.
fn end_of(text: &str, most: usize) -> &str {
    let text = text.trim_end();
    let too_long = text.len().saturating_sub(most);
    let cut = (too_long..text.len()).find(|at| text.is_char_boundary(*at));
    let end = &text[cut.unwrap_or(text.len())..];
    match end.split_once('\n') {
        Some((_, whole_lines)) if too_long > 0 => whole_lines,
        _ => end,
    }
}

/// Seconds of processors so far, of this process and of the ended ones that it started; 0 where Linux does not say it.
fn busy() -> f32 {
    const TICKS_IN_A_SECOND: f32 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program stands in brackets. Of what comes after it the twelfth is utime; stime, cutime and cstime
    // follow (proc(5)).
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(4);
    ticks.filter_map(|n| n.parse::<f32>().ok()).sum::<f32>() / TICKS_IN_A_SECOND
}

#[cfg(test)]
mod tests {
    use super::{Step, busy, end_of};

    #[test]
    fn what_became_of_a_step_is_read_back() {
        for passed in [true, false] {
            let step = Step {
                name: "a (b), c".to_owned(),
                seconds: 12.5,
                busy: 20.0,
                passed,
                said: String::new(),
            };
            let read = Step::read(&step.outcome()).unwrap();
            assert_eq!(read.name, step.name);
            assert_eq!((read.seconds, read.busy), (12.5, 20.0));
            assert_eq!(read.passed, passed);
        }
        assert!(Step::read("-- ok: a").is_none());
        assert!(Step::read("text (1.0 s, busy 1.0 s)").is_none());
    }

    #[test]
    fn the_end_of_a_text_is_of_whole_lines() {
        assert_eq!(end_of("one\ntwo\nthree\n", 100), "one\ntwo\nthree");
        assert_eq!(end_of("one\ntwo\nthree\n", 10), "two\nthree");
        assert_eq!(end_of("one\ntwo\nthree\n", 8), "three");
        assert_eq!(end_of("one\ntwo\nthr\u{e9}e", 7), "thr\u{e9}e");
        assert_eq!(end_of("", 7), "");
    }

    #[test]
    fn a_process_is_busy() {
        let before = busy();
        let mut spins = 0_u64;
        while busy() <= before && spins < 100_000_000 {
            spins = std::hint::black_box(spins + 1);
        }
        assert!(busy() > before);
    }
}
