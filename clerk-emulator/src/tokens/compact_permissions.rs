//! Permissions and features in session tokens of version 2: features, actions, and a bit mask for each feature.

use std::collections::BTreeSet;

/// The permissions and features of a user, in the form that session tokens have them. What is empty is no claim.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct CompactPermissions {
    /// The features with their scopes, such as `o:dashboard,o:teams,u:export`.
    pub(crate) features: String,
    /// The actions, such as `manage,read`.
    pub(crate) actions: String,
    /// For each feature, the sum of the bits of its actions. The first action has the lowest bit.
    pub(crate) masks: String,
}

impl CompactPermissions {
    /// Returns the compact form of keys such as `org:dashboard:read`, and of the features of the plans that the
    /// organization and the user have.
    ///
    /// Permissions of the system, such as `org:sys_profile:manage`, are not part of tokens. Features that only the user has
    /// come last, because some readers of tokens count masks only over the features of the organization.
    pub(crate) fn new<'k>(
        keys: impl IntoIterator<Item = &'k str>,
        organization_features: impl IntoIterator<Item = &'k str>,
        user_features: impl IntoIterator<Item = &'k str>,
    ) -> Self {
        let keys = keys.into_iter().filter_map(feature_and_action);
        let permissions: BTreeSet<(&str, &str)> = keys.collect();
        let permitted = permissions.iter().map(|(feature, _)| *feature);
        let of_organization: BTreeSet<&str> = permitted.chain(organization_features).collect();
        let of_user: BTreeSet<&str> = user_features.into_iter().collect();
        let only_of_user = of_user.difference(&of_organization).copied();
        let features: Vec<&str> = of_organization
            .iter()
            .copied()
            .chain(only_of_user)
            .collect();
        let scoped = features.iter().map(|feature| {
            let scope = match (of_organization.contains(feature), of_user.contains(feature)) {
                (true, true) => "ou",
                (true, false) => "o",
                (false, _) => "u",
            };
            format!("{scope}:{feature}")
        });
        let actions: BTreeSet<&str> = permissions.iter().map(|(_, action)| *action).collect();
        let masks = features
            .iter()
            .map(|feature| mask(feature, &actions, &permissions));
        let masks = match actions.is_empty() {
            true => String::new(),
            false => masks.collect::<Vec<_>>().join(","),
        };
        Self {
            features: scoped.collect::<Vec<_>>().join(","),
            masks,
            actions: actions.into_iter().collect::<Vec<_>>().join(","),
        }
    }
}

fn mask(feature: &str, actions: &BTreeSet<&str>, permissions: &BTreeSet<(&str, &str)>) -> String {
    let bits = actions.iter().enumerate();
    let held = bits.filter(|(_, action)| permissions.contains(&(feature, **action)));
    // Bits beyond the width of the number are dropped: no role has that many actions.
    let mask = held.fold(0_u128, |mask, (bit, _)| {
        mask | 1_u128
            .checked_shl(u32::try_from(bit).unwrap_or(u32::MAX))
            .unwrap_or_default()
    });
    mask.to_string()
}

/// Returns the feature and the action of a permission that is not one of the system.
pub(crate) fn feature_and_action(key: &str) -> Option<(&str, &str)> {
    let (feature, action) = key.strip_prefix("org:")?.split_once(':')?;
    (!feature.starts_with("sys_")).then_some((feature, action))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_documentation_is_reproduced() {
        let keys = [
            "org:dashboard:read",
            "org:dashboard:manage",
            "org:teams:read",
            "org:sys_profile:manage",
        ];
        let compact = CompactPermissions::new(keys, [], []);
        assert_eq!(compact.features, "o:dashboard,o:teams");
        assert_eq!(compact.actions, "manage,read");
        assert_eq!(compact.masks, "3,2");
        let none = CompactPermissions::new(["org:sys_profile:manage"], [], []);
        assert_eq!(none, CompactPermissions::default());
    }

    #[test]
    fn features_of_plans_have_a_mask_and_those_of_the_user_come_last() {
        let keys = ["org:teams:read"];
        let compact = CompactPermissions::new(keys, ["teams", "reports"], ["reports", "export"]);
        assert_eq!(compact.features, "ou:reports,o:teams,u:export");
        assert_eq!(compact.masks, "0,1,0");
        let compact = CompactPermissions::new([], ["teams"], []);
        assert_eq!((&*compact.features, &*compact.masks), ("o:teams", ""));
    }
}
