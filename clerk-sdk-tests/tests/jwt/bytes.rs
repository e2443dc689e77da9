//! Whatever is done to the bytes of a valid token, it is refused, and nothing panics.

use clerk_sdk::jwt::{Key, decode};
use clerk_sdk_tests::Signer;
use proptest::prelude::*;

use super::{claims, token, verifier};

#[test]
fn any_change_of_one_byte_is_refused() {
    let verifier = verifier();
    for signer in [
        Signer::instance(),
        Signer::generate("made", "ES256"),
        Signer::generate("made", "EdDSA"),
    ] {
        let verifier = clerk_sdk::jwt::Verifier::new(Key::from_jwk(&signer.jwk()).expect("a key"))
            .clock(super::Clock::new().read());
        let token = signer.sign(&claims());
        assert!(verifier.verify_now(&token).is_ok());
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
                assert!(verifier.verify_now(&changed).is_err(), "{place}: {changed}");
            }
        }
    }
    assert!(verifier.verify_now(&token()).is_ok());
}

#[test]
fn a_token_cut_anywhere_is_refused() {
    let (verifier, token) = (verifier(), token());
    for length in 0..token.len() {
        assert!(verifier.verify_now(&token[..length]).is_err(), "{length}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn a_token_with_a_byte_more_is_refused(place in 0_usize..400, more in "\\PC{1,3}") {
        let mut token = token();
        token.insert_str(place.min(token.len()), &more);
        prop_assert!(verifier().verify_now(&token).is_err());
    }

    #[test]
    fn text_is_refused_without_a_panic(text in "\\PC{0,300}") {
        prop_assert!(verifier().verify_now(&text).is_err());
        prop_assert!(decode(&text).is_err());
        prop_assert!(Key::from_pem(&text).is_err());
    }

    #[test]
    fn claims_of_any_bytes_are_read_or_refused(header in prop::collection::vec(any::<u8>(), 0..200), claims in prop::collection::vec(any::<u8>(), 0..200)) {
        let signer = Signer::instance();
        prop_assert!(verifier().verify_now(&signer.sign_bytes(&header, &claims)).is_err());
        let good = signer.header().to_string();
        prop_assert!(verifier().verify_now(&signer.sign_bytes(good.as_bytes(), &claims)).is_err());
    }
}
