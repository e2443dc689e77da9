//! A fairing and request guards for Rocket (feature `rocket-05`).
//!
//! ```
//! # fn app(authenticator: clerk_sdk::auth::Authenticator) {
//! use clerk_sdk::middleware::rocket_05::{Auth, AuthFairing};
//!
//! #[rocket::get("/")]
//! fn hello(user: Auth) -> String {
//!     format!("hello {}", user.0.user_id())
//! }
//!
//! rocket::build()
//!     .attach(AuthFairing::new(authenticator.allow_all()))
//!     .mount("/", rocket::routes![hello]);
//! # }
//! ```
//!
//! A fairing sees every request, including those to routes without guards: a request that its gate denies
//! reaches no handler. [`AuthFairing::at`] limits it to a part of the application.
//!
//! If a guard denies a request, the response is the same as in other frameworks, unless the application
//! responds itself: in a handler that takes the guard as an `Option` or a `Result`, or in a
//! [catcher](rocket::Catcher), including a default one. The application's response is kept then, and gets the
//! headers `WWW-Authenticate` and `Retry-After` if it lacks them.
//!
//! Rocket drops request headers that are not UTF-8. If another application on the same site sets a cookie in another
//! encoding, the whole `Cookie` header of its browser is missing, and the request is signed out.
//!
//! To respond to [CORS preflight requests](super#cors-preflight-requests), add routes for `OPTIONS`. They run
//! after the gates, which must [admit preflight requests](super::Gate::allow_preflight).

mod auth_record;
mod fairing;
mod guards;
mod path_prefix;
mod response_rewrite;

pub use fairing::AuthFairing;

pub use super::extractors::{
    ApiKey, Auth, AuthState, M2mToken, Machine, OAuthToken, OptionalAuth, RequireAuth,
};
