//! Serves the application with the keys in `CLERK_SECRET_KEY` and `CLERK_WEBHOOK_SIGNING_SECRET`.

use clerk_sdk::ClientConfig;
use clerk_sdk::webhook::Verifier;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = newcomer::routes(ClientConfig::default(), Verifier::from_env()?)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app).await?;
    Ok(())
}
