//! The verifier of the process, for programs that set one key and be done with it.

use std::sync::{Arc, PoisonError, RwLock};

use super::error::TokenError;
use super::session::Session;
use super::verify::Verifier;
use crate::Error;
use crate::config::process_defaults;
use crate::secret_key::SecretKey;

/// The verifier, and what it was made of.
struct Made {
    generation: u64,
    key: SecretKey,
    verifier: Verifier,
}

static MADE: RwLock<Option<Made>> = RwLock::new(None);

/// Checks a session token with Clerk's keys, fetched with the key of the process: the one of
/// [`set_key`](crate::set_key), else of the `CLERK_SECRET_KEY` environment variable.
///
/// The keys are kept from call to call, and forgotten when the process gets another secret key. With
/// settings of your own, such as authorized parties, make a [`Verifier`] instead.
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
/// As [`Verifier::verify`]; and [`TokenError::KeysUnavailable`] where there is no secret key.
pub async fn verify(token: &str) -> Result<Session, TokenError> {
    let verifier = verifier().map_err(|error| TokenError::KeysUnavailable(Arc::new(error)))?;
    verifier.verify(token).await
}

fn verifier() -> Result<Verifier, Error> {
    let (generation, config) = process_defaults::config();
    let key = config.key(process_defaults::key)?;
    let is_current = |made: &&Made| made.generation == generation && made.key == key;
    let made = MADE.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(made) = made.as_ref().filter(is_current) {
        return Ok(made.verifier.clone());
    }
    drop(made);
    let mut made = MADE.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(made) = made.as_ref().filter(is_current) {
        return Ok(made.verifier.clone());
    }
    let verifier = Verifier::new(config.with_key(key.clone()));
    *made = Some(Made {
        generation,
        key,
        verifier: verifier.clone(),
    });
    Ok(verifier)
}
