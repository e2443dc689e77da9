//! Undoing the changes of a collection. Copying the collection beforehand would double the memory that it takes.

use std::collections::BTreeMap;

use super::Collection;
use crate::store::record::Record;

/// What a collection was when its changes began to be recorded. Records that were added since have larger numbers, so they
/// need not be listed.
#[derive(Debug)]
pub(super) struct Undo {
    next_number: u64,
    /// The records that have been changed or removed since, as they were.
    changed: BTreeMap<u64, Record>,
}

impl Undo {
    /// Notes a record that is about to be changed or removed.
    pub(super) fn note(&mut self, number: u64, record: &Record) {
        if number < self.next_number {
            let changed = self.changed.entry(number);
            changed.or_insert_with(|| record.clone());
        }
    }
}

impl Collection {
    /// Records changes from now on, so that they can be undone.
    pub(in crate::store) fn record_changes(&mut self) {
        self.undo = Some(Undo {
            next_number: self.next_number,
            changed: BTreeMap::new(),
        });
    }

    /// Keeps the recorded changes.
    pub(in crate::store) fn keep_changes(&mut self) {
        self.undo = None;
    }

    /// Undoes the recorded changes. Returns whether changes have been recorded at all.
    pub(in crate::store) fn undo_changes(&mut self) -> bool {
        let Some(undo) = self.undo.take() else {
            return false;
        };
        let added = self.records.range(undo.next_number..);
        let added: Vec<u64> = added.map(|(number, _)| *number).collect();
        for number in added {
            self.take(number);
        }
        for (number, record) in undo.changed {
            self.put(number, record);
        }
        self.next_number = undo.next_number;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, name: &str) -> Record {
        let mut record = Record::new(id, 0);
        record.set("name", name);
        record
    }

    fn collection() -> Collection {
        let mut collection = Collection::new(["name"]);
        collection.insert(record("a", "Ada"));
        collection.insert(record("b", "Bob"));
        collection.insert(record("c", "Cay"));
        collection
    }

    fn change(collection: &mut Collection) {
        collection.update("a", |it| it.set("name", "Eve"));
        collection.update("a", |it| it.set("name", "Zoe"));
        collection.remove("b");
        collection.insert(record("b", "Bea"));
        collection.insert(record("c", "Cat"));
        collection.insert(record("d", "Dan"));
        collection.update("d", |it| it.set("name", "Don"));
    }

    fn names(collection: &Collection) -> Vec<(&str, &str)> {
        let records = collection.in_order_of_addition();
        records.map(|it| (&*it.id, it.str("name"))).collect()
    }

    #[test]
    fn undone_changes_leave_neither_records_nor_index_entries() {
        let mut collection = collection();
        collection.record_changes();
        change(&mut collection);
        assert!(collection.undo_changes());
        let before = [("a", "Ada"), ("b", "Bob"), ("c", "Cay")];
        assert_eq!(names(&collection), before);
        for (id, name) in before {
            assert_eq!(collection.ids_with("name", name), [id]);
            assert_eq!(collection.get(id).map(|it| it.str("name")), Some(name));
        }
        for name in ["Eve", "Zoe", "Bea", "Cat", "Dan", "Don"] {
            assert_eq!(collection.count_with("name", name), 0, "{name}");
        }
        assert_eq!(collection.newest_first().count(), 3);
    }

    #[test]
    fn kept_changes_cannot_be_undone() {
        let mut collection = collection();
        collection.record_changes();
        change(&mut collection);
        collection.keep_changes();
        assert!(!collection.undo_changes());
        let after = [("a", "Zoe"), ("c", "Cat"), ("b", "Bea"), ("d", "Don")];
        assert_eq!(names(&collection), after);
    }

    #[test]
    fn only_older_records_that_change_are_copied() {
        let mut collection = collection();
        collection.record_changes();
        for id in ["d", "e", "f"] {
            collection.insert(record(id, "Dan"));
            collection.update(id, |it| it.set("name", "Don"));
        }
        collection.update("b", |it| it.set("name", "Bea"));
        let copied = collection.undo.map(|it| it.changed.into_values());
        let copied: Vec<Box<str>> = copied.into_iter().flatten().map(|it| it.id).collect();
        assert_eq!(copied, ["b".into()]);
    }
}
