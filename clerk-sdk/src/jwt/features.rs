//! Features, plans, and the permissions that are packed into masks beside them.

/// What a feature or a plan belongs to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Scope {
    /// The organization that is active.
    Organization,
    /// The user.
    User,
    /// Both.
    Both,
}

impl Scope {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "o" => Self::Organization,
            "u" => Self::User,
            "ou" | "uo" => Self::Both,
            _ => return None,
        })
    }

    fn covers(self, asked: Self) -> bool {
        self == asked || self == Self::Both
    }
}

/// Whether `asked` is in a list: a slug for either scope, or `org:slug` or `user:slug` for one.
pub(super) fn has(list: impl IntoIterator<Item = (Scope, impl AsRef<str>)>, asked: &str) -> bool {
    let (scope, slug) = match asked.split_once(':') {
        None => (None, asked),
        Some(("o" | "org" | "organization", slug)) => (Some(Scope::Organization), slug),
        Some(("u" | "user", slug)) => (Some(Scope::User), slug),
        Some(_) => return false,
    };
    list.into_iter()
        .any(|(own, name)| name.as_ref() == slug && scope.is_none_or(|scope| own.covers(scope)))
}

/// The elements of a list such as `o:invoices,u:export`, of the scopes that are known.
pub(super) fn split(list: &str) -> impl Iterator<Item = (Scope, &str)> {
    placed(list).filter_map(|(scope, slug)| Some((scope?, slug)))
}

/// All elements of a list, each at its place. One that is not `scope:slug` leaves none of them: what an odd
/// claim grants is not for us to guess.
fn placed(list: &str) -> impl Iterator<Item = (Option<Scope>, &str)> {
    let elements = || list.split(',').map(|element| parse(element.trim()));
    let is_sound = elements().all(|element| element.is_some());
    elements().flatten().filter(move |_| is_sound)
}

fn parse(element: &str) -> Option<(Option<Scope>, &str)> {
    let (scope, slug) = element.split_once(':')?;
    Some((Scope::parse(scope), slug)).filter(|(_, slug)| !slug.is_empty())
}

/// The permissions of the active organization, packed into masks: kept as they came.
///
/// The mask at a place of `masks` is for the feature at that place of the whole list, also where that
/// has features of the user's; its lowest bit is for the first of `names`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed<'c> {
    pub(super) features: &'c str,
    pub(super) names: &'c str,
    pub(super) masks: &'c str,
}

impl Packed<'_> {
    /// Each feature of the organization with the bits of its mask.
    fn masks(&self) -> impl Iterator<Item = (&str, Bits)> {
        let pairs = placed(self.features).zip(self.masks.split(','));
        let is_own = |scope: Option<Scope>| scope.is_some_and(|it| it.covers(Scope::Organization));
        let own = pairs.filter(move |((scope, _), _)| is_own(*scope));
        own.map(|((_, feature), mask)| (feature, Bits::parse(mask.trim())))
    }

    fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        let names = self.names.split(',').map(str::trim).enumerate();
        names.filter(|(_, name)| !name.is_empty())
    }

    /// All of them, as `org:feature:permission`, in the order of the features.
    pub(super) fn list(&self) -> Vec<String> {
        let all = self.masks().flat_map(|(feature, bits)| {
            let granted = self.names().filter(move |(place, _)| bits.has(*place));
            granted.map(move |(_, name)| format!("org:{feature}:{name}"))
        });
        all.collect()
    }

    /// Whether `feature:permission` is among them.
    pub(super) fn has(&self, asked: &str) -> bool {
        let fits = |feature: &str, name: &str| {
            let rest = asked
                .strip_prefix(feature)
                .and_then(|it| it.strip_prefix(':'));
            rest == Some(name)
        };
        self.masks().any(|(feature, bits)| {
            self.names()
                .any(|(place, name)| fits(feature, name) && bits.has(place))
        })
    }
}

/// The bits of a decimal number of any length; none where it is no such number.
enum Bits {
    Few(u128),
    /// In words, the lowest first.
    Many(Vec<u32>),
}

impl Bits {
    fn parse(decimal: &str) -> Self {
        let is_number = decimal.bytes().all(|byte| byte.is_ascii_digit());
        match decimal.parse() {
            _ if !is_number || decimal.is_empty() => Self::Few(0),
            Ok(mask) => Self::Few(mask),
            Err(_) => Self::Many(words(decimal)),
        }
    }

    fn has(&self, place: usize) -> bool {
        match self {
            Self::Few(mask) => place < 128 && mask >> place & 1 == 1,
            Self::Many(words) => {
                let word = words.get(place / 32).copied().unwrap_or(0);
                word >> (place % 32) & 1 == 1
            }
        }
    }
}

/// A number longer than any word of the machine: nine digits at a time, divided by 2³² until nothing is left.
fn words(decimal: &str) -> Vec<u32> {
    const NINE_DIGITS: u64 = 1_000_000_000;
    let digits = decimal.as_bytes().rchunks(9).rev();
    let number = |digits: &[u8]| {
        digits
            .iter()
            .fold(0, |it, digit| it * 10 + u64::from(digit - b'0'))
    };
    let mut groups: Vec<u64> = digits.map(number).collect();
    let mut words = Vec::new();
    while groups.iter().any(|group| *group > 0) {
        let mut rest = 0_u32;
        for group in &mut groups {
            let value = u64::from(rest) * NINE_DIGITS + *group;
            *group = value >> 32;
            // The lower half is what is left.
            rest = value as u32;
        }
        words.push(rest);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_for_the_features_at_their_place_in_the_whole_list() {
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
            ("o:x,odd", "a", "1,1", ""),
            ("o:x,,o:y", "a", "1,1,1", ""),
            ("", "a", "1", ""),
            ("o:x", ",a", "3", "org:x:a"),
            ("o:x,o:y", "a", "1", "org:x:a"),
            ("m:x,o:y", "a", "1,1", "org:y:a"),
            ("m:x,o:y", "a", "1,0", ""),
        ] {
            let packed = Packed {
                features,
                names,
                masks,
            };
            let found = packed.list();
            assert_eq!(found.join(" "), expected, "{features} {names} {masks}");
            for feature in [
                "x",
                "y",
                "dashboard",
                "teams",
                "memberships",
                "impersonation",
            ] {
                for name in ["a", "b", "manage", "read"] {
                    let is_listed = found.contains(&format!("org:{feature}:{name}"));
                    assert_eq!(packed.has(&format!("{feature}:{name}")), is_listed);
                }
            }
        }
    }

    #[test]
    fn masks_may_be_wider_than_any_word() {
        let set = |decimal: &str| -> Vec<usize> {
            let bits = Bits::parse(decimal);
            (0..1000).filter(|place| bits.has(*place)).collect()
        };
        assert_eq!(set("9007199254740993"), [0, 53]);
        assert_eq!(set("340282366920938463463374607431768211456"), [128]);
        assert_eq!(set("680564733841876926926749214863536422913"), [0, 129]);
        assert_eq!(set("1267650600228229401496703205377"), [0, 100]);
        assert_eq!(set(&format!("{}7", "0".repeat(60))), [0, 1, 2]);
        let wide = "179769313486231590772930519078902473361797697894230657273430081157732675805500963132708\
                    477322407536021120113879871393357658789768814416622492847430639474124377767893424865485\
                    276302219601246094119453082952085005768838150682342462881473913110540827237163350510684\
                    586298239947245938479716304835356329624224137216";
        assert_eq!(set(wide), [] as [usize; 0], "2 to the power of 1,024");
        assert!(Bits::parse(wide).has(1024));
    }

    #[test]
    fn a_slug_is_found_in_either_scope_or_in_the_one_that_is_asked_for() {
        let has = |asked| has(split("o:invoices,u:export,uo:chat"), asked);
        for asked in [
            "invoices",
            "o:invoices",
            "org:invoices",
            "organization:invoices",
            "u:export",
        ] {
            assert!(has(asked), "{asked}");
        }
        for asked in ["chat", "user:chat", "org:chat", "export"] {
            assert!(has(asked), "{asked}");
        }
        for asked in ["u:invoices", "o:export", "x:chat", "", "invoice", "o:"] {
            assert!(!has(asked), "{asked}");
        }
        assert!(!super::has(split("o:invoices,odd"), "invoices"));
        let newer = "m:beta,o:invoices";
        assert!(super::has(split(newer), "invoices") && !super::has(split(newer), "beta"));
    }
}
