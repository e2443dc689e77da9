//! What a user expects of each payload, checked on the typed value.

mod accounts;
mod billing;
mod errors;
mod organizations;
mod sessions;
mod settings;
mod tokens;
mod users;

use std::collections::BTreeSet;

use crate::corpus::{Payload, corpus};

/// The name of a payload, and the check of its value.
type Expectation = (&'static str, fn(&Payload));

const EXPECTATIONS: [&[Expectation]; 8] = [
    accounts::EXPECTATIONS,
    billing::EXPECTATIONS,
    errors::EXPECTATIONS,
    organizations::EXPECTATIONS,
    sessions::EXPECTATIONS,
    settings::EXPECTATIONS,
    tokens::EXPECTATIONS,
    users::EXPECTATIONS,
];

#[test]
fn every_payload_has_what_is_expected_of_it() {
    let payloads = corpus();
    let expectations = EXPECTATIONS.into_iter().flatten();
    let checked: BTreeSet<&str> = expectations.clone().map(|(name, _)| *name).collect();
    let all: BTreeSet<&str> = payloads.iter().map(|it| &*it.name).collect();
    assert_eq!(checked, all);
    for (name, check) in expectations {
        let payload = payloads.iter().find(|it| it.name == *name);
        check(payload.expect("the names are the same"));
    }
}
