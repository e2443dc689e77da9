//! poem routes for everyone, for signed-in users, and for users with a permission.
//!
//! ```sh
//! cargo run -p examples-frameworks --example protect_poem
//! ```

use std::process::ExitCode;

use clerk_sdk::auth::Authenticator;
use clerk_sdk::middleware::poem::{Auth, AuthMiddleware, OptionalAuth};
use examples::{Example, Instance, Result};
use examples_frameworks::Visitors;
use poem::listener::TcpListener;
use poem::{EndpointExt, Route, Server, handler};

const EXAMPLE: Example = Example {
    name: "protect_poem",
    about: "Protects poem routes: for everyone, for signed-in users, and for users with a permission.",
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
    let everyone = AuthMiddleware::new(authenticator.allow_all());
    let may_delete =
        authenticator.require_authorization(|has| has.permission("org:invoices:delete"));

    let app = Route::new()
        .at("/", home.with(everyone.clone()))
        .at("/me", me.with(everyone))
        .at("/admin", admin.with(AuthMiddleware::new(may_delete)));

    tokio::select! {
        served = Server::new(TcpListener::bind(visitors.address)).run(app) => Ok(served?),
        visited = visitors.send_requests() => visited,
    }
}

#[handler]
fn home(OptionalAuth(session): OptionalAuth) -> String {
    match session {
        Some(session) => format!("welcome back, {}", session.user_id()),
        None => "welcome".to_owned(),
    }
}

#[handler]
fn me(Auth(session): Auth) -> String {
    format!("you are {}", session.user_id())
}

#[handler]
fn admin(Auth(session): Auth) -> String {
    format!("{} may delete invoices", session.user_id())
}
