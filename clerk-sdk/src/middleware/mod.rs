//! Who may pass, for web frameworks: one [`Gate`], and a thin adapter for each framework.
//!
//! | feature | module | what it has |
//! |---|---|---|
//! | `tower` | `tower` | `AuthLayer`, for whatever takes a layer: axum, tonic, hyper |
//! | `axum` | `axum` | extractors: `Auth`, `OptionalAuth`, `RequireAuth`, `AuthState` |
//! | `actix-web` | `actix_web` | `AuthMiddleware`, and the same extractors |
//! | `rocket` | `rocket` | `AuthFairing`, and the same as request guards |
//! | `poem` | `poem` | `AuthMiddleware`, and the same extractors |
//!
//! All do the same: the gate authenticates each request, answers those that may not pass, and leaves a
//! [`RequestState`](crate::auth::RequestState) with the others, where the extractors find it.
//!
//! ```
//! use clerk_sdk::ClientConfig;
//! use clerk_sdk::auth::Authenticator;
//!
//! let clerk = Authenticator::new(ClientConfig::new("sk_test_…"))
//!     .authorized_parties(["https://app.example.com"]);
//! let everybody = clerk.optional(); // says who it is, if anybody
//! let members = clerk.required(); // 401 for who is not signed in
//! let readers = clerk.require(|has| has.permission("org:invoices:read")); // 403 for who may not
//! # let _ = (everybody, members, readers);
//! ```
//!
//! # Coming from Go's middleware
//!
//! | Go | here |
//! |---|---|
//! | `http.WithHeaderAuthorization()` | [`Authenticator::optional`](crate::auth::Authenticator::optional) |
//! | `http.RequireHeaderAuthorization()` | [`Authenticator::required`](crate::auth::Authenticator::required); it answers 401 where Go answers 403 |
//! | `AuthorizedParty`, `AuthorizedPartyMatches` | [`Authenticator::authorized_parties`](crate::auth::Authenticator::authorized_parties) |
//! | `AuthorizationJWTExtractor` | take the token from where you have it, and [`Verifier::verify`](crate::jwt::Verifier::verify) it |
//! | `AuthorizationFailureHandler` | [`Gate::on_denial`] |
//! | `Clock`, `Leeway` | [`Verifier::clock`](crate::jwt::Verifier::clock), [`Verifier::leeway`](crate::jwt::Verifier::leeway), given to [`Authenticator::verifier`](crate::auth::Authenticator::verifier) |
//! | `CustomClaimsConstructor` | [`Claims::custom_as`](crate::jwt::Claims::custom_as) |
//! | `JSONWebKey` | `Verifier::new(Key)`, given to [`Authenticator::verifier`](crate::auth::Authenticator::verifier) |
//! | `JWKSClient` | the [`ClientConfig`](crate::ClientConfig) of [`Authenticator::new`](crate::auth::Authenticator::new) |
//! | `ProxyURL`, `Satellite` | [`Verifier::issuer`](crate::jwt::Verifier::issuer), given to [`Authenticator::verifier`](crate::auth::Authenticator::verifier): see below |
//! | `SessionClaimsFromContext` | the extractors |
//!
//! In Go `ProxyURL` and `Satellite` steer how the issuer of a token is checked: it must be the proxy, or
//! may be anything on a satellite. Here no issuer is asked for unless you name it, the proxy's or the
//! Frontend API's, with [`Verifier::issuer`](crate::jwt::Verifier::issuer).
//! [`Authenticator::proxy_url`](crate::auth::Authenticator::proxy_url) and
//! [`Authenticator::satellite`](crate::auth::Authenticator::satellite) are something else in spite of their
//! names: they say where browsers are sent, and check nothing.
//!
//! # Preflights of browsers
//!
//! Before a page of another origin may call with an `Authorization` header, its browser asks for leave: an
//! `OPTIONS` request without credentials, which a gate that asks for some refuses. Let the framework's CORS
//! layer answer it before it gets to the gate; then the gate's refusals have the CORS headers too, without
//! which a page cannot read them.
//!
//! | framework | the CORS layer is before the gate if it is |
//! |---|---|
//! | axum | given to `layer` after the gate; in a `ServiceBuilder`, before it |
//! | actix-web | given to `wrap` after the gate |
//! | poem | given to `with` after the gate |
//! | rocket | nowhere: a fairing cannot answer, and `OPTIONS` routes come after the gates |
//!
//! Where it has to be behind the gate, and in Rocket, [`Gate::allow_preflight`] lets preflights pass.

mod denial;
mod gate;
#[cfg(feature = "tower")]
pub mod tower;

#[cfg(feature = "actix-web")]
pub mod actix_web;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "poem")]
pub mod poem;
#[cfg(feature = "rocket")]
pub mod rocket;

pub use denial::Denial;
pub use gate::{Gate, Requirement, add_headers, session, session_with};
