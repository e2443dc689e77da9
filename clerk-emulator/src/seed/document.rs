//! Reading a seed, with the lines of its items.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_saphyr::Spanned;

use super::error::SeedError;
use super::item::Item;
use super::sections::{self, Content};

/// The content of a seed.
#[derive(Debug, Default)]
pub(crate) struct SeedDocument {
    /// What the instance to be seeded has.
    pub(crate) sections: Sections,
    /// What other instances have, by secret key.
    pub(crate) instances: BTreeMap<String, Sections>,
    pub(crate) faults: Vec<Item>,
    pub(crate) webhook_endpoints: Vec<Item>,
}

/// The items of one instance by the position of their section, which is the order in which they are created.
#[derive(Debug, Default)]
pub(crate) struct Sections {
    pub(super) items: BTreeMap<usize, Vec<Item>>,
    /// The first unknown section: its line, and what is wrong. An error of the deserializer would not have the line.
    mistake: Option<(u64, String)>,
}

/// Far more than any seed needs, so that a file of a few kilobytes cannot exhaust memory.
const MAX_NODES: usize = 20_000_000;

impl SeedDocument {
    /// Reads a seed in YAML or in JSON, which is YAML, too.
    pub(crate) fn parse(text: &str) -> Result<Self, SeedError> {
        let options = serde_saphyr::options! {
            with_snippet: false,
            budget: serde_saphyr::budget! {
                max_nodes: MAX_NODES,
                max_events: 2 * MAX_NODES,
            },
        };
        let document: Option<Self> =
            serde_saphyr::from_str_with_options(text, options).map_err(|error| {
                let line = error.location().map(|it| it.line());
                // The message repeats the place at its beginning or end.
                SeedError::new(line, error.without_snippet().to_string())
            })?;
        let document = document.unwrap_or_default();
        match document.mistake() {
            Some((line, message)) => Err(SeedError::new(Some(*line), message)),
            None => Ok(document),
        }
    }

    /// Returns the first unknown section.
    fn mistake(&self) -> Option<&(u64, String)> {
        let instances = self.instances.values();
        let mut sections = [&self.sections].into_iter().chain(instances);
        sections.find_map(|it| it.mistake.as_ref())
    }
}

impl<'de> Deserialize<'de> for SeedDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(DocumentVisitor)
    }
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = SeedDocument;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the sections of a seed")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SeedDocument, A::Error> {
        let mut document = SeedDocument::default();
        while let Some(name) = map.next_key::<Spanned<String>>()? {
            match name.value.as_str() {
                "instances" => document.instances = map.next_value()?,
                "faults" => document.faults = items(&mut map)?,
                "webhook_endpoints" => document.webhook_endpoints = items(&mut map)?,
                _ => document.sections.read(&name, &mut map)?,
            }
        }
        Ok(document)
    }
}

impl<'de> Deserialize<'de> for Sections {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SectionsVisitor)
    }
}

struct SectionsVisitor;

impl<'de> Visitor<'de> for SectionsVisitor {
    type Value = Sections;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the sections of an instance")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Sections, A::Error> {
        let mut sections = Sections::default();
        while let Some(name) = map.next_key::<Spanned<String>>()? {
            sections.read(&name, &mut map)?;
        }
        Ok(sections)
    }
}

impl Sections {
    /// Reads the section with a name.
    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        name: &Spanned<String>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        let Some((position, section)) = sections::find(&name.value) else {
            let message = format!("a seed has no section {:?}", name.value);
            let line = name.referenced.line();
            self.mistake.get_or_insert((line, message));
            return map.next_value::<IgnoredAny>().map(drop);
        };
        let items = match section.content {
            Content::Created(..) | Content::Added(_) | Content::Subscribed => items(map)?,
            Content::Settings(_) | Content::Options => vec![map.next_value()?],
        };
        self.items.insert(position, items);
        Ok(())
    }
}

/// Reads a list of objects, which may be null.
fn items<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Vec<Item>, A::Error> {
    let items: Option<Vec<Item>> = map.next_value()?;
    Ok(items.unwrap_or_default())
}
