//! The application in poem, and how its errors are handled.

use clerk_sdk::middleware::Rejection;
use clerk_sdk::middleware::poem::{
    ApiKey, Auth, AuthMiddleware, AuthState, M2mToken, Machine, OAuthToken, OptionalAuth,
    RequireAuth,
};
use poem::error::NotFoundError;
use poem::http::Uri;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Endpoint, EndpointExt, Request, Route, RouteMethod, Server, handler};

use super::app::{App, subject};
use super::clock::Clock;
use super::gates::{Gates, ReadInvoices};
use super::optional_extractors;
use super::raw_request::send_raw;
use super::scenarios;
use super::test_client::{TestClient, token};

#[handler]
fn user_id(Auth(session): Auth) -> String {
    session.user_id().to_owned()
}

#[handler]
fn optional_user_id(OptionalAuth(session): OptionalAuth) -> String {
    session.map_or("nobody".to_owned(), |it| it.user_id().to_owned())
}

#[handler]
fn option_user_id(auth: Option<Auth>, machine: Option<Machine>) -> &'static str {
    match (auth, machine) {
        (None, None) => "nobody",
        _ => "signed in",
    }
}

#[handler]
fn option_permitted(auth: Option<RequireAuth<ReadInvoices>>) -> &'static str {
    match auth {
        Some(_) => "permitted",
        None => "not permitted",
    }
}

#[handler]
fn permitted_user_id(RequireAuth { session, .. }: RequireAuth<ReadInvoices>) -> String {
    session.user_id().to_owned()
}

#[handler]
fn checked_user_id(Auth(session): Auth) -> Result<String, Rejection> {
    session.has().permission("org:invoices:read").require()?;
    Ok(session.user_id().to_owned())
}

#[handler]
fn subject_id(AuthState(state): AuthState) -> String {
    subject(&state)
}

#[handler]
fn machine_subject(Machine(machine): Machine) -> String {
    machine.subject().to_owned()
}

#[handler]
fn api_key_subject(ApiKey(machine): ApiKey) -> String {
    machine.subject().to_owned()
}

#[handler]
fn m2m_token_subject(M2mToken(machine): M2mToken) -> String {
    machine.subject().to_owned()
}

#[handler]
fn oauth_token_subject(OAuthToken(machine): OAuthToken) -> String {
    machine.subject().to_owned()
}

#[handler]
fn preflight_response() -> &'static str {
    "preflight"
}

pub(crate) async fn start(gates: Gates) -> App {
    let app = Route::new()
        .at(
            "/optional",
            optional_user_id.with(AuthMiddleware::new(gates.optional.clone())),
        )
        .at(
            "/require-auth",
            permitted_user_id.with(AuthMiddleware::new(gates.optional.clone())),
        )
        .at("/option", option_user_id.with(gates.optional.clone()))
        .at(
            "/option-permitted",
            option_permitted.with(gates.optional.clone()),
        )
        .at(
            "/checked",
            checked_user_id.with(AuthMiddleware::new(gates.optional)),
        )
        // A gate is a middleware too.
        .at("/required", user_id.with(gates.required))
        .at(
            "/machines",
            subject_id.with(AuthMiddleware::new(gates.machines)),
        )
        .at("/machine", machine_subject.with(gates.any_token.clone()))
        .at("/api-key", api_key_subject.with(gates.any_token.clone()))
        .at(
            "/m2m-token",
            m2m_token_subject.with(gates.any_token.clone()),
        )
        .at(
            "/oauth-token",
            oauth_token_subject.with(gates.any_token.clone()),
        )
        .at("/sign-in-first", user_id.with(gates.sign_in_first))
        .at("/token-parameter", user_id.with(gates.token_parameter))
        .at(
            "/invoices",
            user_id.with(AuthMiddleware::new(gates.invoices)),
        )
        .at("/teapot", user_id.with(AuthMiddleware::new(gates.teapot)))
        .at(
            "/page",
            user_id.with(AuthMiddleware::new(gates.page.clone())),
        )
        .nest(
            "/shop",
            Route::new()
                .at("/page", user_id)
                .with(AuthMiddleware::new(gates.page.clone())),
        )
        .at(
            "/preflight",
            RouteMethod::new()
                .get(user_id)
                .options(preflight_response)
                .with(AuthMiddleware::new(gates.preflight)),
        )
        .at(
            "/users-only",
            user_id.with(AuthMiddleware::new(gates.users_only)),
        )
        .at(
            "/permitted-users-only",
            user_id.with(AuthMiddleware::new(gates.permitted_users_only)),
        )
        .at(
            "/nested",
            subject_id
                .with(AuthMiddleware::new(gates.inner.clone()))
                .with(AuthMiddleware::new(gates.outer)),
        )
        .at(
            "/nested-others",
            subject_id
                .with(AuthMiddleware::new(gates.inner))
                .with(AuthMiddleware::new(gates.other_outer)),
        )
        .at("/unguarded", user_id);
    serve(app).await
}

async fn serve(app: impl Endpoint + 'static) -> App {
    let acceptor = TcpListener::bind("127.0.0.1:0")
        .into_acceptor()
        .await
        .expect("a free port");
    let addresses = acceptor.local_addr();
    let address = addresses
        .first()
        .and_then(|it| it.as_socket_addr())
        .expect("a bound address");
    let url = format!("http://{address}");
    tokio::spawn(Server::new_with_acceptor(acceptor).run(app));
    App { url, _guard: None }
}

#[tokio::test]
async fn poem_passes_the_scenarios() {
    for version in scenarios::VERSIONS {
        scenarios::run(version, start).await;
    }
}

#[tokio::test]
async fn optional_extractors_without_a_gate() {
    let app = Route::new()
        .at("/option", option_user_id)
        .at("/optional", optional_user_id);
    optional_extractors::run(serve(app).await).await;
}

#[tokio::test]
async fn nest_is_behind_its_gate_with_all_that_is_not_found_in_it() {
    let config = clerk_sdk::ClientConfig::new("sk_test_none");
    let gate = clerk_sdk::auth::Authenticator::new(config).require_auth();
    let admin = Route::new().at("/users", reached).at("/", reached);
    let app = Route::new()
        .nest("/admin", admin.with(AuthMiddleware::new(gate)))
        .at("/*path", reached);
    let app = serve(app).await;
    for path in [
        "/admin/users",
        "/admin/nowhere",
        "/admin/",
        "/admin",
        "/admin//users",
    ] {
        let (status, body) = send_raw(&app, "GET", path).await;
        assert_eq!(status, 401, "{path}: {body}");
    }
    for path in ["/Admin/users", "//admin/users", "/x/../admin/users"] {
        let (status, body) = send_raw(&app, "GET", path).await;
        assert!(body.contains("reached"), "{path}: {status} {body}");
    }
}

#[handler]
fn reached() -> &'static str {
    "reached"
}

#[tokio::test]
async fn nested_handler_sees_the_uri_without_the_prefix() {
    let config = clerk_sdk::ClientConfig::new("sk_test_none");
    let gate = clerk_sdk::auth::Authenticator::new(config).allow_all();
    let inner = Route::new()
        .at("/page", uri)
        .with(AuthMiddleware::new(gate));
    let app = serve(Route::new().nest("/shop", inner)).await;
    let response = TestClient::new(&app.url).get("/shop/page", &[]).await;
    assert_eq!(response.body, "/page");
}

#[handler]
fn uri(uri: &Uri) -> String {
    uri.path().to_owned()
}

#[tokio::test]
async fn errors_keep_their_type() {
    let config = clerk_sdk::ClientConfig::new("sk_test_none");
    let gate = clerk_sdk::auth::Authenticator::new(config).allow_all();
    let app = Route::new()
        .at("/", user_id)
        .with(AuthMiddleware::new(gate))
        .catch_error(async |_: NotFoundError| "caught");
    let request = Request::builder().uri_str("/nowhere").finish();
    let response = app.call(request).await.expect("the error is caught");
    let body = response.into_body().into_string().await;
    assert_eq!(body.expect("a UTF-8 body"), "caught");
}

#[tokio::test]
async fn error_response_sets_the_cookies_of_a_handshake() {
    let clerk = clerk_sdk_tests::Emulator::start().await;
    let clerk = clerk.expect("a free port");
    let session = token(serde_json::json!({}));
    let directive = format!("__session={session}; Path=/");
    clerk.stub(clerk_sdk_tests::StubbedResponse {
        method: "GET".to_owned(),
        path: "/clients/handshake_payload".to_owned(),
        status: 200,
        headers: Vec::new(),
        body: serde_json::json!({"directives": [directive]})
            .to_string()
            .into_bytes(),
    });
    let gate = Gates::new(&clerk, &Clock::start()).outer;
    let app = Route::new()
        .at("/", user_id)
        .with(AuthMiddleware::new(gate));
    let app = serve(app).await;
    let client = TestClient::new(&app.url);
    let page = [("sec-fetch-dest", "document")];
    let response = client
        .get("/nowhere?__clerk_handshake_nonce=n", &page)
        .await;
    assert_eq!(response.status, 404);
    assert_eq!(response.header("set-cookie"), Some(directive.as_str()));
}

#[tokio::test]
async fn gate_sees_the_uri_of_a_request_that_a_test_builds() {
    let config = clerk_sdk::ClientConfig::new("sk_test_none");
    let gate = clerk_sdk::auth::Authenticator::new(config).require_auth();
    let gate = gate.on_rejection(|_, request, mut response| {
        *response.body_mut() = request.uri.to_string().into();
        response
    });
    let app = Route::new().at("/page", user_id).with(gate);
    let request = Request::builder().uri_str("/page?a=1").finish();
    let response = app.get_response(request).await;
    let body = response.into_body().into_string().await;
    assert_eq!(body.expect("a UTF-8 body"), "/page?a=1");
}
