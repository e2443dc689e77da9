//! Rocket routes for everyone, for signed-in users, and for users with a permission.
//!
//! ```sh
//! cargo run -p examples-frameworks --example protect_rocket
//! ```

use std::process::ExitCode;

use clerk_sdk::auth::Authenticator;
use clerk_sdk::jwt::AuthorizationCheck;
use clerk_sdk::middleware::Requirement;
use clerk_sdk::middleware::rocket::{Auth, AuthFairing, OptionalAuth, RequireAuth};
use examples::{Example, Instance, Result};
use examples_frameworks::Visitors;
use rocket::{Config, get, routes};

const EXAMPLE: Example = Example {
    name: "protect_rocket",
    about: "Protects Rocket routes: for everyone, for signed-in users, and for users with a permission.",
    arguments: &[],
    changes: None,
};

#[rocket::main]
async fn main() -> ExitCode {
    EXAMPLE.run(serve).await
}

async fn serve(instance: Instance) -> Result {
    let authenticator = Authenticator::new(instance.config.clone())
        // The origins of your frontend: tokens that Clerk issued for other websites are rejected.
        .authorized_parties(["http://localhost:3000"])?;
    let visitors = Visitors::new(instance)?;
    let config = Config {
        address: visitors.address.ip(),
        port: visitors.address.port(),
        log_level: rocket::config::LogLevel::Off,
        ..Config::debug_default()
    };
    let app = rocket::custom(config)
        .attach(AuthFairing::new(authenticator.allow_all()))
        .mount("/", routes![home, me, admin]);

    tokio::select! {
        served = app.launch() => Ok(served.map(|_| ())?),
        visited = visitors.send_requests() => visited,
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
