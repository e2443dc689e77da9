//! The application in actix-web, which runs in a runtime of its own, and the uses of its middleware.

use std::net::SocketAddr;

use actix_web::body::BoxBody;
use actix_web::dev::{Server, ServerHandle, ServiceRequest, ServiceResponse};
use actix_web::error::ErrorImATeapot;
use actix_web::http::Method;
use actix_web::middleware::{Next, from_fn};
use actix_web::{App as Application, HttpServer, web};
use clerk_sdk::middleware::actix_web::{
    ApiKey, Auth, AuthMiddleware, AuthState, M2mToken, Machine, OAuthToken, OptionalAuth,
    RequireAuth,
};
use clerk_sdk::middleware::{Gate, Rejection};

use super::app::{App, subject};
use super::clock::Clock;
use super::gates::{Gates, ReadInvoices};
use super::optional_extractors;
use super::raw_request::send_raw;
use super::scenarios;
use super::test_client::{TestClient, token};

async fn user_id(Auth(session): Auth) -> String {
    session.user_id().to_owned()
}

async fn optional_user_id(OptionalAuth(session): OptionalAuth) -> String {
    session.map_or("nobody".to_owned(), |it| it.user_id().to_owned())
}

async fn option_user_id(auth: Option<Auth>, machine: Option<Machine>) -> &'static str {
    match (auth, machine) {
        (None, None) => "nobody",
        _ => "signed in",
    }
}

async fn option_permitted(auth: Option<RequireAuth<ReadInvoices>>) -> &'static str {
    match auth {
        Some(_) => "permitted",
        None => "not permitted",
    }
}

async fn permitted_user_id(RequireAuth { session, .. }: RequireAuth<ReadInvoices>) -> String {
    session.user_id().to_owned()
}

async fn checked_user_id(Auth(session): Auth) -> Result<String, Rejection> {
    session.has().permission("org:invoices:read").require()?;
    Ok(session.user_id().to_owned())
}

async fn subject_id(AuthState(state): AuthState) -> String {
    subject(&state)
}

/// Stops the server when dropped, which ends its thread.
struct StopOnDrop(ServerHandle);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        // The command is sent immediately; the future only waits for the server to stop.
        drop(self.0.stop(false));
    }
}

async fn machine_subject(Machine(machine): Machine) -> String {
    machine.subject().to_owned()
}

async fn api_key_subject(ApiKey(machine): ApiKey) -> String {
    machine.subject().to_owned()
}

async fn m2m_token_subject(M2mToken(machine): M2mToken) -> String {
    machine.subject().to_owned()
}

async fn oauth_token_subject(OAuthToken(machine): OAuthToken) -> String {
    machine.subject().to_owned()
}

async fn preflight_response() -> &'static str {
    "preflight"
}

/// Runs the server that `bind` creates on a thread of its own.
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
        _guard: Some(Box::new(StopOnDrop(handle))),
    }
}

/// Binds the applications that a factory creates to a free port.
macro_rules! bind {
    ($factory:expr) => {{
        let server = HttpServer::new($factory).workers(1).disable_signals();
        let server = server.bind_auto_h2c(("127.0.0.1", 0)).expect("a free port");
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
                .route("/page", web::get().to(user_id));
            let preflight = gated("/preflight", &gates.preflight)
                .route(web::get().to(user_id))
                .route(web::method(Method::OPTIONS).to(preflight_response));
            let nested = gated("/nested", &gates.inner)
                .wrap(AuthMiddleware::new(gates.outer.clone()))
                .route(web::get().to(subject_id));
            let nested_others = gated("/nested-others", &gates.inner)
                .wrap(AuthMiddleware::new(gates.other_outer.clone()))
                .route(web::get().to(subject_id));
            Application::new()
                .service(gated("/optional", &gates.optional).route(web::get().to(optional_user_id)))
                .service(
                    gated("/require-auth", &gates.optional).route(web::get().to(permitted_user_id)),
                )
                .service(gated("/option", &gates.optional).route(web::get().to(option_user_id)))
                .service(
                    gated("/option-permitted", &gates.optional)
                        .route(web::get().to(option_permitted)),
                )
                .service(gated("/checked", &gates.optional).route(web::get().to(checked_user_id)))
                // A gate is a middleware too.
                .service(
                    web::resource("/required")
                        .wrap(gates.required.clone())
                        .route(web::get().to(user_id)),
                )
                .service(gated("/machines", &gates.machines).route(web::get().to(subject_id)))
                .service(gated("/machine", &gates.any_token).route(web::get().to(machine_subject)))
                .service(gated("/api-key", &gates.any_token).route(web::get().to(api_key_subject)))
                .service(
                    gated("/m2m-token", &gates.any_token).route(web::get().to(m2m_token_subject)),
                )
                .service(
                    gated("/oauth-token", &gates.any_token)
                        .route(web::get().to(oauth_token_subject)),
                )
                .service(
                    gated("/sign-in-first", &gates.sign_in_first).route(web::get().to(user_id)),
                )
                .service(
                    gated("/token-parameter", &gates.token_parameter).route(web::get().to(user_id)),
                )
                .service(gated("/invoices", &gates.invoices).route(web::get().to(user_id)))
                .service(gated("/teapot", &gates.teapot).route(web::get().to(user_id)))
                .service(gated("/page", &gates.page).route(web::get().to(user_id)))
                .service(shop)
                .service(preflight)
                .service(gated("/users-only", &gates.users_only).route(web::get().to(user_id)))
                .service(
                    gated("/permitted-users-only", &gates.permitted_users_only)
                        .route(web::get().to(user_id)),
                )
                .service(nested)
                .service(nested_others)
                .route("/unguarded", web::get().to(user_id))
        })
    })
    .await
}

#[tokio::test]
async fn actix_web_passes_the_scenarios() {
    for version in scenarios::VERSIONS {
        scenarios::run(version, start).await;
    }
}

#[tokio::test]
async fn optional_extractors_without_a_gate() {
    let app = serve(|| {
        bind!(|| {
            Application::new()
                .route("/option", web::get().to(option_user_id))
                .route("/optional", web::get().to(optional_user_id))
        })
    });
    optional_extractors::run(app.await).await;
}

#[tokio::test]
async fn middleware_can_wrap_an_application_a_scope_or_a_resource() {
    let clerk = clerk_sdk_tests::Emulator::start().await;
    let clerk = clerk.expect("a free port");
    let gates = Gates::new(&clerk, &Clock::start());
    let app = serve(move || {
        bind!(move || {
            let required = AuthMiddleware::new(gates.required.clone());
            let scope = web::scope("/scope/{name}")
                .wrap(required.clone())
                .route("/part", web::get().to(user_id));
            let resource = web::resource("/resource").wrap(required);
            Application::new()
                .wrap(AuthMiddleware::new(gates.optional.clone()))
                .route("/", web::get().to(user_id))
                .service(scope)
                .service(resource.route(web::get().to(user_id)))
        })
    });
    let app = app.await;
    let client = TestClient::new(&app.url);
    for path in ["/", "/scope/a/part", "/resource"] {
        let response = client
            .get_with_token(path, &token(serde_json::json!({})))
            .await;
        let found = (response.status, response.body.as_str());
        assert_eq!(found, (200, "user_1"), "{path}");
        assert_eq!(client.get(path, &[]).await.status, 401, "{path}");
    }
    assert_eq!(client.get("/nowhere", &[]).await.status, 404);
}

#[tokio::test]
async fn default_service_of_the_application_is_not_behind_the_gate_of_a_scope() {
    let app = serve(|| {
        bind!(|| {
            let config = clerk_sdk::ClientConfig::new("sk_test_none");
            let gate = clerk_sdk::auth::Authenticator::new(config).require_auth();
            let reached = || web::get().to(async || "reached");
            // Outer services are tried first, as actix-web tries them in the order of registration.
            Application::new()
                .service(web::resource("/admin/open").route(reached()))
                .service(
                    web::scope("/admin")
                        .wrap(AuthMiddleware::new(gate))
                        .route("/users", reached()),
                )
                .default_service(web::to(async || "outer"))
        })
    });
    let app = app.await;
    for path in ["/admin/users", "/admin/nowhere", "/admin/", "/admin"] {
        let (status, body) = send_raw(&app, "GET", path).await;
        assert_eq!(status, 401, "{path}: {body}");
    }
    assert_eq!(send_raw(&app, "GET", "/admin/open").await.1, "reached");
    for path in ["/Admin/users", "//admin/users", "/x/../admin/users"] {
        let (status, body) = send_raw(&app, "GET", path).await;
        assert!(body.contains("outer"), "{path}: {status} {body}");
    }
}

#[tokio::test]
async fn error_of_an_inner_middleware_has_the_headers() {
    let clerk = clerk_sdk_tests::Emulator::start().await;
    let clerk = clerk.expect("a free port");
    let gates = Gates::new(&clerk, &Clock::start());
    let app = serve(move || {
        bind!(move || {
            // Errors of handlers are converted to responses; those of a middleware are returned.
            let failing = from_fn(async |_: ServiceRequest, _: Next<BoxBody>| {
                Err::<ServiceResponse, _>(ErrorImATeapot("short and stout"))
            });
            Application::new()
                .wrap(failing)
                .wrap(AuthMiddleware::new(gates.optional.clone()))
        })
    });
    let app = app.await;
    let response = TestClient::new(&app.url).get("/", &[]).await;
    let found = (response.status, response.body.as_str());
    assert_eq!(found, (418, "short and stout"));
    assert_eq!(response.header("x-clerk-auth-status"), Some("signed-out"));
}
