//! The program `clerk-emulator`: an emulator on a port, until it is stopped.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the program prints what it does"
)]

use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser};
use clerk_emulator::{Coverage, Emulator, Environment, InstanceOptions, Preset};

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
    /// A file in YAML or JSON with what the instance has from the beginning. May be repeated.
    #[arg(long, value_name = "FILE")]
    seed: Vec<PathBuf>,
    /// A newer OpenAPI document of Clerk, in YAML or JSON, by which requests are routed and checked.
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// Lets other machines use the control routes under /_emulator/, which can change everything without a key.
    #[arg(long)]
    control: bool,
    #[command(flatten)]
    instance: InstanceArguments,
    /// Prints how each operation is implemented, and exits.
    #[arg(long)]
    coverage: bool,
}

/// How long requests in progress may take when the program is stopped.
const GRACE_PERIOD: Duration = Duration::from_secs(5);
/// The options of the instances.
#[derive(Args)]
struct InstanceArguments {
    /// Whether the instances are for development or for production, which has other limits and refuses to create sessions.
    #[arg(long, default_value = "development", value_parser = ["development", "production"])]
    environment: String,
    /// The settings that instances begin with: "new" are those of a new instance, without organizations and their slugs.
    #[arg(long, default_value = "permissive", value_parser = ["permissive", "new"])]
    preset: String,
    /// How many users an instance may have.
    #[arg(long, value_name = "COUNT")]
    user_quota: Option<usize>,
    /// Gives session tokens version 1.
    #[arg(long)]
    session_tokens_v1: bool,
    /// Makes sessions without an active organization pending.
    #[arg(long)]
    force_organization_selection: bool,
    /// Refuses requests beyond Clerk's published rate limits.
    #[arg(long)]
    rate_limits: bool,
}

impl InstanceArguments {
    fn options(&self) -> InstanceOptions {
        InstanceOptions {
            environment: match self.environment.as_str() {
                "production" => Environment::Production,
                _ => Environment::Development,
            },
            preset: match self.preset.as_str() {
                "new" => Preset::New,
                _ => Preset::Permissive,
            },
            user_quota: self.user_quota,
            rate_limits: self.rate_limits,
            session_tokens_v1: self.session_tokens_v1,
            force_organization_selection: self.force_organization_selection,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.coverage {
        // Unlike `print`, this does not panic if nobody reads the output to its end.
        drop(write!(io::stdout(), "{}", Coverage::of_document()));
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
    let options = arguments.instance.options();
    // Nobody is to see an emulator without its seeds.
    let mut builder = Emulator::builder().address(address).paused();
    if let Some(file) = &arguments.document {
        let with_document = builder.document_file(file);
        builder = with_document.map_err(|error| error.to_string())?;
    }
    let emulator = builder.options(options.clone()).start_blocking();
    let mut emulator = emulator.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    for key in &arguments.key {
        emulator.add_instance(key, options.clone());
    }
    for file in &arguments.seed {
        emulator
            .seed_file(file)
            .map_err(|error| error.to_string())?;
    }
    if arguments.control {
        emulator.allow_remote_control();
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
    emulator.resume();
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
