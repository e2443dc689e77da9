//! The order in which a browser's request is authenticated, and when a session has to be renewed.

use super::browser_request::BrowserRequest;
use super::cookie_names::DEV_BROWSER;
use super::organization_sync::SyncTarget;
use super::{handshake, refresh, satellite_sync};
use crate::auth::error_reason::AuthErrorReason;
use crate::auth::refresh_error::RefreshError;
use crate::auth::request_state::{AuthStatus, RequestState};
use crate::auth::token_type::TokenType;
use crate::jwt::{SessionAuth, TokenError, TokenErrorKind, parse_unverified};

/// Authenticates a request by its cookies.
pub(in crate::auth) async fn authenticate_cookies(request: &BrowserRequest<'_>) -> RequestState {
    if let Some(state) = handshake::resolve(request).await {
        return state;
    }
    if let Some(state) = satellite_sync::sync(request).or_else(|| sync_dev_browser(request)) {
        return state;
    }
    authenticate_session_cookies(request).await
}

/// Starts a handshake if a development instance does not know the browser, or has just issued its credential.
fn sync_dev_browser(request: &BrowserRequest<'_>) -> Option<RequestState> {
    if !request.is_development() {
        return None;
    }
    match (request.url.param(DEV_BROWSER), request.dev_browser()) {
        (Some(_), _) => Some(handshake::start(request, AuthErrorReason::DevBrowserSync)),
        (None, None) => Some(handshake::start(request, AuthErrorReason::NoDevBrowser)),
        (None, Some(_)) => None,
    }
}

async fn authenticate_session_cookies(request: &BrowserRequest<'_>) -> RequestState {
    let (token, client_uat) = match request.session_cookies() {
        (None, None) => return RequestState::signed_out(AuthErrorReason::NoToken),
        (Some(_), None) => return handshake::start(request, AuthErrorReason::NoClientUat),
        (None, Some(_)) => return handshake::start(request, AuthErrorReason::NoSessionToken),
        (Some(token), Some(client_uat)) => (token, client_uat),
    };
    let is_machine = |subject: &str| subject.starts_with("mch_");
    let issued_at = match parse_unverified(token) {
        Err(error) => return RequestState::signed_out(AuthErrorReason::Token(error)),
        Ok(it) if it.subject.as_deref().is_some_and(is_machine) => {
            return RequestState::signed_out(AuthErrorReason::WrongKind(TokenType::M2m));
        }
        Ok(it) => it.issued_at,
    };
    let verified = request.verifier.verify(token).await;
    // A handshake cannot replace a token of another kind, whatever its age.
    let verified = match verified {
        Err(error) if error.kind() == TokenErrorKind::WrongKind => {
            return RequestState::signed_out(AuthErrorReason::Token(error));
        }
        verified => verified,
    };
    if issued_at.is_some_and(|issued_at| issued_at < client_uat) {
        return handshake::start(request, AuthErrorReason::SessionBeforeClientUat);
    }
    match verified {
        Ok(session) => {
            let handshake = activate_organization(request, &session);
            handshake.unwrap_or_else(|| RequestState::new(AuthStatus::Session(session)))
        }
        // Clerk may have issued the token before it knew the origin.
        Err(error) if error.is_missing_party() => {
            handshake::start(request, AuthErrorReason::Token(error))
        }
        Err(error) => on_rejected_token(request, token, error).await,
    }
}

/// Starts a handshake if another organization is active than the one that the URL names. If that is impossible, or was
/// tried and did not help because the user is no member, the session is used as it is.
fn activate_organization(
    request: &BrowserRequest<'_>,
    session: &SessionAuth,
) -> Option<RequestState> {
    let active = session.organization();
    let is_active = match request.sync_target()? {
        SyncTarget::OrganizationId(id) => active.is_some_and(|it| it.id == id),
        SyncTarget::OrganizationSlug(slug) => active.is_some_and(|it| it.slug == Some(slug)),
        SyncTarget::PersonalAccount => active.is_none(),
    };
    if is_active {
        return None;
    }
    let state = handshake::start(request, AuthErrorReason::ActiveOrganizationMismatch);
    state.redirect().is_some().then_some(state)
}

/// Renews a session whose token was rejected because of its validity period, by a refresh or a handshake. Tokens that
/// were rejected for any other reason are signed out.
pub(in crate::auth) async fn on_rejected_token(
    request: &BrowserRequest<'_>,
    token: &str,
    error: TokenError,
) -> RequestState {
    match error.kind() {
        TokenErrorKind::Expired => match refresh::refresh(request, token).await {
            Ok(state) => state,
            Err(why) => {
                let expired_ago = error.time_difference().unwrap_or_default();
                let reason = AuthErrorReason::Expired(RefreshError::new(expired_ago, &why));
                handshake::start(request, reason)
            }
        },
        TokenErrorKind::NotYetValid | TokenErrorKind::IssuedInTheFuture => {
            handshake::start(request, AuthErrorReason::Token(error))
        }
        _ => RequestState::signed_out(AuthErrorReason::Token(error)),
    }
}
