//! Rust's spelling of wire names: fields, types and the variants of enums.

use heck::{ToSnakeCase, ToUpperCamelCase};

/// Spells a wire name as a Rust identifier in snake case. The result is only `_`, which is not an identifier, if the
/// wire name has neither letters nor digits.
pub(crate) fn snake_case_ident(wire: &str) -> String {
    let snake = wire.to_snake_case();
    if is_identifier(&snake) {
        snake
    } else if is_identifier(&format!("{snake}_")) {
        format!("{snake}_")
    } else {
        format!("_{snake}")
    }
}

/// Returns whether `name` is an identifier of Rust and no keyword.
pub(crate) fn is_identifier(name: &str) -> bool {
    // A keyword since the edition of 2024, which the parser accepts because it does not know the edition.
    name != "gen" && syn::parse_str::<syn::Ident>(name).is_ok()
}

/// Returns the name with an underscore if it is `Self`, the only keyword in the case of types and variants.
pub(crate) fn type_ident(name: &str) -> String {
    match name {
        "Self" => "Self_".to_owned(),
        name => name.to_owned(),
    }
}

/// Spells a wire name in the case of Rust types and variants. `OAuth` keeps its customary spelling.
pub(crate) fn pascal_case(wire: &str) -> String {
    wire.to_upper_camel_case().replace("Oauth", "OAuth")
}

/// Spells an enum value as a variant: `Empty` for "", and `ExceptX` for "-x", by which the API
/// excludes "x". The result is no identifier if the value has neither letters nor digits.
pub(crate) fn variant_name(wire: &str) -> String {
    match (wire, wire.strip_prefix('-')) {
        ("", _) => "Empty".to_owned(),
        (_, Some(excluded)) => format!("Except{}", pascal_case(excluded)),
        _ if wire.starts_with(|first: char| first.is_ascii_digit()) => {
            format!("N{}", pascal_case(wire))
        }
        _ => type_ident(&pascal_case(wire)),
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
            ("gen", "gen_"),
            ("Self", "self_"),
            ("_", "_"),
            ("😀", "_"),
            ("", "_"),
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
            ("self", "Self_"),
            ("Self", "Self_"),
            ("+x", "X"),
            ("a😀b", "AB"),
            ("😀", ""),
        ] {
            assert_eq!(variant_name(wire), expected);
        }
    }
}
