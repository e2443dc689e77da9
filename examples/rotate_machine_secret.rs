//! Rotates the secret key of a machine without downtime: the old key stays valid for another hour.
//!
//! The new key is not printed. It is written to a file that only its owner can read.
//!
//! ```sh
//! cargo run -p examples --example rotate_machine_secret -- mch_123 machine.key
//! ```

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clerk_sdk::machine::{Client, CreateParams, RotateSecretKeyParams};
use examples::{Example, Instance, Result};

const EXAMPLE: Example = Example {
    name: "rotate_machine_secret",
    about: "Rotates the secret key of a machine without downtime.",
    arguments: &[
        "[MACHINE FILE]",
        "MACHINE  The id of the machine; without it, the example creates one and deletes it again",
        "FILE     The file for the new key, which must not exist yet",
    ],
    changes: Some("replaces the secret key of the machine, or of one that it creates and deletes"),
};

/// How long the old key stays valid, so that there is time to deploy the new one.
const OVERLAP_SECONDS: i64 = 3600;

#[tokio::main]
async fn main() -> ExitCode {
    EXAMPLE.run(rotate).await
}

async fn rotate(instance: Instance) -> Result {
    let machines = instance.clerk.machine();
    match &instance.arguments[..] {
        [id, path] => rotate_into_file(&machines, id, Path::new(path)).await,
        [] => rotate_new_machine(&machines).await,
        _ => Err("pass the id of a machine and a file, or neither".into()),
    }
}

/// Rotates the key of a machine that is created for this purpose.
async fn rotate_new_machine(machines: &Client) -> Result {
    let machine = machines.create(&CreateParams::new("reports")).await?;
    let path = temporary_path();
    let result = rotate_into_file(machines, &machine.id, &path).await;
    // Deletes the machine, and the file if there is one, even if the rotation failed.
    let deleted = machines.delete(&machine.id).await;
    if path.exists() {
        std::fs::remove_file(path)?;
    }
    result?;
    deleted?;
    println!("Deleted the machine and the file again.");
    Ok(())
}

fn temporary_path() -> PathBuf {
    std::env::temp_dir().join(format!("machine-{}.key", std::process::id()))
}

async fn rotate_into_file(machines: &Client, id: &str, path: &Path) -> Result {
    // The file is created before the rotation, because the new key would be lost if it could not be written.
    let mut file =
        private_file(path).map_err(|error| format!("cannot create {}: {error}", path.display()))?;
    let params = RotateSecretKeyParams::new(OVERLAP_SECONDS);
    let rotated = machines.rotate_secret_key(id, &params).await?;
    file.write_all(rotated.secret.as_bytes())?;
    file.sync_all()?;
    println!("The new key of {id} is in {}.", path.display());
    println!(
        "Deploy it: the old key expires in {} minutes.",
        OVERLAP_SECONDS / 60
    );
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
