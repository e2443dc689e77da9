//! The features and plans of a session (`fea`, `pla`): lists such as `o:invoices,u:export`.

/// The owner of a feature or plan.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum FeatureScope {
    /// The active organization.
    Organization,
    /// The user.
    User,
    /// Both the user and the active organization.
    Both,
}

impl FeatureScope {
    fn parse(scope: &str) -> Option<Self> {
        Some(match scope {
            "o" => Self::Organization,
            "u" => Self::User,
            "ou" | "uo" => Self::Both,
            _ => return None,
        })
    }

    pub(super) fn includes(self, scope: Self) -> bool {
        self == scope || self == Self::Both
    }
}

/// Whether a list contains `name`: a slug of any scope, or `org:slug` or `user:slug` of a single scope.
pub(super) fn contains<'l>(
    list: impl IntoIterator<Item = (FeatureScope, &'l str)>,
    name: &str,
) -> bool {
    let (scope, slug) = match name.split_once(':') {
        None => (None, name),
        Some(("o" | "org" | "organization", slug)) => (Some(FeatureScope::Organization), slug),
        Some(("u" | "user", slug)) => (Some(FeatureScope::User), slug),
        Some(_) => return false,
    };
    list.into_iter()
        .any(|(own, own_slug)| own_slug == slug && scope.is_none_or(|scope| own.includes(scope)))
}

/// Returns the elements of a list, without those of an unknown scope.
pub(super) fn parse(list: &str) -> impl Iterator<Item = (FeatureScope, &str)> {
    parse_all(list).filter_map(|(scope, slug)| Some((scope?, slug)))
}

/// Returns all elements of a list, with `None` for an unknown scope. If any element is not `scope:slug`, the whole
/// list counts as empty: a malformed claim must not grant anything.
pub(super) fn parse_all(list: &str) -> impl Iterator<Item = (Option<FeatureScope>, &str)> {
    let elements = || list.split(',').map(|element| parse_element(element.trim()));
    let is_valid = elements().all(|element| element.is_some());
    elements().flatten().filter(move |_| is_valid)
}

fn parse_element(element: &str) -> Option<(Option<FeatureScope>, &str)> {
    let (scope, slug) = element.split_once(':')?;
    Some((FeatureScope::parse(scope), slug)).filter(|(_, slug)| !slug.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_found_in_any_scope_or_in_the_requested_one() {
        let contains = |name| contains(parse("o:invoices,u:export,uo:chat"), name);
        for name in [
            "invoices",
            "o:invoices",
            "org:invoices",
            "organization:invoices",
            "u:export",
        ] {
            assert!(contains(name), "{name}");
        }
        for name in ["chat", "user:chat", "org:chat", "export"] {
            assert!(contains(name), "{name}");
        }
        for name in ["u:invoices", "o:export", "x:chat", "", "invoice", "o:"] {
            assert!(!contains(name), "{name}");
        }
    }

    #[test]
    fn a_malformed_list_is_empty_and_an_unknown_scope_is_skipped() {
        assert!(!contains(parse("o:invoices,malformed"), "invoices"));
        let newer = "m:beta,o:invoices";
        assert!(contains(parse(newer), "invoices") && !contains(parse(newer), "beta"));
    }
}
