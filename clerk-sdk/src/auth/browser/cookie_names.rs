//! The names of cookies that more than one file uses. All may have the suffix of an instance.

/// The session token.
pub(super) const SESSION: &str = "__session";
/// When the user last signed in, in Unix seconds; `0` if the user is signed out.
pub(super) const CLIENT_UAT: &str = "__client_uat";
/// The credential that identifies a browser to a development instance. It is a query parameter too.
pub(super) const DEV_BROWSER: &str = "__clerk_db_jwt";
/// The refresh token, which always has the suffix.
pub(super) const REFRESH: &str = "__refresh";
