//! Default names, for operations that `names.toml` does not name yet.

use heck::ToSnakeCase;

use super::name_syntax::{OperationName, is_snake_case_ident};
use super::reserved_names::allowed_function;

/// Derives the name of an operation from the vendor extensions, or else from its tag and id.
pub(crate) fn default_operation_name(
    id: &str,
    group: Option<&str>,
    method: Option<&str>,
    tag: Option<&str>,
    arguments: &[String],
) -> OperationName {
    let module = ident(&singular(
        &group.or(tag).unwrap_or("miscellaneous").to_snake_case(),
    ));
    let function = allowed_function(method.unwrap_or(id).to_snake_case(), &module);
    OperationName {
        module,
        function: ident(&function),
        arguments: arguments.to_vec(),
    }
}

/// Makes a name in snake case one that `names.toml` allows: a keyword, for example, is not.
fn ident(name: &str) -> String {
    if is_snake_case_ident(name) {
        return name.to_owned();
    }
    let is_allowed = |it: &char| it.is_ascii_alphanumeric() || *it == '_';
    let name: String = name.chars().filter(is_allowed).collect();
    format!("api_{name}")
}

/// Returns the singular of an English plural. Handles only the plurals that occur in resource names.
pub(crate) fn singular(plural: &str) -> String {
    if let Some(stem) = plural.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for ending in ["sses", "xes"] {
        if plural.ends_with(ending) {
            return plural[..plural.len() - 2].to_owned();
        }
    }
    match plural.strip_suffix('s') {
        Some(stem) if !stem.ends_with(['s', 'u']) => stem.to_owned(),
        _ => plural.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_singular() {
        for (plural, expected) in [
            ("users", "user"),
            ("jwt_templates", "jwt_template"),
            ("directories", "directory"),
            ("proxy_checks", "proxy_check"),
            ("email_addresses", "email_address"),
            ("jwks", "jwk"),
            ("status", "status"),
            ("access", "access"),
            ("boxes", "box"),
        ] {
            assert_eq!(singular(plural), expected);
        }
    }

    #[test]
    fn vendor_extensions_take_precedence() {
        let required = ["name".to_owned()];
        for (name, expected) in [
            (
                default_operation_name("GetX", Some("users"), Some("getX"), Some("Tag"), &required),
                "user::get_x(name)",
            ),
            (
                default_operation_name("createApiKey", None, None, Some("API Keys"), &[]),
                "api_key::create_api_key",
            ),
            (
                default_operation_name("ping", None, None, None, &[]),
                "miscellaneous::ping",
            ),
            (
                default_operation_name("2", Some("été"), None, None, &[]),
                "api_t::api_2_api_t",
            ),
        ] {
            assert_eq!(name.to_string(), expected);
        }
    }

    #[test]
    fn functions_whose_name_is_taken_are_named_after_the_resource_as_well() {
        for (method, expected) in [
            ("new", "session::new_session"),
            ("move", "session::move_session"),
        ] {
            let name = default_operation_name("id", Some("sessions"), Some(method), None, &[]);
            assert_eq!(name.to_string(), expected);
        }
    }
}
