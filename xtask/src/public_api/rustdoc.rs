//! Runs rustdoc on `clerk-sdk`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

const ARGUMENTS: [&str; 12] = [
    "rustdoc",
    "--quiet",
    "--package",
    "clerk-sdk",
    "--lib",
    "--all-features",
    "--",
    "-Z",
    "unstable-options",
    "--output-format",
    "json",
    // Warnings are reported by the check of the documentation.
    "--cap-lints=allow",
];

/// Documents `clerk-sdk` with all features, and returns the path of the JSON.
///
/// It has a target folder of its own, because the environment variable that allows rustdoc to write JSON would make
/// cargo rebuild what is in the normal one.
pub(crate) fn document(workspace: &Workspace) -> Result<PathBuf> {
    let target = workspace.target_folder("public-api")?;
    let output = command(workspace, &target)
        .output()
        .context("cargo cannot be run")?;
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        bail!("rustdoc cannot document `clerk-sdk`");
    }
    Ok(target.join("doc/clerk_sdk.json"))
}

fn command(workspace: &Workspace, target: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(ARGUMENTS)
        .current_dir(workspace.path(""))
        .env("CARGO_TARGET_DIR", target)
        // Allows unstable options on the stable toolchain, for this crate only: dependencies are compiled as usual.
        .env("RUSTC_BOOTSTRAP", "clerk_sdk");
    command
}
