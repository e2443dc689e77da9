//! Tokens of machines: API keys, machine-to-machine tokens, OAuth access tokens.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use quick_cache::sync::Cache;
use ring::digest;
use serde_json::{Map, Value};

use crate::call::Transport;
use crate::jwt::{MAX_TOKEN_BYTES, Other, TokenError, Verifier, peek};
use crate::types::OAuthAccessTokenVerification;
use crate::{ClientConfig, Error, Timestamp, api_key, m2m_token, oauth_access_token};

/// A kind of token that a request can carry.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum TokenKind {
    /// A session's: a user in a browser or an app.
    Session,
    /// An API key (`ak_…`), which a user or an organization made for their own programs.
    ApiKey,
    /// A token from one machine of yours to another (`mt_…`, or a JWT).
    M2m,
    /// An access token that an OAuth application got from a user (`oat_…`, or a JWT).
    OAuth,
}

impl TokenKind {
    /// What a token looks like. Nothing is checked, and whatever is none of the others looks like a
    /// session's.
    pub fn of(token: &str) -> Self {
        let opaque = [
            ("ak_", Self::ApiKey),
            ("mt_", Self::M2m),
            ("oat_", Self::OAuth),
        ];
        let known = opaque.iter().find(|(prefix, _)| token.starts_with(prefix));
        if let Some((_, kind)) = known {
            return *kind;
        }
        match peek(token) {
            Ok(it) if it.subject.as_ref().is_some_and(|it| it.starts_with("mch_")) => Self::M2m,
            Ok(it) if it.is_access_token => Self::OAuth,
            _ => Self::Session,
        }
    }
}

/// A machine, or a program, whose token was verified.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Machine {
    /// The kind of token.
    pub kind: TokenKind,
    /// The id of the token.
    pub id: String,
    /// Whom it stands for: a user (`user_…`), an organization (`org_…`) or a machine (`mch_…`).
    pub subject: String,
    /// What it may be used for.
    pub scopes: Vec<String>,
    /// The name of an API key.
    pub name: Option<String>,
    /// The OAuth application that the token was given to.
    pub client_id: Option<String>,
    /// When it expires, if it does.
    pub expires_at: Option<Timestamp>,
    /// Claims that you added to it.
    pub claims: Map<String, Value>,
}

impl Machine {
    /// The user it stands for, if it is one.
    pub fn user_id(&self) -> Option<&str> {
        Some(&*self.subject).filter(|it| it.starts_with("user_"))
    }

    /// The organization it stands for, if it is one.
    pub fn organization_id(&self) -> Option<&str> {
        Some(&*self.subject).filter(|it| it.starts_with("org_"))
    }

    /// The machine it stands for, if it is one.
    pub fn machine_id(&self) -> Option<&str> {
        Some(&*self.subject).filter(|it| it.starts_with("mch_"))
    }

    /// Whether it may be used for this.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }
}

/// Shows the claims' names only: what you put there may be personal.
impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("kind", &self.kind)
            .field("id", &self.id)
            .field("subject", &self.subject)
            .field("scopes", &self.scopes)
            .field("client_id", &self.client_id)
            .field("expires_at", &self.expires_at)
            .field("claims", &self.claims.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Why the token of a machine is refused.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum MachineError {
    /// It is not of a machine's kind.
    NotAMachine,
    /// There is no such token.
    Unknown,
    /// It was revoked.
    Revoked,
    /// It has expired.
    Expired,
    /// It is not active.
    Inactive,
    /// It is for none of the audiences that were asked for.
    WrongAudience,
    /// It is a JWT, and not a valid one.
    Token(TokenError),
    /// Clerk could not be asked, or did not say. This says nothing of the token.
    Unavailable(Arc<Error>),
}

impl MachineError {
    /// A short name for it, the one that Clerk's other SDKs use, for logs and headers.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotAMachine => "token-type-mismatch",
            Self::Unknown | Self::Revoked | Self::Expired | Self::Inactive => "token-invalid",
            Self::WrongAudience | Self::Token(_) => "token-verification-failed",
            Self::Unavailable(error) => match error.status() {
                Some(status) if status == 401 => "secret-key-invalid",
                _ => "unexpected-error",
            },
        }
    }
}

impl fmt::Display for MachineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAMachine => f.write_str("the token is not a machine's"),
            Self::Unknown => f.write_str("there is no such token"),
            Self::Revoked => f.write_str("the token was revoked"),
            Self::Expired => f.write_str("the token has expired"),
            Self::Inactive => f.write_str("the token is not active"),
            Self::WrongAudience => f.write_str("the token is for another audience"),
            Self::Token(error) => error.fmt(f),
            Self::Unavailable(_) => f.write_str("Clerk could not be asked about the token"),
        }
    }
}

impl StdError for MachineError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Token(error) => error.source(),
            Self::Unavailable(error) => Some(&**error),
            _ => None,
        }
    }
}

/// Verifies tokens of machines: opaque ones by asking Clerk, JWTs with its keys.
#[derive(Clone)]
pub struct MachineVerifier {
    transport: Transport,
    /// For machine-to-machine tokens, where a machine's own key is used.
    machine_transport: Option<Transport>,
    verifier: Verifier,
    audience: Vec<String>,
    memory: Option<Arc<Memory>>,
}

struct Memory {
    lifetime: Duration,
    machines: Cache<Digest, Remembered>,
}

type Digest = [u8; digest::SHA256_OUTPUT_LEN];

#[derive(Clone)]
struct Remembered {
    machine: Arc<Machine>,
    since: SystemTime,
}

impl MachineVerifier {
    /// Asks with the secret key in `config`, and checks JWTs with the keys of its instance.
    pub fn new(config: ClientConfig) -> Self {
        let verifier = Verifier::new(config.clone());
        Self::over(Transport::new(config), verifier)
    }

    pub(super) fn over(transport: Transport, verifier: Verifier) -> Self {
        Self {
            transport,
            machine_transport: None,
            verifier,
            audience: Vec::new(),
            memory: None,
        }
    }

    /// Checks JWTs with the keys of this verifier, by its clock and with its leeway.
    pub fn verifier(mut self, verifier: Verifier) -> Self {
        self.verifier = verifier;
        self.forget();
        self
    }

    /// Asks about machine-to-machine tokens with a machine's own key instead.
    pub fn machine_secret_key(mut self, key: impl Into<String>) -> Self {
        self.machine_transport = Some(self.transport.with_key(key));
        self.forget();
        self
    }

    /// Accepts OAuth tokens that are for one of these audiences, and no others.
    pub fn oauth_audience(mut self, audience: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.audience = audience.into_iter().map(Into::into).collect();
        self.forget();
        self
    }

    /// Remembers this many tokens that Clerk said are valid, each for this long, instead of asking about
    /// them at each request.
    ///
    /// The price: one that is revoked meanwhile passes for that long. One that expires does not.
    pub fn remember(mut self, tokens: usize, lifetime: Duration) -> Self {
        self.memory = (tokens > 0).then(|| {
            let machines = Cache::new(tokens);
            Arc::new(Memory { lifetime, machines })
        });
        self
    }

    /// What passed other settings is not to pass these.
    fn forget(&mut self) {
        if let Some(memory) = self.memory.take() {
            let capacity = usize::try_from(memory.machines.capacity()).unwrap_or(usize::MAX);
            *self = self.clone().remember(capacity, memory.lifetime);
        }
    }

    /// Verifies a token of any kind but a session's.
    ///
    /// # Errors
    ///
    /// Why it is refused, or [`MachineError::Unavailable`] where that is not known.
    pub async fn verify(&self, token: &str) -> Result<Arc<Machine>, MachineError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(MachineError::Token(TokenError::TooLong(MAX_TOKEN_BYTES)));
        }
        let now = self.verifier.now();
        let kind = TokenKind::of(token);
        if token.bytes().filter(|byte| *byte == b'.').count() == 2 && peek(token).is_ok() {
            return self.verify_jwt(token, kind).await.map(Arc::new);
        }
        let remembered = self
            .memory
            .as_ref()
            .map(|memory| (memory, digest_of(token)));
        if let Some((memory, digest)) = &remembered
            && let Some(machine) = memory.get(digest, now)
        {
            return Ok(machine);
        }
        let machine = match kind {
            TokenKind::ApiKey => self.verify_api_key(token).await,
            TokenKind::M2m => self.verify_m2m(token).await,
            TokenKind::OAuth => self.verify_oauth(token).await,
            TokenKind::Session => Err(MachineError::NotAMachine),
        };
        let machine = Arc::new(machine?);
        if is_past(machine.expires_at, now) {
            return Err(MachineError::Expired);
        }
        if let Some((memory, digest)) = remembered {
            let remembered = Remembered {
                machine: machine.clone(),
                since: now,
            };
            memory.machines.insert(digest, remembered);
        }
        Ok(machine)
    }

    async fn verify_api_key(&self, token: &str) -> Result<Machine, MachineError> {
        let client = api_key::Client::over(self.transport.clone());
        let answer = client.verify(&api_key::VerifyParams::new(token)).await;
        let key = answer.map_err(refused)?.into_inner();
        usable(&key.id, &key.subject, key.revoked, key.expired)?;
        Ok(Machine {
            kind: TokenKind::ApiKey,
            id: key.id,
            subject: key.subject,
            scopes: key.scopes,
            name: Some(key.name),
            client_id: None,
            expires_at: key.expiration,
            claims: object(key.claims),
        })
    }

    async fn verify_m2m(&self, token: &str) -> Result<Machine, MachineError> {
        let transport = self.machine_transport.as_ref().unwrap_or(&self.transport);
        let client = m2m_token::Client::over(transport.clone());
        let answer = client.verify(&m2m_token::VerifyParams::new(token)).await;
        let it = answer.map_err(refused)?.into_inner();
        usable(&it.id, &it.subject, it.revoked, it.expired)?;
        Ok(Machine {
            kind: TokenKind::M2m,
            id: it.id,
            subject: it.subject,
            scopes: it.scopes.unwrap_or_default(),
            name: None,
            client_id: None,
            expires_at: it.expiration,
            claims: object(it.claims),
        })
    }

    async fn verify_oauth(&self, token: &str) -> Result<Machine, MachineError> {
        let client = oauth_access_token::Client::over(self.transport.clone());
        let params = oauth_access_token::VerifyParams::new().access_token(token);
        let answer = client.verify(&params).await.map_err(refused)?;
        // The document does not tell the audience; the API may.
        let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let verified = match answer.into_inner() {
            OAuthAccessTokenVerification::VerifiedOAuthAccessToken(verified) => *verified,
            _ => return Err(MachineError::Inactive),
        };
        usable(
            &verified.id,
            &verified.subject,
            verified.revoked,
            verified.expired,
        )?;
        if body.get("active") == Some(&Value::Bool(false)) {
            return Err(MachineError::Inactive);
        }
        self.check_audience(&texts(body.get("aud")))?;
        Ok(Machine {
            kind: TokenKind::OAuth,
            id: verified.id,
            subject: verified.subject,
            scopes: verified.scopes,
            name: None,
            client_id: Some(verified.client_id),
            expires_at: verified.expiration,
            claims: Map::new(),
        })
    }

    async fn verify_jwt(&self, token: &str, kind: TokenKind) -> Result<Machine, MachineError> {
        let other = match kind {
            TokenKind::M2m => Other::Machine,
            TokenKind::OAuth => Other::OAuth,
            TokenKind::ApiKey | TokenKind::Session => return Err(MachineError::NotAMachine),
        };
        let it = self.verifier.verify_other(token, other).await;
        let mut it = it.map_err(MachineError::Token)?;
        let words = |value: Option<&Value>| -> Vec<String> {
            let text = value.and_then(Value::as_str).unwrap_or_default();
            text.split_whitespace().map(str::to_owned).collect()
        };
        let (scopes, client_id) = match other {
            Other::Machine => match it.rest.get("scopes") {
                Some(scopes) => (words(Some(scopes)), None),
                None => (it.audience, None),
            },
            Other::OAuth => {
                self.check_audience(&it.audience)?;
                let scopes = match it.rest.get("scp") {
                    Some(list @ Value::Array(_)) => texts(Some(list)),
                    _ => words(it.rest.get("scope")),
                };
                let client = it.rest.remove("client_id");
                (scopes, client.and_then(|it| it.as_str().map(str::to_owned)))
            }
        };
        Ok(Machine {
            kind,
            id: it.id,
            subject: it.subject,
            scopes,
            name: None,
            client_id,
            expires_at: Some(it.expires_at),
            claims: it.rest,
        })
    }

    fn check_audience(&self, audience: &[String]) -> Result<(), MachineError> {
        match self.audience.is_empty() || audience.iter().any(|it| self.audience.contains(it)) {
            true => Ok(()),
            false => Err(MachineError::WrongAudience),
        }
    }
}

impl fmt::Debug for MachineVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MachineVerifier")
            .field("config", &self.transport)
            .field("verifier", &self.verifier)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

impl Memory {
    fn get(&self, digest: &Digest, now: SystemTime) -> Option<Arc<Machine>> {
        let Remembered { machine, since } = self.machines.get(digest)?;
        let is_young = now
            .duration_since(since)
            .is_ok_and(|age| age < self.lifetime);
        if is_young && !is_past(machine.expires_at, now) {
            return Some(machine);
        }
        self.machines.remove(digest);
        None
    }
}

fn digest_of(token: &str) -> Digest {
    let digest = digest::digest(&digest::SHA256, token.as_bytes());
    let mut bytes = Digest::default();
    bytes.copy_from_slice(digest.as_ref());
    bytes
}

fn is_past(instant: Option<Timestamp>, now: SystemTime) -> bool {
    let millis = now
        .duration_since(UNIX_EPOCH)
        .map_or(0, |it| it.as_millis());
    instant
        .is_some_and(|it| i128::from(it.as_millis()) <= i128::try_from(millis).unwrap_or(i128::MAX))
}

/// An answer with status 200 does not by itself say that a token can be used.
fn usable(id: &str, subject: &str, revoked: bool, expired: bool) -> Result<(), MachineError> {
    match (revoked, expired) {
        (true, _) => Err(MachineError::Revoked),
        (_, true) => Err(MachineError::Expired),
        _ if id.is_empty() || subject.is_empty() => Err(MachineError::Unknown),
        _ => Ok(()),
    }
}

fn refused(error: Error) -> MachineError {
    match error.status().map(|status| status.as_u16()) {
        Some(404 | 400 | 422 | 410) => MachineError::Unknown,
        _ => MachineError::Unavailable(Arc::new(error)),
    }
}

fn object(claims: Option<Value>) -> Map<String, Value> {
    match claims {
        Some(Value::Object(claims)) => claims,
        _ => Map::new(),
    }
}

/// One text, or those of a list.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(one)) if !one.is_empty() => vec![one.clone()],
        Some(Value::Array(list)) => {
            let texts = list.iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}
