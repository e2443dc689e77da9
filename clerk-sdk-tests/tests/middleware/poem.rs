//! The routes in poem.

use clerk_sdk::middleware::poem::{Auth, AuthMiddleware, AuthState, OptionalAuth, RequireAuth};
use poem::error::NotFoundError;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Endpoint, EndpointExt, Request, Route, RouteMethod, Server, handler};

use super::caller::{Caller, token};
use super::{App, Clock, Gates, ReadInvoices};

#[handler]
fn user(Auth(session): Auth) -> String {
    session.user_id().to_owned()
}

#[handler]
fn anybody(OptionalAuth(session): OptionalAuth) -> String {
    session.map_or("nobody".to_owned(), |it| it.user_id().to_owned())
}

#[handler]
fn asked(RequireAuth(session, _): RequireAuth<ReadInvoices>) -> String {
    session.user_id().to_owned()
}

#[handler]
fn whoever(AuthState(state): AuthState) -> String {
    super::whoever(&state)
}

#[handler]
fn leave() -> &'static str {
    "leave"
}

pub(crate) async fn start(gates: Gates) -> App {
    let app = Route::new()
        .at(
            "/optional",
            anybody.with(AuthMiddleware::new(gates.optional.clone())),
        )
        .at("/asked", asked.with(AuthMiddleware::new(gates.optional)))
        .at("/required", user.with(AuthMiddleware::new(gates.required)))
        .at(
            "/machines",
            whoever.with(AuthMiddleware::new(gates.machines)),
        )
        .at("/invoices", user.with(AuthMiddleware::new(gates.invoices)))
        .at("/teapot", user.with(AuthMiddleware::new(gates.teapot)))
        .at("/page", user.with(AuthMiddleware::new(gates.page.clone())))
        .nest(
            "/shop",
            Route::new()
                .at("/page", user)
                .with(AuthMiddleware::new(gates.page.clone())),
        )
        .at(
            "/preflight",
            RouteMethod::new()
                .get(user)
                .options(leave)
                .with(AuthMiddleware::new(gates.preflight)),
        )
        .at("/people", user.with(AuthMiddleware::new(gates.people)))
        .at("/readers", user.with(AuthMiddleware::new(gates.readers)))
        .at(
            "/nested",
            whoever
                .with(AuthMiddleware::new(gates.inner))
                .with(AuthMiddleware::new(gates.outer)),
        )
        .at("/unguarded", user);
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
        .expect("it is bound");
    let url = format!("http://{address}");
    tokio::spawn(Server::new_with_acceptor(acceptor).run(app));
    App { url, _guard: None }
}

#[tokio::test]
async fn errors_stay_errors_of_their_type() {
    let config = clerk_sdk::ClientConfig::new("sk_test_none");
    let gate = clerk_sdk::auth::Authenticator::new(config).optional();
    let app = Route::new()
        .at("/", user)
        .with(AuthMiddleware::new(gate))
        .catch_error(async |_: NotFoundError| "caught");
    let request = Request::builder().uri_str("/nowhere").finish();
    let answer = app.call(request).await.expect("the error is caught");
    let body = answer.into_body().into_string().await;
    assert_eq!(body.expect("it is text"), "caught");
}

#[tokio::test]
async fn an_error_sets_the_cookies_of_a_handshake() {
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
    let app = Route::new().at("/", user).with(AuthMiddleware::new(gate));
    let app = serve(app).await;
    let caller = Caller::of(&app.url);
    let page = [("sec-fetch-dest", "document")];
    let answer = caller
        .get("/nowhere?__clerk_handshake_nonce=n", &page)
        .await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.header("set-cookie"), Some(directive.as_str()));
}
