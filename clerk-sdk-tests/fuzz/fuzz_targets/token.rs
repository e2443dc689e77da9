//! Fuzzes session tokens: arbitrary bytes, and arbitrary claims with a valid signature.
#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, UNIX_EPOCH};

use clerk_sdk::jwt::{Reverification, UnverifiedClaims, Verifier, VerifyingKey, decode_unverified};
use clerk_sdk_tests::Signer;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

static SIGNER: LazyLock<Signer> = LazyLock::new(|| Signer::generate("ins_1", "EdDSA"));
static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let key = VerifyingKey::from_jwk(&SIGNER.jwk()).expect("a key");
    Verifier::new(key).clock(|| UNIX_EPOCH + Duration::from_secs(1_800_000_000))
});

fuzz_target!(|bytes: &[u8]| {
    let Some((selector, bytes)) = bytes.split_first() else {
        return;
    };
    let token = match selector % 3 {
        0 => String::from_utf8_lossy(bytes).into_owned(),
        1 => SIGNER.sign_bytes(SIGNER.header().to_string().as_bytes(), bytes),
        _ => {
            let end = bytes.len().min(64);
            SIGNER.sign_bytes(&bytes[..end], &bytes[end..])
        }
    };
    let decoded = decode_unverified(&token);
    if let (1, Ok(claims)) = (selector % 3, &decoded) {
        assert_matches_json(bytes, claims);
    }
    match VERIFIER.verify_cached(&token) {
        Ok(session) => {
            let decoded = decoded.expect("a valid token can be decoded");
            let claims = session.claims();
            assert_eq!(claims.subject(), decoded.subject());
            assert_eq!(claims.session_id(), decoded.session_id());
            assert_eq!(claims.expires_at(), decoded.expires_at());
            assert_eq!(claims.custom(), decoded.custom());
            let organization = session.organization();
            let permissions = organization.map(|it| it.permissions()).unwrap_or_default();
            for permission in &permissions {
                assert!(session.has().permission(permission).is_granted(), "{permission}");
            }
            let strict = session.has().reverification(Reverification::STRICT);
            let _ = (
                strict.is_granted(),
                strict.role("admin").plan("pro").feature("x").require(),
            );
            let _ = (format!("{session:?}"), session.claims().features().count());
        }
        Err(error) => {
            let _ = (error.code(), error.to_string(), format!("{error:?}"));
        }
    }
});

/// Asserts that the typed claims match the JSON as an untyped `Value`.
fn assert_matches_json(json: &[u8], claims: &UnverifiedClaims) {
    let all: Value = serde_json::from_slice(json).expect("decoded claims are JSON");
    assert_eq!(all["sub"], claims.subject());
    assert_eq!(all["sid"], claims.session_id());
    assert_eq!(all["iss"].as_str(), claims.issuer());
    assert_eq!(all["azp"].as_str(), claims.authorized_party());
    let expires_at = claims.expires_at().as_millis() / 1000;
    assert_eq!(all["exp"], expires_at);
    assert_eq!(all["v"].as_u64().unwrap_or(1), claims.version());
    for (name, value) in claims.custom() {
        assert_eq!(&all[name], value);
    }
}
