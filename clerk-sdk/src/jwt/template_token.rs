//! Verifies the tokens of JWT templates, whose custom claims are of the caller's own type.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::template_claims::{TemplateClaims, deserialize_custom};
use super::token::{AllClaims, Audience, Category, Header, HeaderType};
use super::token_error::TokenError;
use super::verifier::Verifier;

impl Verifier {
    /// Verifies a token of a JWT template, which a frontend gets with `getToken({ template })`, and deserializes its
    /// custom claims into `T`. See [JWT template tokens](super#jwt-template-tokens).
    ///
    /// The rules of this verifier apply as they do to session tokens, except for
    /// [`accept_pending`](Self::accept_pending). Tokens are not [cached](Self::cache).
    ///
    /// `T` may be `serde_json::Map<String, Value>` if you have no type for the claims.
    ///
    /// # Errors
    ///
    /// Returns the error of the first check that fails. The last one is that of `T`:
    /// [`TokenErrorKind::CustomClaimsMismatch`](super::TokenErrorKind::CustomClaimsMismatch).
    pub async fn verify_template<T: DeserializeOwned>(
        &self,
        token: &str,
    ) -> Result<TemplateClaims<T>, TokenError> {
        let claims = self.verify_untyped(token).await?;
        claims.try_map(deserialize_custom)
    }

    /// It is separate, so that it is compiled once instead of for each `T`.
    async fn verify_untyped(
        &self,
        token: &str,
    ) -> Result<TemplateClaims<Map<String, Value>>, TokenError> {
        let mut category = Category::Absent;
        let json = self.verified_claims(token, |header| {
            category = header.category;
            check_header(header)
        });
        let AllClaims {
            registered,
            mut others,
        } = AllClaims::parse(&json.await?)?;
        if category == Category::Absent && others.contains_key("sid") {
            return Err(TokenError::wrong_kind(
                "a session token, not a JWT template token",
            ));
        }
        let validity_period = registered.validity_period();
        let subject = registered.sub.flatten();
        let subject = subject.ok_or(TokenError::missing_claim("sub"))?;
        if subject.starts_with("mch_") {
            return Err(TokenError::wrong_kind(
                "a machine token, not a JWT template token",
            ));
        }
        let audience: Option<Audience> = take(&mut others, "aud")?;
        let claims = TemplateClaims {
            subject,
            issuer: registered.iss.flatten(),
            id: registered.jti.flatten(),
            authorized_party: take(&mut others, "azp")?,
            audience: audience.map(|audience| audience.0).unwrap_or_default(),
            validity_period: validity_period?,
            custom: others,
        };
        let rules = self.rules();
        let now = rules.now();
        rules.check_origin(
            claims.audience(),
            claims.authorized_party(),
            claims.issuer(),
            now,
        )?;
        rules.check_validity_period(&claims.validity_period, now)?;
        Ok(claims)
    }
}

/// Takes a claim that is not among the [registered ones](super::token::RegisteredClaims). `null` counts as absent.
fn take<T: DeserializeOwned>(
    claims: &mut Map<String, Value>,
    name: &'static str,
) -> Result<Option<T>, TokenError> {
    let value = claims.remove(name).unwrap_or_default();
    Option::deserialize(value).map_err(|_| TokenError::invalid_claim(name))
}

fn check_header(header: &Header) -> Result<(), TokenError> {
    Err(match (header.token_type, header.category) {
        (HeaderType::AccessToken, _) => {
            TokenError::wrong_kind("an OAuth access token, not a JWT template token")
        }
        (HeaderType::Unknown, _) => {
            TokenError::wrong_kind("of a type (`typ`) that JWT template tokens do not have")
        }
        (_, Category::Absent | Category::JwtTemplate) => return Ok(()),
        (_, Category::Session) => {
            TokenError::wrong_kind("a session token, not a JWT template token")
        }
        (_, Category::Machine) => {
            TokenError::wrong_kind("a machine token, not a JWT template token")
        }
        (_, Category::Unknown) => {
            TokenError::wrong_kind("of a category (`cat`) that JWT template tokens do not have")
        }
    })
}
