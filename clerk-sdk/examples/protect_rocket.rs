//! Rocket routes for everyone, for signed-in users, and for users with a permission.
//!
//! `cargo run -p clerk-sdk --features rocket --example protect_rocket`

mod demo;

use clerk_sdk::jwt::AuthorizationCheck;
use clerk_sdk::middleware::Requirement;
use clerk_sdk::middleware::rocket::{Auth, AuthFairing, OptionalAuth, RequireAuth};
use demo::{Demo, Result};
use rocket::{Config, get, routes};

#[rocket::main]
async fn main() -> Result {
    let demo = Demo::start().await?;
    let config = Config {
        address: demo.address.ip(),
        port: demo.address.port(),
        log_level: rocket::config::LogLevel::Off,
        ..Config::debug_default()
    };
    let app = rocket::custom(config)
        .attach(AuthFairing::new(demo.authenticator.allow_all()))
        .mount("/", routes![home, me, admin]);

    tokio::select! {
        served = app.launch() => Ok(served.map(|_| ())?),
        visited = demo.send_requests() => visited,
    }
}

/// Requires the permission to delete invoices.
struct DeleteInvoices;

impl Requirement for DeleteInvoices {
    fn ask(has: AuthorizationCheck<'_>) -> AuthorizationCheck<'_> {
        has.permission("org:invoices:delete")
    }
}

#[get("/")]
fn home(user: OptionalAuth) -> String {
    match user.0 {
        Some(session) => format!("welcome back, {}", session.user_id()),
        None => "welcome".to_owned(),
    }
}

#[get("/me")]
fn me(user: Auth) -> String {
    format!("you are {}", user.0.user_id())
}

#[get("/admin")]
fn admin(user: RequireAuth<DeleteInvoices>) -> String {
    format!("{} may delete invoices", user.session.user_id())
}
