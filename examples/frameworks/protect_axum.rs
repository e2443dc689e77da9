//! axum routes for everyone, for signed-in users, and for users with a permission.
//!
//! ```sh
//! cargo run -p examples-frameworks --example protect_axum
//! ```

use std::process::ExitCode;

use axum::Router;
use axum::routing::get;
use clerk_sdk::auth::Authenticator;
use clerk_sdk::middleware::axum::{Auth, OptionalAuth};
use examples::{Example, Instance, Result};
use examples_frameworks::Visitors;

const EXAMPLE: Example = Example {
    name: "protect_axum",
    about: "Protects axum routes: for everyone, for signed-in users, and for users with a permission.",
    arguments: &[],
    changes: None,
};

#[tokio::main]
async fn main() -> ExitCode {
    EXAMPLE.run(serve).await
}

async fn serve(instance: Instance) -> Result {
    let authenticator = Authenticator::new(instance.config.clone())
        // The origins of your frontend: tokens that Clerk issued for other websites are rejected.
        .authorized_parties(["http://localhost:3000"])?;
    let visitors = Visitors::new(instance)?;
    let may_delete =
        authenticator.require_authorization(|has| has.permission("org:invoices:delete"));

    let admin = Router::new().route("/admin", get(admin)).layer(may_delete);
    let app = Router::new()
        .route("/", get(home))
        .route("/me", get(me))
        .layer(authenticator.allow_all())
        .merge(admin);

    let listener = tokio::net::TcpListener::bind(visitors.address).await?;
    tokio::select! {
        served = axum::serve(listener, app).into_future() => Ok(served?),
        visited = visitors.send_requests() => visited,
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
