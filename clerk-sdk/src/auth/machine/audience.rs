//! The audiences that OAuth access tokens must be issued for.

use super::error::MachineError;

/// The accepted audiences of OAuth access tokens. An empty list accepts every token.
#[derive(Clone, Debug, Default)]
pub(super) struct OAuthAudience(Vec<String>);

impl OAuthAudience {
    pub(super) fn new(audience: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(audience.into_iter().map(Into::into).collect())
    }

    /// Checks that a token is intended for one of the accepted audiences.
    pub(super) fn check(&self, token_audience: &[String]) -> Result<(), MachineError> {
        match self.0.is_empty() || token_audience.iter().any(|it| self.0.contains(it)) {
            true => Ok(()),
            false => Err(MachineError::WrongAudience),
        }
    }
}
