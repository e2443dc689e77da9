//! The gates of the routes that every application has.

use bytes::Bytes;
use clerk_sdk::ClientConfig;
use clerk_sdk::auth::{Authenticator, TokenType};
use clerk_sdk::jwt::{AuthorizationCheck, Verifier};
use clerk_sdk::middleware::{Gate, Rejection, Requirement};
use clerk_sdk_tests::Emulator;
use http::request::Parts;
use http::{Method, Response, StatusCode};

use super::clock::Clock;

/// The gates by route. Handlers respond with the id of the user, extracted by `Auth` unless the field says
/// otherwise.
///
/// The route `/unguarded` has no gate.
#[derive(Clone)]
pub(crate) struct Gates {
    /// `/optional`, with `OptionalAuth`, `/require-auth`, with `RequireAuth<ReadInvoices>`, `/checked`, whose handler checks
    /// the permission of [`ReadInvoices`] itself, and `/option` and `/option-permitted`, with `Option` of these extractors.
    pub(crate) optional: Gate,
    /// `/required`.
    pub(crate) required: Gate,
    /// `/machines`: users and machines, with `AuthState`.
    pub(crate) machines: Gate,
    /// `/machine`, `/api-key`, `/m2m-token` and `/oauth-token`, each with the extractor of this name: all requests, with
    /// any kind of token.
    pub(crate) any_token: Gate,
    /// `/invoices`: users with the permission of [`ReadInvoices`].
    pub(crate) invoices: Gate,
    /// `/teapot`: as `/required`, with a custom response to denied requests.
    pub(crate) teapot: Gate,
    /// `/sign-in-first`: as `/page`, but browsers are redirected to [`SIGN_IN`] if they are signed out.
    pub(crate) sign_in_first: Gate,
    /// `/token-parameter`: as `/required`, with the token of the parameter `token`.
    pub(crate) token_parameter: Gate,
    /// `/page`, and `/page` nested under `/shop`: as `/required`, for browsers.
    pub(crate) page: Gate,
    /// `/preflight`: as `/required`, but `OPTIONS` requests get the response `preflight`.
    pub(crate) preflight: Gate,
    /// `/users-only`: as `/required`, but machine tokens are accepted.
    pub(crate) users_only: Gate,
    /// `/permitted-users-only`: as `/invoices`, but machine tokens are accepted.
    pub(crate) permitted_users_only: Gate,
    /// `/nested`: users and machines, with `AuthState`, inside this gate and then the inner one.
    pub(crate) outer: Gate,
    pub(crate) inner: Gate,
    /// `/nested-others`: as `/nested`, but the outer gate has another authenticator, which accepts no machines.
    pub(crate) other_outer: Gate,
}

pub(crate) struct ReadInvoices;

impl Requirement for ReadInvoices {
    fn ask(has: AuthorizationCheck<'_>) -> AuthorizationCheck<'_> {
        has.permission("org:invoices:read")
    }
}

/// A development instance whose Frontend API is `clerk.emulator.test`.
const DEVELOPMENT: &str = "pk_test_Y2xlcmsuZW11bGF0b3IudGVzdCQ";
/// A production instance with the same Frontend API.
const PRODUCTION: &str = "pk_live_Y2xlcmsuZW11bGF0b3IudGVzdCQ";
pub(crate) const SIGN_IN: &str = "https://accounts.example.com/sign-in";
/// The authorized party of the emulator's tokens.
pub(crate) const ORIGIN: &str = "http://localhost:3000";

const ANY_TOKEN: [TokenType; 4] = [
    TokenType::Session,
    TokenType::ApiKey,
    TokenType::M2m,
    TokenType::OAuth,
];

impl Gates {
    pub(crate) fn new(clerk: &Emulator, clock: &Clock) -> Self {
        let config = ClientConfig::new(clerk.key()).base_url(clerk.url());
        let clock = clock.clone();
        let verifier = Verifier::new(config.clone()).clock(move || clock.now());
        let authenticator = Authenticator::new(config).verifier(verifier);
        let kinds = [TokenType::Session, TokenType::ApiKey];
        let machines = authenticator.clone().accepts_token(kinds);
        let for_browsers = |authenticator: &Authenticator, key| {
            let browsers = authenticator.clone().publishable_key(key);
            let browsers = browsers.expect("a valid publishable key");
            browsers.authorized_parties([ORIGIN]).expect("an origin")
        };
        let browsers = for_browsers(&authenticator, DEVELOPMENT);
        let browsers_and_machines = for_browsers(&machines, PRODUCTION);
        Self {
            optional: authenticator.allow_all(),
            required: authenticator.require_auth(),
            machines: machines.require_auth(),
            any_token: authenticator.clone().accepts_token(ANY_TOKEN).allow_all(),
            invoices: authenticator.require_authorization(ReadInvoices::ask),
            teapot: authenticator.require_auth().on_rejection(teapot_response),
            sign_in_first: for_browsers(&authenticator, PRODUCTION)
                .require_auth()
                .redirect_to_sign_in(SIGN_IN)
                .expect("a URL"),
            token_parameter: authenticator.require_auth().token_from(|request| {
                let mut query = request.uri.query()?.split('&');
                let token = query.find_map(|pair| pair.strip_prefix("token="));
                token.map(str::to_owned)
            }),
            page: browsers.require_auth(),
            preflight: authenticator.require_auth().allow_preflight(),
            users_only: machines.require_auth(),
            permitted_users_only: machines.require_authorization(ReadInvoices::ask),
            outer: browsers_and_machines.allow_all(),
            // A clone, which counts as the same authenticator.
            inner: browsers_and_machines.clone().require_auth(),
            other_outer: for_browsers(&authenticator, PRODUCTION).allow_all(),
        }
    }
}

fn teapot_response(
    rejection: &Rejection,
    request: &Parts,
    mut response: Response<Bytes>,
) -> Response<Bytes> {
    assert!(matches!(rejection, Rejection::SignedOut(_)));
    assert_eq!(request.uri.path(), "/teapot");
    assert_eq!(request.method, Method::GET);
    *response.status_mut() = StatusCode::IM_A_TEAPOT;
    *response.body_mut() = "short and stout".into();
    response
}
