//! A stored object. It has only the members that differ from their defaults, so that a million users fit in memory.

use serde_json::Value;

/// A stored object: its id, its times, and the members that differ from the defaults of its resource.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) id: Box<str>,
    /// In milliseconds since the Unix epoch.
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    members: Vec<(&'static str, Value)>,
}

impl Record {
    pub(crate) fn new(id: impl Into<Box<str>>, now: i64) -> Self {
        Self {
            id: id.into(),
            created_at: now,
            updated_at: now,
            members: Vec::new(),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        let member = self.members.iter().find(|(known, _)| *known == name);
        member.map(|(_, value)| value)
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.members.iter().map(|(name, value)| (*name, value))
    }

    /// Frees the memory that no member uses.
    pub(super) fn shrink(&mut self) {
        self.members.shrink_to_fit();
    }

    /// Returns a member that is a string; empty if it is absent or something else.
    pub(crate) fn str(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns whether a member is true.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.get(name) == Some(&Value::Bool(true))
    }

    pub(crate) fn i64(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(Value::as_i64)
    }

    /// Returns the strings of a member that is an array.
    pub(crate) fn strings(&self, name: &str) -> Vec<&str> {
        let items = self.get(name).and_then(Value::as_array).into_iter();
        items.flatten().filter_map(Value::as_str).collect()
    }

    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        let value = value.into();
        match self.members.iter_mut().find(|(known, _)| *known == name) {
            Some((_, member)) => *member = value,
            None => self.members.push((name, value)),
        }
    }

    /// Removes a member, which then has its default again.
    pub(crate) fn remove(&mut self, name: &str) -> Option<Value> {
        let index = self.members.iter().position(|(known, _)| *known == name)?;
        Some(self.members.remove(index).1)
    }
}
