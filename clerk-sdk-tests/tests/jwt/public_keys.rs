//! Tests of public keys: which are accepted, which are rejected, and which algorithms each can
//! verify.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clerk_sdk::jwt::{JwkSet, KeyErrorKind, TokenError, TokenErrorKind, Verifier, VerifyingKey};
use clerk_sdk_tests::Signer;
use serde_json::{Value, json};

use super::{Clock, claims};

fn signers() -> Vec<Signer> {
    let mut signers = vec![Signer::instance()];
    signers.extend(["RS384", "RS512"].map(|it| Signer::instance().with_algorithm(it)));
    signers.extend(["ES256", "ES384", "EdDSA"].map(|it| Signer::generate("generated", it)));
    signers
}

fn verify(key: VerifyingKey, token: &str) -> Result<(), TokenError> {
    let verifier = Verifier::new(key).clock(Clock::new().read());
    verifier.verify_cached(token).map(|_| ())
}

#[test]
fn every_algorithm_can_be_verified_with_a_key_from_pem_or_jwk() {
    for signer in signers() {
        let token = signer.sign(&claims());
        let name = signer.jwk()["alg"].clone();
        for key in [
            VerifyingKey::from_pem(&signer.pem()),
            VerifyingKey::from_jwk(&signer.jwk()),
        ] {
            let key = key.expect("a public key");
            verify(key, &token).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}

#[test]
fn a_token_is_verified_only_by_the_key_that_signed_it() {
    let all = signers();
    for (one, signer) in all.iter().enumerate() {
        let token = signer.sign(&claims());
        for (other, other_signer) in all.iter().enumerate().filter(|(other, _)| *other != one) {
            let key = VerifyingKey::from_jwk(&other_signer.jwk()).expect("a public key");
            let error = verify(key, &token).expect_err("another key signed it");
            let is_expected = matches!(
                error.kind(),
                TokenErrorKind::WrongKeyType | TokenErrorKind::InvalidSignature
            );
            assert!(is_expected, "{one} {other}: {error}");
        }
    }
}

#[test]
fn a_key_verifies_only_the_algorithm_that_it_names() {
    let token = Signer::instance().with_algorithm("RS512").sign(&claims());
    let key = VerifyingKey::from_jwk(&Signer::instance().jwk()).expect("a public key");
    assert!(matches!(
        verify(key, &token).map_err(|error| error.kind()),
        Err(TokenErrorKind::WrongKeyType)
    ));
}

#[test]
fn a_pem_is_accepted_in_every_common_format() {
    let signer = Signer::instance();
    let (pem, token) = (signer.pem(), signer.sign(&claims()));
    let lines: Vec<&str> = pem.lines().collect();
    let base64 = lines[1..lines.len() - 1].join("");
    let forms = [
        pem.replace('\n', "\r\n"),
        pem.replace('\n', "\\n"),
        format!("  {pem}\n\n"),
        base64.clone(),
        lines[1..lines.len() - 1].join("\n"),
    ];
    for form in forms {
        let key = VerifyingKey::from_pem(&form).unwrap_or_else(|error| panic!("{error}\n{form}"));
        assert!(verify(key, &token).is_ok());
    }
}

#[test]
fn a_pem_without_a_public_key_is_rejected() {
    let private = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v_VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----";
    let certificate = Signer::instance()
        .pem()
        .replace("PUBLIC KEY", "CERTIFICATE");
    for pem in [
        "",
        "pk_live_123",
        "-----BEGIN PUBLIC KEY-----",
        private,
        &certificate,
        "AAAA",
    ] {
        assert_eq!(
            VerifyingKey::from_pem(pem).err().map(|error| error.kind()),
            Some(KeyErrorKind::NotPem),
            "{pem}"
        );
    }
}

#[test]
fn the_error_for_an_unusable_jwk_names_the_problem() {
    let good = Signer::instance().jwk();
    let with = |name: &str, value: Value| {
        let mut jwk = good.clone();
        jwk[name] = value;
        VerifyingKey::from_jwk(&jwk)
            .expect_err("the key is rejected")
            .to_string()
    };
    for (name, value, expected) in [
        (
            "kty",
            json!("oct"),
            "unsupported key type: use an RSA, P-256, P-384 or Ed25519 key",
        ),
        ("kty", json!(7), "not a valid JSON Web Key: kty"),
        (
            "alg",
            json!("HS256"),
            "unsupported key type: use an RSA, P-256, P-384 or Ed25519 key",
        ),
        (
            "use",
            json!("enc"),
            "not a valid JSON Web Key: it is not for signatures",
        ),
        ("n", json!("not base64!"), "not a valid JSON Web Key: n"),
        ("n", Value::Null, "not a valid JSON Web Key: n"),
        ("n", json!("AQAB"), "the RSA key is shorter than 2048 bits"),
        // 2048 bits that are all zero: leading zeros must not make a short key pass as a long one.
        (
            "n",
            json!("A".repeat(342)),
            "the RSA key is shorter than 2048 bits",
        ),
        (
            "n",
            json!("_".repeat(1368)),
            "the RSA key is longer than 8192 bits",
        ),
        ("e", Value::Null, "not a valid JSON Web Key: e"),
    ] {
        assert_eq!(with(name, value.clone()), expected, "{name}: {value}");
    }
    let mut short_point = Signer::generate("generated", "ES256").jwk();
    short_point["x"] = json!("AQAB");
    let error =
        VerifyingKey::from_jwk(&short_point).expect_err("the point is too short for its curve");
    assert_eq!(
        error.to_string(),
        "not a valid JSON Web Key: its length does not match its curve"
    );
    assert!(VerifyingKey::from_jwk(&Value::Null).is_err());
}

#[test]
fn leading_zeros_of_a_number_are_ignored() {
    let mut jwk = Signer::instance().jwk();
    let n = jwk["n"].as_str().expect("a string");
    let mut bytes = URL_SAFE_NO_PAD.decode(n).expect("base64url");
    bytes.splice(0..0, [0, 0]);
    jwk["n"] = json!(URL_SAFE_NO_PAD.encode(bytes));
    let key = VerifyingKey::from_jwk(&jwk).expect("the key is the same");
    verify(key, &Signer::instance().sign(&claims())).expect("the token is valid");
}

/// RFC 7517, A.1: one key is for encryption, the other names its algorithm.
#[test]
fn the_key_set_of_rfc_7517_is_accepted() {
    let jwks = json!({"keys": [
        {
            "kty": "EC", "crv": "P-256", "use": "enc", "kid": "1",
            "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
        },
        {
            "kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29", "n": concat!(
                "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPeb",
                "WKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368Q",
                "QMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2",
                "NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            ),
        },
    ]});
    assert!(JwkSet::from_jwks(&jwks).is_ok());
    let keys = jwks["keys"].as_array().expect("a list");
    let error = VerifyingKey::from_jwk(&keys[0]).expect_err("the key is for encryption");
    assert_eq!(
        error.to_string(),
        "not a valid JSON Web Key: it is not for signatures"
    );
    let key = VerifyingKey::from_jwk(&keys[1]).expect("a key");
    assert_eq!(format!("{key:?}"), r#"VerifyingKey("RSA, 2048 bits")"#);
}

#[test]
fn unusable_keys_of_a_set_are_skipped() {
    let (one, two) = (Signer::instance(), Signer::generate("ins_2", "EdDSA"));
    let symmetric = json!({"kty": "oct", "k": "AQAB", "kid": "ins_3"});
    let without_id = json!({"kty": "OKP", "crv": "Ed25519", "x": two.jwk()["x"]});
    let jwks = json!({"keys": [symmetric, one.jwk(), without_id, two.jwk(), 7]});
    let keys = JwkSet::from_jwks(&jwks).expect("two of the keys can be used");
    let verifier = Verifier::new(keys).clock(Clock::new().read());
    for signer in [&one, &two] {
        assert!(verifier.verify_cached(&signer.sign(&claims())).is_ok());
    }
    let skipped = Signer::generate("ins_3", "EdDSA").sign(&claims());
    assert!(matches!(
        verifier
            .verify_cached(&skipped)
            .map_err(|error| error.kind()),
        Err(TokenErrorKind::UnknownKey)
    ));
    // Only the key that the token names is tried, even if another one would verify it.
    let mut header = two.header();
    header["kid"] = json!(one.id());
    let token = two.sign_with(&header, &claims());
    assert!(matches!(
        verifier.verify_cached(&token).map_err(|error| error.kind()),
        Err(TokenErrorKind::WrongKeyType)
    ));
}

#[test]
fn a_set_without_usable_keys_is_rejected() {
    for jwks in [
        json!({"keys": []}),
        json!({"keys": [{"kty": "oct"}]}),
        json!({}),
        json!([]),
        json!("<html>"),
    ] {
        assert!(
            matches!(
                JwkSet::from_jwks(&jwks).map_err(|error| error.kind()),
                Err(KeyErrorKind::NotJwk)
            ),
            "{jwks}"
        );
    }
}

#[test]
fn the_debug_output_of_a_key_is_its_type_and_size() {
    assert_eq!(
        format!("{:?}", super::key()),
        r#"VerifyingKey("RSA, 2048 bits")"#
    );
}
