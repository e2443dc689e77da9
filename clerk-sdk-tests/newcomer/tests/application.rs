//! The tests of the application, with an emulator in the place of Clerk.

use clerk_emulator::Emulator;
use clerk_sdk::webhook::Verifier;
use clerk_sdk::{ClientConfig, user};
use tokio::net::TcpListener;

#[tokio::test]
async fn a_user_signs_up_and_opens_the_protected_route() -> Result<(), Box<dyn std::error::Error>> {
    let clerk = Emulator::start().await?;
    let config = ClientConfig::new(clerk.key()).base_url(clerk.url());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let secret = clerk.add_webhook_endpoint(&format!("{address}/webhooks/clerk"));
    let app = newcomer::routes(config.clone(), Verifier::new(secret)?)?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    let http = reqwest::Client::new();

    // A user is created, which a webhook reports.
    let params = user::CreateParams::new()
        .email_address(["ada@example.com"])
        .first_name("Ada");
    let ada = user::Client::new(config).create(&params).await?;
    let mut reported = String::new();
    while reported.is_empty() {
        let response = http.get(format!("{address}/new-users")).send().await?;
        reported = response.text().await?;
    }
    assert_eq!(reported, "Ada");

    // The route is closed to those without a session, and open to Ada.
    let me = format!("{address}/me");
    assert_eq!(http.get(&me).send().await?.status(), 401);
    let token = clerk.session_token(&ada.id);
    let response = http.get(&me).bearer_auth(token).send().await?;
    assert_eq!(response.status(), 200);
    assert_eq!(response.text().await?, "Ada");
    Ok(())
}
