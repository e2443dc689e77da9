//! Unions (`oneOf`): their members, and the name of the variant for each.

use std::collections::BTreeMap;

use openapiv3::SchemaKind;

use super::context::LoweringContext;
use super::schema_form::{ObjectForm, SchemaForm, SchemaRef};
use super::schema_location::SchemaLocation;
use super::union_discriminator::{Candidate, discriminate};
use crate::model::{Role, Shape, Type, TypeDef};
use crate::names::{pascal_case, type_ident};

impl LoweringContext<'_> {
    /// Returns the type of a union, whose members must be objects.
    pub(super) fn union_type(
        &mut self,
        schema: &SchemaRef,
        members: &[SchemaRef],
        location: &SchemaLocation,
    ) -> Type {
        if location.role != Role::Response {
            let message = "a union in a request is not supported: choose one of its members with an overlay, or extend the generator";
            self.problem(&location.pointer, message);
            return Type::Json;
        }
        let mut candidates = Vec::new();
        for (index, member) in members.iter().enumerate() {
            let location = location.child(
                &format!("oneOf/{index}"),
                &index.to_string(),
                &index.to_string(),
            );
            let (Type::Named(_, name), Some(object)) = (
                self.schema_type(member, &location),
                self.merged_object(member, &location.pointer),
            ) else {
                let message = "a union is supported only if each member is an object with properties: describe it differently in an overlay";
                self.problem(&location.pointer, message);
                return Type::Json;
            };
            candidates.push(candidate(name, &object.form));
        }
        let union_name = self
            .names
            .type_name(&location.key, &location.pointer, || {
                location.default_name.clone()
            })
            .name;
        for candidate in &mut candidates {
            candidate.variant = member_variant(&union_name, &candidate.ty);
        }
        self.check_variants(&candidates, location);
        let members = match discriminate(candidates, discriminator_property(schema)) {
            Ok(members) => members,
            Err([one, other]) => {
                let message = format!(
                    "the members `{one}` and `{other}` of this union cannot be distinguished: add a constant or a unique property to one of them with an overlay"
                );
                self.problem(&location.pointer, message);
                return Type::Json;
            }
        };
        let annotations = self.annotations(schema);
        self.define_type(location, Shape::Union(members), annotations)
    }

    /// Reports members whose types are different but have the same name as a variant.
    fn check_variants(&mut self, candidates: &[Candidate], location: &SchemaLocation) {
        for (index, candidate) in candidates.iter().enumerate() {
            let mut previous = candidates[..index].iter();
            let other =
                previous.find(|it| it.variant == candidate.variant && it.ty != candidate.ty);
            if let Some(other) = other {
                let message = format!(
                    "the members `{}` and `{}` of this union are both named `{}`: rename one of the types in names.toml",
                    other.ty, candidate.ty, candidate.variant
                );
                self.problem(&location.pointer, message);
            }
        }
    }
}

fn candidate(name: String, object: &ObjectForm) -> Candidate {
    let properties = object.properties.iter();
    let constants = properties.filter_map(|(property, schema)| match SchemaForm::of(schema) {
        SchemaForm::String { values, .. } if values.len() == 1 => {
            Some((property.clone(), values[0].to_owned()))
        }
        _ => None,
    });
    let required = object.properties.iter();
    let required = required.filter(|(name, _)| object.required.contains(name));
    let strings = required.filter_map(|(name, schema)| Some((name.clone(), strings_of(schema)?)));
    Candidate {
        variant: name.clone(),
        ty: name,
        constants: constants.collect(),
        strings: strings.collect(),
        properties: object.properties.iter().map(|it| it.0.clone()).collect(),
    }
}

/// Returns the values of an enum, or the prefix that the pattern of a string requires, followed by `*`.
fn strings_of(schema: &SchemaRef) -> Option<Vec<String>> {
    let SchemaKind::Type(openapiv3::Type::String(string)) = &schema.as_item()?.schema_kind else {
        return None;
    };
    if let Some(pattern) = &string.pattern {
        return Some(vec![format!("{}*", required_prefix(pattern)?)]);
    }
    let mut values: Vec<String> = string.enumeration.iter().flatten().cloned().collect();
    values.sort();
    (!values.is_empty()).then_some(values)
}

/// Returns the literal start of the strings that match a pattern such as `^oauth_[a-z]+$`.
fn required_prefix(pattern: &str) -> Option<&str> {
    let pattern = pattern.strip_prefix('^')?;
    let is_literal = |it: char| it.is_ascii_alphanumeric() || it == '_';
    let end = pattern.find(|it| !is_literal(it)).unwrap_or(pattern.len());
    let (literal, rest) = pattern.split_at(end);
    let is_last_optional = rest.starts_with(['?', '*', '{']);
    let prefix = &literal[..end - usize::from(is_last_optional && end > 0)];
    (!prefix.is_empty() && !has_alternatives(rest)).then_some(prefix)
}

/// Returns whether a pattern has alternatives outside of groups.
fn has_alternatives(pattern: &str) -> bool {
    let mut depth = 0;
    pattern.chars().any(|it| {
        depth += i32::from(it == '(') - i32::from(it == ')');
        it == '|' && depth == 0
    })
}

/// Returns the property that a schema declares as its discriminator.
pub(super) fn discriminator_property(schema: &SchemaRef) -> Option<&str> {
    let discriminator = schema.as_item()?.schema_data.discriminator.as_ref()?;
    Some(&discriminator.property_name)
}

/// Documents each member of a union with the first paragraph of its type's documentation.
pub(super) fn document_members(types: &mut [TypeDef]) {
    let paragraphs = types.iter().filter_map(|ty| {
        let first = ty.docs.as_deref()?.trim().split("\n\n").next()?;
        Some((ty.name.clone(), first.to_owned()))
    });
    let paragraphs: BTreeMap<String, String> = paragraphs.collect();
    for ty in types {
        if let Shape::Union(members) = &mut ty.shape {
            for member in members {
                member.docs = paragraphs.get(&member.ty).cloned();
            }
        }
    }
}

/// Returns the name of a member's variant: in `EmailAddressVerification`, `VerificationOtp` is
/// `Otp`.
fn member_variant(union: &str, member: &str) -> String {
    let snake_case = |name: &str| heck::ToSnakeCase::to_snake_case(name);
    let (union, member) = (snake_case(union), snake_case(member));
    let (union, words): (Vec<&str>, Vec<&str>) =
        (union.split('_').collect(), member.split('_').collect());
    let shared = (1..words.len())
        .rev()
        .find(|count| union.ends_with(&words[..*count]));
    type_ident(&pascal_case(&words[shared.unwrap_or(0)..].join("_")))
}

#[cfg(test)]
mod tests {
    use super::required_prefix;

    #[test]
    fn the_prefix_is_what_every_matching_string_starts_with() {
        for (pattern, prefix) in [
            ("^oauth_(?:(?:token_)|(?:custom_))?[a-z]+$", Some("oauth_")),
            ("^oauth_[a-z]+$", Some("oauth_")),
            ("^mt_?[a-z]*$", Some("mt")),
            ("^a*b$", None),
            ("^saml$", Some("saml")),
            ("^a(b|c)|d$", None),
            ("oauth_", None),
            ("^[a-z]+$", None),
        ] {
            assert_eq!(required_prefix(pattern), prefix, "{pattern}");
        }
    }
}
