//! Tests that run again in a child process, because a process reads the trusted certificates from the environment only
//! once.

use std::path::PathBuf;
use std::process::{Command, Output};

/// Runs one test of this program in a child process that trusts the authorities in a PEM file. `variable` is an
/// environment variable for the test.
pub(crate) async fn run_trusting(
    trusted: PathBuf,
    test: &'static str,
    variable: (&'static str, String),
) -> Output {
    let program = std::env::current_exe().expect("the path of this program is known");
    tokio::task::spawn_blocking(move || {
        Command::new(program)
            .args(["--exact", test, "--nocapture"])
            .env(variable.0, variable.1)
            .env("SSL_CERT_FILE", &trusted)
            .env_remove("SSL_CERT_DIR")
            .output()
            .expect("the process starts")
    })
    .await
    .expect("the process ends")
}
