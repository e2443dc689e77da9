//! Request authentication: finds the user or machine that sent an HTTP request (feature `auth`).
//!
//! ```
//! use clerk_sdk::ClientConfig;
//! use clerk_sdk::auth::{Authenticator, AuthStatus};
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! # let clerk = clerk_emulator::Emulator::start().await?;
//! # let (url, key, token) = (clerk.url(), clerk.key(), clerk.session_token("user_1"));
//! let authenticator = Authenticator::new(ClientConfig::new(key).base_url(url))
//!     .authorized_parties(["http://localhost:3000"])?;
//!
//! let request = http::Request::get("/").header("authorization", format!("Bearer {token}"));
//! let (parts, ()) = request.body(())?.into_parts();
//! let state = authenticator.authenticate(&parts).await;
//! // Check this first: a request with a valid session may still need a redirect.
//! if state.redirect().is_some() {
//!     println!("307, with {:?}", state.headers());
//! } else {
//!     match state.status() {
//!         AuthStatus::Session(session) => println!("hello {}", session.user_id()),
//!         AuthStatus::Machine(machine) => println!("hello {}", machine.subject()),
//!         AuthStatus::SignedOut(reason) if reason.is_unavailable() => println!("503: {reason}"),
//!         AuthStatus::SignedOut(reason) => println!("401: {reason}"),
//!         _ => {}
//!     }
//! }
//! # assert!(matches!(state.status(), AuthStatus::Session(_)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! By default only the `Authorization` header is read. [`Authenticator::publishable_key`] enables session
//! cookies as well.
//!
//! An authenticator needs only the head of a request, and waits only if it has to fetch keys or call Clerk. The
//! features `axum`, `tower`, `actix-web`, `rocket` and `poem` add adapters for these frameworks.
//!
//! # Cookies, authorized parties and CSRF
//!
//! A browser attaches the session cookie to every request to your site, whichever page makes it, including
//! pages of other subdomains and of sites that you do not control. Protect against two attacks:
//!
//! - **Tokens of other applications.** A session token names the origin that requested it (the `azp` claim). Set
//!   [`Authenticator::authorized_parties`] to your own origins, so that tokens requested by other origins are
//!   rejected, such as those of another application of the same instance. Tokens that name no origin are rejected too;
//!   [`Authenticator::accept_header_tokens_without_party`] accepts them in the `Authorization` header.
//! - **Cross-site request forgery (CSRF).** Authorized parties do not prevent it: a form on another site can
//!   submit a request with your user's own cookie, whose token names your origin. Routes that accept cookies and
//!   change state must also check the `Origin` header or a CSRF token.
//!
//! Tokens in the `Authorization` header are set by code, never by the browser alone, and need neither
//! protection.
//!
//! # Handshakes
//!
//! Session tokens expire after one minute and are renewed by the frontend. If a browser navigates to a page
//! with an expired token, it has to be redirected to Clerk and back ([`AuthStatus::Handshake`]): respond with
//! status 307 and [all headers](RequestState::headers) of the state. Only navigations are redirected. Other
//! requests, such as those of `fetch`, are signed out with the same reason.
//!
//! Add the headers of the state to your response whatever the outcome is; after a handshake or a refresh they set the
//! session cookies, and forbid caches to store the response (`Cache-Control: no-store`), which must replace a value of
//! your own: [`RequestState::add_headers_to`] does that. They contain credentials, which are redacted in `Debug` output: keep them out of your
//! logs.
//!
//! Clerk returns the result of a handshake as a nonce, which is exchanged with one call, or as a signed token. A
//! token is accepted for at most a minute after it was issued; if it does not say when that was, an authenticator and
//! those configured from it accept it once. In production, a browser that is signed in does not take a token from the
//! URL, so that a link cannot sign it in as another user. Clerk's own SDKs accept tokens of any age, and from the URL;
//! since Clerk returns a nonce, or in production a cookie, right away, none of its own handshakes should be rejected.
//!
//! If the result of a handshake cannot be fetched, the request is [unavailable](AuthErrorReason::is_unavailable); in
//! production, a browser whose session cookies are still valid stays signed in.
//!
//! If the browser has a refresh token (the cookie `__refresh_…`), a `GET` request with an expired session
//! token is first refreshed with one call to Clerk, which is limited to 5 seconds and never retried. The call
//! forwards the request's headers without `Authorization` and without cookies that are not Clerk's.
//!
//! Other software on the same site may have a cookie `__session` too. Clerk's own SDKs sign the user out if it is not a
//! token with an issuer; this crate ignores it if the browser has session cookies with the suffix of the instance.
//!
//! # Calls for unauthenticated requests
//!
//! Machine tokens, nonces and refresh tokens are verified by calls to Clerk, and anyone can send invented ones. Their
//! calls are limited by [`Authenticator::limit_unverified_calls`], equal ones are made once, and rejected credentials are
//! cached for 5 seconds.
//!
//! # Options of Clerk's JavaScript SDK
//!
//! The options of `authenticateRequest` in `@clerk/backend`. Those of Go are in
//! [`middleware`](crate::middleware#migrating-from-gos-middleware).
//!
//! | JavaScript | here |
//! |---|---|
//! | `secretKey`, `apiUrl`, `apiClient` | the [`ClientConfig`](crate::ClientConfig) of [`Authenticator::new`] |
//! | `apiVersion` | fixed: each version of this crate is for one [`API_VERSION`](crate::API_VERSION) |
//! | `publishableKey` | [`Authenticator::publishable_key`] |
//! | `jwtKey` | [`VerifyingKey::from_pem`](crate::jwt::VerifyingKey::from_pem), for the [`Verifier`](crate::jwt::Verifier) of [`Authenticator::verifier`] |
//! | `jwksCacheTtlInMs`, `skipJwksCache` | not needed: keys are fetched again when a token names an unknown one ([`RemoteJwks`](crate::jwt::RemoteJwks)) |
//! | `authorizedParties` | [`Authenticator::authorized_parties`]; predicates with [`authorized_parties_if`](Authenticator::authorized_parties_if) |
//! | `audience` | [`Verifier::audiences`](crate::jwt::Verifier::audiences), for sessions; [`Authenticator::oauth_audiences`] |
//! | `issuer` | [`Verifier::issuers`](crate::jwt::Verifier::issuers) |
//! | `clockSkewInMs` | [`Verifier::leeway`](crate::jwt::Verifier::leeway) |
//! | `headerType` | fixed: a session token has the type `JWT`, an OAuth access token `at+jwt` |
//! | `acceptsToken` | [`Authenticator::accepts_token`] |
//! | `machineSecretKey` | [`Authenticator::machine_secret_key`] |
//! | `treatPendingAsSignedOut` | [`Verifier::accept_pending`](crate::jwt::Verifier::accept_pending) is its opposite |
//! | `isSatellite`, `domain`, `signInUrl` | [`Authenticator::satellite`] |
//! | `satelliteAutoSync` | [`Authenticator::sync_satellite`] |
//! | `proxyUrl` | [`Authenticator::proxy_url`] |
//! | `organizationSyncOptions` | [`Authenticator::sync_organization`] |
//! | `signInUrl` of a middleware | [`Gate::redirect_to_sign_in`](crate::middleware::Gate::redirect_to_sign_in) |
//! | `signUpUrl`, `afterSignInUrl`, `afterSignUpUrl` | not needed: a server passes them to pages of Clerk's components, which this crate does not render |
//!
//! # Limitations
//!
//! A primary domain does not start a handshake because of a cross-origin `Referer`.

mod authenticator;
mod authenticator_id;
mod authorization_header;
mod browser;
mod error_reason;
mod http_url;
mod machine;
mod publishable_key;
mod refresh_error;
mod request_record;
mod request_state;
mod token_type;
mod unverified_calls;

pub use authenticator::Authenticator;
pub use browser::OrganizationSync;
pub(crate) use browser::SignInPage;
pub use error_reason::AuthErrorReason;
#[cfg(feature = "test-util")]
pub(crate) use machine::MachineDetails;
pub use machine::{MachineAuth, MachineError, MachineVerifier};
pub use refresh_error::RefreshError;
pub use request_state::{AuthStatus, RequestState};
pub use token_type::TokenType;
