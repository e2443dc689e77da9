//! Every payload decodes as its type, and the decoded value has everything that was sent.

use clerk_sdk_tests::json_differences;

use crate::corpus::{Payload, corpus};

/// The members that the SDK drops from a payload.
const DROPPED: &[(&str, &[&str])] = &[
    // The reference page invents it, to show that others may follow.
    (
        "user_all_members_doc",
        &[r#"$.external_accounts[0].additionalProperty: "anything" is missing"#],
    ),
    // The type of the object: always the same.
    (
        "linked_to_with_object",
        &[r#"$.linked_to[0].object: "identification_link" is missing"#],
    ),
    // Clerk replaced it by `image_url`, which the body has too.
    (
        "event_membership_created_old",
        &[r#"$.organization.logo_url: "https://x.example/l.png" is missing"#],
    ),
];

/// The payloads with an unknown value: this one has no `status`, which decodes as the empty string.
const WITH_UNKNOWN_VALUE: &[&str] = &["actor_token"];

#[test]
fn every_payload_decodes_without_losing_a_member() {
    let payloads = corpus();
    assert!(payloads.len() > 35, "most of the payloads are missing");
    let problems: Vec<String> = payloads.iter().flat_map(decoding_problems).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_exception_names_a_payload() {
    let payloads = corpus();
    let dropped = DROPPED.iter().map(|(name, _)| name);
    for name in dropped.chain(WITH_UNKNOWN_VALUE) {
        assert!(payloads.iter().any(|it| it.name == *name), "{name}");
    }
}

fn decoding_problems(payload: &Payload) -> Vec<String> {
    let name = &payload.name;
    let decoded = match payload.decode(&payload.body) {
        Ok(decoded) => decoded,
        Err(error) => return vec![format!("{name}: {error}")],
    };
    let mut problems = Vec::new();
    let dropped = DROPPED.iter().find(|(it, _)| it == name);
    let dropped = dropped.map_or(&[][..], |(_, dropped)| dropped);
    let differences = json_differences(&payload.body, &decoded.json);
    if differences != dropped {
        problems.push(format!(
            "{name} differs in {differences:#?}, not in {dropped:#?}"
        ));
    }
    if decoded.has_unknown_value != WITH_UNKNOWN_VALUE.contains(&&**name) {
        problems.push(format!(
            "{name} has an unknown value, or no longer: {}",
            decoded.json
        ));
    }
    match payload.decode(&decoded.json) {
        Ok(again) if again == decoded => {}
        again => problems.push(format!("{name}, decoded again, is {again:?}")),
    }
    problems
}
