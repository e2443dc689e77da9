//! Tests of your application: sessions without tokens, and tokens without Clerk (feature `test-util`).
//!
//! A [`TestSession`] describes a signed-in user. It becomes a [`SessionAuth`](crate::jwt::SessionAuth), to call a
//! handler directly, or a token, to send a request through your routes and their gates:
//!
//! ```
//! use clerk_sdk::jwt::SessionAuth;
//! use clerk_sdk::test_util::{TestSession, TestSigner};
//!
//! fn greeting(session: &SessionAuth) -> String {
//!     match session.has().permission("org:invoices:read").is_granted() {
//!         true => format!("{} may read invoices", session.user_id()),
//!         false => format!("{} may not", session.user_id()),
//!     }
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let ada = TestSession::new("user_ada")
//!     .organization("org_1", "admin")
//!     .permissions(["org:invoices:read"]);
//! assert_eq!(greeting(&ada.auth()), "user_ada may read invoices");
//!
//! let signer = TestSigner::generate();
//! let token = signer.session_token(&ada);
//! assert_eq!(signer.verifier().verify(&token).await?, ada.auth());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The guide on testing shows a test of a protected route for each web framework.
//!
//! # Security
//!
//! Enable the feature in `[dev-dependencies]` only:
//!
//! ```toml
//! [dev-dependencies]
//! clerk-sdk = { version = "0.1", features = ["test-util"] }
//! ```
//!
//! It changes nothing else in the crate: an [`Authenticator`](crate::auth::Authenticator) or a
//! [`Verifier`](crate::jwt::Verifier) trusts the key of a [`TestSigner`] only if you configure it with that key. The
//! crate contains no private key. Each signer generates its own, which exists in memory only, so even a program that is
//! configured with the public key of a test by mistake accepts no token that somebody else signed.
//!
//! # Panics
//!
//! Functions of this module panic if the described session cannot exist, because that is a mistake in the test.

mod compact_permissions;
mod machine;
mod session;
mod signer;
#[cfg(feature = "webhooks")]
mod webhook;

pub use machine::TestMachine;
pub use session::TestSession;
pub use signer::TestSigner;
#[cfg(feature = "webhooks")]
pub use webhook::{SignedWebhook, TestWebhook, WebhookSigner};

use crate::auth::{AuthStatus, RequestState};

/// Creates the state that a gate attaches to a request, for handlers that take it, and for requests that reach your
/// routes without a gate.
///
/// ```
/// use clerk_sdk::auth::{AuthErrorReason, AuthStatus, RequestState};
/// use clerk_sdk::test_util::{TestSession, request_state};
///
/// fn greeting(state: &RequestState) -> &'static str {
///     match state.is_authenticated() {
///         true => "welcome back",
///         false => "welcome",
///     }
/// }
///
/// let signed_in = AuthStatus::Session(TestSession::new("user_ada").auth());
/// assert_eq!(greeting(&request_state(signed_in)), "welcome back");
/// let signed_out = AuthStatus::SignedOut(AuthErrorReason::NoToken);
/// assert_eq!(greeting(&request_state(signed_out)), "welcome");
/// ```
pub fn request_state(status: AuthStatus) -> RequestState {
    RequestState::new(status)
}
