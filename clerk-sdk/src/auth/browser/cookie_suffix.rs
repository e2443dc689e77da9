//! The choice between session cookies with the suffix of the instance and those without.

use crate::jwt::{parse_unverified, unverified_issuer};

/// The cookies of a session, all with the suffix or all without.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SessionCookies<'c> {
    pub(super) token: Option<&'c str>,
    /// When the user last signed in, in Unix seconds; `0` if the user is signed out.
    pub(super) client_uat: Option<&'c str>,
}

/// The instance of the application.
#[derive(Clone, Copy)]
pub(super) struct Instance<'i> {
    /// The host of the Frontend API that issues the tokens of this domain.
    pub(super) issuer: &'i str,
    pub(super) is_development: bool,
}

/// Returns whether to use the cookies with the suffix. Those without were set by an older version of Clerk's
/// frontend, or by another instance on the same site.
///
/// The rules are those of Clerk's other SDKs, in the same order: the first that applies decides. A missing
/// `__client_uat` differs from `0`, which is set only by a sign-out.
///
/// One differs: if the token without the suffix is malformed or names no issuer, those SDKs use it nevertheless. Other
/// software on the same site names its cookies `__session` too, which must not sign a user out.
pub(super) fn uses_suffix(
    unsuffixed: SessionCookies<'_>,
    suffixed: SessionCookies<'_>,
    instance: Instance<'_>,
    now: i64,
) -> bool {
    let has_suffixed = suffixed.token.is_some() || suffixed.client_uat.is_some();
    // The token may be another application's, so its form must not matter before its issuer is known.
    let unsuffixed_claims = match unsuffixed.token.map(unverified_issuer) {
        None => None,
        Some(None | Some(None)) => return has_suffixed,
        Some(Some(Some(issuer))) => match issuer.as_str().map(host_of) {
            Some("") => return has_suffixed,
            Some(host) if host == instance.issuer => unsuffixed.token.map(parse_unverified),
            _ => return true,
        },
    };
    let unsuffixed_claims = match unsuffixed_claims.transpose() {
        Ok(claims) => claims,
        Err(_) => return has_suffixed,
    };
    if !has_suffixed {
        return false;
    }
    let suffixed_claims = suffixed.token.and_then(|it| parse_unverified(it).ok());
    let unsuffixed_iat = unsuffixed_claims.and_then(|it| it.issued_at);
    let suffixed_iat = suffixed_claims.as_ref().and_then(|it| it.issued_at);
    let is_unsuffixed_newer = unsuffixed_iat.unwrap_or(0) > suffixed_iat.unwrap_or(0);
    let suffixed_exp = suffixed_claims.and_then(|it| it.expires_at);
    let has_suffixed_expired = suffixed_exp.is_some_and(|expires_at| expires_at <= now);
    let is_signed_out = |cookies: SessionCookies<'_>| cookies.client_uat == Some("0");
    match (is_signed_out(suffixed), is_signed_out(unsuffixed)) {
        (false, false) if is_unsuffixed_newer => false,
        (true, false) => false,
        // In development the frontend sets the cookies, and its older versions leave those with the suffix as
        // they are.
        (false, true) if instance.is_development && has_suffixed_expired => false,
        _ => suffixed.token.is_none() || suffixed.client_uat.is_some(),
    }
}

fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1000;

    fn token(claims: &Value) -> String {
        let part = |it: &Value| URL_SAFE_NO_PAD.encode(it.to_string());
        format!("{}.{}.AA", part(&json!({"alg": "RS256"})), part(claims))
    }

    fn session_token(issued_at: i64, expires_at: i64) -> String {
        let issuer = "https://clerk.emulator.test";
        token(&json!({"iss": issuer, "iat": issued_at, "exp": expires_at}))
    }

    #[test]
    fn first_rule_that_applies_decides() {
        let (old, new) = (session_token(10, NOW + 1), session_token(20, NOW + 1));
        let (expired, expiring) = (session_token(10, NOW - 1), session_token(10, NOW));
        let other_instance = token(&json!({"iss": "https://clerk.other.test", "iat": 5}));
        let no_issuer = token(&json!({"iat": 5}));
        let empty_issuer = token(&json!({"iss": "", "iat": 5}));
        let invalid = token(&json!({"iss": "https://clerk.emulator.test", "iat": "5"}));
        let signed_in = Some("100");
        let signed_out = Some("0");
        // Token and `__client_uat` without the suffix, the same with it, and whether the suffix is used in
        // production and in development.
        #[rustfmt::skip]
        let table = [
            // The token without suffix is malformed, or has no issuer.
            (Some("malformed"), signed_in, Some(&*new), signed_in, true, true),
            (Some(&*no_issuer), signed_in, Some(&*new), signed_in, true, true),
            (Some(&*empty_issuer), signed_in, Some(&*new), signed_in, true, true),
            (Some(&*invalid), signed_in, Some(&*new), signed_in, true, true),
            (Some("malformed"), signed_in, None, signed_in, true, true),
            (Some("malformed"), signed_in, Some(&*new), None, true, true),
            (Some("malformed"), signed_in, None, None, false, false),
            (Some(&*no_issuer), signed_in, None, None, false, false),
            // It belongs to another instance, whatever the other cookies are.
            (Some(&*other_instance), signed_in, None, None, true, true),
            (Some(&*other_instance), signed_in, Some(&*new), None, true, true),
            (Some(&*other_instance), signed_in, None, signed_out, true, true),
            // There are no cookies with the suffix.
            (None, None, None, None, false, false),
            (Some(&*old), signed_in, None, None, false, false),
            (None, signed_out, None, None, false, false),
            // Both are signed in, and the newer token decides. A missing `__client_uat` counts as signed in.
            (Some(&*new), signed_in, Some(&*old), signed_in, false, false),
            (Some(&*new), None, Some(&*old), signed_in, false, false),
            (Some(&*new), signed_in, Some(&*old), None, false, false),
            (Some(&*new), signed_in, None, signed_in, false, false),
            (Some(&*new), signed_in, Some("malformed"), signed_in, false, false),
            (Some(&*old), signed_in, Some(&*old), signed_in, true, true),
            (Some(&*old), signed_in, Some(&*new), signed_in, true, true),
            (None, None, Some(&*old), signed_in, true, true),
            // Signed out with the suffix, signed in without.
            (Some(&*old), signed_in, Some(&*new), signed_out, false, false),
            (Some(&*old), None, Some(&*new), signed_out, false, false),
            (None, None, None, signed_out, false, false),
            (Some(&*new), signed_out, Some(&*old), signed_out, true, true),
            // Signed in with the suffix, signed out without: in development the token must not have expired.
            (None, signed_out, Some(&*expired), signed_in, true, false),
            (None, signed_out, Some(&*expiring), signed_in, true, false),
            (None, signed_out, Some(&*new), signed_in, true, true),
            (None, signed_out, Some("malformed"), signed_in, true, true),
            (None, signed_out, None, signed_in, true, true),
            (Some(&*new), signed_out, Some(&*old), signed_in, true, true),
            // A token with the suffix, without `__client_uat`.
            (None, None, Some(&*new), None, false, false),
            (Some(&*old), signed_in, Some(&*new), None, false, false),
            (None, signed_out, Some(&*new), None, false, false),
            // There is no token.
            (None, signed_in, None, signed_in, true, true),
        ];
        for (row, (plain_token, plain_uat, token, client_uat, live, test)) in
            table.into_iter().enumerate()
        {
            let unsuffixed = SessionCookies {
                token: plain_token,
                client_uat: plain_uat,
            };
            let suffixed = SessionCookies { token, client_uat };
            for (kind, expected) in [("live", live), ("test", test)] {
                let instance = Instance {
                    issuer: "clerk.emulator.test",
                    is_development: kind == "test",
                };
                let found = uses_suffix(unsuffixed, suffixed, instance, NOW);
                assert_eq!(found, expected, "row {row} of the table, {kind}");
            }
        }
    }
}
