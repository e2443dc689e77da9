//! Access control for web frameworks: one [`Gate`], and a thin adapter for each framework.
//!
//! | feature | module | contents |
//! |---|---|---|
//! | `tower` with `auth` | `tower` | `AuthLayer`, for every framework that takes tower layers: axum, tonic, hyper |
//! | `axum-08` | `axum_08` | `AuthLayer` and the extractors: `Auth`, `OptionalAuth` and `RequireAuth` for users; `Machine`, `ApiKey`, `M2mToken` and `OAuthToken` for machines; `AuthState` for both |
//! | `actix-web-4` | `actix_web_4` | `AuthMiddleware`, and the same extractors |
//! | `rocket-05` | `rocket_05` | `AuthFairing`, and the same types as request guards |
//! | `poem-3` | `poem_3` | `AuthMiddleware`, and the same extractors |
//!
//! Features and modules have the major version of the framework in their names, so that this crate can support two of
//! them side by side. The features `axum`, `actix-web`, `rocket` and `poem`, with modules of these names, are aliases of
//! the newest version; they move to a newer one only in a breaking release of this crate.
//!
//! All adapters do the same: the gate authenticates each request and responds to those that it denies. It
//! attaches a [`RequestState`](crate::auth::RequestState) to the others, from which the extractors read.
//!
//! ```
//! use clerk_sdk::ClientConfig;
//! use clerk_sdk::auth::Authenticator;
//!
//! let clerk = Authenticator::new(ClientConfig::new("sk_test_…"))
//!     .authorized_parties(["https://app.example.com"])?;
//! let everyone = clerk.allow_all(); // admits all requests
//! let members = clerk.require_auth(); // 401 if the request is not signed in
//! let readers = clerk.require_authorization(|has| has.permission("org:invoices:read")); // 403 without the permission
//! # let _ = (everyone, members, readers);
//! # Ok::<(), clerk_sdk::InvalidArgument>(())
//! ```
//!
//! A gate is itself a layer of tower and axum, and a middleware of actix-web and poem: `.layer(clerk.require_auth())`,
//! `.wrap(…)` and `.with(…)`. In Rocket, pass it to an `AuthFairing`.
//!
//! # Checks in a handler
//!
//! A [`Rejection`] is a response in every framework, and the error of an authorization check converts to it:
//!
//! ```
//! use clerk_sdk::jwt::SessionAuth;
//! use clerk_sdk::middleware::Rejection;
//!
//! async fn delete_invoice(session: SessionAuth) -> Result<String, Rejection> {
//!     session.has().permission("org:invoices:delete").require()?; // 403 without the permission
//!     Ok("deleted".to_owned())
//! }
//! ```
//!
//! # Machines
//!
//! API keys, machine-to-machine tokens and OAuth access tokens are rejected unless the authenticator [accepts their
//! kind](crate::auth::Authenticator::accepts_token). Then [`require_auth`](crate::auth::Authenticator::require_auth)
//! admits machines as well as users:
//!
//! ```
//! use clerk_sdk::ClientConfig;
//! use clerk_sdk::auth::{Authenticator, TokenType};
//!
//! let clerk = Authenticator::new(ClientConfig::new("sk_test_…"))
//!     .accepts_token([TokenType::Session, TokenType::ApiKey]);
//! let users_and_machines = clerk.require_auth();
//! let machines = clerk.require_machine(["invoices:read"]); // 403 without the scope, and for users
//! let users_or_readers = clerk.require_auth().machine_scopes(["invoices:read"]); // 403 for machines without the scope
//! # let _ = (users_and_machines, machines, users_or_readers);
//! ```
//!
//! The extractors `Machine`, `ApiKey`, `M2mToken` and `OAuthToken` take the [`MachineAuth`](crate::auth::MachineAuth) of
//! a request; `AuthState` has either a session or a machine.
//!
//! # Sign-in pages
//!
//! [`Gate::redirect_to_sign_in`] sends browsers that load a page without a session to a sign-in page, and from there back
//! to the page; calls of scripts get status 401. [`Gate::on_rejection`] changes the response in any other way.
//!
//! # WebSockets and tokens from other places
//!
//! A browser cannot set the `Authorization` header of a WebSocket. [`Gate::token_from`] reads the token from elsewhere,
//! such as a query parameter or a header of your own.
//!
//! # Hooks
//!
//! The functions that you pass to a gate run on the threads of the server, for each request. They must not block. If one
//! panics, the request is rejected, with status 500 unless it was rejected before.
//!
//! # gRPC
//!
//! The response to a rejected gRPC request (a `POST` whose `Content-Type` is `application/grpc`, `application/grpc-web` or
//! `application/grpc-web-text`, with or without a suffix such as `+proto`) is what gRPC clients expect: status 200 without a body, and the reason in the headers `grpc-status` and `grpc-message`. The code is
//! `UNAUTHENTICATED` instead of status 401, `PERMISSION_DENIED` instead of 403, and `UNAVAILABLE` instead of 503. A server
//! can serve gRPC, gRPC-Web and HTTP behind the same gate. In tonic, pass the gate to `Server::layer`, and respond to a [`Rejection`] in a method of your own with
//! `tonic::Status::new(rejection.grpc_code().into(), rejection.to_string())`.
//!
//! # Migrating from Go's middleware
//!
//! | Go | here |
//! |---|---|
//! | `http.WithHeaderAuthorization()` | [`Authenticator::allow_all`](crate::auth::Authenticator::allow_all) |
//! | `http.RequireHeaderAuthorization()` | [`Authenticator::require_auth`](crate::auth::Authenticator::require_auth); the status is 401 instead of Go's 403 |
//! | `AuthorizedParty`, `AuthorizedPartyMatches` | [`Authenticator::authorized_parties`](crate::auth::Authenticator::authorized_parties), [`authorized_parties_if`](crate::auth::Authenticator::authorized_parties_if) |
//! | `AuthorizationJWTExtractor` | [`Gate::token_from`] |
//! | `AuthorizationFailureHandler` | [`Gate::on_rejection`] |
//! | `Clock`, `Leeway` | [`Verifier::clock`](crate::jwt::Verifier::clock) and [`Verifier::leeway`](crate::jwt::Verifier::leeway), passed to [`Authenticator::verifier`](crate::auth::Authenticator::verifier) |
//! | `CustomClaimsConstructor` | [`Claims::custom_as`](crate::jwt::Claims::custom_as) |
//! | `JSONWebKey` | `Verifier::new(VerifyingKey)`, passed to [`Authenticator::verifier`](crate::auth::Authenticator::verifier) |
//! | `JWKSClient` | the [`ClientConfig`](crate::ClientConfig) of [`Authenticator::new`](crate::auth::Authenticator::new) |
//! | `ProxyURL`, `Satellite` | [`Verifier::issuers`](crate::jwt::Verifier::issuers), passed to [`Authenticator::verifier`](crate::auth::Authenticator::verifier): see below |
//! | `SessionClaimsFromContext` | the extractors |
//!
//! In Go, `ProxyURL` and `Satellite` determine how the issuer of a token is checked: it must be the proxy, or
//! can be anything on a satellite domain. Here the issuer is checked only if you set it with
//! [`Verifier::issuers`](crate::jwt::Verifier::issuers), to the URL of the proxy or of the Frontend API.
//! Despite their names, [`Authenticator::proxy_url`](crate::auth::Authenticator::proxy_url) and
//! [`Authenticator::satellite`](crate::auth::Authenticator::satellite) check nothing: they determine where
//! browsers are redirected to.
//!
//! # CORS preflight requests
//!
//! Before a page of another origin can send a request with an `Authorization` header, its browser sends a
//! preflight: an `OPTIONS` request without credentials, which a gate that requires a signed-in user denies.
//! Let the CORS layer of your framework respond to it before it reaches the gate. Then the responses of the
//! gate have the CORS headers too, without which a page cannot read them.
//!
//! | framework | how to run the CORS layer before the gate |
//! |---|---|
//! | axum | pass it to `layer` after the gate; in a `ServiceBuilder`, add it before the gate |
//! | actix-web | pass it to `wrap` after the gate |
//! | poem | pass it to `with` after the gate |
//! | rocket | not possible: a fairing cannot respond, and `OPTIONS` routes run after the gates |
//!
//! If the CORS layer has to run after the gate, as in Rocket, [`Gate::allow_preflight`] admits preflight
//! requests.
//!
//! # Gates and paths
//!
//! A gate protects the handlers that it wraps, whatever the path is that leads there. What it does not protect is a
//! second way to the same content:
//!
//! - **Files.** If a folder is served behind a gate, do not serve its parent without one. Frameworks route by the path
//!   mostly as it is, but servers of files decode and resolve it first: `//admin/secret` is not under a route `/admin`,
//!   but `actix-files`, poem's `StaticFilesEndpoint` and tower-http's `ServeDir` at `/` take it for the file
//!   `admin/secret`. Some of them do so with `/%61dmin/secret`, `/admin%2fsecret`, `/./admin/secret` or
//!   `/x/../admin/secret` too. Keep protected files outside of the folders that are served without a gate.
//! - **Case and other spellings.** Routes are compared by case, but Windows and macOS usually open the same file for
//!   `Admin` and `admin`, and for different Unicode forms of a name. Windows also ignores trailing dots and spaces,
//!   and has short names (`ADMIN~1`).
//! - **Fallbacks.** In axum, a router that is nested without a fallback inherits that of the outer router, without its
//!   layers: in `Router::new().nest("/admin", admin.layer(gate)).fallback(…)`, paths under `/admin` that match no
//!   route reach the fallback, past the gate; if `admin` has a fallback of its own, `/admin/` still does. With
//!   `nest_service("/admin", admin.layer(gate))` none does. Or add the layer to the outer router.
//! - **Trailing slashes.** In actix-web, `web::scope("/admin/")` matches no path: name scopes without the slash.
//!   Requests under `/admin` would go to the default service of the application, past the gate.
//! - **Proxies.** A proxy that restricts access by path should forward the path that it compared.
//!
//! In Rocket, where a gate is a fairing instead of a wrapper, `AuthFairing::at` compares paths itself, after resolving
//! them.

mod extract;
#[cfg(any(
    feature = "actix-web-4",
    feature = "axum-08",
    feature = "poem-3",
    feature = "rocket-05"
))]
mod extractors;
mod gate;
mod gate_rule;
mod grpc;
mod rejection;

#[cfg(feature = "actix-web-4")]
pub mod actix_web_4;
#[cfg(feature = "axum-08")]
pub mod axum_08;
#[cfg(feature = "poem-3")]
pub mod poem_3;
#[cfg(feature = "rocket-05")]
pub mod rocket_05;
#[cfg(feature = "tower")]
pub mod tower;

#[cfg(feature = "actix-web")]
#[doc(no_inline)]
pub use actix_web_4 as actix_web;
#[cfg(feature = "axum")]
#[doc(no_inline)]
pub use axum_08 as axum;
#[cfg(feature = "poem")]
#[doc(no_inline)]
pub use poem_3 as poem;
#[cfg(feature = "rocket")]
#[doc(no_inline)]
pub use rocket_05 as rocket;

pub use extract::Requirement;
pub use gate::Gate;
pub use rejection::Rejection;
