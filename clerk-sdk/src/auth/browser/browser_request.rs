//! A browser's request: its cookies, its URL, and the configuration to authenticate it with.

use std::time::{SystemTime, UNIX_EPOCH};

use http::Method;
use http::header::ACCEPT;
use http::request::Parts;

use super::browser_config::BrowserConfig;
use super::cookie_names::{CLIENT_UAT, DEV_BROWSER, SESSION};
use super::cookie_suffix::{Instance, SessionCookies, uses_suffix};
use super::organization_sync::SyncTarget;
use super::request_cookies::RequestCookies;
use super::request_url::RequestUrl;
use crate::auth::publishable_key::PublishableKey;
use crate::auth::request_record::RequestRecord;
use crate::jwt::{SessionAuth, TokenErrorKind, Verifier};
use crate::wire::Timestamp;

/// A browser's request, with its cookies and URL decoded, and the configuration to authenticate it with.
pub(in crate::auth) struct BrowserRequest<'r> {
    pub(super) config: &'r BrowserConfig,
    pub(super) key: &'r PublishableKey,
    pub(super) verifier: &'r Verifier,
    pub(super) parts: &'r Parts,
    pub(super) record: &'r RequestRecord,
    pub(super) cookies: RequestCookies,
    pub(super) url: RequestUrl,
    /// The session token of the `Authorization` header, if the cookies are not used.
    pub(super) header_token: Option<&'r str>,
}

impl<'r> BrowserRequest<'r> {
    pub(in crate::auth) fn new(
        config: &'r BrowserConfig,
        key: &'r PublishableKey,
        verifier: &'r Verifier,
        parts: &'r Parts,
        record: &'r RequestRecord,
    ) -> Self {
        Self {
            config,
            key,
            verifier,
            parts,
            record,
            cookies: RequestCookies::read(parts),
            url: RequestUrl::new(config.public_origin.of(parts), &parts.uri),
            header_token: None,
        }
    }

    pub(in crate::auth) fn with_header_token(mut self, token: &'r str) -> Self {
        self.header_token = Some(token);
        self
    }

    pub(super) fn is_development(&self) -> bool {
        self.key.is_development()
    }

    /// What should be active on the page.
    pub(super) fn sync_target(&self) -> Option<SyncTarget<'_>> {
        let sync = self.config.organization_sync.as_ref()?;
        sync.target(self.url.path())
    }

    /// The credential that identifies the browser to a development instance.
    pub(super) fn dev_browser(&self) -> Option<&str> {
        let from_cookie = || {
            let suffix = self.key.cookie_suffix();
            let suffixed = self.cookies.get_suffixed(DEV_BROWSER, suffix);
            suffixed.or_else(|| self.cookies.get(DEV_BROWSER))
        };
        self.url.param(DEV_BROWSER).or_else(from_cookie)
    }

    /// Whether the session cookies are valid and up to date.
    pub(super) async fn is_signed_in(&self) -> bool {
        self.valid_session().await.is_some()
    }

    /// Returns the session of the cookies if they are valid and up to date.
    pub(super) async fn valid_session(&self) -> Option<SessionAuth> {
        let (Some(token), Some(client_uat)) = self.session_cookies() else {
            return None;
        };
        let since = Timestamp::from_secs(client_uat);
        let session = self.verifier.verify(token).await.ok()?;
        let is_current = session.claims().issued_at().is_none_or(|iat| iat >= since);
        is_current.then_some(session)
    }

    /// Returns the token of the session cookie if its signature is valid, whether or not it has expired.
    pub(super) async fn signed_session_token(&self) -> Option<&str> {
        use TokenErrorKind::{Expired, IssuedInTheFuture, NotYetValid};
        let (token, _) = self.session_cookies();
        let verified = self.verifier.verify(token?).await;
        match verified.map_err(|error| error.kind()) {
            Ok(_) | Err(Expired | IssuedInTheFuture | NotYetValid) => token,
            Err(_) => None,
        }
    }

    /// Returns the query parameter of this name, or else the cookie.
    pub(super) fn param_or_cookie(&self, name: &str) -> Option<&str> {
        self.url.param(name).or_else(|| self.cookies.get(name))
    }

    /// Whether the browser is loading a page or a frame: see [`is_navigation`].
    pub(super) fn is_navigation(&self) -> bool {
        is_navigation(self.parts)
    }

    /// Whether the browser is known to be loading a whole page.
    pub(super) fn is_document(&self) -> bool {
        let destination = self.parts.headers.get("sec-fetch-dest");
        self.parts.method == Method::GET && destination.is_some_and(|it| it == "document")
    }

    /// Returns the session token, and when the user last signed in, in Unix seconds.
    pub(super) fn session_cookies(&self) -> (Option<&str>, Option<i64>) {
        let cookies = match self.uses_suffixed_cookies() {
            true => self.suffixed_session_cookies(),
            false => self.unsuffixed_session_cookies(),
        };
        let client_uat = cookies.client_uat.and_then(|it| it.parse().ok());
        (cookies.token, client_uat.filter(|uat| *uat > 0))
    }

    pub(super) fn uses_suffixed_cookies(&self) -> bool {
        uses_suffix(
            self.unsuffixed_session_cookies(),
            self.suffixed_session_cookies(),
            self.instance(),
            unix_seconds(self.verifier.now()),
        )
    }

    /// In production, a satellite domain has its own Frontend API, which is the issuer of its tokens. The cookies without
    /// the suffix may be those of the primary domain, if both are on one site.
    fn instance(&self) -> Instance<'_> {
        let is_development = self.is_development();
        let issuer = match &self.config.satellite {
            Some(satellite) if !is_development => satellite.frontend_api_host(),
            _ => self.key.frontend_api(),
        };
        Instance {
            issuer,
            is_development,
        }
    }

    fn unsuffixed_session_cookies(&self) -> SessionCookies<'_> {
        SessionCookies {
            token: self.cookies.get(SESSION),
            client_uat: self.cookies.get(CLIENT_UAT),
        }
    }

    fn suffixed_session_cookies(&self) -> SessionCookies<'_> {
        let suffix = self.key.cookie_suffix();
        SessionCookies {
            token: self.cookies.get_suffixed(SESSION, suffix),
            client_uat: self.cookies.get_suffixed(CLIENT_UAT, suffix),
        }
    }
}

/// Whether a browser is loading a page or a frame, so that it follows a redirect. The calls of a page's scripts do not.
pub(super) fn is_navigation(parts: &Parts) -> bool {
    let header = |name| parts.headers.get(name)?.to_str().ok();
    let loads_page = match header("sec-fetch-dest") {
        Some(destination) => matches!(destination, "document" | "iframe"),
        None => header(ACCEPT.as_str()).is_some_and(|it| it.starts_with("text/html")),
    };
    parts.method == Method::GET && loads_page
}

fn unix_seconds(time: SystemTime) -> i64 {
    let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)
}
