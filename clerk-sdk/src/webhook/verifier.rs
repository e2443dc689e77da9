//! [`Verifier`]: verifies that a request is from Clerk, and decodes the event.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::HeaderMap;

use super::error::{Error, SecretError};
use super::event::Event;
use super::message_headers::MessageHeaders;
use super::signing_secret::{SignedContent, SigningSecret};

/// The environment variable of [`Verifier::from_env`].
const SECRET_VARIABLE: &str = "CLERK_WEBHOOK_SIGNING_SECRET";

/// The tolerance of [`Verifier::tolerance`] by default.
const DEFAULT_TOLERANCE: Duration = Duration::from_secs(300);

/// The limit of [`Verifier::max_body_size`] by default.
const DEFAULT_MAX_BODY_SIZE: usize = 1024 * 1024;

/// Verifies webhooks: that a request was signed by Clerk with the secret of your endpoint, not long ago and for the
/// body that was received.
///
/// A clone shares the secrets, so it is cheap.
///
/// ```
/// use clerk_sdk::webhook::{EventData, Verifier};
///
/// # fn receive(headers: &http::HeaderMap, body: bytes::Bytes) -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = Verifier::new("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")?;
/// let event = verifier.verify(headers, body)?;
/// match event.data {
///     EventData::UserCreated(user) => println!("{} signed up", user.id),
///     EventData::UserDeleted(deleted) => println!("{:?} was deleted", deleted.id),
///     _ => {}
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Verifier {
    secrets: Arc<[SigningSecret]>,
    tolerance: Duration,
    max_body_size: usize,
    clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("secrets", &self.secrets)
            .field("tolerance", &self.tolerance)
            .field("max_body_size", &self.max_body_size)
            .finish_non_exhaustive()
    }
}

impl Verifier {
    /// Creates a verifier with the signing secret of your endpoint, `whsec_…`, from Clerk's dashboard.
    ///
    /// # Errors
    ///
    /// Fails if the secret is empty, or is not base64 after its prefix.
    pub fn new(secret: impl AsRef<str>) -> Result<Self, SecretError> {
        Ok(Self {
            secrets: Arc::new([SigningSecret::parse(secret.as_ref())?]),
            tolerance: DEFAULT_TOLERANCE,
            max_body_size: DEFAULT_MAX_BODY_SIZE,
            clock: Arc::new(SystemTime::now),
        })
    }

    /// Creates a verifier with the signing secret in the environment variable `CLERK_WEBHOOK_SIGNING_SECRET`.
    ///
    /// # Errors
    ///
    /// Fails if the variable is not set, and as [`new`](Self::new) does.
    pub fn from_env() -> Result<Self, SecretError> {
        let secret = std::env::var_os(SECRET_VARIABLE).ok_or(SecretError::NotSet)?;
        Self::new(secret.to_string_lossy())
    }

    /// Accepts messages that are signed with another secret too, while you rotate secrets.
    ///
    /// # Errors
    ///
    /// Fails as [`new`](Self::new) does.
    pub fn also_accept(mut self, secret: impl AsRef<str>) -> Result<Self, SecretError> {
        let secret = SigningSecret::parse(secret.as_ref())?;
        self.secrets = self.secrets.iter().cloned().chain([secret]).collect();
        Ok(self)
    }

    /// Sets how far the timestamp of a message may be from the current time, before and after. The default is 5 minutes,
    /// as in Clerk's own SDKs.
    ///
    /// Within this time a request can be replayed: see [repeated and late events](super#repeated-and-late-events).
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the maximum size of a body, in bytes, that the integrations with web frameworks read. The default is 1 MiB.
    #[must_use]
    pub fn max_body_size(mut self, bytes: usize) -> Self {
        self.max_body_size = bytes;
        self
    }

    /// Reads the time from `clock` instead of the system, for tests.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Verifies a request, and decodes its event.
    ///
    /// `body` must be the body as it was received: JSON that was parsed and written again has another signature.
    ///
    /// # Errors
    ///
    /// Each reason is a variant of [`Error`]. Data that does not have the form of its kind of event is none of them:
    /// see [`EventData::Malformed`](super::EventData::Malformed).
    pub fn verify(&self, headers: &HeaderMap, body: impl Into<Bytes>) -> Result<Event, Error> {
        let body = body.into();
        let headers = MessageHeaders::read(headers)?;
        let signed_at = self.check_timestamp(headers.timestamp)?;
        self.check_signature(&headers, &body)?;
        Event::decode(headers.id, signed_at, body)
    }

    #[cfg(any(
        feature = "actix-web-4",
        feature = "axum-08",
        feature = "poem-3",
        feature = "rocket-05",
        feature = "tower"
    ))]
    pub(super) fn body_limit(&self) -> usize {
        self.max_body_size
    }

    fn check_timestamp(&self, timestamp: &str) -> Result<SystemTime, Error> {
        let seconds = timestamp.parse().map_err(|_| Error::MalformedTimestamp)?;
        let signed_at = UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        let signed_at = signed_at.ok_or(Error::MalformedTimestamp)?;
        let tolerance = self.tolerance;
        // Whole seconds, as the timestamp is.
        let now = (self.clock)().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |now| now.as_secs());
        let age = Duration::from_secs(now.saturating_sub(seconds));
        let ahead = Duration::from_secs(seconds.saturating_sub(now));
        if age > tolerance {
            return Err(Error::TooOld { age, tolerance });
        }
        if ahead > tolerance {
            return Err(Error::TooNew { ahead, tolerance });
        }
        Ok(signed_at)
    }

    fn check_signature(&self, headers: &MessageHeaders<'_>, body: &[u8]) -> Result<(), Error> {
        let content = SignedContent {
            id: headers.id.as_bytes(),
            timestamp: headers.timestamp.as_bytes(),
            body,
        };
        if headers.supported_signatures().next().is_none() {
            return Err(Error::NoSupportedSignature);
        }
        let is_signed = self
            .secrets
            .iter()
            .any(|secret| secret.signed_any(&content, headers.supported_signatures()));
        match is_signed {
            true => Ok(()),
            false => Err(Error::SignatureMismatch),
        }
    }
}
