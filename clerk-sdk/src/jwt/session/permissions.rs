//! The permissions of the active organization: a list in version 1, bitmasks in version 2.

use super::features_and_plans::{FeatureScope, parse_all};

/// The claims that contain the permissions, as they are in the token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum PermissionClaims {
    List(Vec<String>),
    Masks { names: String, masks: String },
}

/// Removes the prefix `org:` from a role or a permission, however often it is repeated.
pub(super) fn without_org_prefix(mut name: &str) -> &str {
    while let Some(rest) = name.strip_prefix("org:") {
        name = rest;
    }
    name
}

/// Permissions as bitmasks, which are decoded on demand.
///
/// The mask at an index of `masks` belongs to the feature at the same index of `features`, which also counts the
/// user's features. Its least significant bit belongs to the first of `names`.
#[derive(Clone, Copy, Debug)]
pub(super) struct PermissionMasks<'c> {
    pub(super) features: &'c str,
    pub(super) names: &'c str,
    pub(super) masks: &'c str,
}

impl PermissionMasks<'_> {
    /// Each feature of the organization with its mask.
    fn masks(&self) -> impl Iterator<Item = (&str, Bitmask)> {
        let pairs = parse_all(self.features).zip(self.masks.split(','));
        let organizations = pairs.filter(|((scope, _), _)| {
            scope.is_some_and(|scope| scope.includes(FeatureScope::Organization))
        });
        organizations.map(|((_, feature), mask)| (feature, Bitmask::parse(mask.trim())))
    }

    /// The names of the permissions with their bits.
    fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        let names = self.names.split(',').map(str::trim).enumerate();
        names.filter(|(_, name)| !name.is_empty())
    }

    /// Returns all permissions as `org:feature:permission`, in the order of the features.
    pub(super) fn to_list(self) -> Vec<String> {
        let all = self.masks().flat_map(|(feature, mask)| {
            let granted = self.names().filter(move |(bit, _)| mask.contains(*bit));
            granted.map(move |(_, name)| format!("org:{feature}:{name}"))
        });
        all.collect()
    }

    /// Whether they include `feature:permission`.
    pub(super) fn contains(self, permission: &str) -> bool {
        let is_name = |feature: &str, name: &str| {
            let rest = permission.strip_prefix(feature);
            rest.and_then(|rest| rest.strip_prefix(':')) == Some(name)
        };
        self.masks().any(|(feature, mask)| {
            let mut names = self.names();
            names.any(|(bit, name)| is_name(feature, name) && mask.contains(bit))
        })
    }
}

/// The bits of a decimal number of any length. A string that is not a number has none.
enum Bitmask {
    Small(u128),
    /// 32-bit words, the least significant first.
    Large(Vec<u32>),
}

impl Bitmask {
    fn parse(decimal: &str) -> Self {
        let is_number = decimal.bytes().all(|byte| byte.is_ascii_digit());
        match decimal.parse() {
            _ if !is_number || decimal.is_empty() => Self::Small(0),
            Ok(mask) => Self::Small(mask),
            Err(_) => Self::Large(to_words(decimal)),
        }
    }

    fn contains(&self, bit: usize) -> bool {
        match self {
            Self::Small(mask) => bit < 128 && mask >> bit & 1 == 1,
            Self::Large(words) => {
                let word = words.get(bit / 32).copied().unwrap_or(0);
                word >> (bit % 32) & 1 == 1
            }
        }
    }
}

/// Converts a decimal number to binary by long division: nine digits at a time are divided by 2³² until nothing is
/// left.
fn to_words(decimal: &str) -> Vec<u32> {
    const NINE_DIGITS: u64 = 1_000_000_000;
    let digits = decimal.as_bytes().rchunks(9).rev();
    let number = |digits: &[u8]| {
        let digits = digits.iter();
        digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
    };
    let mut groups: Vec<u64> = digits.map(number).collect();
    let mut words = Vec::new();
    while groups.iter().any(|group| *group > 0) {
        let mut remainder = 0_u32;
        for group in &mut groups {
            let value = u64::from(remainder) * NINE_DIGITS + *group;
            *group = value >> 32;
            // The lower half is the remainder.
            remainder = value as u32;
        }
        words.push(remainder);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_belongs_to_the_feature_at_its_index_in_the_whole_list() {
        for (features, names, masks, expected) in [
            (
                "o:dashboard,o:teams",
                "manage,read",
                "3,2",
                "org:dashboard:manage org:dashboard:read org:teams:read",
            ),
            ("u:x,o:y", "a,b", "0,3", "org:y:a org:y:b"),
            ("u:x,o:y", "a,b", "3,0", ""),
            (
                "ou:memberships,u:impersonation",
                "a,b",
                "3,0",
                "org:memberships:a org:memberships:b",
            ),
            (" o:x , o:y ", " a , b ", " 1 , 2 ", "org:x:a org:y:b"),
            ("o:x", "a", "-1", ""),
            ("o:x,o:y", "a", "1.5,1", "org:y:a"),
            ("o:x", "a", "1invalid", ""),
            ("o:x", "a", "6", ""),
            ("o:x", "a", "0", ""),
            ("o:x,malformed", "a", "1,1", ""),
            ("o:x,,o:y", "a", "1,1,1", ""),
            ("", "a", "1", ""),
            ("o:x", ",a", "3", "org:x:a"),
            ("o:x,o:y", "a", "1", "org:x:a"),
            ("m:x,o:y", "a", "1,1", "org:y:a"),
            ("m:x,o:y", "a", "1,0", ""),
        ] {
            let permissions = PermissionMasks {
                features,
                names,
                masks,
            };
            let list = permissions.to_list();
            assert_eq!(list.join(" "), expected, "{features} {names} {masks}");
            for feature in [
                "x",
                "y",
                "dashboard",
                "teams",
                "memberships",
                "impersonation",
            ] {
                for name in ["a", "b", "manage", "read"] {
                    let is_listed = list.contains(&format!("org:{feature}:{name}"));
                    assert_eq!(
                        permissions.contains(&format!("{feature}:{name}")),
                        is_listed
                    );
                }
            }
        }
    }

    #[test]
    fn a_mask_may_be_wider_than_128_bits() {
        let bits = |decimal: &str| -> Vec<usize> {
            let mask = Bitmask::parse(decimal);
            (0..1000).filter(|bit| mask.contains(*bit)).collect()
        };
        assert_eq!(bits("9007199254740993"), [0, 53]);
        assert_eq!(bits("340282366920938463463374607431768211456"), [128]);
        assert_eq!(bits("680564733841876926926749214863536422913"), [0, 129]);
        assert_eq!(bits("1267650600228229401496703205377"), [0, 100]);
        assert_eq!(bits(&format!("{}7", "0".repeat(60))), [0, 1, 2]);
        let wide = "179769313486231590772930519078902473361797697894230657273430081157732675805500963132708\
                    477322407536021120113879871393357658789768814416622492847430639474124377767893424865485\
                    276302219601246094119453082952085005768838150682342462881473913110540827237163350510684\
                    586298239947245938479716304835356329624224137216";
        assert_eq!(bits(wide), [] as [usize; 0], "2 to the power of 1,024");
        assert!(Bitmask::parse(wide).contains(1024));
    }
}
