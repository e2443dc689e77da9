//! An application with a protected route, and an endpoint for Clerk's webhooks.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use clerk_sdk::auth::Authenticator;
use clerk_sdk::middleware::axum::Auth;
use clerk_sdk::webhook::axum::Webhook;
use clerk_sdk::webhook::{EventData, Verifier};
use clerk_sdk::{Clerk, ClientConfig};

#[derive(Clone)]
struct App {
    clerk: Clerk,
    webhooks: Verifier,
    /// The names of the users who have signed up, as webhooks report them.
    new_users: Arc<Mutex<Vec<String>>>,
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.webhooks.clone()
    }
}

/// The routes of the application.
pub fn routes(config: ClientConfig, webhooks: Verifier) -> clerk_sdk::Result<Router> {
    let authenticator =
        Authenticator::new(config.clone()).authorized_parties(["http://localhost:3000"])?;
    let app = App {
        clerk: Clerk::new(config),
        webhooks,
        new_users: Arc::default(),
    };
    Ok(Router::new()
        .route("/me", get(me))
        .layer(authenticator.require_auth())
        .route("/new-users", get(new_users))
        .route("/webhooks/clerk", post(receive))
        .with_state(app))
}

async fn me(State(app): State<App>, Auth(session): Auth) -> Result<String, StatusCode> {
    let user = app.clerk.user().get(session.user_id()).await;
    let user = user.map_err(|_| StatusCode::BAD_GATEWAY)?;
    Ok(user.full_name().unwrap_or_default())
}

async fn new_users(State(app): State<App>) -> String {
    app.new_users.lock().expect("no panic").join(", ")
}

async fn receive(State(app): State<App>, Webhook(event): Webhook) -> StatusCode {
    if let EventData::UserCreated(user) = event.data {
        let name = user.full_name().unwrap_or_default();
        app.new_users.lock().expect("no panic").push(name);
    }
    StatusCode::NO_CONTENT
}
