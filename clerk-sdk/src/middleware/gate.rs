//! The gate: the rule that decides which requests are admitted.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_REQUEST_METHOD, CACHE_CONTROL, LOCATION, ORIGIN};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};

use super::gate_rule::{Admits, GateRule};
use super::grpc::grpc_response;
use super::rejection::Rejection;
use crate::auth::{Authenticator, RequestState, SignInPage};
use crate::error::InvalidArgument;
use crate::jwt::AuthorizationCheck;
use crate::wire::IntoList;

/// A rule that decides which requests are admitted.
///
/// A gate is created by [`Authenticator::allow_all`],
/// [`require_auth`](Authenticator::require_auth) or [`require_authorization`](Authenticator::require_authorization), and passed to the adapter of a framework.
///
/// Gates can be nested: for example [`allow_all`](Authenticator::allow_all) around an application, and
/// [`require_auth`](Authenticator::require_auth) around a part of it. Nested gates of the same authenticator, or of
/// clones that were not configured further, authenticate a request only once, and only the outer one adds
/// headers. If their authenticators differ, the inner gate decides who sent the request, and only its headers and the
/// cookies of both are added to the response. The result of a handshake or a refresh is fetched from Clerk once.
#[derive(Clone)]
#[must_use = "a setter returns the changed value: assign it, or pass it on"]
pub struct Gate {
    authenticator: Authenticator,
    rule: GateRule,
    allows_preflight: bool,
    token_from: Option<Arc<TokenFrom>>,
    sign_in_page: Option<SignInPage>,
    on_rejection: Option<Arc<OnRejection>>,
}

type TokenFrom = dyn Fn(&Parts) -> Option<String> + Send + Sync;
type OnRejection = dyn Fn(&Rejection, &Parts, Response<Bytes>) -> Response<Bytes> + Send + Sync;
/// Creates gates.
impl Authenticator {
    /// Admits all requests, whether they are signed in or not. A browser whose session has to be renewed is
    /// redirected first.
    pub fn allow_all(&self) -> Gate {
        Gate::new(self, Admits::All)
    }

    /// Admits users with a session, and machines if their kind of token is accepted.
    pub fn require_auth(&self) -> Gate {
        Gate::new(self, Admits::SignedIn)
    }

    /// Admits users whose session meets the requirements. Machines get status 403 even if their kind of token
    /// is accepted, because they have no session; [`Gate::machine_scopes`] admits them.
    ///
    /// ```
    /// # fn run(authenticator: clerk_sdk::auth::Authenticator) {
    /// let gate = authenticator.require_authorization(|has| has.permission("org:invoices:read"));
    /// # }
    /// ```
    pub fn require_authorization(
        &self,
        requirements: impl for<'s> Fn(AuthorizationCheck<'s>) -> AuthorizationCheck<'s>
        + Send
        + Sync
        + 'static,
    ) -> Gate {
        Gate::new(self, Admits::UsersWith(Arc::new(requirements)))
    }

    /// Admits machines whose token has all of these scopes; with an empty list, all machines. Users get status 403.
    ///
    /// Machines can only be admitted if [their kind of token is accepted](Authenticator::accepts_token).
    ///
    /// ```
    /// # fn run(authenticator: clerk_sdk::auth::Authenticator) {
    /// use clerk_sdk::auth::TokenType;
    ///
    /// let programs = authenticator.accepts_token([TokenType::ApiKey, TokenType::OAuth]);
    /// let readers = programs.require_machine(["invoices:read"]);
    /// # }
    /// ```
    pub fn require_machine(&self, scopes: impl IntoList<String>) -> Gate {
        Gate::new(self, Admits::Machines).machine_scopes(scopes)
    }
}

impl Gate {
    fn new(authenticator: &Authenticator, admits: Admits) -> Self {
        Self {
            authenticator: authenticator.clone(),
            rule: GateRule::new(admits),
            allows_preflight: false,
            token_from: None,
            sign_in_page: None,
            on_rejection: None,
        }
    }

    /// Admits machines if their token has all of these scopes, and no other machines. The rule for users stays the same.
    /// If it is called again, the scopes of all calls are required.
    ///
    /// ```
    /// # fn run(authenticator: clerk_sdk::auth::Authenticator) {
    /// use clerk_sdk::auth::TokenType;
    ///
    /// let callers = authenticator.accepts_token([TokenType::Session, TokenType::ApiKey]);
    /// // Any user, or a machine with the scope.
    /// let gate = callers.require_auth().machine_scopes(["invoices:read"]);
    /// // A user with the permission, or a machine with the scope.
    /// let gate = callers
    ///     .require_authorization(|has| has.permission("org:invoices:read"))
    ///     .machine_scopes(["invoices:read"]);
    /// # }
    /// ```
    pub fn machine_scopes(mut self, scopes: impl IntoList<String>) -> Self {
        self.rule.require_scopes(scopes.into_list());
        self
    }

    /// Reads the token of a request from another place, such as the query of a WebSocket's URL or a header of your own.
    ///
    /// If `extract` returns a token, the `Authorization` header and the cookies are ignored; if it returns `None` or an
    /// empty string, they are read as usual. A token that has expired is not renewed with a handshake. If `extract`
    /// panics, the response has status 500.
    ///
    /// ```
    /// # fn run(authenticator: clerk_sdk::auth::Authenticator) {
    /// let gate = authenticator.require_auth().token_from(|request| {
    ///     let mut query = request.uri.query()?.split('&');
    ///     query.find_map(|pair| pair.strip_prefix("token=")).map(str::to_owned)
    /// });
    /// let gate = authenticator.require_auth().token_from(|request| {
    ///     let token = request.headers.get("x-session-token")?;
    ///     token.to_str().ok().map(str::to_owned)
    /// });
    /// # }
    /// ```
    ///
    /// The token is not part of any log or error of this crate. But servers and proxies usually log URLs, so use the
    /// query only if a client cannot set headers, as browsers that open a WebSocket, and only for routes that need it:
    /// whoever shares a link with a token makes others act as its user.
    pub fn token_from(
        mut self,
        extract: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.token_from = Some(Arc::new(extract));
        self
    }

    /// Redirects browsers that are signed out to a sign-in page: its absolute URL, or its path if it is part of this
    /// application.
    ///
    /// The page gets the parameter `redirect_url` with the URL that the browser wanted to load, as Clerk's sign-in pages
    /// expect it. It is always a URL of this application, whose origin is determined as for handshakes: see
    /// [`public_origin`](Authenticator::public_origin). Only `GET` requests of browsers that load a page are redirected,
    /// with status 307; others, such as the calls of scripts, get status 401 as usual. The sign-in page itself is not
    /// redirected.
    ///
    /// [`authorized_parties`](Authenticator::authorized_parties) must contain the origin of the page. Otherwise its users are
    /// rejected after each sign-in too, and a sign-in page that sends signed-in users back does so without end.
    ///
    /// It applies to requests that the gate rejects, not to those that an extractor rejects.
    ///
    /// ```
    /// # fn run(authenticator: clerk_sdk::auth::Authenticator) -> Result<(), clerk_sdk::InvalidArgument> {
    /// let pages = authenticator
    ///     .require_auth()
    ///     .redirect_to_sign_in("https://accounts.example.com/sign-in")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if `url` is neither a path nor a URL with the scheme `http` or `https`.
    pub fn redirect_to_sign_in(mut self, url: &str) -> Result<Self, InvalidArgument> {
        self.sign_in_page = Some(SignInPage::parse(url)?);
        Ok(self)
    }

    /// Changes the responses to rejected requests. `change` gets the head of the request and the default response.
    ///
    /// Keep its headers, which browsers and proxies depend on, and the whole response to a [gRPC
    /// request](super#grpc). If `change` panics, the default response is sent. It must not block.
    ///
    /// ```
    /// # fn run(authenticator: clerk_sdk::auth::Authenticator) {
    /// let gate = authenticator.require_auth().on_rejection(|rejection, request, mut response| {
    ///     if request.uri.path().starts_with("/internal") {
    ///         *response.status_mut() = http::StatusCode::NOT_FOUND;
    ///     }
    ///     response
    /// });
    /// # }
    /// ```
    pub fn on_rejection(
        mut self,
        change: impl Fn(&Rejection, &Parts, Response<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Self {
        self.on_rejection = Some(Arc::new(change));
        self
    }

    /// Admits CORS preflight requests: `OPTIONS` requests with the headers `Origin` and
    /// `Access-Control-Request-Method`. Browsers send them without credentials, so that the gate denies them
    /// otherwise, and the browser never sends the actual request.
    ///
    /// This is not needed if a CORS layer responds to them before the gate, which is
    /// [preferable](super#cors-preflight-requests). Any client can send such a request: handlers of `OPTIONS`
    /// after the gate must not reveal or change anything that needs protection.
    pub fn allow_preflight(mut self) -> Self {
        self.allows_preflight = true;
        self
    }

    /// Authenticates a request and admits or denies it.
    ///
    /// Add the headers of the state to the response. If the extensions of `parts` contain the state of
    /// another gate of the same authenticator, it is returned without headers, because the other gate adds
    /// them. Add them [with `add_headers_to`](RequestState::add_headers_to), the inner gate's first.
    ///
    /// # Errors
    ///
    /// Returns the response to a rejected request.
    pub async fn admit(&self, parts: &Parts) -> Result<RequestState, Response<Bytes>> {
        let outer = parts.extensions.get::<RequestState>();
        let id = self.authenticator.id();
        let Ok(token) = self.token_from_hook(parts) else {
            let rejection = Rejection::HookPanicked;
            let response = self.default_response(&rejection, parts, false);
            return Err(self.changed_response(&rejection, parts, response));
        };
        let token = token.as_deref();
        let state = match outer.and_then(|state| state.for_inner_gate(id, token)) {
            Some(state) => state,
            None => {
                let state = self.authenticator.authenticate_with(parts, token).await;
                state.decided_by(id, token.map(str::to_owned))
            }
        };
        let rejection = call_hook(|| self.rule.rejection(&state));
        let Some(rejection) = rejection.unwrap_or(Some(Rejection::HookPanicked)) else {
            return Ok(state);
        };
        if self.allows_preflight && is_preflight(parts) && !matches!(rejection, Rejection::Redirect)
        {
            return Ok(state);
        }
        let mut response = self.default_response(&rejection, parts, token.is_some());
        state.add_headers_to(response.headers_mut());
        Err(self.changed_response(&rejection, parts, response))
    }

    /// Returns the token that the hook finds.
    fn token_from_hook(&self, parts: &Parts) -> Result<Option<String>, HookPanicked> {
        let Some(extract) = &self.token_from else {
            return Ok(None);
        };
        let token = call_hook(|| extract(parts))?;
        Ok(token.filter(|token| !token.is_empty()))
    }

    fn default_response(
        &self,
        rejection: &Rejection,
        parts: &Parts,
        has_hook_token: bool,
    ) -> Response<Bytes> {
        if let Some(response) = grpc_response(parts, rejection) {
            return response;
        }
        let sign_in = self
            .sign_in_page
            .as_ref()
            .filter(|_| rejection.is_signed_out());
        // The query may contain the token of the hook.
        let location = sign_in.and_then(|page| {
            self.authenticator
                .sign_in_location(page, parts, has_hook_token)
        });
        match location {
            Some(location) => redirect_response(location),
            None => rejection.to_response(),
        }
    }

    fn changed_response(
        &self,
        rejection: &Rejection,
        parts: &Parts,
        response: Response<Bytes>,
    ) -> Response<Bytes> {
        let Some(change) = &self.on_rejection else {
            return response;
        };
        let changed = call_hook(|| change(rejection, parts, response.clone()));
        changed.unwrap_or(response)
    }
}

/// The error of a hook that panicked.
struct HookPanicked;

/// Calls a hook of the application. A panic would otherwise end the connection without a response.
fn call_hook<T>(hook: impl FnOnce() -> T) -> Result<T, HookPanicked> {
    catch_unwind(AssertUnwindSafe(hook)).map_err(|_| HookPanicked)
}

fn redirect_response(location: HeaderValue) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    let headers = response.headers_mut();
    headers.insert(LOCATION, location);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Whether a request has the form of a CORS preflight request.
fn is_preflight(parts: &Parts) -> bool {
    parts.method == Method::OPTIONS
        && parts.headers.contains_key(ORIGIN)
        && parts.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("authenticator", &self.authenticator)
            .field("rule", &self.rule)
            .field("allows_preflight", &self.allows_preflight)
            .finish_non_exhaustive()
    }
}
