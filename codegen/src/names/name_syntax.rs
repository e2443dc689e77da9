//! The syntax of an entry in `names.toml`: `user::create(email_address)` or `user::User`.

use std::fmt;

use super::rust_spelling::is_identifier;

/// The name of an operation: `user::create(email_address)`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct OperationName {
    pub(crate) module: String,
    pub(crate) function: String,
    /// The arguments of the `new` function of the params struct, by wire name.
    pub(crate) arguments: Vec<String>,
}

/// The name of a type, and the module that it belongs to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct TypeName {
    pub(crate) module: String,
    pub(crate) name: String,
}

impl fmt::Display for OperationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.module, self.function)?;
        match &*self.arguments {
            [] => Ok(()),
            arguments => write!(f, "({})", arguments.join(", ")),
        }
    }
}

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.module, self.name)
    }
}

pub(super) fn parse_operation_name(entry: &str) -> Option<OperationName> {
    let (name, arguments) = match entry.split_once('(') {
        Some((name, rest)) => (name, rest.strip_suffix(')')?),
        None => (entry, ""),
    };
    let (module, function) = name.split_once("::")?;
    let arguments = arguments.split(',').map(str::trim);
    let name = OperationName {
        module: module.to_owned(),
        function: function.to_owned(),
        arguments: arguments
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect(),
    };
    (is_snake_case_ident(module) && is_snake_case_ident(function)).then_some(name)
}

pub(super) fn parse_type_name(entry: &str) -> Option<TypeName> {
    let (module, name) = entry.split_once("::")?;
    (is_snake_case_ident(module) && is_pascal_case_ident(name)).then(|| TypeName {
        module: module.to_owned(),
        name: name.to_owned(),
    })
}

pub(super) fn is_pascal_case_ident(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|it| it.is_ascii_alphanumeric())
}

pub(super) fn is_snake_case_ident(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
        && is_identifier(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_name_a_function_with_its_arguments_or_a_type() {
        let name = parse_operation_name("user::create(email, name)").expect("the name is valid");
        assert_eq!((&*name.module, &*name.function), ("user", "create"));
        assert_eq!(name.arguments, ["email", "name"]);
        for entry in [
            "user",
            "user::Create",
            "User::create",
            "user::create(",
            "user::fn",
            "a::b::c",
        ] {
            assert_eq!(parse_operation_name(entry), None, "{entry}");
        }
        for entry in ["User", "user::user", "user::A-B", "User::User"] {
            assert_eq!(parse_type_name(entry), None, "{entry}");
        }
    }
}
