//! The command line of an example: its help, its arguments, and errors for people.

use std::error::Error;
use std::process::ExitCode;

use crate::consent::Consent;
use crate::{Instance, Result};

/// What an example says about itself.
pub struct Example {
    /// The name to start it by.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// The arguments in the first line of the help, such as `[FILE]`, and a line for each of them.
    pub arguments: &'static [&'static str],
    /// What it changes in an instance of Clerk; `None` if it only reads.
    pub changes: Option<&'static str>,
}

const OPTIONS: &str = "\
Options:
  --yes   Changes an instance of Clerk without asking
  --live  Allows the key of a production instance
  --help  Prints this text

The example uses Clerk if CLERK_SECRET_KEY is set, and a local emulator otherwise.";

impl Example {
    /// Runs the example. Prints an error to standard error.
    pub async fn run(&self, example: impl AsyncFnOnce(Instance) -> Result) -> ExitCode {
        let result = match self.connect(std::env::args().skip(1)) {
            Ok(Some(instance)) => example(instance).await,
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        report(result)
    }

    /// Runs an example that is not async.
    pub fn run_blocking(&self, example: impl FnOnce(Instance) -> Result) -> ExitCode {
        let result = match self.connect(std::env::args().skip(1)) {
            Ok(Some(instance)) => example(instance),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        report(result)
    }

    /// Returns the instance to use, or `None` after printing the help.
    fn connect(&self, arguments: impl Iterator<Item = String>) -> Result<Option<Instance>> {
        let mut consent = Consent::default();
        let mut others = Vec::new();
        for argument in arguments {
            match &*argument {
                "--help" | "-h" => {
                    println!("{}", self.help());
                    return Ok(None);
                }
                "--yes" => consent.to_changes = true,
                "--live" => consent.to_production = true,
                option if option.starts_with('-') && !self.has_option(option) => {
                    return Err(self.unexpected(option));
                }
                other if self.arguments.is_empty() => return Err(self.unexpected(other)),
                _ => others.push(argument),
            }
        }
        Instance::connect(self.changes, consent, others).map(Some)
    }

    fn has_option(&self, option: &str) -> bool {
        let words = self.arguments.iter().skip(1);
        words
            .flat_map(|it| it.split_whitespace())
            .any(|word| word == option)
    }

    fn unexpected(&self, argument: &str) -> Box<dyn Error + Send + Sync> {
        format!("unexpected argument `{argument}`\n\n{}", self.help()).into()
    }

    fn help(&self) -> String {
        let (name, about) = (self.name, self.about);
        let Some((usage, lines)) = self.arguments.split_first() else {
            return format!("{about}\n\nUsage: {name} [OPTIONS]\n\n{OPTIONS}");
        };
        let lines: String = lines.iter().map(|line| format!("  {line}\n")).collect();
        format!("{about}\n\nUsage: {name} [OPTIONS] {usage}\n\nArguments:\n{lines}\n{OPTIONS}")
    }
}

/// Prints the error of an example, and its causes, to standard error. Returns the exit code of the program.
pub fn report(result: Result) -> ExitCode {
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  caused by: {error}");
        cause = error.source();
    }
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::Example;

    const EXPORT: Example = Example {
        name: "export",
        about: "Exports users.",
        arguments: &[
            "[--users N] [FILE]",
            "FILE       the file",
            "--users N  how many",
        ],
        changes: None,
    };

    fn error(example: &Example, arguments: &[&str]) -> String {
        let result = example.connect(arguments.iter().map(|&it| it.to_owned()));
        result.err().expect("an error").to_string()
    }

    #[test]
    fn arguments_that_the_help_does_not_name_are_rejected() {
        let without = Example {
            arguments: &[],
            ..EXPORT
        };
        assert!(error(&without, &["file"]).starts_with("unexpected argument `file`"));
        assert!(error(&EXPORT, &["--user", "1"]).starts_with("unexpected argument `--user`"));
        assert!(error(&EXPORT, &["N", "-u"]).contains("--users N  how many"));
    }
}
