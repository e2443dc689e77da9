//! How the shapes of a union are told apart, found from the document alone.

use std::collections::BTreeMap;

use crate::model::Member;

/// One shape, as far as telling it from the others goes.
pub(crate) struct Candidate {
    pub(crate) variant: String,
    pub(crate) ty: String,
    /// Members with one possible text: `object`, `kty`.
    pub(crate) constants: BTreeMap<String, String>,
    pub(crate) required: Vec<String>,
}

/// Gives each shape its tests, the most demanding first; `None` where two cannot be told apart.
///
/// A constant text is the better test. Where shapes share theirs, what only some of them require
/// decides: a private key has a `d`, a public one has not.
pub(crate) fn tests(
    candidates: Vec<Candidate>,
    discriminator: Option<&str>,
) -> Option<Vec<Member>> {
    let mut members: Vec<Member> = candidates
        .iter()
        .map(|candidate| Member {
            variant: candidate.variant.clone(),
            ty: candidate.ty.clone(),
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
) -> Vec<(String, Option<String>)> {
    if let Some(text) = discriminator.and_then(|name| Some((name, candidate.constants.get(name)?)))
    {
        return vec![(text.0.to_owned(), Some(text.1.clone()))];
    }
    let others = || {
        all.iter()
            .filter(|other| other.variant != candidate.variant)
    };
    let telling = |name: &String, text: &String| {
        others().any(|other| other.constants.get(name) != Some(text))
    };
    let mut tests: Vec<(String, Option<String>)> = candidate
        .constants
        .iter()
        .filter(|(name, text)| telling(name, text))
        .map(|(name, text)| (name.clone(), Some(text.clone())))
        .collect();
    // Shapes that the constants leave open.
    let open: Vec<&Candidate> = others()
        .filter(|other| {
            tests
                .iter()
                .all(|(name, text)| other.constants.get(name) == text.as_ref())
        })
        .collect();
    let extra = candidate
        .required
        .iter()
        .find(|name| open.iter().any(|other| !other.required.contains(name)));
    if let Some(name) = extra
        && !open.is_empty()
    {
        tests.push((name.clone(), None));
    }
    tests
}
