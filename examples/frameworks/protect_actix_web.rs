//! actix-web routes for everyone, for signed-in users, and for users with a permission.
//!
//! ```sh
//! cargo run -p examples-frameworks --example protect_actix_web
//! ```

use std::process::ExitCode;

use actix_web::{App, HttpServer, rt, web};
use clerk_sdk::auth::Authenticator;
use clerk_sdk::middleware::actix_web::{Auth, AuthMiddleware, OptionalAuth};
use examples::{Example, Instance, Result};
use examples_frameworks::Visitors;

const EXAMPLE: Example = Example {
    name: "protect_actix_web",
    about: "Protects actix-web routes: for everyone, for signed-in users, and for users with a permission.",
    arguments: &[],
    changes: None,
};

fn main() -> ExitCode {
    rt::System::new().block_on(EXAMPLE.run(serve))
}

async fn serve(instance: Instance) -> Result {
    let authenticator = Authenticator::new(instance.config.clone())
        // The origins of your frontend: tokens that Clerk issued for other websites are rejected.
        .authorized_parties(["http://localhost:3000"])?;
    let visitors = Visitors::new(instance)?;
    let everyone = AuthMiddleware::new(authenticator.allow_all());
    let may_delete =
        authenticator.require_authorization(|has| has.permission("org:invoices:delete"));
    let may_delete = AuthMiddleware::new(may_delete);

    let server = HttpServer::new(move || {
        App::new()
            .wrap(everyone.clone())
            .route("/", web::get().to(home))
            .route("/me", web::get().to(me))
            .service(web::resource("/admin").wrap(may_delete.clone()).to(admin))
    });
    tokio::select! {
        served = server.workers(1).bind(visitors.address)?.run() => Ok(served?),
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
