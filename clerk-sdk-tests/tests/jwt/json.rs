//! Claims are read as `serde_json` would read them, but for what comes twice.

use clerk_sdk::jwt::{Claims, decode};
use clerk_sdk_tests::Signer;
use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

/// Claims that one change of a byte makes odd in many ways.
const CLAIMS: &str = concat!(
    r#"{"sub":"user_1","sid":"sess_\u00e91","v":2,"exp":1800000050,"iat":1.5e3,"nbf":-7 ,"#,
    r#""iss":"https:\/\/clerk.example.com","azp":null,"fva":[3,-1], "#,
    r#""a":{"b":[1,{"c":"\"\\}"}],"b":true},"":-0.0,"d":"\ud83d\ude00 ✓","pla":"o:pro"}"#,
);

#[test]
fn odd_blanks_numbers_and_escapes_are_read() {
    let claims = CLAIMS.replace("1.5e3", "1500");
    let blank = claims
        .replace("\":", "\"\r\n\t : \n")
        .replace(",\"", " ,\t\"");
    let read = read(format!("\n {blank} ").as_bytes()).expect("it is JSON");
    assert_eq!(read, self::read(claims.as_bytes()).expect("it is JSON"));
    assert_eq!(read.session_id(), "sess_é1");
    assert_eq!(read.issuer(), Some("https://clerk.example.com"));
    assert_eq!(read.not_before().map(|at| at.as_millis()), Some(-7000));
    assert_eq!(read.factor_ages(), Some([3, -1]));
    assert_eq!(read.custom()["d"], "😀 ✓");
    assert_eq!(read.custom()["a"]["b"], true);
}

#[test]
fn whole_numbers_are_read_up_to_the_widest() {
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
fn a_version_may_be_any_number_that_is_not_negative() {
    for version in [1, 3, u64::MAX] {
        let claims = CLAIMS
            .replace("1.5e3", "1")
            .replace(r#""v":2"#, &format!(r#""v":{version}"#));
        let read = read(claims.as_bytes()).expect("it is JSON");
        assert_eq!(read.version(), version);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn texts_come_as_they_were_written(
        name in written("[a-z\\PC]{1,20}"), subject in written("\\PC{0,40}"), custom in written("(?s).{0,40}"),
    ) {
        let id = written_with("sid", &[true, false, true]);
        let claims = format!(
            r#"{{ "sub" : "{}", "{id}":"sess_1","exp":1,"x {}":"{}"}}"#, subject.1, name.1, custom.1,
        );
        let claims = read(claims.as_bytes()).expect("it is JSON");
        prop_assert_eq!(claims.subject(), subject.0);
        prop_assert_eq!(claims.session_id(), "sess_1");
        prop_assert_eq!(claims.custom()[&format!("x {}", name.0)].as_str(), Some(&*custom.0));
    }

    #[test]
    fn changed_json_is_read_as_a_json_library_reads_it(
        changes in prop::collection::vec((0..CLAIMS.len(), changed_byte(), 0..3), 0..3),
    ) {
        let mut claims = CLAIMS.replace("1.5e3", "15").into_bytes();
        for (place, byte, way) in changes {
            let place = place % claims.len();
            match way {
                0 => claims[place] = byte,
                1 => claims.insert(place, byte),
                _ => drop(claims.remove(place)),
            }
        }
        let (expected, read) = (expected(&claims), read(&claims));
        let shown = String::from_utf8_lossy(&claims);
        prop_assert_eq!(read.is_some(), expected.is_some(), "{}", shown);
        if let (Some(read), Some(expected)) = (read, expected) {
            let text = |name: &str| expected.get(name).and_then(Value::as_str);
            prop_assert_eq!(Some(read.subject()), text("sub"));
            prop_assert_eq!(Some(read.session_id()), text("sid"));
            prop_assert_eq!(read.issuer(), text("iss"));
            prop_assert_eq!(read.authorized_party(), text("azp"));
            for (name, value) in read.custom() {
                prop_assert_eq!(Some(value), expected.get(name), "{}", shown);
            }
            let known = KNOWN.iter().filter(|(name, _)| expected.contains_key(*name)).count();
            prop_assert_eq!(known + read.custom().len(), expected.len(), "{}", shown);
        }
    }
}

fn read(claims: &[u8]) -> Option<Claims> {
    let signer = Signer::instance();
    decode(&signer.sign_bytes(signer.header().to_string().as_bytes(), claims)).ok()
}

/// A text, and how it may be written.
fn written(pattern: &'static str) -> impl Strategy<Value = (String, String)> {
    let escapes = prop::collection::vec(any::<bool>(), 1..8);
    (pattern, escapes).prop_map(|(text, escapes)| {
        let written = written_with(&text, &escapes);
        (text, written)
    })
}

fn written_with(text: &str, escapes: &[bool]) -> String {
    let mut written = String::new();
    for (char, is_escaped) in text.chars().zip(escapes.iter().cycle()) {
        if *is_escaped || char < ' ' || char == '"' || char == '\\' {
            let units = char.encode_utf16(&mut [0; 2]).to_vec();
            written.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            written.push(char);
        }
    }
    written
}

fn changed_byte() -> impl Strategy<Value = u8> {
    prop_oneof![
        any::<u8>(),
        prop::sample::select(&b"\"\\{}[]:, \n\t0123456789-.eEu\x00\x1f\x7fnabv"[..]),
    ]
}

type IsFit = fn(&Value) -> bool;

/// The claims that mean something in version 2, and what each may be.
const KNOWN: &[(&str, IsFit)] = &[
    ("sub", |it| it.is_string()),
    ("sid", |it| it.is_string()),
    ("exp", is_instant),
    ("iat", |it| it.is_null() || is_instant(it)),
    ("nbf", |it| it.is_null() || is_instant(it)),
    ("iss", is_text),
    ("azp", is_text),
    ("jti", is_text),
    ("sts", is_text),
    ("fea", is_text),
    ("pla", is_text),
    ("v", |it| it.is_null() || it.is_u64()),
    ("fva", |_| true),
];

fn is_text(value: &Value) -> bool {
    value.is_null() || value.is_string()
}

fn is_instant(value: &Value) -> bool {
    value
        .as_i64()
        .is_some_and(|seconds| seconds.checked_mul(1000).is_some())
}

/// The claims as `serde_json` reads them, if nothing comes twice and all are of their types.
fn expected(claims: &[u8]) -> Option<Map<String, Value>> {
    let Unique(claims) = serde_json::from_slice(claims).ok()?;
    let fits = |(name, is_fit): &(&str, IsFit)| claims.get(*name).is_none_or(is_fit);
    let is_whole = ["sub", "sid", "exp"]
        .iter()
        .all(|name| claims.contains_key(*name));
    // These would be read as an organization, an actor, an audience.
    let is_simple = ["o", "act", "aud"]
        .iter()
        .all(|name| !claims.contains_key(*name));
    (KNOWN.iter().all(fits) && is_whole && is_simple).then_some(claims)
}

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
                        return Err(serde::de::Error::custom("twice"));
                    }
                }
                Ok(Unique(claims))
            }
        }

        deserializer.deserialize_map(UniqueVisitor)
    }
}
