//! poem routes for everyone, for signed-in users, and for users with a permission.
//!
//! `cargo run -p clerk-sdk --features poem --example protect_poem`

mod demo;

use clerk_sdk::middleware::poem::{Auth, AuthMiddleware, OptionalAuth};
use demo::{Demo, Result};
use poem::listener::TcpListener;
use poem::{EndpointExt, Route, Server, handler};

#[tokio::main]
async fn main() -> Result {
    let demo = Demo::start().await?;
    let everyone = AuthMiddleware::new(demo.authenticator.allow_all());
    let may_delete = demo
        .authenticator
        .require_authorization(|has| has.permission("org:invoices:delete"));

    let app = Route::new()
        .at("/", home.with(everyone.clone()))
        .at("/me", me.with(everyone))
        .at("/admin", admin.with(AuthMiddleware::new(may_delete)));

    tokio::select! {
        served = Server::new(TcpListener::bind(demo.address)).run(app) => Ok(served?),
        visited = demo.send_requests() => visited,
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
