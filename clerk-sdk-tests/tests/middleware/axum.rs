//! The routes in axum.

use ::axum::Router;
use ::axum::http::Uri;
use ::axum::routing::{MethodRouter, get};
use clerk_sdk::middleware::Gate;
use clerk_sdk::middleware::axum::{Auth, AuthState, OptionalAuth, RequireAuth};
use clerk_sdk::middleware::tower::AuthLayer;

use ::tower::ServiceExt;

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

async fn leave() -> &'static str {
    "leave"
}

pub(crate) async fn start(gates: Gates) -> App {
    let gated = |path: &str, route: MethodRouter, gate: &Gate| {
        let routes = Router::new().route(path, route);
        routes.layer(AuthLayer::new(gate.clone()))
    };
    let app = gated("/optional", get(anybody), &gates.optional)
        .merge(gated("/asked", get(asked), &gates.optional))
        .merge(gated("/required", get(user), &gates.required))
        .merge(gated("/machines", get(whoever), &gates.machines))
        .merge(gated("/invoices", get(user), &gates.invoices))
        .merge(gated("/teapot", get(user), &gates.teapot))
        .merge(gated("/page", get(user), &gates.page))
        .nest("/shop", gated("/page", get(user), &gates.page))
        .merge(gated(
            "/preflight",
            get(user).options(leave),
            &gates.preflight,
        ))
        .merge(gated("/people", get(user), &gates.people))
        .merge(gated("/readers", get(user), &gates.readers))
        .merge(
            gated("/nested", get(whoever), &gates.inner).layer(AuthLayer::new(gates.outer.clone())),
        )
        .route("/unguarded", get(user));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move { ::axum::serve(listener, app).await });
    App {
        url: format!("http://{address}"),
        _guard: None,
    }
}

#[tokio::test]
async fn a_nested_handler_sees_its_own_part_of_the_address() {
    let config = clerk_sdk::ClientConfig::new("sk_test_none");
    let gate = clerk_sdk::auth::Authenticator::new(config).optional();
    let inner = Router::new()
        .route("/page", get(|uri: Uri| async move { uri.to_string() }))
        .layer(AuthLayer::new(gate));
    let request = http::Request::get("/shop/page").body(::axum::body::Body::empty());
    let answer = Router::new()
        .nest("/shop", inner)
        .oneshot(request.expect("a request"))
        .await
        .expect("a router does not fail");
    let body = ::axum::body::to_bytes(answer.into_body(), 100).await;
    assert_eq!(body.expect("it is short"), "/page");
}
