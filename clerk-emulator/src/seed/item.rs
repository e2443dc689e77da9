//! An object of a seed. A seed may have a million of them, which are all read before the first one is created.

use serde::de::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use serde_saphyr::Spanned;

/// An object of a seed.
#[derive(Debug)]
pub(crate) struct Item {
    /// The line at which it begins.
    pub(crate) line: u64,
    /// A map would take several times the memory of a few members.
    members: Box<[(Box<str>, Value)]>,
}

impl Item {
    pub(crate) fn into_members(self) -> Map<String, Value> {
        let members = self.members.into_iter();
        members.map(|(name, it)| (name.into(), it)).collect()
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let item = Spanned::<Map<String, Value>>::deserialize(deserializer)?;
        let members = item.value.into_iter();
        Ok(Self {
            line: item.referenced.line(),
            members: members.map(|(name, it)| (name.into(), it)).collect(),
        })
    }
}
