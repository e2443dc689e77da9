//! Requests of browsers: the session's cookies, and when Clerk has to be asked about them.

use http::Method;
use http::header::ACCEPT;
use http::request::Parts;

use super::authenticator::Settings;
use super::handshake;
use super::incoming::{Address, Cookies};
use super::kind::TokenKind;
use super::publishable_key::PublishableKey;
use super::refresh::{self, NotRefreshed};
use super::state::{Outcome, Reason, RequestState};
use super::suffix::{self, Pair};
use crate::jwt::{TokenError, decode_unverified};

pub(super) const SESSION: &str = "__session";
const CLIENT_UAT: &str = "__client_uat";
pub(super) const DEV_BROWSER: &str = "__clerk_db_jwt";

/// The part of an authenticator that is for browsers.
#[derive(Clone, Debug)]
pub(super) struct Browser {
    pub(super) key: PublishableKey,
}

/// What is looked at of one request.
pub(super) struct Visit<'r> {
    pub(super) settings: &'r Settings,
    pub(super) browser: &'r Browser,
    pub(super) parts: &'r Parts,
    pub(super) cookies: Cookies,
    pub(super) address: Address,
}

impl Browser {
    pub(super) fn new(key: PublishableKey) -> Self {
        Self { key }
    }

    fn visit<'r>(&'r self, settings: &'r Settings, parts: &'r Parts) -> Visit<'r> {
        Visit {
            settings,
            browser: self,
            parts,
            cookies: Cookies::of(parts),
            address: settings.addressing.of(parts),
        }
    }

    /// Finds out whose browser sent a request without an `Authorization` header.
    pub(super) async fn authenticate(&self, settings: &Settings, parts: &Parts) -> RequestState {
        let visit = self.visit(settings, parts);
        if let Some(state) = handshake::resolve(&visit).await {
            return state;
        }
        if let Some(state) = visit.sync() {
            return state;
        }
        visit.by_cookies().await
    }

    /// What a token of a header that was refused leads to.
    pub(super) async fn on_refusal(
        &self,
        settings: &Settings,
        parts: &Parts,
        token: &str,
        error: TokenError,
    ) -> RequestState {
        self.visit(settings, parts).on_refusal(token, error).await
    }
}

impl Visit<'_> {
    pub(super) fn is_development(&self) -> bool {
        self.browser.key.is_development()
    }

    /// The credential by which a development instance knows a browser.
    pub(super) fn dev_browser(&self) -> Option<&str> {
        let in_cookie = || {
            let suffix = self.browser.key.cookie_suffix();
            let suffixed = self.cookies.suffixed(DEV_BROWSER, suffix);
            suffixed.or_else(|| self.cookies.get(DEV_BROWSER))
        };
        self.address.param(DEV_BROWSER).or_else(in_cookie)
    }

    /// What comes in the address, or else in a cookie.
    pub(super) fn param_or_cookie(&self, name: &str) -> Option<&str> {
        self.address.param(name).or_else(|| self.cookies.get(name))
    }

    /// Whether the browser is loading a page, which may be sent round; an API call may not.
    pub(super) fn is_navigation(&self) -> bool {
        let header = |name| self.parts.headers.get(name)?.to_str().ok();
        let loads_page = match header("sec-fetch-dest") {
            Some(destination) => matches!(destination, "document" | "iframe"),
            None => header(ACCEPT.as_str()).is_some_and(|it| it.starts_with("text/html")),
        };
        self.parts.method == Method::GET && loads_page
    }

    pub(super) fn is_document(&self) -> bool {
        let destination = self.parts.headers.get("sec-fetch-dest");
        self.parts.method == Method::GET && destination.is_some_and(|it| it == "document")
    }

    /// What has to be settled between domains, or with a development instance, before cookies count.
    fn sync(&self) -> Option<RequestState> {
        let between_domains = self.sync_domains();
        if between_domains.is_some() || !self.is_development() {
            return between_domains;
        }
        match (self.address.param(DEV_BROWSER), self.dev_browser()) {
            (Some(_), _) => Some(self.handshake(Reason::DevBrowserSync)),
            (None, None) => Some(self.handshake(Reason::NoDevBrowser)),
            (None, Some(_)) => None,
        }
    }

    async fn by_cookies(&self) -> RequestState {
        let (session, uat) = self.chosen();
        let (session, uat) = match (session, uat) {
            (None, None) => return RequestState::signed_out(Reason::NoToken),
            (Some(_), None) => return self.handshake(Reason::NoClientUat),
            (None, Some(_)) => return self.handshake(Reason::NoSessionToken),
            (Some(session), Some(uat)) => (session, uat),
        };
        let is_machines = |subject: &str| subject.starts_with("mch_");
        let issued_at = match decode_unverified(session) {
            Err(error) => return RequestState::signed_out(Reason::Token(error)),
            Ok(it) if it.subject.as_deref().is_some_and(is_machines) => {
                return RequestState::signed_out(Reason::WrongKind(TokenKind::M2m));
            }
            Ok(it) => it.issued_at,
        };
        let verified = self.settings.verifier.verify(session).await;
        // What is no session's is not made one by a handshake, however old it is.
        if let Err(error @ TokenError::WrongKind(_)) = verified {
            return RequestState::signed_out(Reason::Token(error));
        }
        if issued_at.is_some_and(|issued_at| issued_at < uat) {
            return self.handshake(Reason::SessionBeforeClientUat);
        }
        match verified {
            Ok(session) => RequestState::new(Outcome::Session(session)),
            Err(error) => self.on_refusal(session, error).await,
        }
    }

    /// A token that only time has spoilt is renewed, by asking Clerk or by a handshake; any other is
    /// refused.
    pub(super) async fn on_refusal(&self, token: &str, error: TokenError) -> RequestState {
        match error {
            TokenError::Expired(ago) => match refresh::attempt(self, token).await {
                Ok(state) => state,
                Err(why) => self.handshake(Reason::Expired(NotRefreshed::new(ago, &why))),
            },
            TokenError::NotYetValid(_) | TokenError::IssuedInTheFuture(_) => {
                self.handshake(Reason::Token(error))
            }
            _ => RequestState::signed_out(Reason::Token(error)),
        }
    }

    /// The session token and the time of the last sign-in, of the pair of cookies that counts.
    pub(super) fn chosen(&self) -> (Option<&str>, Option<i64>) {
        let Pair { session, uat } = match self.uses_suffixed() {
            true => self.own_pair(),
            false => self.plain_pair(),
        };
        let uat = uat.and_then(|it| it.parse().ok());
        (session, uat.filter(|uat| *uat > 0))
    }

    pub(super) fn uses_suffixed(&self) -> bool {
        let now = unix_seconds(self.settings.verifier.now());
        suffix::counts(self.plain_pair(), self.own_pair(), &self.browser.key, now)
    }

    fn plain_pair(&self) -> Pair<'_> {
        Pair {
            session: self.cookies.get(SESSION),
            uat: self.cookies.get(CLIENT_UAT),
        }
    }

    fn own_pair(&self) -> Pair<'_> {
        let suffix = self.browser.key.cookie_suffix();
        Pair {
            session: self.cookies.suffixed(SESSION, suffix),
            uat: self.cookies.suffixed(CLIENT_UAT, suffix),
        }
    }

    /// Sends the browser to Clerk if it can be sent, and else calls it signed out.
    pub(super) fn handshake(&self, reason: Reason) -> RequestState {
        handshake::start(self, reason)
    }
}

fn unix_seconds(now: std::time::SystemTime) -> i64 {
    let since = now
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
