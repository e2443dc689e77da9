//! The checks, in their order: form, kind, key, signature, and only then what is claimed.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use super::base64url::Buffer;
use super::claims::Claims;
use super::error::TokenError;
use super::key::Key;
use super::keys::Keys;
use super::memory::Memory;
use super::session::Session;
use super::settings::Settings;
use super::token::{Category, Header, Kind, KnownHeader, Token};

/// How far clocks may be apart unless [`Verifier::leeway`] says otherwise: 5 seconds.
pub const DEFAULT_LEEWAY: Duration = Duration::from_secs(5);

/// The longest token that is looked at. Cookies end at 4096 bytes.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Checks session tokens.
///
/// It is cheap to clone, and meant to be made once. See the [module](super) for an example.
#[derive(Clone)]
pub struct Verifier {
    keys: Keys,
    settings: Arc<Settings>,
    /// The header of the first token that was accepted.
    header: Arc<OnceLock<KnownHeader>>,
    memory: Option<Arc<Memory>>,
}

impl Verifier {
    /// Checks tokens with keys of this source: a [`Key`], a [`KeySet`](super::KeySet), Clerk's
    /// [`Jwks`](super::Jwks), or a [`ClientConfig`](crate::ClientConfig) whose secret key they are fetched
    /// with.
    pub fn new(keys: impl Into<Keys>) -> Self {
        Self {
            keys: keys.into(),
            settings: Arc::default(),
            header: Arc::default(),
            memory: None,
        }
    }

    /// Changes the settings. What passed the old ones may not pass the new.
    fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self.memory = self.memory.map(|memory| Arc::new(memory.fresh()));
        self
    }

    /// Accepts tokens that a page of one of these origins asked for, and no others: an empty list accepts
    /// none. Without this, those of any page are accepted; see the [module](super) on why that is not enough
    /// for cookies.
    pub fn authorized_parties(self, origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let origins = origins.into_iter().map(Into::into).collect();
        self.set(|settings| settings.authorized_parties = Some(origins))
    }

    /// Accepts tokens that are for one of these audiences, and no others: also none that say nothing of
    /// an audience, as session tokens do unless you made them.
    pub fn audience(self, audience: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let audience = audience.into_iter().map(Into::into).collect();
        self.set(|settings| settings.audience = Some(audience))
    }

    /// Accepts tokens that this issuer issued, and no others: the Frontend API of your instance, such as
    /// `https://clerk.example.com`. It may be called for several.
    pub fn issuer(self, issuer: impl Into<String>) -> Self {
        let issuer = issuer.into();
        self.set(|settings| settings.issuers.get_or_insert_default().push(issuer))
    }

    /// How far this machine's clock may be from Clerk's, instead of [`DEFAULT_LEEWAY`].
    pub fn leeway(self, leeway: Duration) -> Self {
        self.set(|settings| settings.leeway = leeway)
    }

    /// Accepts sessions that are [pending](super::SessionStatus::Pending).
    pub fn accept_pending(self) -> Self {
        self.set(|settings| settings.accepts_pending = true)
    }

    /// Reads the time from `clock` instead of the system, for tests.
    pub fn clock(self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.set(|settings| settings.clock = Arc::new(clock))
    }

    /// Remembers this many tokens that were verified, so that verifying one again costs a digest instead
    /// of a signature. Their times are checked each time.
    ///
    /// The price: a token whose key Clerk has withdrawn meanwhile passes until it expires, which for
    /// session tokens is a minute; and each takes about two kilobytes.
    pub fn remember(mut self, tokens: usize) -> Self {
        self.memory = (tokens > 0).then(|| Arc::new(Memory::new(tokens)));
        self
    }

    /// Checks a token, and gives the session that it stands for.
    ///
    /// With keys that were given, and with Clerk's while they are fresh, it does not wait.
    ///
    /// # Errors
    ///
    /// The first reason for which it is not accepted.
    pub async fn verify(&self, token: &str) -> Result<Session, TokenError> {
        let now = self.settings.now();
        if let Some(session) = self.remembered(token, now)? {
            return Ok(session);
        }
        let parsed = self.parse(token)?;
        let key = self.key(&parsed.header, now).await?;
        self.accept(token, &parsed, &key, now)
    }

    /// As [`verify`](Self::verify), without ever waiting: for code that is not async.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify); and [`TokenError::UnknownKey`] where the key would have to be fetched
    /// first. [`load`](Self::load) fetches those of Clerk; called in a tokio runtime, this renews them in the
    /// background, and without one they are used for [as long as they are kept](super::Jwks::keep_for).
    pub fn verify_now(&self, token: &str) -> Result<Session, TokenError> {
        let now = self.settings.now();
        if let Some(session) = self.remembered(token, now)? {
            return Ok(session);
        }
        let parsed = self.parse(token)?;
        let key = self.keys.at_hand_or_due(&parsed.header, now)?;
        self.accept(token, &parsed, &key, now)
    }

    /// Fetches Clerk's keys now, so that the first request need not wait and a wrong secret key shows at the
    /// start. With keys that were given, it does nothing.
    ///
    /// # Errors
    ///
    /// [`TokenError::KeysUnavailable`], with the cause.
    pub async fn load(&self) -> Result<(), TokenError> {
        self.keys.load(self.settings.now()).await
    }

    /// The key that a token names, fetched if need be.
    pub(super) async fn key(
        &self,
        header: &Header,
        now: SystemTime,
    ) -> Result<Cow<'_, Key>, TokenError> {
        match self.keys.at_hand(header, now)? {
            Some(key) => Ok(key),
            None => self.keys.fetched(header, now).await.map(Cow::Owned),
        }
    }

    /// With the authorized parties of another one, where this one has no list of its own.
    #[cfg(feature = "auth")]
    pub(crate) fn or_authorized_parties_of(self, other: &Self) -> Self {
        match (
            &self.settings.authorized_parties,
            &other.settings.authorized_parties,
        ) {
            (None, Some(named)) => {
                let named = named.clone();
                self.authorized_parties(named)
            }
            _ => self,
        }
    }

    #[cfg(feature = "auth")]
    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether an origin was named as one whose pages are trusted.
    #[cfg(feature = "auth")]
    pub(crate) fn is_authorized_party(&self, origin: &str) -> bool {
        let named = &self.settings.authorized_parties;
        named.iter().flatten().any(|own| own == origin)
    }

    /// The time by the clock of this verifier.
    #[cfg(feature = "auth")]
    pub(crate) fn now(&self) -> SystemTime {
        self.settings.now()
    }

    fn parse<'t>(&'t self, token: &'t str) -> Result<Token<'t>, TokenError> {
        let token = Token::parse(token, self.header.get())?;
        check_kind(&token.header)?;
        match token.header.algorithm {
            Some(_) => Ok(token),
            // Before any key is looked for: this needs none.
            None => Err(TokenError::UnsupportedAlgorithm),
        }
    }

    fn accept(
        &self,
        token: &str,
        parsed: &Token<'_>,
        key: &Key,
        now: SystemTime,
    ) -> Result<Session, TokenError> {
        let mut buffer = Buffer::new();
        let claims = Arc::new(Claims::parse(parsed.verified_payload(key, &mut buffer)?)?);
        self.settings.check(&claims, now)?;
        self.header.get_or_init(|| parsed.known_header());
        if let Some(memory) = &self.memory {
            memory.put(Memory::digest(token), claims.clone());
        }
        Ok(Session::new(claims))
    }

    /// The session of a token that was verified before, if it is still valid.
    fn remembered(&self, token: &str, now: SystemTime) -> Result<Option<Session>, TokenError> {
        let Some(memory) = &self.memory else {
            return Ok(None);
        };
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong(MAX_TOKEN_BYTES));
        }
        let digest = Memory::digest(token);
        let Some(claims) = memory.get(&digest) else {
            return Ok(None);
        };
        if let Err(error) = self.settings.check_times(&(&*claims).into(), now) {
            memory.forget(&digest);
            return Err(error);
        }
        Ok(Some(Session::new(claims)))
    }
}

fn check_kind(header: &Header) -> Result<(), TokenError> {
    match header.kind {
        Kind::Unsaid | Kind::Jwt => {}
        Kind::AccessToken => {
            return Err(TokenError::WrongKind("an OAuth client's, not a session's"));
        }
        Kind::Other => return Err(TokenError::WrongKind("of a type that no session's is of")),
    }
    match header.category {
        Category::Unsaid | Category::Session => Ok(()),
        Category::Template => Err(TokenError::WrongKind("a template's, not a session's")),
        Category::Machine => Err(TokenError::WrongKind("a machine's, not a session's")),
        Category::Other => Err(TokenError::WrongKind(
            "of a category that no session's is of",
        )),
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = &self.settings;
        f.debug_struct("Verifier")
            .field("keys", &self.keys)
            .field("authorized_parties", &settings.authorized_parties)
            .field("audience", &settings.audience)
            .field("issuers", &settings.issuers)
            .field("leeway", &settings.leeway)
            .field("accepts_pending", &settings.accepts_pending)
            .finish_non_exhaustive()
    }
}

/// What a token claims, **without checking any of it**: anybody can write a token. For logs of what came,
/// and for choosing between instances before [`Verifier::verify`].
///
/// # Errors
///
/// If it is malformed, or lacks what every session's token has.
pub fn decode(token: &str) -> Result<Claims, TokenError> {
    let mut buffer = Buffer::new();
    Claims::parse(Token::parse(token, None)?.unverified_payload(&mut buffer)?)
}
