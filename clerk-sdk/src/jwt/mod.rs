//! Session tokens: who is calling, without asking Clerk (feature `jwt`).
//!
//! A frontend sends a session token with each request. [`Verifier`] checks it with the public keys of
//! the instance, and gives the [`Session`] it stands for:
//!
//! ```
//! use clerk_sdk::ClientConfig;
//! use clerk_sdk::jwt::Verifier;
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! # let clerk = clerk_sdk_tests::Emulator::start().await?;
//! # let (url, key, token) = (clerk.url(), clerk.key(), clerk.session_token("user_1"));
//! let verifier = Verifier::new(ClientConfig::new(key).base_url(url))
//!     .authorized_parties(["http://localhost:3000"]);
//!
//! match verifier.verify(&token).await {
//!     Ok(session) if session.has().permission("invoices:read").check() => {
//!         println!("{} may read invoices", session.user_id());
//!     }
//!     Ok(session) => println!("{} may not", session.user_id()),
//!     Err(reason) => panic!("signed out: {reason}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Keys
//!
//! | `Verifier::new(…)` with | the keys are | network |
//! |---|---|---|
//! | a [`ClientConfig`](crate::ClientConfig), or a [`Jwks`] | Clerk's, by secret key, kept and refreshed | one fetch in five minutes |
//! | a [`Key`], in PEM or JWK | that one, whatever a token names | none |
//! | a [`KeySet`] | those, by the id that a token names | none |
//!
//! # What is checked
//!
//! In this order: size and form (three parts of strict base64url, JSON in which no claim comes twice); the kind
//! of token (a template's, a machine's or an OAuth client's is refused although the same key signed it);
//! the algorithm, of those that Clerk signs with; the signature; and only then the claims: `sub` and `sid`,
//! audience, authorized party, issuer, expiry, times in the future, status. Where Clerk's own SDKs differ,
//! the stricter one is followed: an instant of expiry is already expired, a list of authorized parties or
//! audiences refuses a token that names none, and times are whole seconds.
//!
//! **Set the authorized parties** if the token may come from a cookie. Subdomains share cookies, so the token
//! of another application on your site may arrive here; `azp` is the origin that asked for it, and a list of
//! your own origins keeps those of others out. It is no protection from forged requests: a form on another
//! site is sent with the visitor's own cookie, whose token names your origin. Routes that change something
//! and accept cookies also have to check the `Origin` header, or a token against such requests.
//!
//! Permissions of the compact organization claim are decoded as Clerk documents it: a mask is for the
//! feature at its place in the whole list, those of the user included.
//!
//! Signatures are checked by `ring`, which the default TLS is built on as well.
//!
//! # Coming from Go's `jwt.Verify`
//!
//! | `jwt.VerifyParams` | here |
//! |---|---|
//! | `jwt.Verify(ctx, params)` | [`verify`], or [`Verifier::verify`] |
//! | `Token` | the argument of [`Verifier::verify`] |
//! | `JWK` | `Verifier::new(Key::from_jwk(…)?)` |
//! | `JWKSClient` | `Verifier::new(ClientConfig)`, which caches; Go's fetches each time |
//! | `Clock` | [`Verifier::clock`] |
//! | `CustomClaimsConstructor` | [`Claims::custom_as`], for any type after the fact |
//! | `Leeway` | [`Verifier::leeway`]; 5 seconds by default, Go's is none |
//! | `IsSatellite`, `ProxyURL` | [`Verifier::issuer`], with each address that may issue |
//! | `AuthorizedPartyHandler` | [`Verifier::authorized_parties`]; Go's lets a token without one pass |
//! | `jwt.Decode` | [`decode`] |
//! | `claims.HasPermission`, `HasRole` | [`Session::has`] |

mod base64url;
mod claims;
mod error;
mod features;
mod has;
mod json;
mod jwks;
mod key;
mod keys;
mod memory;
#[cfg(feature = "auth")]
mod other;
mod process;
mod rationing;
mod raw;
mod registered;
mod session;
mod settings;
mod texts;
mod token;
mod verify;

pub use claims::{Actor, Claims, Organization};
pub use error::{KeyError, TokenError};
pub use features::Scope;
pub use has::{Has, Level, Refusal, Reverification};
pub use jwks::Jwks;
pub use key::{Key, KeySet};
pub use keys::Keys;
#[cfg(feature = "auth")]
pub(crate) use other::{Other, peek};
pub use process::verify;
pub use session::{Session, SessionStatus};
pub use verify::{DEFAULT_LEEWAY, MAX_TOKEN_BYTES, Verifier, decode};
