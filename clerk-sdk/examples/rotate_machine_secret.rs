//! Rotates the secret key of a machine without downtime: the old key stays valid for another hour.
//!
//! The new key is not printed. It is written to a file that only its owner can read.
//!
//! If `CLERK_SECRET_KEY` is set, the example uses Clerk. Otherwise it uses a local emulator.
//!
//! ```sh
//! cargo run -p clerk-sdk --example rotate_machine_secret -- mch_123 machine.key
//! ```
#![allow(clippy::print_stdout, reason = "examples print what they do")]

mod instance;

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clerk_sdk::machine::{CreateParams, RotateSecretKeyParams};
use instance::{Instance, Result};

/// How long the old key stays valid, so that there is time to deploy the new one.
const OVERLAP_SECONDS: i64 = 3600;

#[tokio::main]
async fn main() -> Result {
    let instance = Instance::connect().await?;
    let machines = instance.clerk.machine();
    let mut arguments = std::env::args().skip(1);
    let id = match arguments.next() {
        Some(id) => id,
        // Without an argument, the example creates a machine whose key it rotates.
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

    // The file is created before the rotation, because the new key would be lost if it could not be written.
    let mut file = private_file(&path)?;
    let params = RotateSecretKeyParams::new(OVERLAP_SECONDS);
    let rotated = machines.rotate_secret_key(&id, &params).await?;
    file.write_all(rotated.secret.as_bytes())?;
    file.sync_all()?;
    println!("The new key of {id} is in {}.", path.display());
    println!(
        "Deploy it: the old key expires in {} minutes.",
        OVERLAP_SECONDS / 60
    );
    if instance.emulator.is_some() {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

/// Creates a file that only its owner can read.
fn private_file(path: &Path) -> io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
