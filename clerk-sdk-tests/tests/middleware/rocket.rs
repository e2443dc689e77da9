//! The routes in Rocket, and what is its own: gates by path.

use std::sync::Mutex;

use clerk_sdk::middleware::Gate;
use clerk_sdk::middleware::rocket::{Auth, AuthFairing, AuthState, OptionalAuth, RequireAuth};
use rocket::fairing::AdHoc;
use rocket::http::{Header, Status};
use rocket::local::asynchronous::Client;
use rocket::response::content::RawHtml;
use rocket::{Config, Rocket, get, routes};

use super::caller::{Answer, Caller};
use super::{App, Clock, Gates, ReadInvoices};

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
fn leave() -> &'static str {
    "leave"
}

#[get("/people")]
fn people(auth: Auth) -> String {
    auth.0.user_id().to_owned()
}

#[get("/readers")]
fn readers(auth: Auth) -> String {
    auth.0.user_id().to_owned()
}

#[get("/nested")]
fn nested(state: AuthState) -> String {
    super::whoever(&state.0)
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

#[get("/asked")]
fn asked(auth: RequireAuth<ReadInvoices>) -> String {
    auth.0.user_id().to_owned()
}

#[get("/machines")]
fn machines(state: AuthState) -> String {
    super::whoever(&state.0)
}

/// Stops the server.
struct Stop(rocket::Shutdown);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.clone().notify();
    }
}

async fn serve(rocket: Rocket<rocket::Build>) -> App {
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
            let started = started.lock().expect("no test panicked here").take();
            if let Some(started) = started {
                let _ = started.send((rocket.config().port, rocket.shutdown()));
            }
            Box::pin(async {})
        }));
    tokio::spawn(async move { rocket.launch().await.map(|_| ()) });
    let (port, shutdown) = waiting.await.expect("the server starts");
    App {
        url: format!("http://127.0.0.1:{port}"),
        _guard: Some(Box::new(Stop(shutdown))),
    }
}

pub(crate) async fn start(gates: Gates) -> App {
    let mut rocket = rocket::build();
    for (path, gate) in [
        ("/optional", gates.optional.clone()),
        ("/asked", gates.optional),
        ("/required", gates.required),
        ("/machines", gates.machines),
        ("/invoices", gates.invoices),
        ("/teapot", gates.teapot),
        ("/page", gates.page.clone()),
        ("/shop", gates.page),
        ("/preflight", gates.preflight),
        ("/people", gates.people),
        ("/readers", gates.readers),
        ("/nested", gates.outer),
        ("/nested", gates.inner),
    ] {
        rocket = rocket.attach(AuthFairing::new(gate).at(path));
    }
    let all = routes![
        required, invoices, teapot, page, unguarded, optional, asked, machines, preflight, leave,
        people, readers, nested
    ];
    serve(rocket.mount("/", all).mount("/shop", routes![page])).await
}

#[get("/<path..>")]
fn anything(path: std::path::PathBuf) -> String {
    format!("reached {}", path.display())
}

#[rocket::post("/<_..>", data = "<body>")]
fn anything_sent(body: String) -> String {
    format!("reached {body}")
}

async fn answer(app: &App, method: &str, path: &str) -> (u16, String) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    // By hand: a client would tidy the path.
    let address = app.url.trim_start_matches("http://");
    let mut socket = tokio::net::TcpStream::connect(address)
        .await
        .expect("it listens");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: text/plain\r\n\
         content-length: 0\r\n\r\n"
    );
    socket
        .write_all(request.as_bytes())
        .await
        .expect("it takes the request");
    let mut text = String::new();
    socket.read_to_string(&mut text).await.expect("it answers");
    let status = text
        .split(' ')
        .nth(1)
        .and_then(|it| it.parse().ok())
        .expect("a status");
    let body = text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
    (status, body.unwrap_or_default())
}

/// A gate that lets nobody pass without a token.
fn closed() -> Gate {
    let config = clerk_sdk::ClientConfig::new("sk_test_none");
    clerk_sdk::auth::Authenticator::new(config).required()
}

#[tokio::test]
async fn rocket_follows_the_scenarios() {
    super::run(start).await;
}

#[tokio::test]
async fn a_gate_keeps_requests_from_handlers_without_guards() {
    let rocket = rocket::build()
        .attach(AuthFairing::new(closed()).at("/admin/"))
        .mount("/", routes![anything, anything_sent]);
    let app = serve(rocket).await;
    for path in [
        "/admin",
        "/admin/",
        "/admin/users",
        "//admin",
        "/admin//users",
        "///admin///",
        "/%61dmin",
        "/admin?x=1",
        "/%61%64min/users",
    ] {
        for method in ["GET", "POST", "HEAD"] {
            let (status, body) = answer(&app, method, path).await;
            assert_eq!(status, 401, "{method} {path}: {body}");
            assert!(!body.contains("reached"), "{method} {path}");
        }
    }
    for path in ["/", "/administrators", "/other/admin", "/Admin"] {
        assert_eq!(answer(&app, "GET", path).await.0, 200, "{path}");
    }
    // Where denied requests go, there is nothing for who goes there directly.
    let (_, body) = answer(&app, "GET", "/__clerk_denied").await;
    assert_eq!(body, "reached __clerk_denied");
}

#[tokio::test]
async fn all_gates_of_a_path_must_let_a_request_pass() {
    let config = clerk_sdk::ClientConfig::new("sk_test_none");
    let open = clerk_sdk::auth::Authenticator::new(config).optional();
    for order in [[open.clone(), closed()], [closed(), open]] {
        let mut rocket = rocket::build().mount("/", routes![anything]);
        for gate in order {
            rocket = rocket.attach(AuthFairing::new(gate));
        }
        assert_eq!(answer(&serve(rocket).await, "GET", "/a").await.0, 401);
    }
}

/// Answers 401 by itself, with a body of its own.
#[get("/maybe")]
fn maybe(auth: Option<Auth>) -> (Status, &'static str) {
    match auth {
        Some(_) => (Status::Ok, "somebody"),
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

/// What `/required` and `/maybe` answer a stranger, in an application with these catchers.
async fn refusals(base: &'static str, catchers: Vec<rocket::Catcher>) -> [Answer; 2] {
    let config = clerk_sdk::ClientConfig::new("sk_test_none");
    let open = clerk_sdk::auth::Authenticator::new(config).optional();
    let rocket = rocket::build()
        .attach(AuthFairing::new(open))
        .mount("/", routes![required, maybe])
        .register(base, catchers);
    let app = serve(rocket).await;
    let caller = Caller::of(&app.url);
    let answers = [
        caller.get("/required", &[]).await,
        caller.get("/maybe", &[]).await,
    ];
    for answer in &answers {
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    answers
}

#[tokio::test]
async fn what_the_application_answers_itself_stays() {
    for (catchers, expected) in [
        (rocket::catchers![caught], "caught"),
        (rocket::catchers![caught_by_default], "caught by default"),
    ] {
        let [required, maybe] = refusals("/", catchers).await;
        assert_eq!(required.body, expected);
        assert_eq!(maybe.body, "nobody");
    }
}

#[tokio::test]
async fn what_no_catcher_of_that_path_catches_is_answered_as_elsewhere() {
    for catchers in [
        Vec::new(),
        rocket::catchers![caught],
        rocket::catchers![caught_by_default],
    ] {
        let [required, maybe] = refusals("/elsewhere", catchers).await;
        assert_eq!(required.code(), "session-token-and-uat-missing");
        assert_eq!(required.header("content-type"), Some("application/json"));
        assert_eq!(maybe.body, "nobody");
    }
}

#[get("/own")]
fn rockets_own() -> Status {
    Status::Unauthorized
}

/// As long as a page, and no less a page.
#[get("/alike?<length>")]
fn alike(auth: Option<Auth>, length: usize) -> (Status, RawHtml<String>) {
    assert!(auth.is_none());
    (Status::Unauthorized, RawHtml("x".repeat(length)))
}

#[tokio::test]
async fn an_answer_stays_that_is_only_as_long_as_rockets_own() {
    let config = clerk_sdk::ClientConfig::new("sk_test_none");
    let open = clerk_sdk::auth::Authenticator::new(config).optional();
    let rocket = rocket::build()
        .attach(AuthFairing::new(open))
        .mount("/", routes![rockets_own, alike]);
    let app = serve(rocket).await;
    let caller = Caller::of(&app.url);
    let length = caller.get("/own", &[]).await.body.len();
    let answer = caller.get(&format!("/alike?length={length}"), &[]).await;
    assert_eq!(answer.body, "x".repeat(length));
}

#[tokio::test]
async fn the_host_is_known_without_a_header() {
    // As over HTTP/2, where it is a part of the address.
    let clerk = clerk_sdk_tests::Emulator::start().await;
    let clerk = clerk.expect("a free port");
    let gate = Gates::new(&clerk, &Clock::start()).page;
    let rocket = rocket::custom(Config {
        log_level: rocket::config::LogLevel::Off,
        ..Config::debug_default()
    });
    let rocket = rocket.attach(AuthFairing::new(gate));
    let client = Client::untracked(rocket).await.expect("it starts");
    let mut request = client.get("/page");
    let host = rocket::http::uri::Host::parse("app.example.com:8000");
    request.inner_mut().set_host(host.expect("it is a host"));
    request.add_header(Header::new("sec-fetch-dest", "document"));
    request.add_header(Header::new(
        "cookie",
        "__clerk_db_jwt=dvb_1; __client_uat=1",
    ));
    let answer = request.dispatch().await;
    assert_eq!(answer.status(), Status::TemporaryRedirect);
    let location = answer.headers().get_one("location").unwrap_or_default();
    let here = "redirect_url=http%3A%2F%2Fapp.example.com%3A8000%2Fpage";
    assert!(location.contains(here), "{location}");
}
