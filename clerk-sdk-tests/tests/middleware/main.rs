//! The promises of `clerk_sdk::middleware`: one list of scenarios, run against each framework over a real
//! socket.

mod actix_web;
mod axum;
mod caller;
mod poem;
mod rocket;
mod scenarios;
mod tower;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use clerk_sdk::ClientConfig;
use clerk_sdk::auth::{Authenticator, RequestState, TokenKind};
use clerk_sdk::jwt::{Has, Verifier};
use clerk_sdk::middleware::{Denial, Gate, Requirement};
use clerk_sdk_tests::Emulator;

/// The gates of the routes that each framework has. What each route answers is in [`scenarios`].
#[derive(Clone)]
pub(crate) struct Gates {
    /// `/optional`: who it is, by `OptionalAuth`; and `/asked`, by `RequireAuth<ReadInvoices>`.
    pub(crate) optional: Gate,
    /// `/required`: who it is, by `Auth`.
    pub(crate) required: Gate,
    /// `/machines`: whoever it is, by `AuthState`.
    pub(crate) machines: Gate,
    /// `/invoices`: who it is, by `Auth`, behind a gate that asks for the permission.
    pub(crate) invoices: Gate,
    /// `/teapot`: as `/required`, with an answer of its own.
    pub(crate) teapot: Gate,
    /// `/page`, and `/shop/page` in a part that is nested: as `/required`, for browsers.
    pub(crate) page: Gate,
    /// `/preflight`: as `/required`, and the answer `leave` to `OPTIONS`.
    pub(crate) preflight: Gate,
    /// `/people`: as `/required`, where machines' tokens are accepted.
    pub(crate) people: Gate,
    /// `/readers`: as `/invoices`, where machines' tokens are accepted.
    pub(crate) readers: Gate,
    /// `/nested`: whoever it is, by `AuthState`, behind this gate and then the inner one.
    pub(crate) outer: Gate,
    pub(crate) inner: Gate,
    // `/unguarded`: who it is, by `Auth`, behind no gate.
}

pub(crate) struct ReadInvoices;

impl Requirement for ReadInvoices {
    fn ask(has: Has<'_>) -> Has<'_> {
        has.permission("org:invoices:read")
    }
}

/// A development instance whose Frontend API is `clerk.emulator.test`.
const DEVELOPMENT: &str = "pk_test_Y2xlcmsuZW11bGF0b3IudGVzdCQ";
/// And a production instance there.
const PRODUCTION: &str = "pk_live_Y2xlcmsuZW11bGF0b3IudGVzdCQ";

/// The time in the application, which stands still unless it is moved.
#[derive(Clone)]
pub(crate) struct Clock(Arc<AtomicU64>);

impl Clock {
    pub(crate) const START: u64 = 1_700_000_000;

    fn start() -> Self {
        Self(Arc::new(AtomicU64::new(Self::START)))
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Gates {
    fn new(clerk: &Emulator, clock: &Clock) -> Self {
        let config = ClientConfig::new(clerk.key()).base_url(clerk.url());
        let clock = clock.clone();
        let now = move || UNIX_EPOCH + Duration::from_secs(clock.0.load(Ordering::Relaxed));
        let verifier = Verifier::new(config.clone()).clock(now);
        let authenticator = Authenticator::new(config).verifier(verifier);
        let kinds = [TokenKind::Session, TokenKind::ApiKey];
        let machines = authenticator.clone().accept(kinds);
        let of = |authenticator: &Authenticator, key| {
            let browsers = authenticator.clone().publishable_key(key);
            let browsers = browsers.expect("it is a publishable key");
            browsers.authorized_parties([ORIGIN])
        };
        let (browsers, all) = (of(&authenticator, DEVELOPMENT), of(&machines, PRODUCTION));
        let brew = |denial: &Denial, mut response: http::Response<bytes::Bytes>| {
            assert!(matches!(denial, Denial::SignedOut(_)));
            *response.status_mut() = http::StatusCode::IM_A_TEAPOT;
            *response.body_mut() = "short and stout".into();
            response
        };
        Self {
            optional: authenticator.optional(),
            required: authenticator.required(),
            machines: machines.required(),
            invoices: authenticator.require(ReadInvoices::ask),
            teapot: authenticator.required().on_denial(brew),
            page: browsers.required(),
            preflight: authenticator.required().allow_preflight(),
            people: machines.required(),
            readers: machines.require(ReadInvoices::ask),
            outer: all.optional(),
            inner: all.clone().required(),
        }
    }
}

/// The page that the emulator's tokens are for.
const ORIGIN: &str = "http://localhost:3000";

/// A running application.
pub(crate) struct App {
    /// Such as `http://127.0.0.1:1234`.
    pub(crate) url: String,
    /// What keeps it running, if something must.
    pub(crate) _guard: Option<Box<dyn std::any::Any + Send>>,
}

/// Runs the scenarios against an application that `start` makes of the gates.
async fn run<F: Future<Output = App>>(start: impl FnOnce(Gates) -> F) {
    let clerk = Arc::new(Emulator::start().await.expect("a free port"));
    let clock = Clock::start();
    let app = start(Gates::new(&clerk, &clock)).await;
    scenarios::run(&clerk, &app.url, &clock).await;
}

/// Who it is, whatever they are.
fn whoever(state: &RequestState) -> String {
    match (state.session(), state.machine()) {
        (Some(session), _) => session.user_id().to_owned(),
        (_, Some(machine)) => machine.subject.clone(),
        _ => "nobody".to_owned(),
    }
}

#[tokio::test]
async fn actix_web_follows_the_scenarios() {
    run(actix_web::start).await;
}

#[tokio::test]
async fn poem_follows_the_scenarios() {
    run(poem::start).await;
}

#[tokio::test]
async fn axum_follows_the_scenarios() {
    run(axum::start).await;
}

#[tokio::test]
async fn tower_follows_the_scenarios() {
    run(tower::start).await;
}
