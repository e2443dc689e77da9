//! Writes all users of an instance to a file, one JSON line for each, with their organization memberships.
//!
//! It may be killed at any time: started again, it goes on behind the last whole line, also where the users who were
//! written last are deleted meanwhile. With `CLERK_SECRET_KEY` set
//! it asks Clerk, within Clerk's rate limits; without, an emulator on this machine that has 100,000 users.
//!
//! ```sh
//! cargo run --release -p clerk-sdk --example export_users -- users.jsonl
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

mod arguments;
mod export;

use std::process::ExitCode;

use arguments::Arguments;
use clerk_sdk::{ClientConfig, user};
use clerk_sdk_tests::Emulator;
use export::Result;
use indicatif::{ProgressBar, ProgressStyle};

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
    let (_emulator, config) = match std::env::var(clerk_sdk::KEY_VARIABLE) {
        Ok(key) => (None, export::config(key)),
        Err(_) => {
            let emulator = Emulator::start().await?;
            emulator.seed_users(arguments.users);
            let config = ClientConfig::new(emulator.key()).base_url(emulator.url());
            (Some(emulator), config)
        }
    };
    let client = user::Client::new(config);
    let total = client.count(&user::CountParams::new()).await?.total_count;

    // It shows itself on a terminal, and nowhere else.
    let bar = ProgressBar::new(total.try_into()?).with_style(ProgressStyle::with_template(
        "{bar:40} {human_pos}/{human_len} users, {per_sec}, {eta} left",
    )?);
    let path = &arguments.path;
    let counts = export::export(&client, path, arguments.concurrency, |done| {
        bar.set_position(done);
    })
    .await
    .map_err(|error| {
        let kept = "what is written stays: start again to go on";
        format!("{error}; {kept} in {}", path.display())
    })?;
    bar.finish_and_clear();
    println!(
        "{} users written to {}, {} of them now; the instance had {total} at the start",
        counts.before + counts.written,
        path.display(),
        counts.written,
    );
    Ok(())
}
