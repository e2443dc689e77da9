//! Encodes features and permissions as session tokens of version 2 have them.

/// The claims `fea`, `o.per` and `o.fpm`.
pub(super) struct CompactPermissions {
    pub(super) features: String,
    pub(super) names: String,
    pub(super) masks: String,
}

#[derive(Default)]
struct Feature<'s> {
    slug: &'s str,
    is_of_user: bool,
    is_of_organization: bool,
    /// The bits of the permissions that the feature has in the organization.
    mask: u128,
}

impl CompactPermissions {
    /// Encodes features, such as `org:invoices`, and permissions, such as `org:invoices:read`, whose features are
    /// added to those of the organization.
    pub(super) fn encode(features: &[String], permissions: &[String], has_org: bool) -> Self {
        let mut all = Vec::new();
        for feature in features {
            let (is_of_organization, slug) = scope_and_slug(feature, has_org);
            let feature = feature_with_slug(&mut all, slug);
            feature.is_of_organization |= is_of_organization;
            feature.is_of_user |= !is_of_organization;
        }
        let mut names = Vec::new();
        for permission in permissions {
            let (slug, name) = feature_and_name(permission);
            let bit = names.iter().position(|own| *own == name);
            let bit = bit.unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            });
            assert!(
                bit < 128,
                "there are more than 128 different names of permissions"
            );
            let feature = feature_with_slug(&mut all, slug);
            feature.is_of_organization = true;
            feature.mask |= 1 << bit;
        }
        let masks: Vec<_> = all.iter().map(|feature| feature.mask.to_string()).collect();
        let features: Vec<_> = all.iter().map(Feature::element).collect();
        Self {
            features: features.join(","),
            names: names.join(","),
            masks: masks.join(","),
        }
    }
}

impl Feature<'_> {
    fn element(&self) -> String {
        let scope = match (self.is_of_user, self.is_of_organization) {
            (true, true) => "uo",
            (true, false) => "u",
            _ => "o",
        };
        format!("{scope}:{}", self.slug)
    }
}

/// Encodes plans, such as `org:pro` (`pla`).
pub(super) fn encode_plans(plans: &[String], has_org: bool) -> String {
    let plans = plans
        .iter()
        .map(|plan| match scope_and_slug(plan, has_org) {
            (true, slug) => format!("o:{slug}"),
            (false, slug) => format!("u:{slug}"),
        });
    plans.collect::<Vec<_>>().join(",")
}

fn feature_with_slug<'f, 's>(all: &'f mut Vec<Feature<'s>>, slug: &'s str) -> &'f mut Feature<'s> {
    let index = all.iter().position(|feature| feature.slug == slug);
    let index = index.unwrap_or_else(|| {
        all.push(Feature {
            slug,
            ..Feature::default()
        });
        all.len() - 1
    });
    &mut all[index]
}

/// Returns whether the scope is the organization, and the slug. Without a scope, it is the organization if there is one.
fn scope_and_slug(name: &str, has_org: bool) -> (bool, &str) {
    let (is_of_organization, slug) = match name.split_once(':') {
        None => (has_org, name),
        Some(("org", slug)) => (true, slug),
        Some(("user", slug)) => (false, slug),
        Some(_) => panic!("a feature or plan is `slug`, `org:slug` or `user:slug`, not `{name}`"),
    };
    assert!(
        has_org || !is_of_organization,
        "`{name}` belongs to an organization, but the session has none"
    );
    check_word(slug, name);
    (is_of_organization, slug)
}

fn feature_and_name(permission: &str) -> (&str, &str) {
    let without_prefix = permission.strip_prefix("org:").unwrap_or(permission);
    let Some((feature, name)) = without_prefix.split_once(':') else {
        panic!("a permission is `org:feature:permission`, not `{permission}`");
    };
    assert!(
        !feature.starts_with("sys_"),
        "session tokens have no system permissions such as `{permission}`"
    );
    check_word(feature, permission);
    check_word(name, permission);
    (feature, name)
}

/// Checks that a part of a name can be an element of a list.
fn check_word(word: &str, whole: &str) {
    let is_word = !word.is_empty() && !word.contains([',', ':', ' ']);
    assert!(is_word, "`{whole}` is not a feature, plan or permission");
}
