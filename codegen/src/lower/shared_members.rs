//! The members that every variant of a union has, which are read without matching on the variant. The discriminator is
//! not one of them: the variant tells its value, and a response may lack it.

use std::collections::BTreeMap;

use crate::model::{
    Discriminator, Field, Namespace, Shape, SharedMember, Type, TypeDef, UnionMember,
};

/// The fields of each struct, by its name.
type StructFields<'t> = BTreeMap<&'t str, &'t [Field]>;

/// Finds the members of each union's objects that all of them have.
pub(super) fn find_shared_members(types: &mut [TypeDef]) {
    let shared: Vec<Vec<SharedMember>> = types
        .iter()
        .map(|ty| match &ty.shape {
            Shape::Union(members) => shared_members(types, &ty.namespace, members),
            _ => Vec::new(),
        })
        .collect();
    for (ty, shared) in types.iter_mut().zip(shared) {
        ty.shared_members = shared;
    }
}

fn shared_members(
    types: &[TypeDef],
    namespace: &Namespace,
    members: &[UnionMember],
) -> Vec<SharedMember> {
    let structs = struct_fields(types, namespace);
    let mut variants = members.iter().filter_map(|it| structs.get(&*it.ty));
    let Some(first) = variants.next() else {
        return Vec::new();
    };
    let others: Vec<&&[Field]> = variants.collect();
    let fields = first
        .iter()
        .filter(|field| !is_discriminator(field, members));
    let shared = fields.filter_map(|field| {
        let find = |fields: &&&'_ [Field]| fields.iter().position(|it| it.wire == field.wire);
        let mut fields = vec![field];
        for variant in &others {
            fields.push(&variant[find(variant)?]);
        }
        Some(SharedMember {
            wire: field.wire.clone(),
            ident: field.ident.clone(),
            ty: common_type(types, &fields)?,
            docs: common_docs(&fields),
        })
    });
    shared.collect()
}

/// Returns whether the value of a field alone tells the variant.
fn is_discriminator(field: &Field, members: &[UnionMember]) -> bool {
    members.iter().all(|member| match &*member.discriminators {
        [Discriminator::Constant(name, _)] => *name == field.wire,
        _ => false,
    })
}

/// Returns the structs that a union in `namespace` can consist of. The names of response types are unique.
fn struct_fields<'t>(types: &'t [TypeDef], namespace: &Namespace) -> StructFields<'t> {
    let is_shared = |it: &Namespace| matches!(it, Namespace::Types(_));
    let structs = types.iter().filter_map(|ty| match &ty.shape {
        Shape::Object(object)
            if ty.namespace == *namespace || is_shared(&ty.namespace) && is_shared(namespace) =>
        {
            Some((&*ty.name, &*object.fields))
        }
        _ => None,
    });
    structs.collect()
}

/// Returns the type that fields of different structs have in common: an enum and a string are both strings.
fn common_type(types: &[TypeDef], fields: &[&Field]) -> Option<Type> {
    let (first, rest) = fields.split_first()?;
    if rest.iter().all(|field| field.ty == first.ty) {
        return Some(first.ty.clone());
    }
    let is_string = |field: &&Field| field.ty == Type::String || is_enum(types, &field.ty);
    fields.iter().all(is_string).then_some(Type::String)
}

fn is_enum(types: &[TypeDef], ty: &Type) -> bool {
    let Type::Named(namespace, name) = ty else {
        return false;
    };
    let mut enums = types
        .iter()
        .filter(|it| matches!(it.shape, Shape::Strings(_)));
    enums.any(|it| it.namespace == *namespace && it.name == *name)
}

/// Returns the documentation of fields, unless it differs.
fn common_docs(fields: &[&Field]) -> Option<String> {
    let mut docs = fields.iter().filter_map(|field| field.docs.as_deref());
    let first = docs.next()?;
    docs.all(|other| other == first).then(|| first.to_owned())
}
