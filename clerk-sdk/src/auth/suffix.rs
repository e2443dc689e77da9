//! Which of two pairs of cookies counts: with the suffix of the instance, or without.

use super::publishable_key::PublishableKey;
use crate::jwt::decode_unverified;

/// The cookies that tell of a session: its token, and when the user signed in, `0` for signed out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pair<'c> {
    pub(super) session: Option<&'c str>,
    pub(super) uat: Option<&'c str>,
}

/// Whether the pair with the suffix counts. The one without is of an older version of Clerk's frontend,
/// or of another instance on the same site.
///
/// The rules are those of Clerk's other SDKs, in their order: the first that applies decides. A time that
/// is missing is not `0`; only a sign-out writes that.
pub(super) fn counts(plain: Pair<'_>, own: Pair<'_>, key: &PublishableKey, now: i64) -> bool {
    let plain_claims = match plain.session.map(decode_unverified) {
        None => None,
        Some(Err(_)) => return false,
        Some(Ok(claims)) => match claims.issuer.as_deref() {
            None | Some("") => return false,
            Some(issuer) if host_of(issuer) != key.frontend_api() => return true,
            Some(_) => Some(claims),
        },
    };
    if own.session.is_none() && own.uat.is_none() {
        return false;
    }
    let own_claims = own.session.and_then(|it| decode_unverified(it).ok());
    let plain_issued = plain_claims.and_then(|it| it.issued_at);
    let own_issued = own_claims.as_ref().and_then(|it| it.issued_at);
    let is_newer = plain_issued.unwrap_or(0) > own_issued.unwrap_or(0);
    let own_expires = own_claims.and_then(|it| it.expires_at);
    let has_expired = own_expires.is_some_and(|expires_at| expires_at <= now);
    let is_signed_out = |pair: Pair<'_>| pair.uat == Some("0");
    match (is_signed_out(own), is_signed_out(plain)) {
        (false, false) if is_newer => false,
        (true, false) => false,
        // In development pages write the time, and an older version of Clerk's does not write this one.
        (false, true) if key.is_development() && has_expired => false,
        _ => own.session.is_none() || own.uat.is_some(),
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

    fn of(issued_at: i64, expires_at: i64) -> String {
        let issuer = "https://clerk.emulator.test";
        token(&json!({"iss": issuer, "iat": issued_at, "exp": expires_at}))
    }

    #[test]
    fn the_first_rule_that_applies_decides() {
        let (old, new) = (of(10, NOW + 1), of(20, NOW + 1));
        let (expired, ending) = (of(10, NOW - 1), of(10, NOW));
        let other = token(&json!({"iss": "https://clerk.other.test", "iat": 5}));
        let nobodys = token(&json!({"iat": 5}));
        let unnamed = token(&json!({"iss": "", "iat": 5}));
        let is = Some("100");
        let out = Some("0");
        // The plain pair, the own pair, whether the own counts: in production, in development.
        #[rustfmt::skip]
        let table = [
            // The plain token cannot be read, or does not say whose it is.
            (Some("odd"), is, Some(&*new), is, false, false),
            (Some(&*nobodys), is, Some(&*new), is, false, false),
            (Some(&*unnamed), is, Some(&*new), is, false, false),
            // It is another instance's, whatever else there is.
            (Some(&*other), is, None, None, true, true),
            (Some(&*other), is, Some(&*new), None, true, true),
            (Some(&*other), is, None, out, true, true),
            // There is no own pair.
            (None, None, None, None, false, false),
            (Some(&*old), is, None, None, false, false),
            (None, out, None, None, false, false),
            // Both signed in, the plain one is newer; a missing time is one of somebody signed in.
            (Some(&*new), is, Some(&*old), is, false, false),
            (Some(&*new), None, Some(&*old), is, false, false),
            (Some(&*new), is, Some(&*old), None, false, false),
            (Some(&*new), is, None, is, false, false),
            (Some(&*new), is, Some("odd"), is, false, false),
            (Some(&*old), is, Some(&*old), is, true, true),
            (Some(&*old), is, Some(&*new), is, true, true),
            (None, None, Some(&*old), is, true, true),
            // The own signed out, the plain not.
            (Some(&*old), is, Some(&*new), out, false, false),
            (Some(&*old), None, Some(&*new), out, false, false),
            (None, None, None, out, false, false),
            (Some(&*new), out, Some(&*old), out, true, true),
            // The plain signed out, the own not: in development its token must be a fresh one.
            (None, out, Some(&*expired), is, true, false),
            (None, out, Some(&*ending), is, true, false),
            (None, out, Some(&*new), is, true, true),
            (None, out, Some("odd"), is, true, true),
            (None, out, None, is, true, true),
            (Some(&*new), out, Some(&*old), is, true, true),
            // An own session without the time.
            (None, None, Some(&*new), None, false, false),
            (Some(&*old), is, Some(&*new), None, false, false),
            (None, out, Some(&*new), None, false, false),
            // Neither.
            (None, is, None, is, true, true),
        ];
        for (number, (session, uat, own_session, own_uat, live, test)) in
            table.into_iter().enumerate()
        {
            let plain = Pair { session, uat };
            let own = Pair {
                session: own_session,
                uat: own_uat,
            };
            for (kind, expected) in [("live", live), ("test", test)] {
                let key = format!("pk_{kind}_Y2xlcmsuZW11bGF0b3IudGVzdCQ");
                let key = PublishableKey::parse(&key).expect("it is one");
                let found = counts(plain, own, &key, NOW);
                assert_eq!(found, expected, "row {number} of the table, {kind}");
            }
        }
    }
}
