//! The command-line arguments.

use std::path::PathBuf;

pub(crate) const HELP: &[&str] = &[
    "[--concurrency N] [--users N] [FILE]",
    "FILE             The file to write or to resume [default: users.jsonl in the temporary folder]",
    "--concurrency N  The maximum number of concurrent calls [default: 8]",
    "--users N        The number of users that the emulator has [default: 100000]",
];

pub(crate) struct Arguments {
    pub(crate) path: PathBuf,
    pub(crate) concurrency: usize,
    pub(crate) users: usize,
}

impl Arguments {
    pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            path: std::env::temp_dir().join("users.jsonl"),
            concurrency: 8,
            users: 100_000,
        };
        while let Some(argument) = args.next() {
            match &*argument {
                "--concurrency" => arguments.concurrency = number(&argument, args.next())?.max(1),
                "--users" => arguments.users = number(&argument, args.next())?,
                _ if argument.starts_with('-') => {
                    return Err(format!("unknown option `{argument}`"));
                }
                _ => arguments.path = argument.into(),
            }
        }
        Ok(arguments)
    }
}

fn number(name: &str, value: Option<String>) -> Result<usize, String> {
    let value = value.ok_or_else(|| format!("`{name}` requires a number"))?;
    let number = value.parse();
    number.map_err(|_| format!("`{name}` requires a number, not `{value}`"))
}
