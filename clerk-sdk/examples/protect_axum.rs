//! axum routes for everyone, for signed-in users, and for users with a permission.
//!
//! `cargo run -p clerk-sdk --features axum --example protect_axum`

mod demo;

use axum::Router;
use axum::routing::get;
use clerk_sdk::middleware::axum::{Auth, OptionalAuth};
use demo::{Demo, Result};

#[tokio::main]
async fn main() -> Result {
    let demo = Demo::start().await?;
    let may_delete = demo
        .authenticator
        .require_authorization(|has| has.permission("org:invoices:delete"));

    let admin = Router::new().route("/admin", get(admin)).layer(may_delete);
    let app = Router::new()
        .route("/", get(home))
        .route("/me", get(me))
        .layer(demo.authenticator.allow_all())
        .merge(admin);

    let listener = tokio::net::TcpListener::bind(demo.address).await?;
    tokio::select! {
        served = axum::serve(listener, app).into_future() => Ok(served?),
        visited = demo.send_requests() => visited,
    }
}

async fn home(OptionalAuth(session): OptionalAuth) -> String {
    match session {
        Some(session) => format!("welcome back, {}", session.user_id()),
        None => "welcome".to_owned(),
    }
}

async fn me(Auth(session): Auth) -> String {
    format!("you are {}", session.user_id())
}

async fn admin(Auth(session): Auth) -> String {
    format!("{} may delete invoices", session.user_id())
}
