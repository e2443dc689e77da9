//! What the program is told on the command line.

use std::path::PathBuf;

pub(crate) const USAGE: &str = "\
usage: export_users [--concurrency N] [--users N] [FILE]

  FILE             where the users go, or are already; users.jsonl among the temporary files by default
  --concurrency N  how many calls are made at once; 8 by default
  --users N        how many users the emulator has; 100000 by default";

pub(crate) struct Arguments {
    pub(crate) path: PathBuf,
    pub(crate) concurrency: usize,
    pub(crate) users: usize,
}

impl Arguments {
    pub(crate) fn parse(mut given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            path: std::env::temp_dir().join("users.jsonl"),
            concurrency: 8,
            users: 100_000,
        };
        while let Some(argument) = given.next() {
            match &*argument {
                "--concurrency" => arguments.concurrency = number(&argument, given.next())?.max(1),
                "--users" => arguments.users = number(&argument, given.next())?,
                _ if argument.starts_with('-') => return Err(format!("there is no `{argument}`")),
                _ => arguments.path = argument.into(),
            }
        }
        Ok(arguments)
    }
}

fn number(name: &str, value: Option<String>) -> Result<usize, String> {
    let value = value.ok_or_else(|| format!("`{name}` needs a number"))?;
    let number = value.parse();
    number.map_err(|_| format!("`{name}` needs a number, not `{value}`"))
}
