//! Tokens of machines: API keys, machine-to-machine tokens, OAuth access tokens.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::kind::{MAX_OPAQUE_BYTES, TokenKind, is_opaque};
use super::machine_error::MachineError;
use super::machine_memory::{Known, Memory, is_past};
use crate::call::Transport;
use crate::jwt::{MAX_TOKEN_BYTES, MachineTokenKind, TokenError, Verifier, decode_unverified};
use crate::types::OAuthAccessTokenVerification;
use crate::{ClientConfig, Error, RetryPolicy, Timestamp, api_key, m2m_token, oauth_access_token};

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
    /// them at each request; and as many that it does not know, for up to 5 seconds.
    ///
    /// The price: one that is revoked meanwhile passes for that long. One that expires does not. One that
    /// is used before it is made is refused for up to 5 seconds more.
    pub fn remember(mut self, tokens: usize, lifetime: Duration) -> Self {
        self.memory = (tokens > 0).then(|| Arc::new(Memory::new(tokens, lifetime)));
        self
    }

    /// What passed other settings is not to pass these.
    fn forget(&mut self) {
        self.memory = self.memory.take().map(|memory| Arc::new(memory.fresh()));
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
        if token.bytes().filter(|byte| *byte == b'.').count() == 2
            && decode_unverified(token).is_ok()
        {
            return self.verify_jwt(token, kind).await.map(Arc::new);
        }
        if token.len() > MAX_OPAQUE_BYTES {
            return Err(MachineError::Token(TokenError::TooLong(MAX_OPAQUE_BYTES)));
        }
        if kind != TokenKind::Session && !is_opaque(token) {
            return Err(MachineError::Unknown);
        }
        let Some(memory) = &self.memory else {
            return self.ask(token, kind).await.map(Arc::new);
        };
        let digest = Memory::digest(token);
        match memory.get(&digest, now) {
            Some(Known::Machine(machine)) => return Ok(machine),
            Some(Known::Unknown) => return Err(MachineError::Unknown),
            None => {}
        }
        let answer = self.ask(token, kind).await.map(Arc::new);
        match &answer {
            Ok(machine) => memory.put(digest, machine.clone(), now),
            Err(MachineError::Unknown) => memory.put_unknown(digest, now),
            Err(_) => {}
        }
        answer
    }

    /// Asks Clerk about an opaque token, once: whoever guesses tokens is not to cost more.
    async fn ask(&self, token: &str, kind: TokenKind) -> Result<Machine, MachineError> {
        let machine = match kind {
            TokenKind::ApiKey => self.verify_api_key(token).await,
            TokenKind::M2m => self.verify_m2m(token).await,
            TokenKind::OAuth => self.verify_oauth(token).await,
            TokenKind::Session => Err(MachineError::NotAMachine),
        }?;
        match is_past(machine.expires_at, self.verifier.now()) {
            true => Err(MachineError::Expired),
            false => Ok(machine),
        }
    }

    async fn verify_api_key(&self, token: &str) -> Result<Machine, MachineError> {
        let client = api_key::Client::over(self.transport.clone());
        let call = client.verify(&api_key::VerifyParams::new(token));
        let answer = call.retry(RetryPolicy::none()).await;
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
        let call = client.verify(&m2m_token::VerifyParams::new(token));
        let answer = call.retry(RetryPolicy::none()).await;
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
        let call = client.verify(&params).retry(RetryPolicy::none());
        let answer = call.await.map_err(refused)?;
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
            TokenKind::M2m => MachineTokenKind::M2m,
            TokenKind::OAuth => MachineTokenKind::OAuth,
            TokenKind::ApiKey | TokenKind::Session => return Err(MachineError::NotAMachine),
        };
        let it = self.verifier.verify_machine_token(token, other).await;
        let mut it = it.map_err(MachineError::Token)?;
        let words = |value: Option<&Value>| -> Vec<String> {
            let text = value.and_then(Value::as_str).unwrap_or_default();
            text.split_whitespace().map(str::to_owned).collect()
        };
        let (scopes, client_id) = match other {
            MachineTokenKind::M2m => match it.others.get("scopes") {
                Some(scopes) => (words(Some(scopes)), None),
                None => (it.audience, None),
            },
            MachineTokenKind::OAuth => {
                self.check_audience(&it.audience)?;
                let scopes = match it.others.get("scp") {
                    Some(list @ Value::Array(_)) => texts(Some(list)),
                    _ => words(it.others.get("scope")),
                };
                let client = it.others.remove("client_id");
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
            claims: it.others,
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
