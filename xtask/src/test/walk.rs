//! The first steps of somebody who has nothing but the pages: the commands in them, as they stand there.

use super::steps::Steps;
use crate::run::{in_the_repository, line, output, root};
use anyhow::{Context, Result, ensure};
use std::fs;

/// Pages with such commands: under which heading, how many, and what the last one says.
const WALKS: [(&str, &str, usize, &str); 2] = [
    ("README.md", "## Two commands", 2, "demo: ok"),
    ("docs/c.md", "## Three commands", 3, "host: ok"),
];

pub fn steps(steps: &mut Steps) {
    for (page, heading, count, ending) in WALKS {
        steps.step(&format!("the walk of {page}"), || {
            walk(page, heading, count, ending)
        });
    }
}

fn walk(page: &'static str, heading: &str, count: usize, ending: &str) -> Result<()> {
    let text = fs::read_to_string(root().join(page)).context(page)?;
    let commands = commands(&text, heading);
    ensure!(
        commands.len() == count,
        "{page} has {} commands under {heading:?}",
        commands.len()
    );
    let mut said = String::new();
    for command in commands {
        let mut shell = in_the_repository("sh");
        shell.args(["-c", &command]);
        println!("$ {}", line(&shell));
        said = output(&mut shell)?;
        print!("{said}");
    }
    ensure!(
        said.contains(ending),
        "the last one does not say {ending:?}"
    );
    Ok(())
}

/// What stands behind `$ ` in the first block below a heading, with the lines that go on.
fn commands(page: &str, heading: &str) -> Vec<String> {
    let lines = page.lines().skip_while(|line| *line != heading);
    let block = lines.skip_while(|line| *line != "```console").skip(1);
    let mut commands: Vec<String> = Vec::new();
    for line in block.take_while(|line| *line != "```") {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(first), _) => commands.push(first.to_owned()),
            (None, Some(last)) => {
                last.push('\n');
                last.push_str(line);
            }
            (None, None) => {}
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn takes_the_commands_out_of_a_page() {
        let page = "```console\n$ no\n```\n## Two\nwords\n```console\n$ a b  # c\n$ d \\\n    e\n```\n```console\n$ no\n```\n";
        assert_eq!(commands(page, "## Two"), ["a b  # c", "d \\\n    e"]);
        assert_eq!(commands(page, "## Three"), [""; 0]);
    }
}
