//! A session token, a verifier for it, and the check of its signature alone.

use std::time::{Duration, UNIX_EPOCH};

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clerk_sdk::jwt::{Verifier, VerifyingKey};
use clerk_sdk_tests::Signer;
use serde_json::json;

/// Returns a token with the claims that Clerk's frontend libraries send.
pub(crate) fn token() -> String {
    Signer::instance().sign(&json!({
        "sub": "user_2abcdefghijklmnopqrstuvwxyz", "sid": "sess_2abcdefghijklmnopqrstuvwxyz", "v": 2,
        "iss": "https://clerk.example.com", "azp": "https://app.example.com", "sts": "active",
        "iat": 1_800_000_000, "nbf": 1_799_999_990, "exp": 1_800_000_060, "jti": "0123456789abcdef",
        "fva": [3, -1], "pla": "o:pro", "fea": "o:dashboard,o:teams,o:invoices",
        "o": {"id": "org_2abcdefghijklmnopqrstuvwxyz", "slg": "acme", "rol": "admin",
              "per": "manage,read,write", "fpm": "3,2,7"},
    }))
}

pub(crate) fn verifier() -> Verifier {
    let key = VerifyingKey::from_jwk(&Signer::instance().jwk()).expect("a key");
    Verifier::new(key)
        .authorized_parties(["https://app.example.com"])
        .expect("an origin")
        .clock(|| UNIX_EPOCH + Duration::from_secs(1_800_000_010))
}

/// The decoded signature of a token, and the key. Only the signature check of aws-lc remains to be measured.
pub(crate) struct BareSignature<'t> {
    signed: &'t [u8],
    signature: Vec<u8>,
    key: ParsedPublicKey,
}

impl<'t> BareSignature<'t> {
    pub(crate) fn of(token: &'t str) -> Self {
        let jwk = Signer::instance().jwk();
        let bytes = |encoded: &str| URL_SAFE_NO_PAD.decode(encoded).expect("base64url");
        let part = |name: &str| bytes(jwk[name].as_str().expect("a string"));
        let (signed, signature) = token.rsplit_once('.').expect("three parts");
        let key = RsaPublicKeyComponents {
            n: part("n"),
            e: part("e"),
        };
        Self {
            signed: signed.as_bytes(),
            signature: bytes(signature),
            key: key
                .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
                .expect("the key is valid"),
        }
    }

    pub(crate) fn check(&self) {
        let verified = self.key.verify_sig(self.signed, &self.signature);
        verified.expect("the signature matches");
    }
}
