//! Rust's spelling of wire names: fields, types and the variants of enums.

use heck::{ToSnakeCase, ToUpperCamelCase};

/// Spells a wire name as a Rust identifier in snake case.
pub(crate) fn snake_case_ident(wire: &str) -> String {
    let snake = wire.to_snake_case();
    if syn::parse_str::<syn::Ident>(&snake).is_ok() {
        snake
    } else if syn::parse_str::<syn::Ident>(&format!("{snake}_")).is_ok() {
        format!("{snake}_")
    } else {
        format!("_{snake}")
    }
}

/// Spells a wire name in the case of Rust types and variants. `OAuth` keeps its customary spelling.
pub(crate) fn pascal_case(wire: &str) -> String {
    wire.to_upper_camel_case().replace("Oauth", "OAuth")
}

/// Spells an enum value as a variant: `Empty` for "", and `ExceptX` for "-x", by which the API
/// excludes "x".
pub(crate) fn variant_name(wire: &str) -> String {
    match (wire, wire.strip_prefix('-')) {
        ("", _) => "Empty".to_owned(),
        (_, Some(excluded)) => format!("Except{}", pascal_case(excluded)),
        _ if wire.starts_with(|first: char| first.is_ascii_digit()) => {
            format!("N{}", pascal_case(wire))
        }
        _ => pascal_case(wire),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_names_become_identifiers() {
        for (wire, expected) in [
            ("created_at", "created_at"),
            ("apiKeyID", "api_key_id"),
            ("type", "type_"),
            ("self", "self_"),
            ("x5t#S256", "x5t_s256"),
            ("2fa", "_2fa"),
        ] {
            assert_eq!(snake_case_ident(wire), expected);
        }
    }

    #[test]
    fn enum_values_become_variants() {
        for (wire, expected) in [
            ("past_due", "PastDue"),
            ("", "Empty"),
            ("-enterprise_sso", "ExceptEnterpriseSso"),
            ("oauth_google", "OAuthGoogle"),
            ("2fa", "N2fa"),
            ("RS256", "Rs256"),
        ] {
            assert_eq!(variant_name(wire), expected);
        }
    }
}
