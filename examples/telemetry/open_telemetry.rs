//! Exports the spans of calls with OpenTelemetry.
//!
//! The exporter of this example prints the spans. Replace it with an OTLP exporter to send them to a collector.
//!
//! ```sh
//! cargo run -p examples-telemetry --example open_telemetry
//! ```

use std::process::ExitCode;

use clerk_sdk::user;
use examples::{Example, Instance, Result};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use opentelemetry_stdout::SpanExporter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;

const EXAMPLE: Example = Example {
    name: "open_telemetry",
    about: "Prints the OpenTelemetry spans of two calls.",
    arguments: &[],
    changes: None,
};

#[tokio::main]
async fn main() -> ExitCode {
    EXAMPLE.run(export_spans).await
}

async fn export_spans(instance: Instance) -> Result {
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(SpanExporter::default())
        .build();
    let telemetry = tracing_opentelemetry::layer().with_tracer(provider.tracer("example"));
    let sdk_spans = Targets::new().with_target("clerk_sdk", LevelFilter::INFO);
    let subscriber = tracing_subscriber::registry().with(telemetry.with_filter(sdk_spans));
    tracing::subscriber::set_global_default(subscriber)?;

    let result = make_calls(&instance.clerk.user()).await;
    provider.shutdown()?;
    result
}

async fn make_calls(users: &user::Client) -> Result {
    users.count(&user::CountParams::new()).await?;
    // The span of a failed call has the error type, but never the id of the user.
    match users.get("user_that_does_not_exist").await {
        Err(error) if error.is_not_found() => Ok(()),
        Err(error) => Err(error.into()),
        Ok(user) => Err(format!("{} exists", user.id).into()),
    }
}
