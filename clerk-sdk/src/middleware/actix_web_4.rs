//! A middleware and extractors for actix-web (feature `actix-web-4`).
//!
//! ```
//! use actix_web::{App, test, web};
//! use clerk_sdk::ClientConfig;
//! use clerk_sdk::auth::Authenticator;
//! use clerk_sdk::middleware::actix_web_4::{Auth, AuthMiddleware};
//!
//! async fn hello(Auth(session): Auth) -> String {
//!     format!("hello {}", session.user_id())
//! }
//!
//! # actix_web::rt::System::new().block_on(async {
//! # let clerk = clerk_emulator::Emulator::start().await?;
//! # let (url, key, token) = (clerk.url(), clerk.key(), clerk.session_token("user_1"));
//! let authenticator = Authenticator::new(ClientConfig::new(key).base_url(url));
//! let app = App::new()
//!     .wrap(AuthMiddleware::new(authenticator.allow_all()))
//!     .route("/", web::get().to(hello));
//!
//! let app = test::init_service(app).await;
//! let request = test::TestRequest::get().uri("/");
//! let request = request.insert_header(("authorization", format!("Bearer {token}")));
//! let body = test::call_and_read_body(&app, request.to_request()).await;
//! assert_eq!(body, "hello user_1");
//! # Ok::<(), std::io::Error>(())
//! # })?;
//! # Ok::<(), std::io::Error>(())
//! ```

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::EitherBody;
use actix_web::dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use bytes::Bytes;
use http::request::Parts;

use super::extractors::{extract, for_each_extractor};
use super::gate::Gate;
use super::rejection::Rejection;
use crate::auth::RequestState;
use crate::framework_headers;

pub use super::extractors::{
    ApiKey, Auth, AuthState, M2mToken, Machine, OAuthToken, OptionalAuth, RequireAuth,
};

/// Wraps an application, a scope or a resource in a [`Gate`].
///
/// Admitted requests have a [`RequestState`] in their extensions.
///
/// A gate around a scope does not protect files in its folder if `actix-files` serves the parent folder: it takes
/// `//admin/secret` and `/x/../admin/secret` for `admin/secret`, but the scope `/admin` does not. See [gates and
/// paths](super#gates-and-paths).
#[derive(Clone, Debug)]
pub struct AuthMiddleware {
    gate: Gate,
}

impl AuthMiddleware {
    /// Creates a middleware from a gate.
    pub fn new(gate: Gate) -> Self {
        Self { gate }
    }
}

impl<S, B> Transform<S, ServiceRequest> for AuthMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = AuthService<S>;
    type InitError = ();
    type Future = Ready<Result<AuthService<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(AuthService {
            gate: self.gate.clone(),
            inner: Rc::new(inner),
        }))
    }
}

/// Applies the gate, as [`AuthMiddleware`] does: `.wrap(authenticator.require_auth())`.
impl<S, B> Transform<S, ServiceRequest> for Gate
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = AuthService<S>;
    type InitError = ();
    type Future = Ready<Result<AuthService<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        AuthMiddleware::new(self.clone()).new_transform(inner)
    }
}

/// A service wrapped in a [`Gate`] by [`AuthMiddleware`].
#[derive(Debug)]
pub struct AuthService<S> {
    gate: Gate,
    inner: Rc<S>,
}

impl<S, B> Service<ServiceRequest> for AuthService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (gate, inner) = (self.gate.clone(), self.inner.clone());
        Box::pin(async move {
            let Some(parts) = convert_request_head(request.request()) else {
                let response = HttpResponse::BadRequest().finish();
                return Ok(request.into_response(response).map_into_right_body());
            };
            let state = match gate.admit(&parts).await {
                Ok(state) => state,
                Err(denied) => {
                    let response = request.into_response(convert_response(denied));
                    return Ok(response.map_into_right_body());
                }
            };
            request.extensions_mut().insert(state.clone());
            // No clone of the request may exist here: actix-web needs exclusive access to route it.
            match inner.call(request).await {
                Ok(mut response) => {
                    add_headers(&state, response.headers_mut());
                    Ok(response.map_into_left_body())
                }
                Err(error) if state.headers().is_empty() => Err(error),
                Err(error) => {
                    let mut response = error.error_response();
                    add_headers(&state, response.headers_mut());
                    Err(InternalError::from_response(error, response).into())
                }
            }
        })
    }
}

/// Converts the head of a request, whose types are from another version of the `http` crate, with the state
/// that an outer gate attached.
fn convert_request_head(request: &HttpRequest) -> Option<Parts> {
    let mut parts = http::Request::new(()).into_parts().0;
    parts.method = request.method().as_str().parse().ok()?;
    parts.uri = request.uri().to_string().parse().ok()?;
    parts.headers = framework_headers::from_actix_web_4(request.headers())?;
    if let Some(state) = state_of(request) {
        parts.extensions.insert(state);
    }
    Some(parts)
}

/// Converts a response, whose types are from another version of the `http` crate.
fn convert_response(denied: http::Response<Bytes>) -> HttpResponse {
    let (head, body) = denied.into_parts();
    let status = StatusCode::from_u16(head.status.as_u16());
    let mut response = HttpResponse::new(status.unwrap_or(StatusCode::UNAUTHORIZED));
    append_headers(&head.headers, response.headers_mut());
    response.set_body(body).map_into_boxed_body()
}

/// Adds the headers of a state to a response, as [`RequestState::add_headers_to`] does.
fn add_headers(state: &RequestState, to: &mut HeaderMap) {
    let added = state.headers_for(|cookie| {
        let mut set = to.get_all(SET_COOKIE);
        set.any(|own| own.as_bytes() == cookie)
    });
    let replaced = added.iter().map(|(name, _)| name.as_str());
    for name in replaced.filter(|name| *name != SET_COOKIE.as_str()) {
        to.remove(name);
    }
    append_headers(added, to);
}

/// Converts headers and adds them.
fn append_headers<'h>(
    from: impl IntoIterator<Item = (&'h http::HeaderName, &'h http::HeaderValue)>,
    to: &mut HeaderMap,
) {
    for (name, value) in from {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            to.append(name, value);
        }
    }
}

fn state_of(request: &HttpRequest) -> Option<RequestState> {
    request.extensions().get::<RequestState>().cloned()
}

macro_rules! implement_from_request {
    ([$($generics:tt)*] $extractor:ty) => {
        impl<$($generics)*> FromRequest for $extractor {
            type Error = Rejection;
            type Future = Ready<Result<Self, Rejection>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                ready(extract(state_of(request).as_ref(), "AuthMiddleware"))
            }
        }
    };
}
for_each_extractor!(implement_from_request);

impl ResponseError for Rejection {
    fn status_code(&self) -> StatusCode {
        let status = self.to_response().status().as_u16();
        StatusCode::from_u16(status).unwrap_or(StatusCode::UNAUTHORIZED)
    }

    fn error_response(&self) -> HttpResponse {
        convert_response(self.to_response())
    }
}
