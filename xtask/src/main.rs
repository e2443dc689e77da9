//! The maintenance commands of this workspace: `cargo xtask <command>`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the commands print their results"
)]

mod changelog;
mod commands;
mod conformance_coverage;
mod coverage_table;
mod fetch;
mod outcome;
mod plural;
mod public_api;
mod render_drift;
mod rustfmt;
mod sync_files;
mod upstream_document;
mod upstream_record;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use codegen::Problems;

use commands::{coverage, drift, dry_run, regen, update, vendor};
use outcome::Outcome;
use sync_files::PartiallyApplied;
use workspace::Workspace;

/// Updates the OpenAPI document that `clerk-sdk` is generated from, and generates the SDK.
#[derive(Parser)]
#[command(name = "xtask")]
struct CommandLine {
    /// The workspace to work on [default: the one that xtask was built in].
    #[arg(long, global = true, value_name = "FOLDER")]
    workspace: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Vendors an upstream OpenAPI document: writes its facts to `spec/`, and names new items.
    Vendor(vendor::VendorArgs),
    /// Adopts everything that changed upstream, and writes a report. Made to run unattended.
    Update(update::UpdateArgs),
    /// Generates the code of `clerk-sdk` from `spec/`.
    Regen(regen::RegenArgs),
    /// Reports what changed upstream since the document was vendored. Exits with 1 if anything did.
    Drift(drift::DriftArgs),
    /// Tries a document in a copy of the workspace: vendors it, generates the SDK, and compiles
    /// it.
    Try(dry_run::DryRunArgs),
    /// Runs the conformance tests, and prints how much of the API they cover.
    Coverage(coverage::CoverageArgs),
    /// Lists the public API of `clerk-sdk` in `clerk-sdk/public-api/`.
    PublicApi(commands::public_api::PublicApiArgs),
}

fn main() -> ExitCode {
    if let Some(code) = public_api::run_as_rustdoc() {
        return code;
    }
    let CommandLine { workspace, command } = CommandLine::parse();
    let workspace = Workspace::new(workspace);
    let result = match command {
        Command::Vendor(args) => vendor::run(&workspace, &args),
        Command::Update(args) => update::run(&workspace, &args),
        Command::Regen(args) => regen::run(&workspace, &args),
        Command::Drift(args) => drift::run(&workspace, &args),
        Command::Try(args) => dry_run::run(&workspace, &args),
        Command::Coverage(args) => coverage::run(&workspace, &args),
        Command::PublicApi(args) => commands::public_api::run(&workspace, &args),
    };
    match result {
        Ok(Outcome::Success) => ExitCode::SUCCESS,
        Ok(Outcome::DifferencesFound) => ExitCode::from(1),
        Err(error) => {
            print_error(&error);
            ExitCode::from(2)
        }
    }
}

/// Prints each problem of a document on a line of its own, and any other error on one line with its
/// causes.
fn print_error(error: &anyhow::Error) {
    match error.downcast_ref::<Problems>() {
        Some(problems) => {
            for problem in &problems.0 {
                eprintln!("error: {problem}");
            }
            let count = plural::count(problems.0.len(), "problem");
            eprintln!("{count}; nothing was written");
        }
        None if error.is::<PartiallyApplied>() => {
            eprintln!("error: {error:#}; run the command again");
        }
        None => eprintln!("error: {error:#}; nothing was written"),
    }
}
