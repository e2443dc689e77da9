//! Extractors for axum (feature `axum-08`), for routes within an [`AuthLayer`]. A [`Gate`](super::Gate) is a layer too.
//!
//! ```
//! # fn app(authenticator: clerk_sdk::auth::Authenticator) -> axum::Router {
//! use axum::{Router, routing::get};
//! use clerk_sdk::middleware::Rejection;
//! use clerk_sdk::middleware::axum_08::Auth;
//!
//! async fn hello(Auth(session): Auth) -> String {
//!     format!("hello {}", session.user_id())
//! }
//!
//! async fn delete(Auth(session): Auth) -> Result<String, Rejection> {
//!     session.has().permission("org:invoices:delete").require()?;
//!     Ok("deleted".to_owned())
//! }
//!
//! let routes = Router::new().route("/", get(hello).delete(delete));
//! routes.layer(authenticator.allow_all())
//! # }
//! ```

use axum::body::Body;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use http::request::Parts;

use super::extractors::{extract, for_each_extractor};
use super::rejection::Rejection;

pub use super::extractors::{
    ApiKey, Auth, AuthState, M2mToken, Machine, OAuthToken, OptionalAuth, RequireAuth,
};
pub use super::tower::AuthLayer;

macro_rules! implement_from_request_parts {
    ([$($generics:tt)*] $extractor:ty) => {
        impl<S: Sync, $($generics)*> FromRequestParts<S> for $extractor {
            type Rejection = Rejection;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
                extract(parts.extensions.get(), "AuthLayer")
            }
        }

        impl<S: Sync, $($generics)*> OptionalFromRequestParts<S> for $extractor {
            type Rejection = Rejection;

            async fn from_request_parts(
                parts: &mut Parts,
                _: &S,
            ) -> Result<Option<Self>, Rejection> {
                Ok(extract(parts.extensions.get(), "AuthLayer").ok())
            }
        }
    };
}
for_each_extractor!(implement_from_request_parts);

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        self.to_response().map(Body::from)
    }
}
