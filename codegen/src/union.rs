//! How the shapes of a union are told apart, found from the document alone.

use std::collections::BTreeMap;

use crate::model::{Member, Test};

/// One shape, as far as telling it from the others goes.
pub(crate) struct Candidate {
    pub(crate) variant: String,
    pub(crate) ty: String,
    /// Members with one possible text: `object`, `kty`.
    pub(crate) constants: BTreeMap<String, String>,
    /// Every member it can have.
    pub(crate) properties: Vec<String>,
}

/// Gives each shape its tests, the most demanding first; `None` where two cannot be told apart.
///
/// A constant text is the better test. Where shapes share theirs, members that only one of them has
/// decide: a private key has a `d`, a public one has not. One of them is enough, so that an object that
/// lacks another is still told by the rest.
pub(crate) fn tests(
    candidates: Vec<Candidate>,
    discriminator: Option<&str>,
) -> Option<Vec<Member>> {
    let mut members: Vec<Member> = candidates
        .iter()
        .map(|candidate| Member {
            variant: candidate.variant.clone(),
            ty: candidate.ty.clone(),
            docs: None,
            tests: candidate_tests(candidate, &candidates, discriminator),
        })
        .collect();
    for (index, member) in members.iter().enumerate() {
        let twin = members[..index]
            .iter()
            .any(|other| other.tests == member.tests);
        if member.tests.is_empty() || twin {
            return None;
        }
    }
    members.sort_by_key(|member| std::cmp::Reverse(member.tests.len()));
    Some(members)
}

fn candidate_tests(
    candidate: &Candidate,
    all: &[Candidate],
    discriminator: Option<&str>,
) -> Vec<Test> {
    if let Some(text) = discriminator.and_then(|name| Some((name, candidate.constants.get(name)?)))
    {
        return vec![Test::Text(text.0.to_owned(), text.1.clone())];
    }
    let others = || {
        all.iter()
            .filter(|other| other.variant != candidate.variant)
    };
    let telling: Vec<(&String, &String)> = candidate
        .constants
        .iter()
        .filter(|(name, text)| others().any(|other| other.constants.get(*name) != Some(text)))
        .collect();
    // Shapes that the constants leave open.
    let open: Vec<&Candidate> = others()
        .filter(|other| {
            telling
                .iter()
                .all(|(name, text)| other.constants.get(*name) == Some(text))
        })
        .collect();
    let own: Vec<String> = candidate
        .properties
        .iter()
        .filter(|name| !open.iter().any(|other| other.properties.contains(name)))
        .cloned()
        .collect();
    let mut tests: Vec<Test> = telling
        .into_iter()
        .map(|(name, text)| Test::Text(name.clone(), text.clone()))
        .collect();
    if !own.is_empty() && !open.is_empty() {
        tests.push(Test::AnyOf(own));
    }
    tests
}
