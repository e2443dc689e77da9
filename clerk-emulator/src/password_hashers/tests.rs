//! Digests of other implementations: published ones, and those of Python, libxcrypt and the reference implementation of
//! Argon2.

use super::*;

/// The password of the digests that have not been published.
const PASSWORD: &str = "correct horse";

const DIGESTS: [(&str, &str, &str); 32] = [
    (
        "argon2i",
        "$argon2i$v=19$m=64,t=2,p=2$c2Vhc2FsdC1zZWFzYWx0$ui/NjCiBW/BwbKVPGSNk3y5i04lIbAKB",
        PASSWORD,
    ),
    (
        "argon2id",
        "$argon2id$v=19$m=64,t=2,p=2$c2Vhc2FsdC1zZWFzYWx0$MNuSv326r5B/OY3j9Zy4ydRvekAVyrzN",
        PASSWORD,
    ),
    (
        "bcrypt",
        "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e",
        PASSWORD,
    ),
    (
        "bcrypt",
        "$2y$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e",
        PASSWORD,
    ),
    (
        "bcrypt_peppered",
        "$2b$04$abcdefghijklmnopqrstuugEH5s5r3zGAd2.thRclysskVPVf1JhW$pepper",
        PASSWORD,
    ),
    (
        "bcrypt_sha256_django",
        "bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuuIvyWZlBcE3WoQXKqRnwrLYJ6nenE0Bq",
        PASSWORD,
    ),
    (
        "ldap_ssha",
        "{SSHA}5pcxo13YdJml98eQSIlT3FMEBMMBAgME",
        PASSWORD,
    ),
    ("md5", "3cb4e732631f47e6eb961f34554b7cde", PASSWORD),
    ("md5", "5F4DCC3B5AA765D61D8327DEB882CF99", "password"),
    (
        "md5_salted",
        "pepper$52f36768c11844771e5f7ff576e2dba2",
        PASSWORD,
    ),
    (
        "md5_salted",
        "pepper$edf3863f78323b0ef4b0a008412eab5e",
        PASSWORD,
    ),
    // phpass of the digest above.
    ("md5_phpass", "$H$9IQRaTwmfQshH2Nn3IdPh1zfyyZ4m8/", PASSWORD),
    // The test of phpass itself.
    ("phpass", "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0", "test12345"),
    ("phpass", "$H$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0", "test12345"),
    // RFC 6070, third and second vectors.
    (
        "pbkdf2_sha1",
        "pbkdf2_sha1$4096$salt$4b007901b765489abead49d926f721d065a429c1",
        "password",
    ),
    (
        "pbkdf2_sha1",
        "pbkdf2_sha1$2$73616c74$ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957$20",
        "password",
    ),
    (
        "pbkdf2_sha1",
        "pbkdf2_sha1$1000$0a0b0c0d$9aab1f7b5c83a2488e90a048b7923015868ff610254af3194a1a327afbc4f08f",
        PASSWORD,
    ),
    (
        "pbkdf2_sha256",
        "pbkdf2_sha256$1000$AP9zYWx0$VtUbe9FtKbIZpAAncR3jt9NU5WAzBQP6FbpXySh1ExU=",
        PASSWORD,
    ),
    (
        "pbkdf2_sha256_django",
        "pbkdf2_sha256$1000$seasalt$mQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdfmso=",
        PASSWORD,
    ),
    (
        "pbkdf2_sha512",
        "pbkdf2_sha512$1000$seasalt$081c76ae4a6f8f2100a28a4d56e45958e3b14d3470a15e898eb1c04590265a84\
         467fb06597ff8deadb55ff8816bed775e8d27de0ea55a591e6e3821d32b1542e",
        PASSWORD,
    ),
    (
        "pbkdf2_sha512_hex",
        "pbkdf2_sha512_hex$1000$0a0b0c0d$6009282ab75b8028bd75d6028f37867df30039e26ad38506360679fe3dafc9aa",
        PASSWORD,
    ),
    // The example of Firebase.
    (
        "scrypt_firebase",
        "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==\
         $42xEC+ixf3L2lw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvp\
         jeJ9WmXA==$Bw==$8$14",
        "user1password",
    ),
    (
        "scrypt_werkzeug",
        "scrypt:1024:8:1$seasalt$6fdbea39ed01e47661d9fd7443d44f37d38534fb666fe7b3a7960e96766c250d2f4392377aaf\
         19b7b18532ea90e7cc42c5322f54bd5008bfcf4d7116afe44d1c",
        PASSWORD,
    ),
    (
        "scrypt_werkzeug",
        "$scrypt:1024:8:1$seasalt$b9vqOe0B5HZh2f10Q9RPN9OFNPtmb+ezp5YOlnZsJQ0vQ5I3eq8Zt7GFMuqQ58xCxTIvVL1QCL\
         /PTXEWr+RNHA==",
        PASSWORD,
    ),
    (
        "sha256",
        "4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631",
        PASSWORD,
    ),
    (
        "sha256",
        "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
        "password",
    ),
    (
        "sha256_salted",
        "pepper$8a20677826351fcddb2a88d0c11867b9791797798e648b89ac09630c1802cb90",
        PASSWORD,
    ),
    (
        "sha256_salted",
        "pepper$869a1fa0609a1d15a5c3eb891428b7a6c8395b2ee10c4762e97ffca0ebe8c0b5",
        PASSWORD,
    ),
    (
        "sha512_symfony",
        "sha512_symfony$100$seasalt$oXKU/K/jb6mLTu57uRagn6YNAEN4DmPlxVixB7e30JuOFgKcpjIeJJ7IpkNPvpOqHMdvtFvS\
         WWOLxNx8CSzWJA==",
        PASSWORD,
    ),
    ("awscognito", "awscognito#pool#client#ada", ""),
    ("hmac_sha256_utf16_b64", "AAAA", ""),
    // The version before 19 is implied.
    (
        "argon2i",
        "$argon2i$m=64,t=2,p=2$c2Vhc2FsdC1zZWFzYWx0$ui/NjCiBW/BwbKVPGSNk3y5i04lIbAKB",
        "",
    ),
];

#[test]
fn digests_of_other_implementations_are_verified() {
    for (hasher, digest, password) in DIGESTS {
        assert_eq!(check_digest(hasher, digest), Ok(()), "{hasher} {digest}");
        let matches = !password.is_empty();
        assert_eq!(
            verify(hasher, digest, password),
            matches,
            "{hasher} {digest}"
        );
        assert!(!verify(hasher, digest, "wrong horse"), "{hasher} {digest}");
    }
}

#[test]
fn each_hasher_has_a_digest_that_is_tested() {
    for hasher in HASHERS.iter().chain(FURTHER_HASHERS) {
        let tested = DIGESTS.iter().any(|(name, ..)| *name == hasher.name);
        assert!(tested, "{}", hasher.name);
    }
}

/// A digest with a character less, or with a part more, is not one of the same hasher.
#[test]
fn malformed_digests_are_refused() {
    for (hasher, digest, _) in DIGESTS {
        let expected = match hasher {
            "hmac_sha256_utf16_b64" => continue,
            name => find(name).map(|it| it.format).expect("the hasher exists"),
        };
        for malformed in ["", "x", "$$$$", &format!("x{digest}"), "$2b$99$x"] {
            // What precedes the hash may be a salt.
            let is_salt = malformed.starts_with('x') && hasher.ends_with("_salted");
            let is_hash = malformed.starts_with('x') && hasher == "scrypt_firebase";
            let error = check_digest(hasher, malformed);
            let is_refused = error == Err(DigestError::Malformed(expected));
            let is_excused = malformed.len() > 1 && (is_salt || is_hash);
            assert!(is_refused || is_excused, "{hasher} {malformed}");
        }
    }
    assert_eq!(check_digest("rot13", "x"), Err(DigestError::UnknownHasher));
}

#[test]
fn digests_that_take_too_long_match_no_password() {
    for (hasher, digest) in [
        (
            "bcrypt",
            "$2b$31$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e",
        ),
        ("phpass", "$P$SIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0"),
        ("pbkdf2_sha512", "pbkdf2_sha512$4294967295$salt$00"),
        (
            "argon2id",
            "$argon2id$v=19$m=4194304,t=100,p=1$c2Vhc2FsdC1zZWFzYWx0$MNuSv326r5B/OY3j9Zy4ydRvekAVyrzN",
        ),
        (
            "scrypt_werkzeug",
            "scrypt:1073741824:8:1$seasalt$6fdbea39ed01e476",
        ),
    ] {
        assert_eq!(check_digest(hasher, digest), Ok(()), "{hasher}");
        assert!(!verify(hasher, digest, PASSWORD), "{hasher}");
    }
}

#[test]
fn passwords_are_hashed_with_their_salt() {
    let digest = hash(PASSWORD, b"one");
    assert!(verify("pbkdf2_sha256", &digest, PASSWORD));
    assert_ne!(digest, hash(PASSWORD, b"two"));
}
