//! Who sent a request: the settings, and the decision between header, machine and cookies.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;

use super::browser::Browser;
use super::incoming::{Addressing, HeaderToken};
use super::kind::TokenKind;
use super::machine::MachineVerifier;
use super::publishable_key::{InvalidPublishableKey, PublishableKey};
use super::satellite::{InvalidSatellite, Satellite};
use super::state::{Outcome, Reason, RequestState};
use crate::config::ClientHandle;
use crate::jwt::{TokenError, Verifier};
use crate::{ClientConfig, session};

/// Finds out who sent a request.
///
/// It is cheap to clone, and meant to be made once. Without a publishable key it looks at the
/// `Authorization` header alone; with one, at the cookies of browsers too.
#[derive(Clone)]
pub struct Authenticator(pub(super) Arc<Settings>);

#[derive(Clone)]
pub(super) struct Settings {
    /// What Clerk is asked through, but for its keys. It is made once: anybody can send requests that need it.
    pub(super) transport: ClientHandle,
    pub(super) verifier: Verifier,
    machines: MachineVerifier,
    accepted: Vec<TokenKind>,
    pub(super) browser: Option<Browser>,
    pub(super) proxy_url: Option<String>,
    pub(super) satellite: Option<Satellite>,
    pub(super) syncs_satellite: bool,
    /// Renews expired sessions.
    pub(super) sessions: session::Client,
    pub(super) addressing: Addressing,
}

impl Authenticator {
    /// Authenticates with the secret key in `config`: keys come from Clerk's API, and machines' tokens are
    /// checked there.
    pub fn new(config: ClientConfig) -> Self {
        let verifier = Verifier::new(config.clone());
        let transport = ClientHandle::new(config);
        Self(Arc::new(Settings {
            machines: MachineVerifier::over(transport.clone(), verifier.clone()),
            sessions: session::Client::from_handle(transport.clone()),
            transport,
            verifier,
            accepted: vec![TokenKind::Session],
            browser: None,
            proxy_url: None,
            satellite: None,
            syncs_satellite: false,
            addressing: Addressing::default(),
        }))
    }

    fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Accepts sessions from cookies too, for the instance of this publishable key.
    ///
    /// Set [`authorized_parties`](Self::authorized_parties) with it: a browser sends cookies along with
    /// requests of any page. Against forged requests that is not enough: see the [module](super).
    ///
    /// # Errors
    ///
    /// If it is no publishable key.
    pub fn publishable_key(self, key: &str) -> Result<Self, InvalidPublishableKey> {
        let key = PublishableKey::parse(key)?;
        Ok(self.set(|settings| {
            settings.addressing.is_development = key.is_development();
            settings.browser = Some(Browser::new(key));
        }))
    }

    /// Checks session tokens in this way: with a key of yours, with other limits. Its keys check the JWTs
    /// of machines too. The authorized parties stay where it names none.
    pub fn verifier(self, verifier: Verifier) -> Self {
        let verifier = verifier.or_authorized_parties_of(&self.0.verifier);
        self.set(|settings| {
            settings.machines = settings.machines.clone().verifier(verifier.clone());
            settings.verifier = verifier;
        })
    }

    /// Accepts tokens that a page of one of these origins asked for, and no others: those of your own
    /// frontends, such as `https://app.example.com`.
    pub fn authorized_parties(self, origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let verifier = self.0.verifier.clone().authorized_parties(origins);
        self.verifier(verifier)
    }

    /// Accepts tokens of these kinds, and no others; only sessions by default.
    pub fn accept(self, kinds: impl IntoIterator<Item = TokenKind>) -> Self {
        self.set(|settings| settings.accepted = kinds.into_iter().collect())
    }

    /// Asks about machine-to-machine tokens with a machine's own key instead of the secret key.
    pub fn machine_secret_key(self, key: impl Into<String>) -> Self {
        let machines = self.0.machines.clone().machine_secret_key(key);
        self.set(|settings| settings.machines = machines)
    }

    /// Accepts OAuth tokens that are for one of these audiences, and no others.
    pub fn oauth_audience(self, audience: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let machines = self.0.machines.clone().oauth_audience(audience);
        self.set(|settings| settings.machines = machines)
    }

    /// Remembers tokens of machines: see [`MachineVerifier::remember`].
    pub fn remember_machines(self, tokens: usize, lifetime: Duration) -> Self {
        let machines = self.0.machines.clone().remember(tokens, lifetime);
        self.set(|settings| settings.machines = machines)
    }

    /// The address at which browsers see this server, such as `https://app.example.com`. Without it, it
    /// is the `Host` of each request, with `https`, or `http` for a development instance.
    pub fn public_origin(self, origin: impl Into<String>) -> Self {
        let origin = origin.into().trim_end_matches('/').to_owned();
        self.set(|settings| settings.addressing.origin = Some(origin))
    }

    /// Believes `X-Forwarded-Host` and `X-Forwarded-Proto`. Only for a server that nobody reaches but
    /// through a proxy that sets both: anybody can send them.
    pub fn trust_forwarded_headers(self) -> Self {
        self.set(|settings| settings.addressing.trusts_forwarded = true)
    }

    /// The Frontend API is reached through a proxy of yours at this address, such as
    /// `https://app.example.com/__clerk`.
    pub fn proxy_url(self, url: impl Into<String>) -> Self {
        let url = url.into();
        self.set(|settings| settings.proxy_url = Some(url.trim_end_matches('/').to_owned()))
    }

    /// This server is of a satellite domain, such as `satellite.example`: users sign in at the primary
    /// one, at `sign_in_url`, such as `https://example.com/sign-in`.
    ///
    /// It asks the primary domain about a browser that comes from there with `__clerk_synced=false` in the
    /// address; [`sync_satellite`](Self::sync_satellite) makes it ask about every browser.
    ///
    /// # Errors
    ///
    /// If the domain is no host, or the address of the sign-in page is not whole or the satellite's own.
    pub fn satellite(
        self,
        domain: impl Into<String>,
        sign_in_url: impl Into<String>,
    ) -> Result<Self, InvalidSatellite> {
        let satellite = Satellite::new(domain.into(), sign_in_url.into())?;
        Ok(self.set(|settings| settings.satellite = Some(satellite)))
    }

    /// Makes a satellite ask the primary domain about every browser that loads a page without cookies of
    /// a session, which costs each a way round. It is off by default.
    pub fn sync_satellite(self) -> Self {
        self.set(|settings| settings.syncs_satellite = true)
    }

    /// Whether they are clones of one, with nothing set since.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Finds out who sent a request. It never fails: what is wrong is a reason to be signed out.
    pub async fn authenticate(&self, parts: &Parts) -> RequestState {
        let settings = &*self.0;
        match HeaderToken::of(parts) {
            HeaderToken::One(token) => settings.by_header(parts, &token).await,
            HeaderToken::Odd => {
                let what = "there is more than one Authorization header, or its token is no text";
                RequestState::signed_out(Reason::Token(TokenError::Malformed(what)))
            }
            HeaderToken::None if !settings.accepts(TokenKind::Session) => {
                RequestState::signed_out(Reason::NoToken)
            }
            HeaderToken::None => match &settings.browser {
                Some(browser) => browser.authenticate(settings, parts).await,
                None => RequestState::signed_out(Reason::NoToken),
            },
        }
    }
}

impl Settings {
    fn accepts(&self, kind: TokenKind) -> bool {
        self.accepted.contains(&kind)
    }

    async fn by_header(&self, parts: &Parts, token: &str) -> RequestState {
        let kind = TokenKind::of(token);
        if !self.accepts(kind) {
            return RequestState::signed_out(Reason::WrongKind(kind));
        }
        if kind != TokenKind::Session {
            return RequestState::new(match self.machines.verify(token).await {
                Ok(machine) => Outcome::Machine(machine),
                Err(error) => Outcome::SignedOut(Reason::Machine(error)),
            });
        }
        match (self.verifier.verify(token).await, &self.browser) {
            (Ok(session), _) => RequestState::new(Outcome::Session(session)),
            // A page may send its token in a header; then it can be sent round as well.
            (Err(error), Some(browser)) => browser.on_refusal(self, parts, token, error).await,
            (Err(error), None) => RequestState::signed_out(Reason::Token(error)),
        }
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator")
            .field("verifier", &self.0.verifier)
            .field("accepted", &self.0.accepted)
            .field("browser", &self.0.browser)
            .finish_non_exhaustive()
    }
}

/// Finds out who sent a request: [`Authenticator::authenticate`] by the name that it has in Clerk's other
/// SDKs.
pub async fn authenticate_request(authenticator: &Authenticator, parts: &Parts) -> RequestState {
    authenticator.authenticate(parts).await
}
