//! Tests of the methods of response types: what a user's fields say together, and what all variants of a union have.

use std::collections::BTreeSet;
use std::path::Path;

use clerk_sdk::types::{
    EmailAddress, EmailAddressVerification, EnterpriseAccountVerification,
    ExternalAccountVerification, Jwk, PasskeyVerification, PhoneNumber, PhoneNumberVerification,
    SamlAccountVerification, User, Web3Wallet, Web3WalletVerification,
};
use serde_json::{Value, json};

fn user(json: Value) -> User {
    serde_json::from_value(json).expect("a user")
}

#[test]
fn the_primary_identifiers_are_those_whose_ids_the_user_names() {
    let user = user(json!({
        "id": "user_1",
        "primary_email_address_id": "idn_2",
        "primary_phone_number_id": "idn_4",
        "primary_web3_wallet_id": "idn_6",
        "email_addresses": [{"id": "idn_1"}, {"id": "idn_2", "email_address": "a@example.com"}],
        "phone_numbers": [{"id": "idn_3"}, {"id": "idn_4", "phone_number": "+15555550100"}],
        "web3_wallets": [{"id": "idn_5"}, {"id": "idn_6", "web3_wallet": "0x1"}],
    }));
    let email = user.primary_email_address();
    assert_eq!(
        email.map(|it| &*it.email_address),
        Some("a@example.com"),
        "{user:?}"
    );
    let phone = user.primary_phone_number();
    assert_eq!(phone.map(|it| &*it.phone_number), Some("+15555550100"));
    let wallet = user.primary_web3_wallet();
    assert_eq!(wallet.map(|it| &*it.web3_wallet), Some("0x1"));
}

#[test]
fn a_user_whose_primary_identifier_is_null_or_not_listed_has_none() {
    let lists = json!([{"id": "idn_1"}]);
    for id in [json!(null), json!("idn_2")] {
        let user = user(json!({
            "id": "user_1",
            "primary_email_address_id": id,
            "primary_phone_number_id": id,
            "primary_web3_wallet_id": id,
            "email_addresses": lists,
            "phone_numbers": lists,
            "web3_wallets": lists,
        }));
        assert_eq!(user.primary_email_address(), None);
        assert_eq!(user.primary_phone_number(), None);
        assert_eq!(user.primary_web3_wallet(), None);
    }
}

#[test]
fn the_full_name_consists_of_the_names_that_the_user_has() {
    for (first, last, full) in [
        (json!("Ada"), json!("Lovelace"), Some("Ada Lovelace")),
        (json!(" Ada "), json!(" Lovelace"), Some("Ada Lovelace")),
        (json!("Ada"), json!(null), Some("Ada")),
        (json!("Ada"), json!(" "), Some("Ada")),
        (json!(null), json!("Lovelace"), Some("Lovelace")),
        (json!(""), json!(""), None),
        (json!(null), json!(null), None),
    ] {
        let user = user(json!({"id": "user_1", "first_name": first, "last_name": last}));
        assert_eq!(user.full_name().as_deref(), full, "{first} {last}");
    }
}

#[test]
fn an_identifier_is_verified_if_its_verification_has_that_status() {
    for (verification, is_verified) in [
        (
            json!({"object": "verification_admin", "status": "verified"}),
            true,
        ),
        (
            json!({"strategy": "something_new", "status": "verified"}),
            true,
        ),
        (
            json!({"object": "verification_admin", "status": "unverified"}),
            false,
        ),
        (
            json!({"strategy": "something_new", "status": "expired"}),
            false,
        ),
        (json!({"strategy": "something_new", "status": 1}), false),
        (json!({}), false),
        (json!(null), false),
    ] {
        let json = json!({"id": "idn_1", "verification": verification});
        let email: EmailAddress = serde_json::from_value(json.clone()).expect("an email address");
        let phone: PhoneNumber = serde_json::from_value(json.clone()).expect("a phone number");
        let wallet: Web3Wallet = serde_json::from_value(json).expect("a wallet");
        let verified = [
            email.is_verified(),
            phone.is_verified(),
            wallet.is_verified(),
        ];
        assert_eq!(verified, [is_verified; 3], "{verification}");
    }
}

/// An accessor of a union: the member that it reads, a value of that member, and a value of another type.
struct Accessor<U> {
    name: &'static str,
    member: &'static str,
    value: Value,
    mismatch: Value,
    read: fn(&U) -> Value,
}

/// A union whose accessors are tested.
trait Union: serde::de::DeserializeOwned {
    const NAME: &'static str;

    /// What identifies each variant.
    fn variants() -> Vec<Value>;

    fn accessors() -> Vec<Accessor<Self>>;

    fn is_unknown(&self) -> bool;
}

macro_rules! unions {
    ($($union:ident: [$($variant:tt),*] {
        $($accessor:ident $member:literal = $value:tt not $mismatch:tt),*
    })*) => {
        $(impl Union for $union {
            const NAME: &'static str = stringify!($union);

            fn variants() -> Vec<Value> {
                vec![$(json!($variant)),*]
            }

            fn accessors() -> Vec<Accessor<Self>> {
                vec![$(Accessor {
                    name: stringify!($accessor),
                    member: $member,
                    value: json!($value),
                    mismatch: json!($mismatch),
                    read: |union| json!(union.$accessor()),
                }),*]
            }

            fn is_unknown(&self) -> bool {
                matches!(self, Self::Unknown(_))
            }
        })*

        /// Calls `test` for every union.
        fn for_each_union(test: &mut impl UnionTest) {
            $(test.run::<$union>();)*
        }
    };
}

trait UnionTest {
    fn run<U: Union>(&mut self);
}

unions! {
    EmailAddressVerification: [
        {"object": "verification_admin"},
        {"object": "verification_email_link"},
        {"object": "verification_from_oauth"},
        {"object": "verification_otp"},
        {"object": "verification_saml"},
        {"object": "verification_scim"},
        {"object": "verification_ticket"}
    ] {
        attempts "attempts" = 3 not "3",
        expire_at "expire_at" = 1700000000000_i64 not "soon",
        status "status" = "verified" not 1,
        strategy "strategy" = "something_new" not [1]
    }
    PhoneNumberVerification: [{"object": "verification_otp"}, {"object": "verification_admin"}] {
        attempts "attempts" = 3 not "3",
        expire_at "expire_at" = 1700000000000_i64 not "soon",
        status "status" = "verified" not 1,
        strategy "strategy" = "something_new" not [1],
        verified_at_client "verified_at_client" = "client_1" not 1
    }
    EnterpriseAccountVerification: [
        {"object": "verification_oauth"},
        {"object": "verification_saml"},
        {"object": "verification_ticket"}
    ] {
        attempts "attempts" = 3 not "3",
        expire_at "expire_at" = 1700000000000_i64 not "soon",
        status "status" = "verified" not 1,
        strategy "strategy" = "something_new" not [1],
        verified_at_client "verified_at_client" = "client_1" not 1
    }
    ExternalAccountVerification: [
        {"object": "verification_google_one_tap"},
        {"object": "verification_oauth"}
    ] {
        attempts "attempts" = 3 not "3",
        error "error" = {"code": "expired", "message": "It has expired."} not "expired",
        expire_at "expire_at" = 1700000000000_i64 not "soon",
        status "status" = "verified" not 1,
        strategy "strategy" = "something_new" not [1],
        verified_at_client "verified_at_client" = "client_1" not 1
    }
    PasskeyVerification: [{"object": "verification_passkey"}] {
        attempts "attempts" = 3 not "3",
        expire_at "expire_at" = 1700000000000_i64 not "soon",
        message "message" = "Sign this." not {},
        nonce "nonce" = "n" not 1,
        status "status" = "verified" not 1,
        strategy "strategy" = "something_new" not [1],
        verified_at_client "verified_at_client" = "client_1" not 1
    }
    SamlAccountVerification: [{"object": "verification_saml"}, {"object": "verification_ticket"}] {
        attempts "attempts" = 3 not "3",
        expire_at "expire_at" = 1700000000000_i64 not "soon",
        status "status" = "verified" not 1,
        strategy "strategy" = "something_new" not [1],
        verified_at_client "verified_at_client" = "client_1" not 1
    }
    Web3WalletVerification: [{"object": "verification_admin"}, {"object": "verification_web3"}] {
        attempts "attempts" = 3 not "3",
        expire_at "expire_at" = 1700000000000_i64 not "soon",
        status "status" = "verified" not 1,
        strategy "strategy" = "something_new" not [1],
        verified_at_client "verified_at_client" = "client_1" not 1
    }
    Jwk: [{"kty": "RSA"}, {"kty": "EC"}, {"kty": "OKP", "crv": "Ed25519"}] {
        alg "alg" = "RS256" not 1,
        kid "kid" = "ins_1" not 1,
        kty "kty" = "AKP" not 1,
        use_ "use" = "sig" not 1,
        x5c "x5c" = ["MII"] not "MII",
        x5t "x5t" = "t" not 1,
        x5t_s256 "x5t#S256" = "s" not 1,
        x5u "x5u" = "https://example.com" not 1
    }
}

/// Decodes an object, and returns what the accessor reads from it, and whether its variant is unknown.
fn read<U: Union>(accessor: &Accessor<U>, json: &Value) -> (Value, bool) {
    let union: U = serde_json::from_value(json.clone())
        .unwrap_or_else(|error| panic!("{} {json}: {error}", U::NAME));
    ((accessor.read)(&union), union.is_unknown())
}

struct KnownVariants;

impl UnionTest for KnownVariants {
    fn run<U: Union>(&mut self) {
        for accessor in U::accessors() {
            for mut json in U::variants() {
                if json.get(accessor.member).is_none() {
                    json[accessor.member] = accessor.value.clone();
                }
                let (value, is_unknown) = read(&accessor, &json);
                assert!(!is_unknown, "{} {json}", U::NAME);
                assert_eq!(
                    contained_in(&value, &json[accessor.member]),
                    json[accessor.member],
                    "{}::{} {json}",
                    U::NAME,
                    accessor.name
                );
            }
        }
    }
}

/// Returns the members of `value` that `sent` has: an object serializes with members that were not sent.
fn contained_in(value: &Value, sent: &Value) -> Value {
    match (value, sent) {
        (Value::Object(members), Value::Object(sent)) => {
            let members = members.clone().into_iter();
            members
                .filter(|(name, _)| sent.contains_key(name))
                .collect()
        }
        (value, _) => value.clone(),
    }
}

#[test]
fn an_accessor_reads_its_member_of_every_variant() {
    for_each_union(&mut KnownVariants);
}

struct UnknownVariants;

impl UnionTest for UnknownVariants {
    fn run<U: Union>(&mut self) {
        for accessor in U::accessors() {
            let member = accessor.member;
            for (json, expected) in [
                (json!({member: accessor.value}), &accessor.value),
                (
                    json!({"object": "something_new", member: accessor.value}),
                    &accessor.value,
                ),
                (json!({member: accessor.mismatch}), &Value::Null),
                (json!({member: null}), &Value::Null),
                (json!({"something": "else"}), &Value::Null),
                (json!(null), &Value::Null),
            ] {
                let (value, is_unknown) = read(&accessor, &json);
                assert!(is_unknown, "{} {json}", U::NAME);
                let value = contained_in(&value, expected);
                assert_eq!(value, *expected, "{}::{} {json}", U::NAME, accessor.name);
            }
        }
    }
}

#[test]
fn an_accessor_reads_its_member_of_an_unknown_variant_if_it_has_the_type() {
    for_each_union(&mut UnknownVariants);
}

#[test]
fn an_enum_is_read_as_a_string_where_other_variants_have_a_string() {
    let json = json!({"object": "verification_otp", "strategy": "phone_code"});
    let verification: PhoneNumberVerification =
        serde_json::from_value(json).expect("a verification");
    assert!(matches!(verification, PhoneNumberVerification::Otp(_)));
    assert_eq!(verification.strategy().as_deref(), Some("phone_code"));
}

#[derive(Default)]
struct Names(BTreeSet<String>);

impl UnionTest for Names {
    fn run<U: Union>(&mut self) {
        let accessors = U::accessors().into_iter();
        self.0
            .extend(accessors.map(|it| format!("{}::{}", U::NAME, it.name)));
    }
}

#[test]
fn every_accessor_is_tested() {
    let mut tested = Names::default();
    for_each_union(&mut tested);
    assert_eq!(tested.0, generated_accessors());
}

/// Returns the accessors in the source of the generated types, as in `Jwk::kid`.
fn generated_accessors() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clerk-sdk/src/generated/types");
    let mut accessors = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("the folder of types exists") {
        let path = entry.expect("the folder is readable").path();
        let source = std::fs::read_to_string(path).expect("the source is readable");
        let (mut union, mut method) = ("", "");
        for line in source.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix("impl ") {
                union = name.trim_end_matches(" {");
            } else if let Some(signature) = line.strip_prefix("pub fn ") {
                method = signature.split('(').next().unwrap_or_default();
            } else if line.starts_with("union_member!(") {
                accessors.insert(format!("{union}::{method}"));
            }
        }
    }
    accessors
}
