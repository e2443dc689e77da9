//! Exports the spans of calls with OpenTelemetry.
//!
//! The exporter of this example prints the spans. Replace it with an OTLP exporter to send them to a collector.
//!
//! If `CLERK_SECRET_KEY` is set, the example uses Clerk. Otherwise it uses a local emulator.
//!
//! ```sh
//! cargo run -p clerk-sdk --features tracing --example open_telemetry
//! ```

use std::error::Error;

use clerk_emulator::Emulator;
use clerk_sdk::{ClientConfig, user};
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
    let sdk_spans = Targets::new().with_target("clerk_sdk", LevelFilter::INFO);
    let subscriber = tracing_subscriber::registry().with(telemetry.with_filter(sdk_spans));
    tracing::subscriber::set_global_default(subscriber)?;

    let result = make_calls().await;
    provider.shutdown()?;
    result
}

async fn make_calls() -> Result<(), Box<dyn Error>> {
    let (_emulator, config) = match std::env::var(clerk_sdk::SECRET_KEY_ENV_VAR) {
        Ok(key) => (None, ClientConfig::new(key)),
        Err(_) => {
            let emulator = Emulator::start().await?;
            let config = ClientConfig::new(emulator.key()).base_url(emulator.url());
            (Some(emulator), config)
        }
    };
    let client = user::Client::new(config);
    client.count(&user::CountParams::new()).await?;
    // The span of a failed call has the error type, but never the id of the user.
    let missing = client.get("user_that_does_not_exist").await;
    assert!(missing.is_err_and(|error| error.is_not_found()));
    Ok(())
}
