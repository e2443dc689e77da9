//! Session tokens: verify the sender of a request without a call to Clerk (feature `jwt`).
//!
//! A frontend sends a session token with each request. A [`Verifier`] verifies it with the public keys of
//! the instance and returns its [`SessionAuth`]:
//!
//! ```
//! use clerk_sdk::ClientConfig;
//! use clerk_sdk::jwt::Verifier;
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! # let clerk = clerk_emulator::Emulator::start().await?;
//! # let (url, key, token) = (clerk.url(), clerk.key(), clerk.session_token("user_1"));
//! let verifier = Verifier::new(ClientConfig::new(key).base_url(url))
//!     .authorized_parties(["http://localhost:3000"])?;
//!
//! match verifier.verify(&token).await {
//!     Ok(session) if session.has().permission("invoices:read").is_granted() => {
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
//! | argument of `Verifier::new` | keys | network access |
//! |---|---|---|
//! | a [`ClientConfig`](crate::ClientConfig) or a [`RemoteJwks`] | Clerk's, fetched with the secret key, cached and refreshed | one fetch every five minutes |
//! | a [`VerifyingKey`], from PEM or a JWK | this key, whatever key id a token names | none |
//! | a [`JwkSet`] | the key whose id a token names | none |
//!
//! # Checks
//!
//! The checks are, in this order:
//!
//! 1. the size and the form: three parts of strict base64url, and JSON in which no claim is repeated;
//! 2. the kind of token: [JWT template tokens](#jwt-template-tokens), machine tokens and OAuth access tokens are
//!    rejected, although they are signed with the same key;
//! 3. the algorithm, which must be one that Clerk signs with;
//! 4. the signature;
//! 5. the claims: `sub` and `sid`, audience, authorized party, issuer, expiry, timestamps in the future, status.
//!
//! If Clerk's own SDKs differ, this crate follows the stricter one: a token has expired at the exact time of its
//! expiry, a list of authorized parties or audiences rejects tokens that name none, and timestamps must be
//! whole seconds.
//!
//! **Set the authorized parties** if the token may come from a cookie. Subdomains share cookies, so the token
//! of another application on your site may be sent to yours. The claim `azp` is the origin that requested the
//! token, and a list of your own origins keeps the tokens of other applications out. It does not protect against
//! forged requests (CSRF): a form on another site is sent with the visitor's own cookie, whose token names your
//! origin. Routes that change something and accept cookies must also check the `Origin` header or use a CSRF
//! token.
//!
//! The permissions in the compact organization claim are decoded as Clerk documents: a mask belongs to the
//! feature at the same index of the whole list, which includes the user's features.
//!
//! Signatures are verified by aws-lc, which the default TLS implementation uses as well, or by ring if only its feature
//! is enabled.
//!
//! # JWT template tokens
//!
//! A JWT template of your instance defines tokens with claims of your own, which a frontend gets with
//! `getToken({ template })`. [`Verifier::verify_template`] verifies them under the same rules as session tokens, and
//! deserializes the claims into your type:
//!
//! ```
//! use clerk_sdk::jwt::{TokenError, Verifier};
//!
//! #[derive(serde::Deserialize)]
//! struct Profile {
//!     email: String,
//! }
//!
//! async fn greet(verifier: &Verifier, token: &str) -> Result<String, TokenError> {
//!     let claims = verifier.verify_template::<Profile>(token).await?;
//!     Ok(format!("hello {}, or {}", claims.subject(), claims.custom().email))
//! }
//! ```
//!
//! A token proves who the user is, not that their session is still active: a template sets the lifetime of its tokens,
//! which can be years. Do not use them to authenticate requests if a session token will do.
//!
//! **Give each template an audience** (`aud`) and set [`Verifier::audiences`], on a clone of your verifier if it
//! also verifies session tokens; clones share the keys. A token does not name its template, so without an audience
//! the tokens of all templates are accepted whose claims match your type, as are OpenID Connect ID tokens if your
//! instance issues them.
//!
//! A token is either a session token or a template token, never both. Clerk writes its kind (`cat`) into the header of
//! most tokens. If it is absent, a token with a session id (`sid`) is a session token and one without it is not, so a
//! template should not have a claim of this name.
//!
//! If a template has a signing key of its own, create a verifier of its public key: `Verifier::new(VerifyingKey)`.
//! Templates that sign with a shared secret (`HS256`) are not supported.
//!
//! # Migrating from Go's `jwt.Verify`
//!
//! | `jwt.VerifyParams` | this crate |
//! |---|---|
//! | `jwt.Verify(ctx, params)` | [`verify`], or [`Verifier::verify`] |
//! | `Token` | the argument of [`Verifier::verify`] |
//! | `JWK` | `Verifier::new(VerifyingKey::from_jwk(…)?)` |
//! | `JWKSClient` | `Verifier::new(ClientConfig)`, which caches the keys; Go fetches them each time |
//! | `Clock` | [`Verifier::clock`] |
//! | `CustomClaimsConstructor` | [`Claims::custom_as`], which deserializes into any type afterwards; [`Verifier::verify_template`] for JWT template tokens, which Go verifies as session tokens |
//! | `Leeway` | [`Verifier::leeway`], 5 seconds by default; Go has none by default |
//! | `IsSatellite`, `ProxyURL` | [`Verifier::issuers`], with each URL that may issue tokens |
//! | `AuthorizedPartyHandler` | [`Verifier::authorized_parties`]; Go accepts tokens without an authorized party |
//! | `jwt.Decode` | [`decode_unverified`] |
//! | `claims.HasPermission`, `HasRole` | [`SessionAuth::has`] |

mod authorized_parties;
mod base64url;
mod decode_unverified;
#[cfg(feature = "auth")]
mod handshake_token;
mod keys;
mod limits;
#[cfg(feature = "auth")]
mod machine_token;
mod process_verifier;
mod session;
mod template_claims;
mod template_token;
mod token;
mod token_error;
mod token_rules;
mod verified_token_cache;
mod verifier;

pub use decode_unverified::{UnverifiedClaims, decode_unverified};
#[cfg(feature = "auth")]
pub(crate) use decode_unverified::{parse_unverified, unverified_issuer};
#[cfg(feature = "auth")]
pub(crate) use handshake_token::HandshakeToken;
pub use keys::{JwkSet, KeyError, KeyErrorKind, KeySource, RemoteJwks, VerifyingKey};
pub use limits::{DEFAULT_LEEWAY, MAX_TOKEN_BYTES};
#[cfg(feature = "auth")]
pub(crate) use machine_token::MachineTokenKind;
pub use process_verifier::verify;
pub use session::{
    ActiveOrganization, Actor, AuthorizationCheck, AuthorizationError, Claims, FeatureScope,
    Reverification, ReverificationLevel, SessionAuth, TokenSessionStatus,
};
pub use template_claims::TemplateClaims;
#[cfg(feature = "test-util")]
pub(crate) use token::Category;
pub use token_error::{TokenError, TokenErrorKind};
pub use verifier::Verifier;
