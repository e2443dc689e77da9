//! Replaces the secret key of a machine while it works on: the old key is good for another hour.
//!
//! The new key goes into a file that its owner alone can read, and nowhere else: it is not printed.
//!
//! ```sh
//! cargo run -p clerk-sdk --example rotate_machine_secret -- mch_123 machine.key
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod instance;

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clerk_sdk::machine::{CreateParams, RotateSecretKeyParams};
use instance::{Instance, Result};

/// Long enough to deploy the new key everywhere.
const OVERLAP_SECONDS: i64 = 3600;

#[tokio::main]
async fn main() -> Result {
    let instance = Instance::connect().await?;
    let machines = instance.clerk.machine();
    let mut arguments = std::env::args().skip(1);
    let id = match arguments.next() {
        Some(id) => id,
        // There is nothing to rotate on an emulator that has just started.
        None => machines
            .create(&CreateParams::new("reports"))
            .await?
            .id
            .clone(),
    };
    let path = match arguments.next() {
        Some(path) => PathBuf::from(path),
        None => std::env::temp_dir().join(format!("machine-{}.key", std::process::id())),
    };

    // Before the rotation, so that a file that cannot be written costs nothing.
    let mut file = private_file(&path)?;
    let params = RotateSecretKeyParams::new(OVERLAP_SECONDS);
    let rotated = machines.rotate_secret_key(&id, &params).await?;
    file.write_all(rotated.secret.as_bytes())?;
    file.sync_all()?;
    println!("the new key of {id} is in {}", path.display());
    println!(
        "deploy it: the old one ends in {} minutes",
        OVERLAP_SECONDS / 60
    );
    if instance.emulator.is_some() {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

/// A new file for its owner alone.
fn private_file(path: &Path) -> io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
