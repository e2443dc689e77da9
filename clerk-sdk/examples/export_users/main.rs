//! Exports all users of an instance to a file: one line of JSON per user, with their organization memberships.
//!
//! You can interrupt the export at any time. When you start it again, it resumes after the last complete line, even if
//! the users on the last lines have been deleted since. During an outage it pauses, and resumes from the cursor of the
//! list.
//!
//! Several processes can share the export: each exports a part of the users to a file of its own.
//!
//! If `CLERK_SECRET_KEY` is set, the example uses Clerk and respects its rate limits. Otherwise it uses a local
//! emulator that has 100,000 users.
//!
//! ```sh
//! cargo run --release -p clerk-sdk --example export_users -- users.jsonl
//! ```
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "examples print what they do"
)]

mod arguments;
mod export;
mod part;

use std::process::ExitCode;
use std::time::Duration;

use arguments::Arguments;
use clerk_emulator::Emulator;
use clerk_sdk::{ClientConfig, user};
use export::{Options, Result};
use indicatif::{ProgressBar, ProgressStyle};

/// How long the export pauses after a call that failed in spite of its retries.
const PAUSE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => run(&arguments).await.map_err(|error| error.to_string()),
        Err(problem) => Err(format!("{problem}\n\n{}", arguments::USAGE)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<()> {
    let (_emulator, config) = match std::env::var(clerk_sdk::SECRET_KEY_ENV_VAR) {
        Ok(key) => (None, export::config(key)),
        Err(_) => {
            let emulator = Emulator::start().await?;
            emulator.add_users(arguments.users);
            let config = ClientConfig::new(emulator.key()).base_url(emulator.url());
            (Some(emulator), config)
        }
    };
    let client = user::Client::new(config);
    let total = client.count(&user::CountParams::new()).await?.total_count;

    // The progress bar is displayed only on a terminal.
    let bar = ProgressBar::new(total.try_into()?).with_style(ProgressStyle::with_template(
        "{bar:40} {human_pos}/{human_len} users, {per_sec}, {eta} left",
    )?);
    let path = &arguments.path;
    let options = Options {
        concurrency: arguments.concurrency,
        pause: PAUSE,
        part: arguments.part,
    };
    let counts = export::export(&client, path, &options, |done| {
        bar.set_position(done);
    })
    .await
    .map_err(|error| {
        let path = path.display();
        format!("{error}; {path} keeps the exported users: run the export again to resume")
    })?;
    bar.finish_and_clear();
    println!(
        "{} contains {} users, {} of them new; the instance had {total} users at the start",
        path.display(),
        counts.before + counts.written,
        counts.written,
    );
    Ok(())
}
