//! What verifying a session token costs beside the bare check of its signature.
//!
//! The aim is a ratio in one run: 1.05 of the bare check, and under 2 µs where the token is remembered.
//! The machine's own noise is as large as that: what counts instructions tells more.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clerk_sdk::jwt::{Key, Verifier};
use clerk_sdk_tests::Signer;
use criterion::Criterion;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::json;
use std::hint::black_box;
use std::time::{Duration, UNIX_EPOCH};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let signer = Signer::instance();
    let claims = json!({
        "sub": "user_2abcdefghijklmnopqrstuvwxyz", "sid": "sess_2abcdefghijklmnopqrstuvwxyz", "v": 2,
        "iss": "https://clerk.example.com", "azp": "https://app.example.com", "sts": "active",
        "iat": 1_800_000_000, "nbf": 1_799_999_990, "exp": 1_800_000_060, "jti": "0123456789abcdef",
        "fva": [3, -1], "pla": "o:pro", "fea": "o:dashboard,o:teams,o:invoices",
        "o": {"id": "org_2abcdefghijklmnopqrstuvwxyz", "slg": "acme", "rol": "admin",
              "per": "manage,read,write", "fpm": "3,2,7"},
    });
    let token = signer.sign(&claims);
    let key = Key::from_jwk(&signer.jwk()).expect("a key");
    let verifier = Verifier::new(key)
        .authorized_parties(["https://app.example.com"])
        .clock(|| UNIX_EPOCH + Duration::from_secs(1_800_000_010));
    let remembering = verifier.clone().remember(1_000);

    let jwk = signer.jwk();
    let part = |name: &str| {
        let text = jwk[name].as_str().expect("a text");
        URL_SAFE_NO_PAD.decode(text).expect("base64url")
    };
    let public = RsaPublicKeyComponents {
        n: part("n"),
        e: part("e"),
    };
    let (signed, signature) = token.rsplit_once('.').expect("three parts");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");

    let mut group = criterion.benchmark_group("session token");
    group.bench_function("bare signature", |bencher| {
        bencher.iter(|| {
            let message = black_box(signed).as_bytes();
            public.verify(&RSA_PKCS1_2048_8192_SHA256, message, black_box(&signature))
        });
    });
    group.bench_function("verify", |bencher| {
        bencher.iter(|| verifier.verify_now(black_box(&token)).expect("it is valid"));
    });
    group.bench_function("verify a remembered one", |bencher| {
        bencher.iter(|| {
            remembering
                .verify_now(black_box(&token))
                .expect("it is valid")
        });
    });
    group.finish();
    criterion.final_summary();
}
