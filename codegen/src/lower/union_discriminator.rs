//! Determines from the document how to distinguish the members of a union.

use std::collections::BTreeMap;

use crate::model::{Discriminator, DiscriminatorHint, UnionMember};

/// A member of a union, before its discriminators are known.
pub(super) struct Candidate {
    pub(super) variant: String,
    pub(super) ty: String,
    /// Properties with one possible value, such as `object` or `kty`.
    pub(super) constants: BTreeMap<String, String>,
    /// The strings that a required property can have. A `*` at the end stands for any string.
    pub(super) strings: BTreeMap<String, Vec<String>>,
    /// The names of all properties.
    pub(super) properties: Vec<String>,
}

/// Finds the discriminators of each member. Members with the most discriminators come first. If two members cannot be
/// distinguished, returns the types of both as the error.
///
/// Constants are preferred. If members share their constants, properties that only one of them has
/// decide: a private key has a `d`, a public one does not. One such property is sufficient, so that
/// an object that lacks another is still recognized.
pub(super) fn discriminate(
    candidates: Vec<Candidate>,
    discriminator_property: Option<&str>,
) -> Result<Vec<UnionMember>, [String; 2]> {
    let mut members: Vec<UnionMember> = candidates
        .iter()
        .map(|candidate| UnionMember {
            variant: candidate.variant.clone(),
            ty: candidate.ty.clone(),
            docs: None,
            discriminators: discriminators(candidate, &candidates, discriminator_property),
            hint: discriminator_property.and_then(|it| hint(candidate, &candidates, it)),
        })
        .collect();
    for (index, member) in members.iter().enumerate() {
        let duplicate = members[..index]
            .iter()
            .position(|other| other.discriminators == member.discriminators);
        if member.discriminators.is_empty() || duplicate.is_some() {
            let other = duplicate.unwrap_or_else(|| most_similar(index, &candidates));
            let pair = [other.min(index), other.max(index)];
            return Err(pair.map(|it| members[it].ty.clone()));
        }
    }
    members.sort_by_key(|member| std::cmp::Reverse(member.discriminators.len()));
    Ok(members)
}

/// Returns the index of the other candidate that has most of a candidate's properties.
fn most_similar(index: usize, candidates: &[Candidate]) -> usize {
    let properties = &candidates[index].properties;
    let shared = |other: &usize| {
        let other = &candidates[*other].properties;
        properties.iter().filter(|it| other.contains(it)).count()
    };
    let others = (0..candidates.len()).filter(|other| *other != index);
    others.max_by_key(shared).unwrap_or(index)
}

fn discriminators(
    candidate: &Candidate,
    all: &[Candidate],
    discriminator_property: Option<&str>,
) -> Vec<Discriminator> {
    if let Some(property) = discriminator_property
        && let Some(value) = candidate.constants.get(property)
    {
        return vec![Discriminator::Constant(property.to_owned(), value.clone())];
    }
    let others = || {
        all.iter()
            .filter(|other| other.variant != candidate.variant)
    };
    let distinguishing: Vec<(&String, &String)> = candidate
        .constants
        .iter()
        .filter(|(name, value)| others().any(|other| other.constants.get(*name) != Some(value)))
        .collect();
    // The members that have the same values of these constants.
    let ambiguous: Vec<&Candidate> = others()
        .filter(|other| {
            distinguishing
                .iter()
                .all(|(name, value)| other.constants.get(*name) == Some(value))
        })
        .collect();
    let own_properties: Vec<String> = candidate
        .properties
        .iter()
        .filter(|name| !ambiguous.iter().any(|it| it.properties.contains(name)))
        .cloned()
        .collect();
    let mut discriminators: Vec<Discriminator> = distinguishing
        .into_iter()
        .map(|(name, value)| Discriminator::Constant(name.clone(), value.clone()))
        .collect();
    if !own_properties.is_empty() && !ambiguous.is_empty() {
        discriminators.push(Discriminator::AnyOf(own_properties));
    }
    discriminators
}

/// Finds a property other than the discriminator whose value identifies `candidate`, so that an object
/// without a discriminator is recognized: the strategy of a verification, for example.
fn hint(
    candidate: &Candidate,
    all: &[Candidate],
    discriminator: &str,
) -> Option<DiscriminatorHint> {
    let is_own = |property: &str, values: &[String]| {
        let mut others = all.iter().filter(|it| it.variant != candidate.variant);
        others.all(|other| {
            let strings = other.strings.get(property);
            strings.is_some_and(|strings| !overlap(strings, values))
        })
    };
    let own = candidate
        .strings
        .iter()
        .filter(|(name, values)| *name != discriminator && is_own(name, values));
    // The fewer values, the more specific: a union with one member has no others to compare with.
    let (property, values) = own.min_by_key(|(_, values)| values.len())?;
    Some(DiscriminatorHint {
        property: property.clone(),
        values: values.clone(),
    })
}

/// Returns whether one string matches values of both lists.
fn overlap(one: &[String], other: &[String]) -> bool {
    let matches = |pattern: &str, value: &str| match pattern.strip_suffix('*') {
        Some(prefix) => value.starts_with(prefix),
        None => value == pattern,
    };
    let mut pairs = one
        .iter()
        .flat_map(|one| other.iter().map(move |it| (one, it)));
    pairs.any(|(one, other)| matches(one, other) || matches(other, one))
}
