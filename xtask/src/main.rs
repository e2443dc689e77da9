//! The tasks of this workspace: `cargo xtask <task>`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "printing is what a task does"
)]

mod coverage;
mod drift;
mod fetch;
mod regen;
mod report;
mod trial;
mod upstream;
mod vendor;
mod workspace;
mod write;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use codegen::Problems;

/// Renews what `clerk-sdk` is generated from, and generates it.
#[derive(Parser)]
#[command(name = "xtask")]
struct Arguments {
    /// The workspace to work on, if not the one this task was built in.
    #[arg(long, global = true, value_name = "FOLDER")]
    workspace: Option<PathBuf>,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Takes the facts of an upstream OpenAPI document into `spec/`, and names what is new.
    Vendor(vendor::Arguments),
    /// Writes the generated files of `clerk-sdk` from `spec/`.
    Regen(regen::Arguments),
    /// Compares the document that is vendored with upstream's. Exits with 1 where they differ.
    Drift(drift::Arguments),
    /// Takes a document in a copy of the workspace: vendor, regen, check, report.
    Try(trial::Arguments),
    /// Runs the conformance tests, and shows what of the API they exercise.
    Coverage(coverage::Arguments),
}

/// How a task ended, beside failing.
enum Outcome {
    Done,
    /// A check found a difference, and has shown it.
    Differs,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let workspace = workspace::Workspace::new(arguments.workspace);
    let result = match arguments.task {
        Task::Vendor(arguments) => vendor::run(&workspace, &arguments),
        Task::Regen(arguments) => regen::run(&workspace, &arguments),
        Task::Drift(arguments) => drift::run(&workspace, &arguments),
        Task::Try(arguments) => trial::run(&workspace, &arguments),
        Task::Coverage(arguments) => coverage::run(&workspace, &arguments),
    };
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Differs) => ExitCode::from(1),
        Err(error) => {
            report(&error);
            ExitCode::from(2)
        }
    }
}

/// Prints problems a line each, anything else with its causes on one line.
fn report(error: &anyhow::Error) {
    match error.downcast_ref::<Problems>() {
        Some(problems) => {
            for problem in &problems.0 {
                eprintln!("error: {problem}");
            }
            eprintln!("{} problems; nothing was written", problems.0.len());
        }
        None if error.is::<write::Partly>() => eprintln!("error: {error:#}; run this again"),
        None => eprintln!("error: {error:#}; nothing was written"),
    }
}
