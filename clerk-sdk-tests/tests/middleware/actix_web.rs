//! The routes in actix-web, which has a runtime of its own for each worker.

use std::net::SocketAddr;

use actix_web::body::BoxBody;
use actix_web::dev::{Server, ServerHandle, ServiceRequest, ServiceResponse};
use actix_web::error::ErrorImATeapot;
use actix_web::http::Method;
use actix_web::middleware::{Next, from_fn};
use actix_web::{App as Application, HttpServer, web};
use clerk_sdk::middleware::Gate;
use clerk_sdk::middleware::actix_web::{
    Auth, AuthMiddleware, AuthState, OptionalAuth, RequireAuth,
};

use super::caller::{Caller, token};
use super::{App, Clock, Gates, ReadInvoices};

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

async fn leave() -> &'static str {
    "leave"
}

/// Runs what `bind` makes on a thread of its own.
async fn serve(bind: impl FnOnce() -> (SocketAddr, Server) + Send + 'static) -> App {
    let (started, waiting) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let (address, running) = bind();
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

/// Binds the applications that a closure makes to a free port.
macro_rules! bind {
    ($factory:expr) => {{
        let server = HttpServer::new($factory).workers(1).disable_signals();
        let server = server.bind(("127.0.0.1", 0)).expect("a free port");
        (server.addrs()[0], server.run())
    }};
}

pub(crate) async fn start(gates: Gates) -> App {
    serve(move || {
        bind!(move || {
            let gated = |path: &str, gate: &Gate| {
                web::resource(path.to_owned()).wrap(AuthMiddleware::new(gate.clone()))
            };
            let gates = &gates;
            let shop = web::scope("/shop")
                .wrap(AuthMiddleware::new(gates.page.clone()))
                .route("/page", web::get().to(user));
            let preflight = gated("/preflight", &gates.preflight)
                .route(web::get().to(user))
                .route(web::method(Method::OPTIONS).to(leave));
            let nested = gated("/nested", &gates.inner)
                .wrap(AuthMiddleware::new(gates.outer.clone()))
                .route(web::get().to(whoever));
            Application::new()
                .service(gated("/optional", &gates.optional).route(web::get().to(anybody)))
                .service(gated("/asked", &gates.optional).route(web::get().to(asked)))
                .service(gated("/required", &gates.required).route(web::get().to(user)))
                .service(gated("/machines", &gates.machines).route(web::get().to(whoever)))
                .service(gated("/invoices", &gates.invoices).route(web::get().to(user)))
                .service(gated("/teapot", &gates.teapot).route(web::get().to(user)))
                .service(gated("/page", &gates.page).route(web::get().to(user)))
                .service(shop)
                .service(preflight)
                .service(gated("/people", &gates.people).route(web::get().to(user)))
                .service(gated("/readers", &gates.readers).route(web::get().to(user)))
                .service(nested)
                .route("/unguarded", web::get().to(user))
        })
    })
    .await
}

#[tokio::test]
async fn a_gate_goes_around_an_application_a_scope_or_a_resource() {
    let clerk = clerk_sdk_tests::Emulator::start().await;
    let clerk = clerk.expect("a free port");
    let gates = Gates::new(&clerk, &Clock::start());
    let app = serve(move || {
        bind!(move || {
            let required = AuthMiddleware::new(gates.required.clone());
            let scope = web::scope("/scope/{name}")
                .wrap(required.clone())
                .route("/part", web::get().to(user));
            let resource = web::resource("/resource").wrap(required);
            Application::new()
                .wrap(AuthMiddleware::new(gates.optional.clone()))
                .route("/", web::get().to(user))
                .service(scope)
                .service(resource.route(web::get().to(user)))
        })
    });
    let app = app.await;
    let caller = Caller::of(&app.url);
    for path in ["/", "/scope/a/part", "/resource"] {
        let answer = caller.bearing(path, &token(serde_json::json!({}))).await;
        let found = (answer.status, answer.body.as_str());
        assert_eq!(found, (200, "user_1"), "{path}");
        assert_eq!(caller.get(path, &[]).await.status, 401, "{path}");
    }
    assert_eq!(caller.get("/nowhere", &[]).await.status, 404);
}

#[tokio::test]
async fn an_error_from_within_has_the_headers() {
    let clerk = clerk_sdk_tests::Emulator::start().await;
    let clerk = clerk.expect("a free port");
    let gates = Gates::new(&clerk, &Clock::start());
    let app = serve(move || {
        bind!(move || {
            // A middleware may fail, where a handler's errors are answers already.
            let failing = from_fn(async |_: ServiceRequest, _: Next<BoxBody>| {
                Err::<ServiceResponse, _>(ErrorImATeapot("short and stout"))
            });
            Application::new()
                .wrap(failing)
                .wrap(AuthMiddleware::new(gates.optional.clone()))
        })
    });
    let app = app.await;
    let answer = Caller::of(&app.url).get("/", &[]).await;
    let found = (answer.status, answer.body.as_str());
    assert_eq!(found, (418, "short and stout"));
    assert_eq!(answer.header("x-clerk-auth-status"), Some("signed-out"));
}
