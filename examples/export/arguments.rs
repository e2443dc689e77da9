//! The command-line arguments.

use std::path::PathBuf;

use clerk_sdk::Timestamp;

use super::part::Part;

pub(crate) const HELP: &[&str] = &[
    "[--concurrency N] [--users N] [--part K/N --created DATE..DATE] [FILE]",
    "FILE             The file to write or to resume [default: users.jsonl in the temporary folder]",
    "--concurrency N  The maximum number of concurrent calls [default: 8]",
    "--part K/N       Only the K-th of N parts by time of creation, for N processes that share the export",
    "--created DATE..DATE  The period that is divided into parts, the same for all processes, such as 2023-01-01..2026-01-01",
    "--users N        The number of users that the emulator has [default: 100000]",
];

pub(crate) struct Arguments {
    pub(crate) path: PathBuf,
    pub(crate) concurrency: usize,
    pub(crate) users: usize,
    pub(crate) part: Part,
}

impl Arguments {
    pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            path: std::env::temp_dir().join("users.jsonl"),
            concurrency: 8,
            users: 100_000,
            part: Part::ALL,
        };
        let (mut part, mut created) = (None, None);
        while let Some(argument) = args.next() {
            match &*argument {
                "--concurrency" => arguments.concurrency = number(&argument, args.next())?.max(1),
                "--users" => arguments.users = number(&argument, args.next())?,
                "--part" => part = Some(numbers_of_part(args.next())?),
                "--created" => created = Some(period(args.next())?),
                _ if argument.starts_with('-') => {
                    return Err(format!("unknown option `{argument}`"));
                }
                _ => arguments.path = argument.into(),
            }
        }
        arguments.part = match (part, created) {
            (None, None) => Part::ALL,
            (Some((number, count)), Some((from, until))) => Part::new(number, count, from, until),
            _ => return Err("`--part` and `--created` require each other".to_owned()),
        };
        Ok(arguments)
    }
}

/// Reads a part such as `3/8`.
fn numbers_of_part(value: Option<String>) -> Result<(u32, u32), String> {
    let value = value.unwrap_or_default();
    let numbers = value.split_once('/');
    let numbers = numbers.and_then(|(number, count)| {
        let (number, count) = (number.parse().ok()?, count.parse().ok()?);
        (1 <= number && number <= count).then_some((number, count))
    });
    numbers.ok_or_else(|| format!("`--part` requires a part such as 3/8, not `{value}`"))
}

/// Reads a period such as `2023-01-01..2026-01-01`.
fn period(value: Option<String>) -> Result<(Timestamp, Timestamp), String> {
    let value = value.unwrap_or_default();
    let dates = value.split_once("..");
    let dates = dates.and_then(|(from, until)| {
        let date = |date: &str| format!("{date}T00:00:00Z").parse().ok();
        let (from, until): (Timestamp, Timestamp) = (date(from)?, date(until)?);
        (from < until).then_some((from, until))
    });
    dates.ok_or_else(|| {
        format!("`--created` requires two dates as in 2023-01-01..2026-01-01, not `{value}`")
    })
}

fn number(name: &str, value: Option<String>) -> Result<usize, String> {
    let value = value.ok_or_else(|| format!("`{name}` requires a number"))?;
    let number = value.parse();
    number.map_err(|_| format!("`{name}` requires a number, not `{value}`"))
}
