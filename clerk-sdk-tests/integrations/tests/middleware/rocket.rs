//! The application in Rocket, gates for a path, and catchers.

use std::sync::Mutex;

use clerk_sdk::middleware::rocket::{
    ApiKey, Auth, AuthFairing, AuthState, M2mToken, Machine, OAuthToken, OptionalAuth, RequireAuth,
};
use clerk_sdk::middleware::{Gate, Rejection};
use rocket::fairing::AdHoc;
use rocket::http::{Header, Status};
use rocket::local::asynchronous::Client;
use rocket::response::content::RawHtml;
use rocket::{Config, Rocket, get, routes};

use super::app::{App, subject};
use super::clock::Clock;
use super::gates::{Gates, ReadInvoices};
use super::optional_extractors;
use super::raw_request::send_raw;
use super::scenarios;
use super::test_client::{TestClient, TestResponse};

#[get("/required")]
fn required(auth: Auth) -> String {
    auth.0.user_id().to_owned()
}

#[get("/invoices")]
fn invoices(auth: Auth) -> String {
    auth.0.user_id().to_owned()
}

#[get("/teapot")]
fn teapot(auth: Auth) -> String {
    auth.0.user_id().to_owned()
}

#[get("/page")]
fn page(auth: Auth) -> String {
    auth.0.user_id().to_owned()
}

#[get("/preflight")]
fn preflight(auth: Auth) -> String {
    auth.0.user_id().to_owned()
}

#[rocket::options("/preflight")]
fn preflight_response() -> &'static str {
    "preflight"
}

#[get("/users-only")]
fn users_only(auth: Auth) -> String {
    auth.0.user_id().to_owned()
}

#[get("/permitted-users-only")]
fn permitted_users_only(auth: Auth) -> String {
    auth.0.user_id().to_owned()
}

#[get("/nested")]
fn nested(state: AuthState) -> String {
    subject(&state.0)
}

#[get("/nested-others")]
fn nested_others(state: AuthState) -> String {
    subject(&state.0)
}

#[get("/unguarded")]
fn unguarded(auth: Auth) -> String {
    auth.0.user_id().to_owned()
}

#[get("/optional")]
fn optional(auth: OptionalAuth) -> String {
    auth.0
        .map_or("nobody".to_owned(), |it| it.user_id().to_owned())
}

#[get("/option")]
fn option(auth: Option<Auth>, machine: Option<Machine>) -> &'static str {
    match (auth, machine) {
        (None, None) => "nobody",
        _ => "signed in",
    }
}

#[get("/option-permitted")]
fn option_permitted(auth: Option<RequireAuth<ReadInvoices>>) -> &'static str {
    match auth {
        Some(_) => "permitted",
        None => "not permitted",
    }
}

#[get("/require-auth")]
fn require_auth(auth: RequireAuth<ReadInvoices>) -> String {
    auth.session.user_id().to_owned()
}

#[get("/checked")]
fn checked(auth: Auth) -> Result<String, Rejection> {
    auth.0.has().permission("org:invoices:read").require()?;
    Ok(auth.0.user_id().to_owned())
}

#[get("/machines")]
fn machines(state: AuthState) -> String {
    subject(&state.0)
}

#[get("/machine")]
fn machine(machine: Machine) -> String {
    machine.0.subject().to_owned()
}

#[get("/api-key")]
fn api_key(machine: ApiKey) -> String {
    machine.0.subject().to_owned()
}

#[get("/m2m-token")]
fn m2m_token(machine: M2mToken) -> String {
    machine.0.subject().to_owned()
}

#[get("/oauth-token")]
fn oauth_token(machine: OAuthToken) -> String {
    machine.0.subject().to_owned()
}

#[get("/sign-in-first")]
fn sign_in_first(auth: Auth) -> String {
    auth.0.user_id().to_owned()
}

#[get("/token-parameter")]
fn token_parameter(auth: Auth) -> String {
    auth.0.user_id().to_owned()
}

/// Stops the server when dropped.
struct StopOnDrop(rocket::Shutdown);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.clone().notify();
    }
}

pub(crate) async fn serve(rocket: Rocket<rocket::Build>) -> App {
    let config = Config {
        port: 0,
        log_level: rocket::config::LogLevel::Off,
        shutdown: rocket::config::Shutdown {
            ctrlc: false,
            grace: 0,
            mercy: 0,
            ..Default::default()
        },
        ..Config::debug_default()
    };
    let (started, waiting) = tokio::sync::oneshot::channel();
    let started = Mutex::new(Some(started));
    let rocket = rocket
        .configure(config)
        .attach(AdHoc::on_liftoff("port", move |rocket| {
            let started = started.lock().expect("an unpoisoned lock").take();
            if let Some(started) = started {
                let _ = started.send((rocket.config().port, rocket.shutdown()));
            }
            Box::pin(async {})
        }));
    tokio::spawn(async move { rocket.launch().await.map(|_| ()) });
    let (port, shutdown) = waiting.await.expect("the server starts");
    App {
        url: format!("http://127.0.0.1:{port}"),
        _guard: Some(Box::new(StopOnDrop(shutdown))),
    }
}

pub(crate) async fn start(gates: Gates) -> App {
    let mut rocket = rocket::build();
    for (path, gate) in [
        ("/optional", gates.optional.clone()),
        ("/require-auth", gates.optional.clone()),
        ("/option", gates.optional.clone()),
        ("/option-permitted", gates.optional.clone()),
        ("/checked", gates.optional),
        ("/required", gates.required),
        ("/machines", gates.machines),
        ("/machine", gates.any_token.clone()),
        ("/api-key", gates.any_token.clone()),
        ("/m2m-token", gates.any_token.clone()),
        ("/oauth-token", gates.any_token.clone()),
        ("/sign-in-first", gates.sign_in_first),
        ("/token-parameter", gates.token_parameter),
        ("/invoices", gates.invoices),
        ("/teapot", gates.teapot),
        ("/page", gates.page.clone()),
        ("/shop", gates.page),
        ("/preflight", gates.preflight),
        ("/users-only", gates.users_only),
        ("/permitted-users-only", gates.permitted_users_only),
        ("/nested", gates.outer),
        ("/nested", gates.inner.clone()),
        ("/nested-others", gates.other_outer),
        ("/nested-others", gates.inner),
    ] {
        rocket = rocket.attach(AuthFairing::new(gate).at(path));
    }
    let all = routes![
        required,
        invoices,
        teapot,
        page,
        unguarded,
        optional,
        option,
        option_permitted,
        require_auth,
        checked,
        machine,
        sign_in_first,
        token_parameter,
        api_key,
        m2m_token,
        oauth_token,
        machines,
        preflight,
        preflight_response,
        users_only,
        permitted_users_only,
        nested,
        nested_others
    ];
    serve(rocket.mount("/", all).mount("/shop", routes![page])).await
}

#[get("/<path..>")]
fn anything(path: std::path::PathBuf) -> String {
    format!("reached {}", path.display())
}

/// Returns a gate that denies requests without a token.
pub(crate) fn required_gate() -> Gate {
    let config = clerk_sdk::ClientConfig::new("sk_test_none");
    clerk_sdk::auth::Authenticator::new(config).require_auth()
}

/// Returns a gate that admits all requests.
fn optional_gate() -> Gate {
    let config = clerk_sdk::ClientConfig::new("sk_test_none");
    clerk_sdk::auth::Authenticator::new(config).allow_all()
}

#[tokio::test]
async fn rocket_passes_the_scenarios() {
    for version in scenarios::VERSIONS {
        scenarios::run(version, start).await;
    }
}

#[tokio::test]
async fn optional_guards_without_a_gate() {
    // The fairing of another path responds for the guards.
    let rocket = rocket::build()
        .attach(AuthFairing::new(optional_gate()).at("/elsewhere"))
        .mount("/", routes![option, optional]);
    optional_extractors::run(serve(rocket).await).await;
}

#[tokio::test]
async fn all_gates_of_a_path_must_admit_a_request() {
    for order in [
        [optional_gate(), required_gate()],
        [required_gate(), optional_gate()],
    ] {
        let mut rocket = rocket::build().mount("/", routes![anything]);
        for gate in order {
            rocket = rocket.attach(AuthFairing::new(gate));
        }
        assert_eq!(send_raw(&serve(rocket).await, "GET", "/a").await.0, 401);
    }
}

/// Responds with status 401 and a custom body.
#[get("/maybe")]
fn maybe(auth: Option<Auth>) -> (Status, &'static str) {
    match auth {
        Some(_) => (Status::Ok, "signed in"),
        None => (Status::Unauthorized, "nobody"),
    }
}

#[rocket::catch(401)]
fn caught() -> &'static str {
    "caught"
}

#[rocket::catch(default)]
fn caught_by_default() -> &'static str {
    "caught by default"
}

/// Returns the responses of `/required` and `/maybe` to a signed-out request, in an application with these
/// catchers.
async fn denied_responses(base: &'static str, catchers: Vec<rocket::Catcher>) -> [TestResponse; 2] {
    let rocket = rocket::build()
        .attach(AuthFairing::new(optional_gate()))
        .mount("/", routes![required, maybe])
        .register(base, catchers);
    let app = serve(rocket).await;
    let client = TestClient::new(&app.url);
    let responses = [
        client.get("/required", &[]).await,
        client.get("/maybe", &[]).await,
    ];
    for response in &responses {
        assert_eq!(response.status, 401);
        assert_eq!(response.header("www-authenticate"), Some("Bearer"));
    }
    responses
}

#[tokio::test]
async fn responses_of_the_application_are_kept() {
    for (catchers, expected) in [
        (rocket::catchers![caught], "caught"),
        (rocket::catchers![caught_by_default], "caught by default"),
    ] {
        let [required, maybe] = denied_responses("/", catchers).await;
        assert_eq!(required.body, expected);
        assert_eq!(maybe.body, "nobody");
    }
}

#[tokio::test]
async fn denials_without_a_catcher_for_the_path_have_the_default_response() {
    for catchers in [
        Vec::new(),
        rocket::catchers![caught],
        rocket::catchers![caught_by_default],
    ] {
        let [required, maybe] = denied_responses("/other", catchers).await;
        assert_eq!(required.code(), "session-token-and-uat-missing");
        assert_eq!(required.header("content-type"), Some("application/json"));
        assert_eq!(maybe.body, "nobody");
    }
}

#[get("/default")]
fn rocket_default() -> Status {
    Status::Unauthorized
}

/// Responds with an HTML page of this length.
#[get("/same-length?<length>")]
fn same_length(auth: Option<Auth>, length: usize) -> (Status, RawHtml<String>) {
    assert!(auth.is_none());
    (Status::Unauthorized, RawHtml("x".repeat(length)))
}

#[tokio::test]
async fn responses_as_long_as_that_of_the_default_catcher_are_kept() {
    let rocket = rocket::build()
        .attach(AuthFairing::new(optional_gate()))
        .mount("/", routes![rocket_default, same_length]);
    let app = serve(rocket).await;
    let client = TestClient::new(&app.url);
    let length = client.get("/default", &[]).await.body.len();
    let response = client
        .get(&format!("/same-length?length={length}"), &[])
        .await;
    assert_eq!(response.body, "x".repeat(length));
}

#[tokio::test]
async fn host_of_the_uri_is_used_without_a_host_header() {
    // As in HTTP/2, where the host is part of the URI.
    let clerk = clerk_sdk_tests::Emulator::start().await;
    let clerk = clerk.expect("a free port");
    let gate = Gates::new(&clerk, &Clock::start()).page;
    let rocket = rocket::custom(Config {
        log_level: rocket::config::LogLevel::Off,
        ..Config::debug_default()
    });
    let rocket = rocket.attach(AuthFairing::new(gate));
    let client = Client::untracked(rocket)
        .await
        .expect("a running application");
    let mut request = client.get("/page");
    let host = rocket::http::uri::Host::parse("app.example.com:8000");
    request.inner_mut().set_host(host.expect("a host"));
    request.add_header(Header::new("sec-fetch-dest", "document"));
    request.add_header(Header::new(
        "cookie",
        "__clerk_db_jwt=dvb_1; __client_uat=1",
    ));
    let response = request.dispatch().await;
    assert_eq!(response.status(), Status::TemporaryRedirect);
    let location = response.headers().get_one("location").unwrap_or_default();
    let return_url = "redirect_url=http%3A%2F%2Fapp.example.com%3A8000%2Fpage";
    assert!(location.contains(return_url), "{location}");
}
