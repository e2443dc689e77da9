//! actix-web routes for everyone, for signed-in users, and for users with a permission.
//!
//! `cargo run -p clerk-sdk --features actix-web --example protect_actix_web`

mod demo;

use actix_web::{App, HttpServer, rt, web};
use clerk_sdk::middleware::actix_web::{Auth, AuthMiddleware, OptionalAuth};
use demo::{Demo, Result};

fn main() -> Result {
    rt::System::new().block_on(run())
}

async fn run() -> Result {
    let demo = Demo::start().await?;
    let everyone = AuthMiddleware::new(demo.authenticator.allow_all());
    let may_delete = demo
        .authenticator
        .require_authorization(|has| has.permission("org:invoices:delete"));
    let may_delete = AuthMiddleware::new(may_delete);

    let server = HttpServer::new(move || {
        App::new()
            .wrap(everyone.clone())
            .route("/", web::get().to(home))
            .route("/me", web::get().to(me))
            .service(web::resource("/admin").wrap(may_delete.clone()).to(admin))
    });
    tokio::select! {
        served = server.workers(1).bind(demo.address)?.run() => Ok(served?),
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
