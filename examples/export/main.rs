//! Exports all users of an instance to a file: one line of JSON per user, with their organization memberships.
//!
//! You can interrupt the export at any time. When you start it again, it resumes after the last complete line, even if
//! the users on the last lines have been deleted since. During an outage it pauses, and resumes from the cursor of the
//! list.
//!
//! Several processes can share the export: each exports a part of the users to a file of its own.
//!
//! ```sh
//! cargo run --release -p examples-export --example export_users -- users.jsonl
//! ```

mod arguments;
mod export;
mod part;

use std::process::ExitCode;
use std::time::Duration;

use arguments::Arguments;
use clerk_sdk::user;
use examples::{Example, Instance, Result};
use export::Options;
use indicatif::{ProgressBar, ProgressStyle};

const EXAMPLE: Example = Example {
    name: "export_users",
    about: "Exports all users to a file, and resumes after an interruption.",
    arguments: arguments::HELP,
    changes: None,
};

/// How long the export pauses after a call that failed in spite of its retries.
const PAUSE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> ExitCode {
    EXAMPLE.run(export_users).await
}

async fn export_users(instance: Instance) -> Result {
    let arguments = Arguments::parse(instance.arguments.into_iter())?;
    let config = match &instance.emulator {
        Some(emulator) => {
            emulator.add_users(arguments.users);
            instance.config
        }
        None => export::config(std::env::var(clerk_sdk::SECRET_KEY_ENV_VAR)?),
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
