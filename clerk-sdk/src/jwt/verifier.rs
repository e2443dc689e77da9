//! Verifies session tokens. The order of the checks is fixed: form, kind, key, signature, and only then the claims,
//! so that nothing is revealed about a token that somebody else signed.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::keys::{KeySource, VerifyingKey};
use super::limits::MAX_TOKEN_BYTES;
use super::session::{Claims, SessionAuth};
use super::token::{Category, Header, HeaderType, ParsedToken};
use super::token_error::{TokenError, TokenErrorKind};
use super::token_rules::TokenRules;
use super::verified_token_cache::VerifiedTokenCache;
use crate::error::InvalidArgument;
use crate::metrics;
use crate::wire::IntoList;

/// Verifies session tokens.
///
/// A verifier is cheap to clone. Create it once and keep it, because it caches Clerk's keys. See the
/// [module documentation](super) for an example.
#[derive(Clone)]
#[must_use = "a setter returns the changed value: assign it, or pass it on"]
pub struct Verifier {
    keys: KeySource,
    rules: Arc<TokenRules>,
    cache: Option<Arc<VerifiedTokenCache>>,
}

impl Verifier {
    /// Creates a verifier that takes its keys from a [`VerifyingKey`], a [`JwkSet`](super::JwkSet), Clerk's
    /// [`RemoteJwks`](super::RemoteJwks), or a [`ClientConfig`](crate::ClientConfig) with the secret key that they are fetched
    /// with.
    pub fn new(keys: impl Into<KeySource>) -> Self {
        Self {
            keys: keys.into(),
            rules: Arc::default(),
            cache: None,
        }
    }

    /// Changes the rules. Tokens that passed the old ones may not pass the new ones, so the cache is emptied.
    fn with_rules(mut self, change: impl FnOnce(&mut TokenRules)) -> Self {
        change(Arc::make_mut(&mut self.rules));
        self.cache = self.cache.map(|cache| Arc::new(cache.new_empty()));
        self
    }

    /// Accepts only tokens that were requested by a page of one of these origins (`azp`), such as
    /// `https://app.example.com`. `https://*.preview.example.com` stands for all subdomains of one level, such as
    /// `https://pr-7.preview.example.com`. Tokens without `azp` are rejected.
    ///
    /// Without this option, tokens of all pages are accepted; the [module documentation](super) explains why that is
    /// not enough for cookies.
    ///
    /// # Errors
    ///
    /// Returns an error if the list is empty, or if one of them is not an origin.
    pub fn authorized_parties(
        self,
        origins: impl IntoList<String>,
    ) -> Result<Self, InvalidArgument> {
        let parties = &self.rules.authorized_parties;
        let mut parties = parties.clone().unwrap_or_default();
        parties.set_origins(origins.into_list())?;
        Ok(self.with_rules(|rules| rules.authorized_parties = Some(parties)))
    }

    /// Accepts tokens that were requested by a page of an origin for which `accepts` returns `true`, besides those of
    /// the [listed origins](Self::authorized_parties).
    ///
    /// The predicate is called with the `azp` of tokens whose signature is valid. Its result is cached for a minute for
    /// each origin, because it delays other requests of the same thread: it should not wait for anything. If it
    /// panics, the token is rejected.
    ///
    /// An authenticator of a development instance also calls it with the origin of the satellite domain to which a URL
    /// asks to return, which anyone can choose: a browser is sent there if the predicate accepts it.
    pub fn authorized_parties_if(
        self,
        accepts: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        let parties = &self.rules.authorized_parties;
        let mut parties = parties.clone().unwrap_or_default();
        parties.set_predicate(accepts);
        self.with_rules(|rules| rules.authorized_parties = Some(parties))
    }

    /// Accepts only tokens for one of these audiences (`aud`). Tokens without an audience are rejected too, and
    /// session tokens have none unless you customize them.
    pub fn audiences(self, audience: impl IntoList<String>) -> Self {
        let audience = audience.into_list();
        self.with_rules(|rules| rules.audience = Some(audience))
    }

    /// Accepts only tokens of one of these issuers (`iss`): the Frontend API URL of your instance, such as
    /// `https://clerk.example.com`. An empty list rejects every token.
    pub fn issuers(self, issuers: impl IntoList<String>) -> Self {
        let issuers = issuers.into_list();
        self.with_rules(|rules| rules.issuers = Some(issuers))
    }

    /// Sets the leeway for differences between this machine's clock and Clerk's. The default is
    /// [`DEFAULT_LEEWAY`](super::DEFAULT_LEEWAY).
    pub fn leeway(self, leeway: Duration) -> Self {
        self.with_rules(|rules| rules.leeway = leeway)
    }

    /// Accepts [pending](super::TokenSessionStatus::Pending) sessions as well.
    pub fn accept_pending(self) -> Self {
        self.with_rules(|rules| rules.accepts_pending = true)
    }

    /// Reads the time from `clock` instead of the system, for tests.
    pub fn clock(self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.with_rules(|rules| rules.clock = Arc::new(clock))
    }

    /// Caches up to this many verified tokens, so that verifying one of them again costs a digest instead of a
    /// signature check. Its validity period is still checked each time.
    ///
    /// The drawbacks: if Clerk withdraws a key, cached tokens that it signed are accepted until they expire, which
    /// for session tokens is a minute; and each cached token takes about two kilobytes of memory.
    pub fn cache(mut self, tokens: usize) -> Self {
        self.cache = (tokens > 0).then(|| Arc::new(VerifiedTokenCache::new(tokens)));
        self
    }

    /// Verifies a token and returns its session.
    ///
    /// This waits only if Clerk's keys have to be fetched: not while the cached ones are fresh, and never with
    /// keys that you provide.
    ///
    /// # Errors
    ///
    /// Returns the error of the first check that fails.
    pub async fn verify(&self, token: &str) -> Result<SessionAuth, TokenError> {
        let now = self.rules.now();
        if let Some(session) = self.cached_session(token, now)? {
            return Ok(session);
        }
        let parsed = parse_with(token, check_session_header)?;
        let key = self.keys.get(parsed.key_id(), now).await?;
        self.verify_with(&key, token, &parsed, now)
    }

    /// Verifies a token without ever waiting, for code that is not async.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`verify`](Self::verify), and [`TokenErrorKind::UnknownKey`](crate::jwt::TokenErrorKind::UnknownKey) if the key would have to be
    /// fetched first. [`prefetch`](Self::prefetch) fetches Clerk's keys. In a tokio runtime, this function refreshes them in
    /// the background; outside of one, they are used for [as long as they are kept](super::RemoteJwks::stale_if_error).
    pub fn verify_cached(&self, token: &str) -> Result<SessionAuth, TokenError> {
        let now = self.rules.now();
        if let Some(session) = self.cached_session(token, now)? {
            return Ok(session);
        }
        let parsed = parse_with(token, check_session_header)?;
        let key = self.keys.get_cached(parsed.key_id(), now)?;
        self.verify_with(&key, token, &parsed, now)
    }

    /// Fetches Clerk's keys now, so that the first request does not have to wait, and a wrong secret key is noticed
    /// at startup. With keys that you provide, it does nothing.
    ///
    /// # Errors
    ///
    /// Returns [`TokenErrorKind::KeysUnavailable`](crate::jwt::TokenErrorKind::KeysUnavailable), with the cause as its source.
    pub async fn prefetch(&self) -> Result<(), TokenError> {
        self.keys.prefetch(self.rules.now()).await
    }

    fn verify_with(
        &self,
        key: &VerifyingKey,
        token: &str,
        parsed: &ParsedToken<'_>,
        now: SystemTime,
    ) -> Result<SessionAuth, TokenError> {
        let claims = Arc::new(Claims::parse(&parsed.verify_signature(key)?)?);
        self.rules.check(&claims, now)?;
        if let Some(cache) = &self.cache {
            cache.insert(VerifiedTokenCache::digest(token), claims.clone());
        }
        Ok(SessionAuth::new(claims))
    }

    /// Verifies the signature of a token whose header passes `check_header`, and returns the JSON of its claims.
    pub(super) async fn verified_claims(
        &self,
        token: &str,
        check_header: impl FnOnce(&Header) -> Result<(), TokenError>,
    ) -> Result<Vec<u8>, TokenError> {
        let parsed = parse_with(token, check_header)?;
        let key = self.keys.get(parsed.key_id(), self.rules.now()).await?;
        parsed.verify_signature(&key)
    }

    /// The rules, for tokens other than session tokens.
    pub(super) fn rules(&self) -> &TokenRules {
        &self.rules
    }

    /// Returns the session of a cached token if it is still valid.
    fn cached_session(
        &self,
        token: &str,
        now: SystemTime,
    ) -> Result<Option<SessionAuth>, TokenError> {
        let Some(cache) = &self.cache else {
            return Ok(None);
        };
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::too_long(MAX_TOKEN_BYTES));
        }
        let digest = VerifiedTokenCache::digest(token);
        let claims = cache.get(&digest);
        metrics::cache_lookup("session_tokens", claims.is_some());
        let Some(claims) = claims else {
            return Ok(None);
        };
        if let Err(error) = self
            .rules
            .check_validity_period(claims.validity_period(), now)
        {
            cache.remove(&digest);
            return Err(error);
        }
        Ok(Some(SessionAuth::new(claims)))
    }
}

#[cfg(feature = "auth")]
impl Verifier {
    /// Takes over the authorized parties of `other` unless this verifier has its own.
    pub(crate) fn or_authorized_parties_of(self, other: &Self) -> Self {
        match (
            &self.rules.authorized_parties,
            &other.rules.authorized_parties,
        ) {
            (None, Some(parties)) => {
                let parties = parties.clone();
                self.with_rules(|rules| rules.authorized_parties = Some(parties))
            }
            _ => self,
        }
    }

    /// Accepts tokens that name no authorized party, too.
    pub(crate) fn accept_missing_party(self) -> Self {
        self.with_rules(|rules| rules.accepts_missing_party = true)
    }

    /// Whether an origin is listed as an authorized party.
    pub(crate) fn is_authorized_party(&self, origin: &str) -> bool {
        let parties = self.rules.authorized_parties.as_ref();
        parties.is_some_and(|parties| parties.contains(origin, self.now()))
    }

    pub(super) fn current_leeway(&self) -> Duration {
        self.rules.leeway
    }

    /// The time by the clock of this verifier.
    pub(crate) fn now(&self) -> SystemTime {
        self.rules.now()
    }
}

fn parse_with<'t>(
    token: &'t str,
    check_header: impl FnOnce(&Header) -> Result<(), TokenError>,
) -> Result<ParsedToken<'t>, TokenError> {
    let parsed = ParsedToken::parse(token)?;
    check_header(&parsed.header)?;
    match parsed.header.algorithm {
        Some(_) => Ok(parsed),
        // Checked before the key is looked up, so that such a token causes no fetch.
        None => Err(TokenError::new(TokenErrorKind::UnsupportedAlgorithm)),
    }
}

fn check_session_header(header: &Header) -> Result<(), TokenError> {
    let kind = match (header.token_type, header.category) {
        (HeaderType::AccessToken, _) => "an OAuth access token, not a session token",
        (HeaderType::Unknown, _) => "of a type (`typ`) that session tokens do not have",
        (_, Category::Absent | Category::Session) => return Ok(()),
        (_, Category::JwtTemplate) => "a JWT template token, not a session token",
        (_, Category::Machine) => "a machine token, not a session token",
        (_, Category::Unknown) => "of a category (`cat`) that session tokens do not have",
    };
    Err(TokenError::wrong_kind(kind))
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = &self.rules;
        f.debug_struct("Verifier")
            .field("keys", &self.keys)
            .field("authorized_parties", &rules.authorized_parties)
            .field("audience", &rules.audience)
            .field("issuers", &rules.issuers)
            .field("leeway", &rules.leeway)
            .field("accepts_pending", &rules.accepts_pending)
            .finish_non_exhaustive()
    }
}
