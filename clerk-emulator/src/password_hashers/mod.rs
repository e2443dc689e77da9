//! The hashers of passwords from other systems: the formats of their digests, and how passwords are checked.
//!
//! Each hasher is a row of [`HASHERS`]. The algorithms are those of crates; only the formats are read here.

#[cfg(feature = "password-hashers")]
mod argon2;
#[cfg(feature = "password-hashers")]
mod bcrypt;
mod encoding;
#[cfg(feature = "password-hashers")]
mod md5;
mod pbkdf2;
#[cfg(feature = "password-hashers")]
mod scrypt;
mod sha;

/// Returns whether a password is the one of a digest.
type Check = Box<dyn Fn(&str) -> bool>;

/// How the digests of a hasher are read.
struct Hasher {
    name: &'static str,
    /// The format of its digests, for messages.
    format: &'static str,
    /// Reads a digest; nothing if it does not have the format.
    parse: fn(&str) -> Option<Check>,
}

/// What is wrong with a hasher or a digest.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum DigestError {
    /// There is no hasher with the name.
    UnknownHasher,
    /// The digest does not have the format of the hasher, which is this one.
    Malformed(&'static str),
}

const fn hasher(
    name: &'static str,
    format: &'static str,
    parse: fn(&str) -> Option<Check>,
) -> Hasher {
    Hasher {
        name,
        format,
        parse,
    }
}

/// Hashers that need no more than the cryptography that the emulator has anyway, or that cannot be checked.
static HASHERS: &[Hasher] = &[
    hasher(
        "awscognito",
        "awscognito#<user pool id>#<client id>#<identifier>",
        unchecked_cognito,
    ),
    hasher("hmac_sha256_utf16_b64", "", unchecked),
    hasher("ldap_ssha", "{SSHA}<base64>", sha::ldap_ssha),
    hasher(
        "pbkdf2_sha1",
        "pbkdf2_sha1$<iterations>$<salt>$<hash in hexadecimal>",
        pbkdf2::sha1,
    ),
    hasher(
        "pbkdf2_sha256",
        "pbkdf2_sha256$<iterations>$<salt in base64>$<hash in base64>",
        pbkdf2::sha256,
    ),
    hasher(
        "pbkdf2_sha256_django",
        "pbkdf2_sha256$<iterations>$<salt>$<hash in base64>",
        pbkdf2::sha256_django,
    ),
    hasher(
        "pbkdf2_sha512",
        "pbkdf2_sha512$<iterations>$<salt>$<hash in hexadecimal>",
        pbkdf2::sha512,
    ),
    hasher(
        "pbkdf2_sha512_hex",
        "pbkdf2_sha512_hex$<iterations>$<salt in hexadecimal>$<hash in hexadecimal>",
        pbkdf2::sha512_hex,
    ),
    hasher("sha256", "<64 hexadecimal digits>", sha::sha256),
    hasher(
        "sha256_salted",
        "<salt>$<64 hexadecimal digits>",
        sha::sha256_salted,
    ),
    hasher(
        "sha512_symfony",
        "sha512_symfony$<iterations>$<salt>$<hash in base64>",
        sha::sha512_symfony,
    ),
];

/// Hashers whose algorithms are those of further crates.
#[cfg(feature = "password-hashers")]
static FURTHER_HASHERS: &[Hasher] = &[
    hasher(
        "argon2i",
        "$argon2i$v=19$m=<memory>,t=<iterations>,p=<lanes>$<salt>$<hash>",
        argon2::argon2i,
    ),
    hasher(
        "argon2id",
        "$argon2id$v=19$m=<memory>,t=<iterations>,p=<lanes>$<salt>$<hash>",
        argon2::argon2id,
    ),
    hasher("bcrypt", "$2b$<cost>$<salt and hash>", bcrypt::bcrypt),
    hasher(
        "bcrypt_peppered",
        "$2b$<cost>$<salt and hash>$<pepper>",
        bcrypt::bcrypt_peppered,
    ),
    hasher(
        "bcrypt_sha256_django",
        "bcrypt_sha256$$2b$<cost>$<salt and hash>",
        bcrypt::bcrypt_sha256_django,
    ),
    hasher("md5", "<32 hexadecimal digits>", md5::md5),
    hasher("md5_phpass", "$P$<rounds><salt><checksum>", md5::md5_phpass),
    hasher(
        "md5_salted",
        "<salt>$<32 hexadecimal digits>",
        md5::md5_salted,
    ),
    hasher("phpass", "$P$<rounds><salt><checksum>", md5::phpass),
    hasher(
        "scrypt_firebase",
        "<hash>$<salt>$<signer key>$<salt separator>$<rounds>$<memory cost>",
        scrypt::firebase,
    ),
    hasher(
        "scrypt_werkzeug",
        "scrypt:<n>:<r>:<p>$<salt>$<hash>",
        scrypt::werkzeug,
    ),
];

/// Without their crates, digests of these hashers are accepted, but no password matches them.
#[cfg(not(feature = "password-hashers"))]
static FURTHER_HASHERS: &[Hasher] = &[
    hasher("argon2i", "", unchecked),
    hasher("argon2id", "", unchecked),
    hasher("bcrypt", "", unchecked),
    hasher("bcrypt_peppered", "", unchecked),
    hasher("bcrypt_sha256_django", "", unchecked),
    hasher("md5", "", unchecked),
    hasher("md5_phpass", "", unchecked),
    hasher("md5_salted", "", unchecked),
    hasher("phpass", "", unchecked),
    hasher("scrypt_firebase", "", unchecked),
    hasher("scrypt_werkzeug", "", unchecked),
];

fn find(name: &str) -> Option<&'static Hasher> {
    let mut all = HASHERS.iter().chain(FURTHER_HASHERS);
    all.find(|it| it.name == name)
}

/// Checks that a digest has the format of a hasher.
pub(crate) fn check_digest(hasher: &str, digest: &str) -> Result<(), DigestError> {
    let hasher = find(hasher).ok_or(DigestError::UnknownHasher)?;
    let check = (hasher.parse)(digest);
    check.map(drop).ok_or(DigestError::Malformed(hasher.format))
}

/// Returns whether a password is the one of a digest.
pub(crate) fn verify(hasher: &str, digest: &str, password: &str) -> bool {
    let check = find(hasher).and_then(|it| (it.parse)(digest));
    check.is_some_and(|check| check(password))
}

pub(crate) use pbkdf2::hash;

/// Accepts any digest, which no password matches.
fn unchecked(_: &str) -> Option<Check> {
    Some(Box::new(|_| false))
}

/// A digest of this hasher only names an account of Cognito, which knows the password.
fn unchecked_cognito(digest: &str) -> Option<Check> {
    let parts: Vec<&str> = digest.split('#').collect();
    let is_valid = matches!(*parts, ["awscognito", pool, client, identifier]
        if ![pool, client, identifier].contains(&""));
    is_valid.then(|| -> Check { Box::new(|_| false) })
}

#[cfg(all(test, feature = "password-hashers"))]
mod tests;
