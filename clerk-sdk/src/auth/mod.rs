//! Who sent a request: users by session token or cookie, machines by token (feature `auth`).
//!
//! ```
//! use clerk_sdk::ClientConfig;
//! use clerk_sdk::auth::{Authenticator, Outcome};
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! # let clerk = clerk_sdk_tests::Emulator::start().await?;
//! # let (url, key, token) = (clerk.url(), clerk.key(), clerk.session_token("user_1"));
//! let authenticator = Authenticator::new(ClientConfig::new(key).base_url(url))
//!     .authorized_parties(["http://localhost:3000"]);
//!
//! let request = http::Request::get("/").header("authorization", format!("Bearer {token}"));
//! let (parts, ()) = request.body(())?.into_parts();
//! let state = authenticator.authenticate(&parts).await;
//! // First: also a session that has just come may have to be sent on, to a cleaner address.
//! if state.redirect().is_some() {
//!     println!("307, with all of {:?}", state.headers());
//! } else {
//!     match state.outcome() {
//!         Outcome::Session(session) => println!("hello {}", session.user_id()),
//!         Outcome::Machine(machine) => println!("hello {}", machine.subject),
//!         Outcome::SignedOut(reason) if reason.is_unavailable() => println!("503: {reason}"),
//!         Outcome::SignedOut(reason) => println!("401: {reason}"),
//!         _ => {}
//!     }
//! }
//! # assert!(matches!(state.outcome(), Outcome::Session(_)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Authenticator::publishable_key`] makes the cookies of browsers count as well.
//!
//! It works on the head of any HTTP request, and waits only where keys or answers of Clerk are missing. For
//! axum, tower, actix-web, rocket and poem there are features of these names.
//!
//! # Cookies need authorized parties, and more
//!
//! A browser sends the session cookie along with every request to your site, whichever page makes it: one
//! of another subdomain, or of a site that someone else writes. Two things follow.
//!
//! The token in the cookie says which origin asked for it (`azp`); only a list of your own origins
//! ([`Authenticator::authorized_parties`]) keeps a token out that a page of another origin got, such as
//! another of the instance's applications.
//!
//! That list is no protection against forged requests (CSRF): a form that a page of somebody else's posts
//! to you carries the cookie of your own user, which your own page asked for. Routes that change something
//! and accept cookies need a check of the `Origin` header, or a token of their own in the form, besides. A
//! token in the `Authorization` header was put there by code of a page; that alone needs neither.
//!
//! # Handshakes
//!
//! Session tokens live for a minute, and pages renew them. A browser that loads a page with an old one is
//! sent to Clerk and back ([`Outcome::Handshake`]): answer with status 307 and
//! [all headers](RequestState::headers). Calls that load no page, such as those of `fetch`, are never sent
//! anywhere: they are signed out, with the same reason. Whatever the outcome, add the headers to your
//! response; after a handshake they set the cookies. They hold credentials: keep them out of logs, as
//! their `Debug` does.
//!
//! Where the browser has a refresh token (the cookie `__refresh_…`), a `GET` with an expired session is
//! first renewed by one call to Clerk, which takes 5 seconds at most and is not repeated. The call passes on
//! the headers of the request, without `Authorization` and without cookies that are not Clerk's.
//!
//! What is not here: following the organization in the address of a page, and syncing with a primary domain
//! because of a `Referer`.

mod authenticator;
mod browser;
mod handshake;
mod incoming;
mod kind;
mod machine;
mod machine_error;
mod machine_memory;
mod publishable_key;
mod refresh;
mod satellite;
mod state;
mod suffix;

pub use authenticator::{Authenticator, authenticate_request};
pub use kind::TokenKind;
pub use machine::{Machine, MachineVerifier};
pub use machine_error::MachineError;
pub use publishable_key::{InvalidPublishableKey, PublishableKey};
pub use refresh::NotRefreshed;
pub use satellite::InvalidSatellite;
pub use state::{Outcome, Reason, RequestState};
