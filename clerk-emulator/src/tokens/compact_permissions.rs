//! Permissions in session tokens of version 2: features, actions, and a bit mask for each feature.

use std::collections::BTreeSet;

/// The permissions of a member of an organization, in the form that session tokens have them.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct CompactPermissions {
    /// The features with their scope, such as `o:dashboard,o:teams`.
    pub(crate) features: String,
    /// The actions, such as `manage,read`.
    pub(crate) actions: String,
    /// For each feature, the sum of the bits of its actions. The first action has the lowest bit.
    pub(crate) masks: String,
}

impl CompactPermissions {
    /// Returns the compact form of keys such as `org:dashboard:read`; nothing if there are none.
    ///
    /// Permissions of the system, such as `org:sys_profile:manage`, are not part of tokens.
    pub(crate) fn new<'k>(keys: impl IntoIterator<Item = &'k str>) -> Option<Self> {
        let permissions: BTreeSet<(&str, &str)> = keys.into_iter().filter_map(parse).collect();
        if permissions.is_empty() {
            return None;
        }
        let features: BTreeSet<&str> = permissions.iter().map(|(it, _)| *it).collect();
        let actions: BTreeSet<&str> = permissions.iter().map(|(_, it)| *it).collect();
        let masks = features.iter().map(|feature| {
            let bits = actions.iter().enumerate();
            let held = bits.filter(|(_, action)| permissions.contains(&(*feature, *action)));
            // Bits beyond the width of the number are dropped: no role has that many actions.
            let mask = held.fold(0_u128, |mask, (bit, _)| {
                mask | 1_u128
                    .checked_shl(u32::try_from(bit).unwrap_or(u32::MAX))
                    .unwrap_or_default()
            });
            mask.to_string()
        });
        let features = features.iter().map(|it| format!("o:{it}"));
        Some(Self {
            features: features.collect::<Vec<_>>().join(","),
            masks: masks.collect::<Vec<_>>().join(","),
            actions: actions.into_iter().collect::<Vec<_>>().join(","),
        })
    }
}

/// Returns the feature and the action of a permission that is not one of the system.
fn parse(key: &str) -> Option<(&str, &str)> {
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
        let compact = CompactPermissions::new(keys).expect("permissions");
        assert_eq!(compact.features, "o:dashboard,o:teams");
        assert_eq!(compact.actions, "manage,read");
        assert_eq!(compact.masks, "3,2");
        assert_eq!(CompactPermissions::new(["org:sys_profile:manage"]), None);
    }
}
