//! Running commands: each is printed before it runs and named in the error when it fails.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// The repository: xtask lies directly below it.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the repository")
}

/// Where cargo puts what it builds.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The cargo that runs this program, started in the repository.
pub fn cargo() -> Command {
    in_the_repository(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A program as one starts it by hand in the repository.
pub fn in_the_repository(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    // Set by the cargo that runs xtask and meant for xtask alone.
    for (key, _) in std::env::vars_os() {
        let name = key.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&key);
        }
    }
    command
}

/// Prints the command, runs it and fails if it does.
pub fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", line(command));
    let status = command
        .status()
        .with_context(|| format!("cannot start `{}`", line(command)))?;
    if !status.success() {
        bail!("`{}` failed: {status}", line(command));
    }
    Ok(())
}

/// Runs the command and gives what it printed; its error output only when it fails.
pub fn output(command: &mut Command) -> Result<String> {
    let result = command
        .output()
        .with_context(|| format!("cannot start `{}`", line(command)))?;
    if !result.status.success() {
        bail!(
            "`{}` failed: {}\n{}{}",
            line(command),
            result.status,
            String::from_utf8_lossy(&result.stdout),
            String::from_utf8_lossy(&result.stderr)
        );
    }
    Ok(String::from_utf8(result.stdout)?)
}

/// The command as one would type it, with the variables it sets.
pub fn line(command: &Command) -> String {
    let variables = command
        .get_envs()
        .filter_map(|(key, value)| Some(format!("{}={}", key.to_string_lossy(), quoted(value?))));
    let words = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(quoted);
    variables.chain(words).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Whether a program of this name is on the path.
pub fn on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

/// A child process that does not outlive its owner.
pub struct Guarded {
    child: Child,
    what: String,
}

impl Guarded {
    /// Prints and starts the command. The caller sets where input and output go.
    pub fn spawn(command: &mut Command) -> Result<Self> {
        println!("$ {}", line(command));
        let what = line(command);
        let child = command
            .spawn()
            .with_context(|| format!("cannot start `{what}`"))?;
        Ok(Self { child, what })
    }

    /// The process, for taking its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits for the end, no longer than until the deadline, and gives the exit code.
    pub fn wait_until(&mut self, deadline: Instant) -> Result<i32> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                return status
                    .code()
                    .with_context(|| format!("`{}` was ended: {status}", self.what));
            }
            if Instant::now() >= deadline {
                bail!("`{}` did not end in time", self.what);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // Already ended is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
