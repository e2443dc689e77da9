//! `cargo xtask coverage`: prints how much of the API the conformance tests cover.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::conformance_coverage::Coverage;
use crate::coverage_table;
use crate::outcome::Outcome;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub(crate) struct CoverageArgs {
    /// Prints the table in Markdown.
    #[arg(long)]
    markdown: bool,
}

/// The environment variable that contains the folder to which the tests write their reports.
const REPORT_FOLDER: &str = "CONFORMANCE_REPORT";

const TEST_COMMAND: &str = "cargo test -p clerk-sdk-conformance";

pub(crate) fn run(workspace: &Workspace, args: &CoverageArgs) -> Result<Outcome> {
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    let passed = run_tests(workspace, folder.path())?;
    let coverage = Coverage::read(folder.path()).with_context(|| {
        format!("cannot determine the coverage (run `{TEST_COMMAND}` to see why)")
    })?;
    let resources = coverage.by_resource();
    let lines = if args.markdown {
        coverage_table::as_markdown(&resources)
    } else {
        coverage_table::as_text(&resources)
    };
    for line in lines {
        println!("{line}");
    }
    println!("\n{}", coverage_table::events_line(&coverage.events()));
    if !passed {
        println!("\nthe conformance tests fail: run `{TEST_COMMAND}`");
    }
    Ok(if passed && coverage.is_complete() {
        Outcome::Success
    } else {
        Outcome::DifferencesFound
    })
}

/// Runs the conformance tests. Returns whether they pass; if not, prints their output to standard
/// error.
fn run_tests(workspace: &Workspace, folder: &Path) -> Result<bool> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(TEST_COMMAND.split(' ').skip(1))
        .current_dir(workspace.path(""))
        .env(REPORT_FOLDER, folder)
        .output()
        .with_context(|| format!("`{TEST_COMMAND}` cannot be run"))?;
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        eprint!("{}", String::from_utf8_lossy(&output.stdout));
    }
    Ok(output.status.success())
}
