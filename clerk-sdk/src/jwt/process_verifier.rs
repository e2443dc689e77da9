//! The process-wide verifier, which uses the default secret key.

use std::sync::{Arc, PoisonError, RwLock};

use super::session::SessionAuth;
use super::token_error::TokenError;
use super::verifier::Verifier;
use crate::config::process_defaults;
use crate::error::Error;
use crate::secret_key::SecretKey;

/// The verifier, and the configuration it was created from.
struct ProcessVerifier {
    config_generation: u64,
    key: SecretKey,
    verifier: Verifier,
}

static PROCESS_VERIFIER: RwLock<Option<ProcessVerifier>> = RwLock::new(None);

/// Verifies a session token with Clerk's keys, which are fetched with the default secret key: the one given to
/// [`set_key`](crate::set_key), or else the `CLERK_SECRET_KEY` environment variable.
///
/// The keys are cached between calls, and fetched again when the secret key changes. If you need options such as
/// authorized parties, create a [`Verifier`] instead.
///
/// ```no_run
/// # async fn run(token: &str) -> Result<(), clerk_sdk::jwt::TokenError> {
/// clerk_sdk::set_key("sk_live_…");
/// let session = clerk_sdk::jwt::verify(token).await?;
/// println!("hello {}", session.user_id());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Returns the errors of [`Verifier::verify`], and [`TokenErrorKind::KeysUnavailable`](crate::jwt::TokenErrorKind::KeysUnavailable) if there is no secret key.
pub async fn verify(token: &str) -> Result<SessionAuth, TokenError> {
    let verifier = process_verifier();
    let verifier = verifier.map_err(|error| TokenError::keys_unavailable(Arc::new(error)))?;
    verifier.verify(token).await
}

fn process_verifier() -> Result<Verifier, Error> {
    let (config_generation, config) = process_defaults::config();
    let key = config.effective_key(process_defaults::key)?;
    let is_current =
        |own: &&ProcessVerifier| own.config_generation == config_generation && own.key == key;
    let current = PROCESS_VERIFIER
        .read()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(current) = current.as_ref().filter(is_current) {
        return Ok(current.verifier.clone());
    }
    drop(current);
    let mut current = PROCESS_VERIFIER
        .write()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(current) = current.as_ref().filter(is_current) {
        return Ok(current.verifier.clone());
    }
    let verifier = Verifier::new(config.with_secret_key(key.clone()));
    *current = Some(ProcessVerifier {
        config_generation,
        key,
        verifier: verifier.clone(),
    });
    Ok(verifier)
}
