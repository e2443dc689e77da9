//! The program `clerk-emulator`: an emulator on a port, until it is stopped.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the program prints what it does"
)]

use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;

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
    /// Prints how each operation is implemented, and exits.
    #[arg(long)]
    coverage: bool,
}

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
    println!("Listening on {}", emulator.url());
    println!("Secret key: {}", emulator.key());
    let interrupted = tokio::signal::ctrl_c().await;
    interrupted.map_err(|error| format!("cannot wait for a signal: {error}"))
}
