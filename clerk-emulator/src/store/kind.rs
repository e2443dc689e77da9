//! What the store has to know about a resource.

/// A kind of record.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The resource, such as `organization_membership`.
    pub(crate) name: &'static str,
    /// What its ids begin with, such as `orgmem`.
    pub(crate) prefix: &'static str,
    /// Whether ids have 32 hexadecimal digits instead of 27 of base 62.
    pub(crate) has_hex_ids: bool,
    /// The members by whose values records are looked up.
    pub(crate) indexed: &'static [&'static str],
}

impl Kind {
    /// Returns the name in words, for messages.
    pub(crate) fn title(&self) -> String {
        self.name.replace('_', " ")
    }
}
