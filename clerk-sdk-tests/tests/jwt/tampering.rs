//! Tests that a valid token is rejected after any change to its bytes, and that nothing panics.

use clerk_sdk::jwt::{VerifyingKey, decode_unverified};
use clerk_sdk_tests::Signer;
use proptest::prelude::*;

use super::{claims, token, verifier};

#[test]
fn a_token_with_a_changed_byte_is_rejected() {
    let verifier = verifier();
    for signer in [
        Signer::instance(),
        Signer::generate("generated", "ES256"),
        Signer::generate("generated", "EdDSA"),
    ] {
        let verifier =
            clerk_sdk::jwt::Verifier::new(VerifyingKey::from_jwk(&signer.jwk()).expect("a key"))
                .clock(super::Clock::new().read());
        let token = signer.sign(&claims());
        assert!(verifier.verify_cached(&token).is_ok());
        for place in 0..token.len() {
            for new in [
                b'A',
                b'x',
                b'-',
                b'.',
                b'=',
                b' ',
                b'"',
                0,
                token.as_bytes()[place] ^ 1,
            ] {
                let mut bytes = token.clone().into_bytes();
                if std::mem::replace(&mut bytes[place], new) == new {
                    continue;
                }
                let changed = String::from_utf8(bytes).expect("ASCII");
                assert!(
                    verifier.verify_cached(&changed).is_err(),
                    "{place}: {changed}"
                );
            }
        }
    }
    assert!(verifier.verify_cached(&token()).is_ok());
}

#[test]
fn a_truncated_token_is_rejected() {
    let (verifier, token) = (verifier(), token());
    for length in 0..token.len() {
        assert!(
            verifier.verify_cached(&token[..length]).is_err(),
            "{length}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn a_token_with_inserted_characters_is_rejected(place in 0_usize..400, more in "\\PC{1,3}") {
        let mut token = token();
        token.insert_str(place.min(token.len()), &more);
        prop_assert!(verifier().verify_cached(&token).is_err());
    }

    #[test]
    fn arbitrary_strings_are_rejected_without_a_panic(string in "\\PC{0,300}") {
        prop_assert!(verifier().verify_cached(&string).is_err());
        prop_assert!(decode_unverified(&string).is_err());
        prop_assert!(VerifyingKey::from_pem(&string).is_err());
    }

    #[test]
    fn arbitrary_bytes_as_header_or_claims_are_rejected(header in prop::collection::vec(any::<u8>(), 0..200), claims in prop::collection::vec(any::<u8>(), 0..200)) {
        let signer = Signer::instance();
        prop_assert!(verifier().verify_cached(&signer.sign_bytes(&header, &claims)).is_err());
        let good = signer.header().to_string();
        prop_assert!(verifier().verify_cached(&signer.sign_bytes(good.as_bytes(), &claims)).is_err());
    }
}
