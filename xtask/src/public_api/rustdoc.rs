//! Runs rustdoc on `clerk-sdk`.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// Documents the workspace as the check of the documentation does, so that cargo compiles the dependencies once for both.
const ARGUMENTS: [&str; 7] = [
    "doc",
    "--quiet",
    "--workspace",
    "--no-deps",
    "--all-features",
    "--lib",
    // Examples need the features of the dev-dependencies, with which clippy has checked the dependencies already.
    "--examples",
];

/// Options of rustdoc. Warnings are reported by the check of the documentation.
const FLAGS: &str = "-Z unstable-options --output-format json --cap-lints=allow";

/// Set in the process that cargo starts as rustdoc.
const IS_RUSTDOC: &str = "XTASK_IS_RUSTDOC";

/// The crate that is documented; the others are skipped.
const CRATE: &str = "clerk_sdk";

/// Documents `clerk-sdk` with all features, and returns the path of the JSON.
pub(crate) fn document(workspace: &Workspace) -> Result<PathBuf> {
    let json = workspace
        .target_folder("doc")?
        .join(format!("{CRATE}.json"));
    let output = command(workspace)?
        .output()
        .context("cargo cannot be run")?;
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        bail!("rustdoc cannot document `clerk-sdk`");
    }
    Ok(json)
}

fn command(workspace: &Workspace) -> Result<Command> {
    let xtask = std::env::current_exe().context("the path of xtask is unknown")?;
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(ARGUMENTS)
        .current_dir(workspace.path(""))
        .env("RUSTDOC", xtask)
        .env("RUSTDOCFLAGS", FLAGS)
        .env(IS_RUSTDOC, "1");
    Ok(command)
}

/// Runs rustdoc if cargo started this process in its place; returns `None` otherwise.
///
/// Only this process allows the unstable option: if cargo inherited the environment variable, it would rebuild the
/// dependencies.
pub(crate) fn run_as_rustdoc() -> Option<ExitCode> {
    std::env::var_os(IS_RUSTDOC)?;
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let mut names = arguments.iter().skip_while(|&it| it != "--crate-name");
    if names.nth(1).is_some_and(|name| name != CRATE) {
        return Some(ExitCode::SUCCESS);
    }
    let status = Command::new("rustdoc")
        .args(arguments)
        .env("RUSTC_BOOTSTRAP", "1")
        .status();
    Some(match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("rustdoc cannot be run: {error}");
            ExitCode::FAILURE
        }
    })
}
