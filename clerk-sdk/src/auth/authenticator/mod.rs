//! The authenticator and its settings.

mod authenticate;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use http::request::Parts;

use super::authenticator_id::AuthenticatorId;
use super::browser::{BrowserCalls, BrowserConfig, OrganizationSync, SatelliteDomain, SignInPage};
use super::http_url::{HttpUrl, Origin};
use super::machine::MachineVerifier;
use super::publishable_key::PublishableKey;
use super::token_type::TokenType;
use super::unverified_calls::CallBudget;
use crate::config::ClientConfig;
use crate::config::ClientHandle;
use crate::error::InvalidArgument;
use crate::jwt::Verifier;
use crate::wire::IntoList;

/// Authenticates HTTP requests of users and machines.
///
/// An authenticator is cheap to clone: create one and share it. Without a publishable key it reads the
/// `Authorization` header only; with one, it reads the cookies of browsers too.
#[derive(Clone)]
#[must_use = "a setter returns the changed value: assign it, or pass it on"]
pub struct Authenticator(Arc<AuthenticatorConfig>);

#[derive(Clone)]
struct AuthenticatorConfig {
    id: AuthenticatorId,
    accepted_kinds: Vec<TokenType>,
    verifier: Verifier,
    accepts_header_tokens_without_party: bool,
    /// The verifier for tokens in the `Authorization` header.
    header_verifier: Verifier,
    machines: MachineVerifier,
    /// Cookies are ignored without it.
    publishable_key: Option<PublishableKey>,
    browser: BrowserConfig,
}

impl Authenticator {
    /// Creates an authenticator that accepts session tokens in the `Authorization` header.
    ///
    /// The secret key in `config` is used to fetch the instance's keys and to verify machine tokens.
    pub fn new(config: ClientConfig) -> Self {
        let verifier = Verifier::new(config.clone());
        let handle = ClientHandle::new(config);
        let budget = Arc::new(CallBudget::for_instance(handle.has_live_key()));
        Self(Arc::new(AuthenticatorConfig {
            id: AuthenticatorId::unique(),
            accepted_kinds: vec![TokenType::Session],
            machines: MachineVerifier::from_handle(
                handle.clone(),
                verifier.clone(),
                budget.clone(),
            ),
            header_verifier: verifier.clone(),
            accepts_header_tokens_without_party: false,
            verifier,
            publishable_key: None,
            browser: BrowserConfig::new(handle, budget),
        }))
    }

    fn configure(mut self, change: impl FnOnce(&mut AuthenticatorConfig)) -> Self {
        let config = Arc::make_mut(&mut self.0);
        config.id = AuthenticatorId::unique();
        change(config);
        config.header_verifier = match config.accepts_header_tokens_without_party {
            true => config.verifier.clone().accept_missing_party(),
            false => config.verifier.clone(),
        };
        self
    }

    /// Accepts session tokens in the cookies of this instance too.
    ///
    /// Set [`authorized_parties`](Self::authorized_parties) as well, because browsers send cookies with
    /// requests from any page. This does not prevent cross-site request forgery: see the [module
    /// documentation](super#cookies-authorized-parties-and-csrf).
    ///
    /// # Errors
    ///
    /// Returns an error if `key` is not a publishable key.
    pub fn publishable_key(self, key: &str) -> Result<Self, InvalidArgument> {
        let key = PublishableKey::parse(key)?;
        Ok(self.configure(|config| {
            config.browser.public_origin.is_development = key.is_development();
            config.publishable_key = Some(key);
        }))
    }

    /// Sets the verifier for session tokens, for example with your own key or other limits. Its keys verify
    /// JWTs of machines too.
    ///
    /// The authorized parties set before are kept if the verifier has none.
    pub fn verifier(self, verifier: Verifier) -> Self {
        let verifier = verifier.or_authorized_parties_of(&self.0.verifier);
        self.configure(|config| {
            config.machines = config.machines.clone().verifier(verifier.clone());
            config.verifier = verifier;
        })
    }

    /// Accepts only session tokens that were requested by one of these origins: your own frontends, such as
    /// `https://app.example.com`. See [`Verifier::authorized_parties`], which accepts subdomains too.
    ///
    /// A token without an origin (`azp`) is rejected. If it is in a cookie, a browser that loads a page is redirected to
    /// Clerk for a new one.
    ///
    /// # Errors
    ///
    /// Returns an error if the list is empty, or if one of them is not an origin.
    pub fn authorized_parties(
        self,
        origins: impl IntoList<String>,
    ) -> Result<Self, InvalidArgument> {
        let verifier = self.0.verifier.clone().authorized_parties(origins)?;
        Ok(self.verifier(verifier))
    }

    /// Accepts session tokens that were requested by an origin for which `accepts` returns `true`, too: see
    /// [`Verifier::authorized_parties_if`].
    pub fn authorized_parties_if(
        self,
        accepts: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        let verifier = self.0.verifier.clone().authorized_parties_if(accepts);
        self.verifier(verifier)
    }

    /// Accepts session tokens in the `Authorization` header that name no authorized party, such as those that your own
    /// backends create with Clerk's API. Tokens that name another party are still rejected, and so are cookies without
    /// one.
    ///
    /// Nothing but code can set the header, so a page of another origin needs the token itself to misuse it.
    pub fn accept_header_tokens_without_party(self) -> Self {
        self.configure(|config| config.accepts_header_tokens_without_party = true)
    }

    /// Sets the kinds of tokens that are accepted. The default is session tokens only.
    pub fn accepts_token(self, kinds: impl IntoIterator<Item = TokenType>) -> Self {
        self.configure(|config| config.accepted_kinds = kinds.into_iter().collect())
    }

    /// Sets a machine secret key: see [`MachineVerifier::machine_secret_key`].
    pub fn machine_secret_key(self, key: impl Into<String>) -> Self {
        let machines = self.0.machines.clone().machine_secret_key(key);
        self.configure(|config| config.machines = machines)
    }

    /// Accepts only OAuth tokens that are intended for one of these audiences; with an empty list, none.
    pub fn oauth_audiences(self, audience: impl IntoList<String>) -> Self {
        let machines = self.0.machines.clone().oauth_audiences(audience);
        self.configure(|config| config.machines = machines)
    }

    /// Caches verified machine tokens: see [`MachineVerifier::cache`].
    pub fn cache_machine_tokens(self, tokens: usize, lifetime: Duration) -> Self {
        let machines = self.0.machines.clone().cache(tokens, lifetime);
        self.configure(|config| config.machines = machines)
    }

    /// Limits the calls to Clerk that unauthenticated requests cause to this many in any `period`. The default is 200
    /// calls in 10 seconds with the key of a production instance, and 50 with another.
    ///
    /// Anyone can send unknown machine tokens, handshake nonces and refresh tokens, each of which costs a call; without
    /// a limit they would exhaust the rate limit of your instance. Beyond it, a request with an unknown machine token or
    /// nonce is [unavailable](super::AuthErrorReason::is_unavailable) and should get status 503, and a session is renewed by a
    /// handshake instead of a refresh.
    ///
    /// Not limited are machine tokens that were valid when they were verified last, and the first call for each session
    /// whose token has a valid signature; if that call fails, further calls for the session are limited until one
    /// succeeds. Calls that succeed do not count. [`MachineVerifier::limit_unverified_calls`] has more about machine
    /// tokens.
    ///
    /// The limit is shared by clones and by the authenticators that are configured from this one.
    pub fn limit_unverified_calls(self, calls: usize, period: Duration) -> Self {
        let budget = Arc::new(CallBudget::new(calls, period));
        self.configure(|config| {
            config.machines = config.machines.clone().with_budget(budget.clone());
            config.browser.calls = Arc::new(BrowserCalls::new(budget));
        })
    }

    /// Sets the origin at which browsers reach this server, such as `https://app.example.com`.
    ///
    /// By default it is taken from the `Host` header of each request (in HTTP/2, its authority), with `https`, or for
    /// a development instance with the scheme that the request names, or `http`. If a request names no valid host, its
    /// browser cannot be redirected, and is signed out instead.
    ///
    /// # Errors
    ///
    /// Returns an error if `origin` is not a host with the scheme `http` or `https`, or has a path.
    pub fn public_origin(self, origin: &str) -> Result<Self, InvalidArgument> {
        let origin = Origin::parse(origin).ok_or(InvalidArgument::new(
            "public_origin",
            "it must be a scheme and a host, such as `https://app.example.com`",
        ))?;
        Ok(self.configure(|config| config.browser.public_origin.fixed = Some(origin)))
    }

    /// Trusts the headers `X-Forwarded-Host` and `X-Forwarded-Proto`.
    ///
    /// Use this only if the server can be reached solely through a proxy that sets both: otherwise any client
    /// can forge them. A header that contains no valid host, or a scheme other than `http` and `https`, is ignored.
    pub fn trust_forwarded_headers(self) -> Self {
        self.configure(|config| config.browser.public_origin.trusts_forwarded_headers = true)
    }

    /// Sets the URL of your proxy for the Frontend API, such as `https://app.example.com/__clerk`.
    ///
    /// # Errors
    ///
    /// Returns an error if `url` is not an absolute URL with the scheme `http` or `https`, or has a query or a fragment.
    pub fn proxy_url(self, url: &str) -> Result<Self, InvalidArgument> {
        let url = HttpUrl::parse(url).filter(|url| !url.has_query_or_fragment());
        let url = url.ok_or(InvalidArgument::new(
            "proxy_url",
            "it must be absolute, such as `https://app.example.com/__clerk`",
        ))?;
        Ok(self.configure(|config| config.browser.proxy_url = Some(url)))
    }

    /// Makes this server part of a satellite domain, such as `satellite.example`, whose users sign in on the
    /// primary domain at `sign_in_url`, such as `https://example.com/sign-in`.
    ///
    /// A browser that comes from the primary domain with `__clerk_synced=false` in the URL is synced with it.
    /// [`sync_satellite`](Self::sync_satellite) syncs every browser.
    ///
    /// # Errors
    ///
    /// Returns an error if `domain` is not a host, or if `sign_in_url` is not absolute or is on the satellite
    /// domain.
    pub fn satellite(
        self,
        domain: impl Into<String>,
        sign_in_url: impl Into<String>,
    ) -> Result<Self, InvalidArgument> {
        let satellite = SatelliteDomain::new(&domain.into(), &sign_in_url.into())?;
        Ok(self.configure(|config| config.browser.satellite = Some(satellite)))
    }

    /// Syncs every browser that loads a page of the satellite domain without session cookies with the primary
    /// domain, which costs each of them a redirect there and back. It is off by default.
    pub fn sync_satellite(self) -> Self {
        self.configure(|config| config.browser.syncs_satellite = true)
    }

    /// Activates the organization that the path of a page names, such as `/orgs/:slug`: if another one is active in the
    /// session cookie, a browser that loads the page is redirected to Clerk and back.
    ///
    /// If the user is no member of the organization, it is not activated, and the request has a session with another
    /// organization or none. **Check the organization of the session**, as the path may name any: this setting grants no
    /// access. Each page load then costs a redirect.
    ///
    /// Other requests, such as those of `fetch`, and tokens in the `Authorization` header are not affected.
    pub fn sync_organization(self, sync: OrganizationSync) -> Self {
        self.configure(|config| config.browser.organization_sync = Some(sync))
    }

    /// Returns the URL of a sign-in page with the way back to this request, or `None` if the request is not that of a
    /// browser that loads a page.
    ///
    /// If `hides_query`, the way back has no query.
    pub(crate) fn sign_in_location(
        &self,
        page: &SignInPage,
        parts: &Parts,
        hides_query: bool,
    ) -> Option<HeaderValue> {
        let origin = self.0.browser.public_origin.of(parts);
        page.location(parts, origin?, hides_query)
    }

    /// An id that is shared by clones until one of them is configured further.
    pub(crate) fn id(&self) -> AuthenticatorId {
        self.0.id
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator")
            .field("verifier", &self.0.verifier)
            .field("accepted_kinds", &self.0.accepted_kinds)
            .field("publishable_key", &self.0.publishable_key)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_an_id_until_one_is_configured_further() {
        let authenticator = Authenticator::new(ClientConfig::new("sk_test_none"));
        let clone = authenticator.clone();
        assert_eq!(clone.id(), authenticator.id());
        let configured = clone.accepts_token([TokenType::ApiKey]);
        assert_ne!(configured.id(), authenticator.id());
        let other = Authenticator::new(ClientConfig::new("sk_test_none"));
        assert_ne!(other.id(), authenticator.id());
    }
}
