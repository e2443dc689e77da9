//! The authentication of a request: the choice between the header's token and the cookies, and between kinds of tokens.

use http::request::Parts;

use super::{Authenticator, AuthenticatorConfig};
use crate::auth::authorization_header::AuthorizationHeader;
use crate::auth::browser::{self, BrowserRequest, authenticate_cookies};
use crate::auth::error_reason::AuthErrorReason;
use crate::auth::request_record::RequestRecord;
use crate::auth::request_state::{AuthStatus, RequestState};
use crate::auth::token_type::TokenType;
use crate::jwt::{TokenError, Verifier};

impl Authenticator {
    /// Authenticates a request.
    ///
    /// It never fails: if the sender cannot be authenticated, the state contains the reason. If the extensions of the
    /// request contain the state of another authenticator, what that one has exchanged with Clerk is not exchanged
    /// again.
    pub async fn authenticate(&self, parts: &Parts) -> RequestState {
        self.authenticate_with(parts, None).await
    }

    /// Authenticates a request by a token from another place, if there is one, instead of its header and cookies.
    pub(crate) async fn authenticate_with(
        &self,
        parts: &Parts,
        token: Option<&str>,
    ) -> RequestState {
        let outer = parts.extensions.get::<RequestState>();
        let record = outer.map(|state| state.record().clone());
        let record = record.unwrap_or_default();
        let state = match token {
            Some(token) => {
                let verified = self.0.verify_token(token, &self.0.verifier).await;
                RequestState::new(verified.unwrap_or_else(AuthStatus::SignedOut))
            }
            None => self.0.authenticate(parts, &record).await,
        };
        state.with_record(record)
    }
}

impl AuthenticatorConfig {
    fn accepts(&self, kind: TokenType) -> bool {
        self.accepted_kinds.contains(&kind)
    }

    async fn authenticate(&self, parts: &Parts, record: &RequestRecord) -> RequestState {
        match AuthorizationHeader::read(parts) {
            AuthorizationHeader::Token(token) => {
                self.authenticate_token(parts, &token, record).await
            }
            AuthorizationHeader::Malformed => {
                let what = "there is more than one Authorization header, or its token is not ASCII";
                RequestState::signed_out(AuthErrorReason::Token(TokenError::malformed(what)))
            }
            AuthorizationHeader::NoToken if !self.accepts(TokenType::Session) => {
                RequestState::signed_out(AuthErrorReason::NoToken)
            }
            AuthorizationHeader::NoToken => match self.browser_request(parts, record) {
                Some(request) => authenticate_cookies(&request).await,
                None => RequestState::signed_out(AuthErrorReason::NoToken),
            },
        }
    }

    /// Authenticates a request by the token of its `Authorization` header.
    async fn authenticate_token(
        &self,
        parts: &Parts,
        token: &str,
        record: &RequestRecord,
    ) -> RequestState {
        let error = match self.verify_token(token, &self.header_verifier).await {
            Ok(status) => return RequestState::new(status),
            Err(AuthErrorReason::Token(error)) => error,
            Err(reason) => return RequestState::signed_out(reason),
        };
        match self.browser_request(parts, record) {
            // The request may be a browser's navigation, whose session can be renewed.
            Some(request) => {
                let request = request.with_header_token(token);
                browser::on_rejected_token(&request, token, error).await
            }
            None => RequestState::signed_out(AuthErrorReason::Token(error)),
        }
    }

    /// Verifies a token of any kind that is accepted, a session token with this verifier.
    async fn verify_token(
        &self,
        token: &str,
        verifier: &Verifier,
    ) -> Result<AuthStatus, AuthErrorReason> {
        match TokenType::detect(token) {
            kind if !self.accepts(kind) => Err(AuthErrorReason::WrongKind(kind)),
            TokenType::Session => {
                let verified = verifier.verify(token).await;
                verified
                    .map(AuthStatus::Session)
                    .map_err(AuthErrorReason::Token)
            }
            _ => {
                let verified = self.machines.verify(token).await;
                verified
                    .map(AuthStatus::Machine)
                    .map_err(AuthErrorReason::Machine)
            }
        }
    }

    /// Returns the request as that of a browser if there is a publishable key.
    fn browser_request<'r>(
        &'r self,
        parts: &'r Parts,
        record: &'r RequestRecord,
    ) -> Option<BrowserRequest<'r>> {
        let key = self.publishable_key.as_ref()?;
        let (config, verifier) = (&self.browser, &self.verifier);
        Some(BrowserRequest::new(config, key, verifier, parts, record))
    }
}
