//! The audiences that OAuth access tokens must be issued for.

use super::error::MachineError;

/// The accepted audiences of OAuth access tokens: any if there is no list, and none if it is empty.
#[derive(Clone, Debug, Default)]
pub(super) struct OAuthAudience(Option<Vec<String>>);

impl OAuthAudience {
    pub(super) fn new(audience: Vec<String>) -> Self {
        Self(Some(audience))
    }

    /// Checks that a token is intended for one of the accepted audiences.
    pub(super) fn check(&self, token_audience: &[String]) -> Result<(), MachineError> {
        let Some(accepted) = &self.0 else {
            return Ok(());
        };
        match token_audience.iter().any(|it| accepted.contains(it)) {
            true => Ok(()),
            false => Err(MachineError::WrongAudience),
        }
    }
}
