//! Merges the types of several documents: a type that two documents describe is one type, as lenient as the more lenient
//! description.

use std::collections::BTreeMap;

use crate::model::{Field, Namespace, Object, Role, Shape, SharedType, Type, TypeDef, UnionMember};
use crate::names::{NameKey, Names};
use crate::problem::Problem;

/// Types by namespace and name.
pub(super) type Types = BTreeMap<(Namespace, String), TypeDef>;

/// The entry of `names.toml` that names each of the types.
pub(super) type TypeKeys = BTreeMap<(Namespace, String), NameKey>;

/// The types of the documents so far.
#[derive(Default)]
pub(super) struct MergedTypes {
    types: Types,
    keys: TypeKeys,
    /// The types that several documents describe, and whether they describe them differently.
    shared: BTreeMap<String, bool>,
}

impl MergedTypes {
    /// Adds the types of one more document.
    pub(super) fn add(
        &mut self,
        types: Types,
        mut keys: TypeKeys,
        names: &mut Names,
        problems: &mut Vec<Problem>,
    ) {
        for (key, ty) in types {
            let name_key = keys.remove(&key);
            let Some(known) = self.types.get_mut(&key) else {
                self.keys.extend(name_key.map(|it| (key.clone(), it)));
                self.types.insert(key, ty);
                continue;
            };
            let differs = known.shape.without_prose() != ty.shape.without_prose();
            *self.shared.entry(ty.name.clone()).or_default() |= differs;
            if differs && let Err(reason) = merge_shapes(&mut known.shape, &ty.shape) {
                let message = format!(
                    "`{}` cannot be the same type as in {}: {reason}; correct one of the documents with an overlay, or \
                     give the types different names in names.toml",
                    ty.name, known.file
                );
                match (name_key, self.keys.get(&key)) {
                    // Both documents have the component, so it cannot have two names.
                    (Some(new), Some(known)) if new != *known => {
                        names.clash(new, known.clone(), message);
                    }
                    _ => problems.push(Problem::new(&ty.file, &ty.pointer, message)),
                }
            }
            known.docs = known.docs.take().or(ty.docs);
            for (value, docs) in ty.value_docs {
                known.value_docs.entry(value).or_insert(docs);
            }
            known.deprecated &= ty.deprecated;
        }
    }

    /// Reports types of different modules with the same name, as all are in the module `types`.
    pub(super) fn check_names(&self, names: &mut Names) {
        let mut keys: BTreeMap<&str, &NameKey> = BTreeMap::new();
        for ((namespace, name), key) in &self.keys {
            if let Namespace::Types(_) = namespace
                && let Some(other) = keys.insert(name, key)
            {
                let message = format!(
                    "`{name}` is also the name of `{other}`, in another module: rename one of them"
                );
                names.clash(key.clone(), other.clone(), message);
            }
        }
    }

    pub(super) fn into_types(self) -> (Vec<TypeDef>, Vec<SharedType>) {
        let shared = self.shared.into_iter();
        let shared = shared.map(|(name, differs)| SharedType { name, differs });
        (self.types.into_values().collect(), shared.collect())
    }
}

fn merge_shapes(known: &mut Shape, other: &Shape) -> Result<(), String> {
    match (known, other) {
        (Shape::Object(known), Shape::Object(other)) => merge_objects(known, other),
        (Shape::Strings(known), Shape::Strings(other)) => {
            known.extend(other.iter().cloned());
            known.sort();
            known.dedup();
            Ok(())
        }
        (Shape::Union(known), Shape::Union(other)) => merge_unions(known, other),
        _ => Err("one is an object, the other an enum or a union".to_owned()),
    }
}

fn merge_objects(known: &mut Object, other: &Object) -> Result<(), String> {
    if known.role != other.role || known.role != Role::Response {
        return Err("only types of responses can be shared".to_owned());
    }
    for field in &mut known.fields {
        match other.fields.iter().find(|it| it.wire == field.wire) {
            Some(other) => merge_fields(field, other),
            None => field.required = false,
        }
    }
    for field in &other.fields {
        if known.fields.iter().all(|it| it.wire != field.wire) {
            known.fields.push(Field {
                required: false,
                ..field.clone()
            });
        }
    }
    known.fields.sort_by(|one, other| one.wire.cmp(&other.wire));
    Ok(())
}

fn merge_fields(known: &mut Field, other: &Field) {
    known.ty = common_type(&known.ty, &other.ty);
    known.required &= other.required;
    known.nullable |= other.nullable;
    known.may_be_missing |= other.may_be_missing;
    known.secret |= other.secret;
    known.deprecated &= other.deprecated;
    if known.constant != other.constant {
        known.constant = None;
    }
    known.docs = known.docs.take().or_else(|| other.docs.clone());
}

/// Returns the type that has the values of both. If nothing else has, it is any JSON: one document can be ahead of the
/// other, which must not keep either from being adopted.
fn common_type(one: &Type, other: &Type) -> Type {
    match (one, other) {
        (one, other) if one == other => one.clone(),
        (Type::Integer, Type::Number) | (Type::Number, Type::Integer) => Type::Number,
        (Type::Array(one), Type::Array(other)) => Type::Array(Box::new(common_type(one, other))),
        (Type::Map(one), Type::Map(other)) => Type::Map(Box::new(common_type(one, other))),
        _ => Type::Json,
    }
}

fn merge_unions(known: &mut Vec<UnionMember>, other: &[UnionMember]) -> Result<(), String> {
    for member in other {
        match known.iter().find(|it| it.ty == member.ty) {
            Some(same) if same.discriminators == member.discriminators => {}
            Some(_) => return Err(format!("they tell `{}` in different ways", member.ty)),
            None => known.push(member.clone()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::common_type;
    use crate::model::Type;

    #[test]
    fn the_common_type_is_the_more_lenient_one() {
        let array = |ty| Type::Array(Box::new(ty));
        for (one, other, common) in [
            (Type::Integer, Type::Number, Type::Number),
            (
                array(Type::Number),
                array(Type::Integer),
                array(Type::Number),
            ),
            (Type::String, Type::Json, Type::Json),
            (Type::String, Type::Integer, Type::Json),
            (
                array(Type::Timestamp),
                array(Type::DateTime),
                array(Type::Json),
            ),
        ] {
            assert_eq!(common_type(&one, &other), common);
            assert_eq!(common_type(&other, &one), common);
        }
    }
}
