//! The records of one resource, by id, by age and by the members that are looked up.

#[cfg(feature = "seeds")]
mod undo;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::record::Record;

/// The records of one resource.
#[derive(Debug, Default)]
pub(crate) struct Collection {
    /// By number, in the order in which they were added.
    records: BTreeMap<u64, Record>,
    next_number: u64,
    /// Whether the indexes are those that a snapshot names, which may be wrong.
    is_restored: bool,
    by_id: HashMap<Box<str>, u64>,
    by_age: BTreeSet<(i64, u64)>,
    /// The numbers of the records by the value of a member that is a string.
    indexes: BTreeMap<&'static str, HashMap<Box<str>, Numbers>>,
    /// How to undo the changes that are recorded, if any are.
    #[cfg(feature = "seeds")]
    undo: Option<undo::Undo>,
}

/// The numbers of the records that have a value in common. Most values are those of one record, for which a set would be
/// large.
#[derive(Debug)]
enum Numbers {
    One(u64),
    Many(BTreeSet<u64>),
}

impl Numbers {
    fn insert(&mut self, number: u64) {
        match self {
            Self::One(known) => *self = Self::Many(BTreeSet::from([*known, number])),
            Self::Many(numbers) => drop(numbers.insert(number)),
        }
    }

    /// Removes a number, and returns whether none is left.
    fn remove(&mut self, number: u64) -> bool {
        match self {
            Self::One(known) => *known == number,
            Self::Many(numbers) => {
                numbers.remove(&number);
                numbers.is_empty()
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(numbers) => numbers.len(),
        }
    }

    fn iter(&self) -> impl DoubleEndedIterator<Item = u64> {
        let (one, many) = match self {
            Self::One(number) => (Some(*number), None),
            Self::Many(numbers) => (None, Some(numbers)),
        };
        one.into_iter().chain(many.into_iter().flatten().copied())
    }
}

impl Collection {
    /// Creates a collection whose records are looked up by the values of the members `indexed`.
    pub(crate) fn new(indexed: impl IntoIterator<Item = &'static str>) -> Self {
        let indexes = indexed.into_iter().map(|name| (name, HashMap::new()));
        Self {
            indexes: indexes.collect(),
            ..Self::default()
        }
    }

    /// Returns the members by whose values records are looked up.
    pub(super) fn indexed(&self) -> impl Iterator<Item = &'static str> {
        self.indexes.keys().copied()
    }

    pub(crate) fn in_order_of_addition(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    /// Marks the collection as one of a snapshot.
    pub(super) fn mark_restored(&mut self) {
        self.is_restored = true;
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Record> {
        self.records.get(self.by_id.get(id)?)
    }

    /// Adds a record, or replaces the one with its id.
    pub(crate) fn insert(&mut self, record: Record) {
        let number = match self.by_id.get(&record.id) {
            Some(number) => *number,
            None => self.next_number,
        };
        self.put(number, record);
    }

    /// Changes a record, and returns what `change` returns; nothing if there is no such record.
    pub(crate) fn update<T>(
        &mut self,
        id: &str,
        change: impl FnOnce(&mut Record) -> T,
    ) -> Option<T> {
        let number = *self.by_id.get(id)?;
        let mut record = self.take(number)?;
        let result = change(&mut record);
        self.put(number, record);
        Some(result)
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Record> {
        let number = *self.by_id.get(id)?;
        self.take(number)
    }

    /// Returns the records, the newest first. Equally old ones are in the reverse order of their addition.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Record> {
        let numbers = self.by_age.iter().rev();
        numbers.filter_map(|(_, number)| self.records.get(number))
    }

    /// Returns the records, the oldest first.
    pub(crate) fn oldest_first(&self) -> impl Iterator<Item = &Record> {
        let numbers = self.by_age.iter();
        numbers.filter_map(|(_, number)| self.records.get(number))
    }

    /// Returns the records that were added before, or after, the one with this id.
    pub(crate) fn continue_after(
        &self,
        id: &str,
        newest_first: bool,
    ) -> Option<Box<dyn Iterator<Item = &Record> + '_>> {
        let number = *self.by_id.get(id)?;
        let position = (self.records.get(&number)?.created_at, number);
        let records = |(_, number): &(i64, u64)| self.records.get(number);
        Some(match newest_first {
            true => Box::new(self.by_age.range(..position).rev().filter_map(records)),
            false => {
                let after = self.by_age.range(position..).skip(1);
                Box::new(after.filter_map(records))
            }
        })
    }

    /// Returns the records whose indexed member has this value, in the order of their addition.
    pub(crate) fn with<'c>(
        &'c self,
        member: &str,
        value: &str,
    ) -> impl DoubleEndedIterator<Item = &'c Record> + use<'c> {
        let numbers = self.numbers_with(member, value).into_iter();
        let numbers = numbers.flat_map(Numbers::iter);
        numbers.filter_map(|number| self.records.get(&number))
    }

    /// Returns the number of records whose indexed member has this value.
    pub(crate) fn count_with(&self, member: &str, value: &str) -> usize {
        self.numbers_with(member, value).map_or(0, Numbers::len)
    }

    fn numbers_with(&self, member: &str, value: &str) -> Option<&Numbers> {
        let index = self.indexes.get(member);
        debug_assert!(
            index.is_some() || self.records.is_empty() || self.is_restored,
            "`{member}` is not indexed"
        );
        index?.get(value)
    }

    /// Returns the ids of the records whose indexed member has this value.
    pub(crate) fn ids_with(&self, member: &str, value: &str) -> Vec<String> {
        self.with(member, value)
            .map(|it| it.id.to_string())
            .collect()
    }

    fn put(&mut self, number: u64, mut record: Record) {
        self.take(number);
        record.shrink();
        self.next_number = self.next_number.max(number + 1);
        self.by_id.insert(record.id.clone(), number);
        self.by_age.insert((record.created_at, number));
        for (member, index) in &mut self.indexes {
            if let Some(value) = record.get(member).and_then(Value::as_str) {
                match index.get_mut(value) {
                    Some(numbers) => numbers.insert(number),
                    None => drop(index.insert(value.into(), Numbers::One(number))),
                }
            }
        }
        self.records.insert(number, record);
    }

    fn take(&mut self, number: u64) -> Option<Record> {
        let record = self.records.remove(&number)?;
        #[cfg(feature = "seeds")]
        if let Some(undo) = &mut self.undo {
            undo.note(number, &record);
        }
        self.by_id.remove(&record.id);
        self.by_age.remove(&(record.created_at, number));
        for (member, index) in &mut self.indexes {
            let value = record.get(member).and_then(Value::as_str);
            if let Some(value) = value
                && let Some(numbers) = index.get_mut(value)
                && numbers.remove(number)
            {
                index.remove(value);
            }
        }
        Some(record)
    }
}
