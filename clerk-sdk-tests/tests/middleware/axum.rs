//! The routes in axum.

use axum::Router;
use axum::routing::get;
use clerk_sdk::middleware::axum::{Auth, AuthState, OptionalAuth, RequireAuth};
use clerk_sdk::middleware::tower::AuthLayer;

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

pub(crate) async fn start(gates: Gates) -> App {
    let app = Router::new()
        .route("/optional", get(anybody))
        .route("/asked", get(asked))
        .layer(AuthLayer::new(gates.optional))
        .merge(
            Router::new()
                .route("/required", get(user))
                .layer(AuthLayer::new(gates.required)),
        )
        .merge(
            Router::new()
                .route("/machines", get(whoever))
                .layer(AuthLayer::new(gates.machines)),
        )
        .merge(
            Router::new()
                .route("/invoices", get(user))
                .layer(AuthLayer::new(gates.invoices)),
        )
        .merge(
            Router::new()
                .route("/teapot", get(user))
                .layer(AuthLayer::new(gates.teapot)),
        )
        .merge(
            Router::new()
                .route("/page", get(user))
                .layer(AuthLayer::new(gates.page)),
        )
        .route("/unguarded", get(user));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move { axum::serve(listener, app).await });
    App {
        url: format!("http://{address}"),
        _guard: None,
    }
}
