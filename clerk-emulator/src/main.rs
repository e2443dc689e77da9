//! The program `clerk-emulator`: an emulator on a port, until it is stopped.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the program prints what it does"
)]

use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use clerk_emulator::{Coverage, Emulator};

/// Emulates Clerk's Backend API on this machine.
#[derive(Parser)]
#[command(name = "clerk-emulator", version)]
struct Arguments {
    /// The port to listen on; 0 for any free one.
    #[arg(long, default_value_t = 4000)]
    port: u16,
    /// The address to listen on. Other machines can reach the emulator at `0.0.0.0`.
    #[arg(long, default_value = "127.0.0.1")]
    listen: IpAddr,
    /// Another secret key to accept, with an instance of its own. May be repeated.
    #[arg(long)]
    key: Vec<String>,
    /// Accepts keys that begin with `sk_live_`.
    #[arg(long)]
    allow_live_keys: bool,
    /// A URL to post webhooks to. The secret of its signatures is printed. May be repeated.
    #[arg(long, value_name = "URL")]
    webhook: Vec<String>,
    /// Does not print a line for each request.
    #[arg(long)]
    quiet: bool,
    /// Prints how each operation is implemented, and exits.
    #[arg(long)]
    coverage: bool,
}

/// How long requests in progress may take when the program is stopped.
const GRACE_PERIOD: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.coverage {
        print!("{}", Coverage::of_document());
        return ExitCode::SUCCESS;
    }
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let live = arguments.key.iter().find(|key| key.starts_with("sk_live_"));
    if live.is_some() && !arguments.allow_live_keys {
        return Err(
            "a key of production must not reach an emulator; use --allow-live-keys if it is none"
                .into(),
        );
    }
    let address = SocketAddr::new(arguments.listen, arguments.port);
    let emulator = Emulator::listen(address);
    let emulator = emulator.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    for key in &arguments.key {
        emulator.add_key(key);
    }
    for url in &arguments.webhook {
        if !url.starts_with("http://") {
            return Err(format!(
                "the URL of a webhook must begin with http://: {url}"
            ));
        }
        println!(
            "Webhook secret of {url}: {}",
            emulator.add_webhook_endpoint(url)
        );
    }
    if !arguments.quiet {
        // Unlike `println`, this does not panic if nobody reads the output any more.
        emulator.on_response(|request| drop(writeln!(io::stdout(), "{request}")));
    }
    println!("Secret key: {}", emulator.key());
    println!("Publishable key: {}", emulator.publishable_key());
    println!("Listening on {}", emulator.url());
    let stopped = wait_for_signal().await;
    stopped.map_err(|error| format!("cannot wait for a signal: {error}"))?;
    emulator.shut_down(GRACE_PERIOD);
    Ok(())
}

/// Waits until the program is asked to stop.
async fn wait_for_signal() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminated.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
