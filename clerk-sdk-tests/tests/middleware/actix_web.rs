//! The routes in actix-web, which has a runtime of its own for each worker.

use actix_web::dev::ServerHandle;
use actix_web::{App as Application, HttpServer, web};
use clerk_sdk::middleware::actix_web::{
    Auth, AuthMiddleware, AuthState, OptionalAuth, RequireAuth,
};

use super::{App, Gates, ReadInvoices};

async fn user(Auth(session): Auth) -> String {
    session.user_id().to_owned()
}

async fn anybody(OptionalAuth(session): OptionalAuth) -> String {
    session.map_or("nobody".to_owned(), |it| it.user_id().to_owned())
}

async fn asked(RequireAuth(session, _): RequireAuth<ReadInvoices>) -> String {
    session.user_id().to_owned()
}

async fn whoever(AuthState(state): AuthState) -> String {
    super::whoever(&state)
}

/// Stops the server, whose thread then ends.
struct Stop(ServerHandle);

impl Drop for Stop {
    fn drop(&mut self) {
        // The order is given at once; nothing here waits for it to be carried out.
        drop(self.0.stop(false));
    }
}

pub(crate) async fn start(gates: Gates) -> App {
    let (started, waiting) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || {
                let gated = |path: &str, gate| {
                    web::resource(path.to_owned()).wrap(AuthMiddleware::new(gate))
                };
                let gates = gates.clone();
                Application::new()
                    .service(
                        gated("/optional", gates.optional.clone()).route(web::get().to(anybody)),
                    )
                    .service(gated("/asked", gates.optional).route(web::get().to(asked)))
                    .service(gated("/required", gates.required).route(web::get().to(user)))
                    .service(gated("/machines", gates.machines).route(web::get().to(whoever)))
                    .service(gated("/invoices", gates.invoices).route(web::get().to(user)))
                    .service(gated("/teapot", gates.teapot).route(web::get().to(user)))
                    .service(gated("/page", gates.page).route(web::get().to(user)))
                    .route("/unguarded", web::get().to(user))
            });
            let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0));
            let server = server.expect("a free port");
            let address = server.addrs()[0];
            let running = server.run();
            let _ = started.send((address, running.handle()));
            running.await
        })
    });
    let (address, handle) = waiting.await.expect("the server starts");
    App {
        url: format!("http://{address}"),
        _guard: Some(Box::new(Stop(handle))),
    }
}
