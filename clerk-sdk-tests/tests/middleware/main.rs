//! The promises of `clerk_sdk::middleware`: one list of scenarios, run against each framework over a real
//! socket.

mod actix_web;
mod axum;
mod poem;
mod rocket;
mod scenarios;

use std::sync::Arc;

use clerk_sdk::ClientConfig;
use clerk_sdk::auth::{Authenticator, RequestState, TokenKind};
use clerk_sdk::jwt::Has;
use clerk_sdk::middleware::{Denial, Gate, Requirement};
use clerk_sdk_tests::StandIn;

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
    /// `/page`: as `/required`, for browsers.
    pub(crate) page: Gate,
    // `/unguarded`: who it is, by `Auth`, behind no gate.
}

pub(crate) struct ReadInvoices;

impl Requirement for ReadInvoices {
    fn ask(has: Has<'_>) -> Has<'_> {
        has.permission("org:invoices:read")
    }
}

/// A development instance whose Frontend API is `clerk.stand-in.test`.
pub(crate) const PUBLISHABLE_KEY: &str = "pk_test_Y2xlcmsuc3RhbmQtaW4udGVzdCQ";

impl Gates {
    fn new(clerk: &StandIn) -> Self {
        let config = ClientConfig::new(clerk.key()).base_url(clerk.url());
        let authenticator = Authenticator::new(config);
        let kinds = [TokenKind::Session, TokenKind::ApiKey];
        let machines = authenticator.clone().accept(kinds);
        let browsers = authenticator.clone().publishable_key(PUBLISHABLE_KEY);
        let browsers = browsers
            .expect("it is a publishable key")
            .authorized_parties([ORIGIN]);
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
        }
    }
}

/// The page that the stand-in's tokens are for.
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
    let clerk = Arc::new(StandIn::start().await.expect("a free port"));
    let app = start(Gates::new(&clerk)).await;
    scenarios::run(&clerk, &app.url).await;
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
