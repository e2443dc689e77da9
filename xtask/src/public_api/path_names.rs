//! Shortens the paths of foreign types, whose modules are often private and can differ between versions.

/// Replaces `core::option::Option` by `Option`, and `http::status::StatusCode` by `http::StatusCode`.
pub(super) fn shorten(line: &str) -> String {
    let is_path = |char: char| char.is_alphanumeric() || char == '_' || char == ':';
    let mut shortened = String::with_capacity(line.len());
    let mut rest = line;
    while !rest.is_empty() {
        let end = rest.find(|char| !is_path(char)).unwrap_or(rest.len());
        shortened.push_str(&shorten_path(&rest[..end]));
        let other = &rest[end..];
        let next = other.find(is_path).unwrap_or(other.len());
        shortened.push_str(&other[..next]);
        rest = &other[next..];
    }
    shortened
}

fn shorten_path(path: &str) -> String {
    let segments: Vec<&str> = path.split("::").collect();
    let is_type = |segment: &&str| segment.starts_with(char::is_uppercase);
    match (segments[0], segments.iter().position(is_type)) {
        ("clerk_sdk" | "", _) | (_, None | Some(0)) => path.to_owned(),
        ("core" | "alloc" | "std", Some(index)) => segments[index..].join("::"),
        (package, Some(index)) => format!("{package}::{}", segments[index..].join("::")),
    }
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn foreign_types_have_no_modules() {
        let cases = [
            (
                "(core::option::Option<alloc::string::String>, &str)",
                "(Option<String>, &str)",
            ),
            (
                "value: core::result::Result<Self, Self::Err>",
                "value: Result<Self, Self::Err>",
            ),
            (
                "<S as serde_core::ser::Serializer>::Ok",
                "<S as serde_core::Serializer>::Ok",
            ),
            (
                "pub fn clerk_sdk::Call<T>::items(self)",
                "pub fn clerk_sdk::Call<T>::items(self)",
            ),
            (
                "pub clerk_sdk::types::User::id: http::status::StatusCode",
                "pub clerk_sdk::types::User::id: http::StatusCode",
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(shorten(line), expected);
        }
    }
}
