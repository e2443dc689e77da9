//! The application in axum, and the URI that nested handlers see.

use ::axum::Router;
use ::axum::http::Uri;
use ::axum::routing::{MethodRouter, get};
use ::tower::ServiceExt;
use clerk_sdk::middleware::axum::{
    ApiKey, Auth, AuthLayer, AuthState, M2mToken, Machine, OAuthToken, OptionalAuth, RequireAuth,
};
use clerk_sdk::middleware::{Gate, Rejection};

use super::app::{App, subject};

use super::gates::{Gates, ReadInvoices};
use super::optional_extractors;
use super::raw_request::send_raw;
use super::scenarios;

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

pub(crate) async fn start(gates: Gates) -> App {
    let gated = |path: &str, route: MethodRouter, gate: &Gate| {
        let routes = Router::new().route(path, route);
        routes.layer(AuthLayer::new(gate.clone()))
    };
    let app = gated("/optional", get(optional_user_id), &gates.optional)
        .merge(gated(
            "/require-auth",
            get(permitted_user_id),
            &gates.optional,
        ))
        .merge(gated("/option", get(option_user_id), &gates.optional))
        .merge(gated(
            "/option-permitted",
            get(option_permitted),
            &gates.optional,
        ))
        .merge(gated("/checked", get(checked_user_id), &gates.optional))
        // A gate is a layer too.
        .merge(
            Router::new()
                .route("/required", get(user_id))
                .layer(gates.required),
        )
        .merge(gated("/machines", get(subject_id), &gates.machines))
        .merge(gated("/machine", get(machine_subject), &gates.any_token))
        .merge(gated("/api-key", get(api_key_subject), &gates.any_token))
        .merge(gated(
            "/m2m-token",
            get(m2m_token_subject),
            &gates.any_token,
        ))
        .merge(gated(
            "/oauth-token",
            get(oauth_token_subject),
            &gates.any_token,
        ))
        .merge(gated("/sign-in-first", get(user_id), &gates.sign_in_first))
        .merge(gated(
            "/token-parameter",
            get(user_id),
            &gates.token_parameter,
        ))
        .merge(gated("/invoices", get(user_id), &gates.invoices))
        .merge(gated("/teapot", get(user_id), &gates.teapot))
        .merge(gated("/page", get(user_id), &gates.page))
        .nest("/shop", gated("/page", get(user_id), &gates.page))
        .merge(gated(
            "/preflight",
            get(user_id).options(preflight_response),
            &gates.preflight,
        ))
        .merge(gated("/users-only", get(user_id), &gates.users_only))
        .merge(gated(
            "/permitted-users-only",
            get(user_id),
            &gates.permitted_users_only,
        ))
        .merge(
            gated("/nested", get(subject_id), &gates.inner)
                .layer(AuthLayer::new(gates.outer.clone())),
        )
        .merge(
            gated("/nested-others", get(subject_id), &gates.inner)
                .layer(AuthLayer::new(gates.other_outer.clone())),
        )
        .route("/unguarded", get(user_id));
    serve(app).await
}

async fn serve(app: Router) -> App {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    tokio::spawn(async move { ::axum::serve(listener, app).await });
    App {
        url: format!("http://{address}"),
        _guard: None,
    }
}

#[tokio::test]
async fn axum_passes_the_scenarios() {
    for version in scenarios::VERSIONS {
        scenarios::run(version, start).await;
    }
}

#[tokio::test]
async fn optional_extractors_without_a_gate() {
    let app = Router::new()
        .route("/option", get(option_user_id))
        .route("/optional", get(optional_user_id));
    optional_extractors::run(serve(app).await).await;
}

#[tokio::test]
async fn fallback_of_an_outer_router_is_behind_the_gate_of_a_nested_service_only() {
    let config = clerk_sdk::ClientConfig::new("sk_test_none");
    let gate = clerk_sdk::auth::Authenticator::new(config).require_auth();
    let admin = Router::new().route("/users", get(async || "reached"));
    let with_fallback = admin.clone().fallback(async || "reached");
    let nest = |admin: Router| Router::new().nest("/admin", admin.layer(gate.clone()));
    let nested_service = Router::new().nest_service("/admin", admin.clone().layer(gate.clone()));
    for (app, [secret, slash]) in [
        (nest(admin), [200, 200]),
        (nest(with_fallback), [401, 200]),
        (nested_service, [401, 401]),
    ] {
        let app = serve(app.fallback(async || "outer")).await;
        for (path, expected) in [
            ("/admin/users", 401),
            ("/admin/secret", secret),
            ("/admin/", slash),
        ] {
            let (status, body) = send_raw(&app, "GET", path).await;
            assert_eq!(status, expected, "{path}");
            assert_eq!(body == "outer", expected == 200, "{path}: {body}");
        }
    }
}

#[tokio::test]
async fn nested_handler_sees_the_uri_without_the_prefix() {
    let config = clerk_sdk::ClientConfig::new("sk_test_none");
    let gate = clerk_sdk::auth::Authenticator::new(config).allow_all();
    let inner = Router::new()
        .route("/page", get(|uri: Uri| async move { uri.to_string() }))
        .layer(AuthLayer::new(gate));
    let request = http::Request::get("/shop/page").body(::axum::body::Body::empty());
    let response = Router::new()
        .nest("/shop", inner)
        .oneshot(request.expect("a request"))
        .await
        .expect("an infallible service");
    let body = ::axum::body::to_bytes(response.into_body(), 100).await;
    assert_eq!(body.expect("a short body"), "/page");
}
