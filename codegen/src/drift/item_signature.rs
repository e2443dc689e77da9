//! The signatures of public items, as strings that differ if code that uses the item may break.

use crate::model::{Field, Namespace, Object, Operation, Role, SharedMember, Type};

/// Returns the path of a type, such as `types::User`.
pub(super) fn type_path(home: &Namespace, name: &str) -> String {
    match home {
        Namespace::Types(_) => format!("types::{name}"),
        Namespace::Module(module) => format!("{module}::{name}"),
    }
}

pub(super) fn function_signature(operation: &Operation) -> String {
    let path = operation.path_params.iter().map(|_| "&str".to_owned());
    let params = operation.input.params().map(|params| format!("&{params}"));
    let arguments: Vec<String> = path.chain(params).collect();
    let returns = type_signature(&operation.returns);
    format!("({}) -> {returns}", arguments.join(", "))
}

/// Returns the signature of the `new` function of a params struct.
pub(super) fn constructor_signature(object: &Object) -> String {
    let find = |wire: &String| object.fields.iter().find(|field| field.wire == *wire);
    let arguments = object.arguments.iter().filter_map(find);
    let arguments: Vec<String> = arguments
        .map(|field| format!("{}: {}", field.ident, field_signature(object.role, field)))
        .collect();
    format!("({})", arguments.join(", "))
}

pub(super) fn field_signature(role: Role, field: &Field) -> String {
    let ty = match field.is_sort_field {
        true => format!("OrderBy<{}>", type_signature(&field.ty)),
        false => type_signature(&field.ty),
    };
    match (role, field.required, field.nullable) {
        (Role::Response, true, false) if field.constant.is_some() => "Cow<str>".to_owned(),
        (_, true, false) => ty,
        (Role::Request, false, true) => format!("Nullable<{ty}>"),
        (Role::Query, false, _) if matches!(field.ty, Type::Array(_)) => ty,
        _ => format!("Option<{ty}>"),
    }
}

/// Returns the signature of the method of a union that reads a member of every variant.
pub(super) fn accessor_signature(member: &SharedMember) -> String {
    format!("() -> Option<{}>", type_signature(&member.ty))
}

fn type_signature(ty: &Type) -> String {
    match ty {
        Type::Unit => "()".to_owned(),
        Type::String => "String".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Integer => "i64".to_owned(),
        Type::Number => "f64".to_owned(),
        Type::Timestamp => "Timestamp".to_owned(),
        Type::DateTime => "DateTime".to_owned(),
        Type::File => "File".to_owned(),
        Type::Metadata => "Metadata".to_owned(),
        Type::Json => "Value".to_owned(),
        Type::JsonObject => "Map<String, Value>".to_owned(),
        Type::Named(home, name) => type_path(home, name),
        Type::Nullable(value) => format!("Option<{}>", type_signature(value)),
        Type::Array(items) => format!("Vec<{}>", type_signature(items)),
        Type::Map(values) => format!("BTreeMap<String, {}>", type_signature(values)),
        Type::List(items) => format!("List<{}>", type_signature(items)),
    }
}
