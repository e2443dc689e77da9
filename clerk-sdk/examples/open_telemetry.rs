//! Spans of calls, handed to OpenTelemetry. Here an exporter prints them; an exporter for OTLP takes its place in
//! the same line.
//!
//! With `CLERK_SECRET_KEY` set it asks Clerk; without, an emulator on this machine.
//!
//! ```sh
//! cargo run -p clerk-sdk --features tracing --example open_telemetry
//! ```

use std::error::Error;

use clerk_sdk::{ClientConfig, user};
use clerk_sdk_tests::Emulator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use opentelemetry_stdout::SpanExporter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(SpanExporter::default())
        .build();
    let telemetry = tracing_opentelemetry::layer().with_tracer(provider.tracer("example"));
    let calls_alone = Targets::new().with_target("clerk_sdk", LevelFilter::INFO);
    let subscriber = tracing_subscriber::registry().with(telemetry.with_filter(calls_alone));
    tracing::subscriber::set_global_default(subscriber)?;

    let outcome = calls().await;
    provider.shutdown()?;
    outcome
}

async fn calls() -> Result<(), Box<dyn Error>> {
    let (_emulator, config) = match std::env::var(clerk_sdk::KEY_VARIABLE) {
        Ok(key) => (None, ClientConfig::new(key)),
        Err(_) => {
            let emulator = Emulator::start().await?;
            let config = ClientConfig::new(emulator.key()).base_url(emulator.url());
            (Some(emulator), config)
        }
    };
    let client = user::Client::new(config);
    client.count(&user::CountParams::new()).await?;
    // A span of an error has its kind, and never the id that was asked for.
    let missing = client.get("user_that_is_not_there").await;
    assert!(missing.is_err_and(|error| error.is_not_found()));
    Ok(())
}
