//! Tests that the claims are parsed as `serde_json` parses a `Value`, except that duplicate members are rejected.

use clerk_sdk::jwt::{UnverifiedClaims, decode_unverified};
use clerk_sdk_tests::Signer;
use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

/// Claims that contain many different constructs, so that changing a byte can break each of them.
const CLAIMS: &str = concat!(
    r#"{"sub":"user_1","sid":"sess_\u00e91","v":2,"exp":1800000050,"iat":1.5e3,"nbf":-7 ,"#,
    r#""iss":"https:\/\/clerk.example.com","azp":null,"fva":[3,-1], "#,
    r#""a":{"b":[1,{"c":"\"\\}"}],"b":true},"":-0.0,"d":"\ud83d\ude00 ✓","pla":"o:pro"}"#,
);

#[test]
fn whitespace_escapes_and_negative_numbers_are_accepted() {
    let claims = CLAIMS.replace("1.5e3", "1500");
    let spaced = claims
        .replace("\":", "\"\r\n\t : \n")
        .replace(",\"", " ,\t\"");
    let claims_of = |json: &[u8]| read(json).expect("the claims are JSON");
    let read = claims_of(format!("\n {spaced} ").as_bytes());
    assert_eq!(read, claims_of(claims.as_bytes()));
    assert_eq!(read.session_id(), "sess_é1");
    assert_eq!(read.issuer(), Some("https://clerk.example.com"));
    assert_eq!(read.not_before().map(|at| at.as_millis()), Some(-7000));
    assert_eq!(read.custom()["d"], "😀 ✓");
    assert_eq!(read.custom()["a"]["b"], true);
}

#[test]
fn timestamps_are_64_bit_integers() {
    let exp = |number: &str| {
        let claims = CLAIMS
            .replace("1.5e3", "null")
            .replace("1800000050", number);
        read(claims.as_bytes()).map(|claims| claims.expires_at().as_millis())
    };
    for number in ["0", "-1", "7", "1234567890123456", "-1234567890123456"] {
        let seconds: i64 = number.parse().expect("a number");
        assert_eq!(exp(number), Some(seconds * 1000), "{number}");
    }
    for number in [
        "-0",
        "00",
        "01",
        "-01",
        "-",
        "+1",
        "1.0",
        "1e3",
        "1E3",
        "0x1",
        "1 2",
        "9223372036854775807",
        "9223372036854775808",
        "123456789012345678901234567890",
        "\"1\"",
        "[1]",
        "",
        "1_0",
        "--1",
    ] {
        assert_eq!(exp(number), None, "{number}");
    }
}

#[test]
fn a_version_is_an_unsigned_integer() {
    for version in [1, 3, u64::MAX] {
        let claims = CLAIMS
            .replace("1.5e3", "1")
            .replace(r#""v":2"#, &format!(r#""v":{version}"#));
        let read = read(claims.as_bytes()).expect("the claims are JSON");
        assert_eq!(read.version(), version);
    }
}

#[test]
fn the_claim_o_may_have_any_type_in_version_1() {
    for json in [
        "true",
        "7",
        "-7",
        "1.5",
        "\"a\"",
        "[1,[2]]",
        "{}",
        r#"{"id":1,"b":{"c":[]}}"#,
    ] {
        let claims = format!(r#"{{"sub":"user_1","sid":"sess_1","exp":1,"o":{json}}}"#);
        let read = read(claims.as_bytes()).expect("the claim is a custom claim");
        let expected: Value = serde_json::from_str(json).expect("the claims are JSON");
        assert_eq!(read.custom()["o"], expected);
        assert!(read.organization_id().is_none());
    }
}

/// Members of [`CLAIMS`] with valid values. A `null` counts as a member too.
const MEMBERS: &[(&str, &str)] = &[
    ("sub", "\"user_1\""),
    ("sid", "\"sess_1\""),
    ("v", "2"),
    ("exp", "1800000050"),
    ("iat", "null"),
    ("iss", "null"),
    ("azp", "\"https://app.example.com\""),
    ("aud", "\"api\""),
    ("fva", "null"),
    ("a", "1"),
    ("", "0"),
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn strings_are_decoded_with_and_without_escapes(
        name in escaped("[a-z\\PC]{1,20}"), subject in escaped("\\PC{0,40}"), custom in escaped("(?s).{0,40}"),
    ) {
        let id = escape("sid", &[true, false, true]);
        let claims = format!(
            r#"{{ "sub" : "{}", "{id}":"sess_1","exp":1,"x {}":"{}"}}"#, subject.1, name.1, custom.1,
        );
        let claims = read(claims.as_bytes()).expect("the claims are JSON");
        prop_assert_eq!(claims.subject(), subject.0);
        prop_assert_eq!(claims.session_id(), "sess_1");
        prop_assert_eq!(claims.custom()[&format!("x {}", name.0)].as_str(), Some(&*custom.0));
    }

    #[test]
    fn a_duplicate_member_is_rejected(index in 0..MEMBERS.len(), is_escaped in any::<bool>()) {
        let (name, value) = MEMBERS[index];
        let name = escape(name, &[is_escaped]);
        let claims = CLAIMS.replace("1.5e3", "15").replace("\"v\":2", "\"v\":2,\"aud\":null");
        let repeated = format!(r#"{{"{name}":{value},{}"#, &claims[1..]);
        prop_assert!(read(claims.as_bytes()).is_some());
        prop_assert!(read(repeated.as_bytes()).is_none());
    }

    #[test]
    fn changed_json_is_read_as_serde_json_reads_it(
        changes in prop::collection::vec((0..CLAIMS.len(), changed_byte(), 0..3), 0..3),
    ) {
        let mut claims = CLAIMS.replace("1.5e3", "15").into_bytes();
        for (index, byte, change) in changes {
            let index = index % claims.len();
            match change {
                0 => claims[index] = byte,
                1 => claims.insert(index, byte),
                _ => drop(claims.remove(index)),
            }
        }
        let (expected, read) = (expected(&claims), read(&claims));
        let shown = String::from_utf8_lossy(&claims);
        prop_assert_eq!(read.is_some(), expected.is_some(), "{}", shown);
        if let (Some(read), Some(expected)) = (read, expected) {
            let string = |name: &str| expected.get(name).and_then(Value::as_str);
            prop_assert_eq!(Some(read.subject()), string("sub"));
            prop_assert_eq!(Some(read.session_id()), string("sid"));
            prop_assert_eq!(read.issuer(), string("iss"));
            prop_assert_eq!(read.authorized_party(), string("azp"));
            for (name, value) in read.custom() {
                prop_assert_eq!(Some(value), expected.get(name), "{}", shown);
            }
            let known = KNOWN.iter().filter(|(name, _)| expected.contains_key(*name)).count();
            prop_assert_eq!(known + read.custom().len(), expected.len(), "{}", shown);
        }
    }
}

fn read(claims: &[u8]) -> Option<UnverifiedClaims> {
    let signer = Signer::instance();
    decode_unverified(&signer.sign_bytes(signer.header().to_string().as_bytes(), claims)).ok()
}

/// Generates a string, and one way to write it in JSON.
fn escaped(pattern: &'static str) -> impl Strategy<Value = (String, String)> {
    let escapes = prop::collection::vec(any::<bool>(), 1..8);
    (pattern, escapes).prop_map(|(string, escapes)| {
        let json = escape(&string, &escapes);
        (string, json)
    })
}

fn escape(string: &str, escapes: &[bool]) -> String {
    let mut json = String::new();
    for (char, is_escaped) in string.chars().zip(escapes.iter().cycle()) {
        if *is_escaped || char < ' ' || char == '"' || char == '\\' {
            let units = char.encode_utf16(&mut [0; 2]).to_vec();
            json.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            json.push(char);
        }
    }
    json
}

fn changed_byte() -> impl Strategy<Value = u8> {
    prop_oneof![
        any::<u8>(),
        prop::sample::select(&b"\"\\{}[]:, \n\t0123456789-.eEu\x00\x1f\x7fnabv"[..]),
    ]
}

type IsValid = fn(&Value) -> bool;

/// The claims that have a meaning in version 2, and the values that each may have.
const KNOWN: &[(&str, IsValid)] = &[
    ("sub", |it| it.is_string()),
    ("sid", |it| it.is_string()),
    ("exp", is_timestamp),
    ("iat", |it| it.is_null() || is_timestamp(it)),
    ("nbf", |it| it.is_null() || is_timestamp(it)),
    ("iss", is_string),
    ("azp", is_string),
    ("jti", is_string),
    ("sts", is_string),
    ("fea", is_string),
    ("pla", is_string),
    ("v", |it| it.is_null() || it.is_u64()),
    ("fva", |_| true),
];

fn is_string(value: &Value) -> bool {
    value.is_null() || value.is_string()
}

fn is_timestamp(value: &Value) -> bool {
    value
        .as_i64()
        .is_some_and(|seconds| seconds.checked_mul(1000).is_some())
}

/// Returns the claims as `serde_json` reads them, if there are no duplicate members and all have the right type.
fn expected(claims: &[u8]) -> Option<Map<String, Value>> {
    let Unique(claims) = serde_json::from_slice(claims).ok()?;
    let is_valid = |(name, is_valid): &(&str, IsValid)| claims.get(*name).is_none_or(is_valid);
    let has_required = ["sub", "sid", "exp"]
        .iter()
        .all(|name| claims.contains_key(*name));
    // These would have to be an organization, an actor or an audience.
    let is_simple = ["o", "act", "aud"]
        .iter()
        .all(|name| !claims.contains_key(*name));
    (KNOWN.iter().all(is_valid) && has_required && is_simple).then_some(claims)
}

/// An object without duplicate members.
struct Unique(Map<String, Value>);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct UniqueVisitor;

        impl<'de> Visitor<'de> for UniqueVisitor {
            type Value = Unique;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
                let mut claims = Map::new();
                while let Some((name, value)) = map.next_entry()? {
                    if claims.insert(name, value).is_some() {
                        return Err(serde::de::Error::custom("repeated"));
                    }
                }
                Ok(Unique(claims))
            }
        }

        deserializer.deserialize_map(UniqueVisitor)
    }
}
