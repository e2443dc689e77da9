//! A difference between two documents, before its effect on callers is known.

use super::change::ChangeKind;
use super::severity::Severity;

/// A difference between two documents.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) subject: &'static str,
    pub(super) kind: ChangeKind,
    /// Where the documents differ.
    pub(super) location: Location,
    /// The enum value that was added or removed, if the difference is about one.
    pub(super) enum_value: Option<String>,
    pub(super) detail: String,
    /// The severity if no public item differs.
    pub(super) base_severity: Severity,
}

/// A place in a document, and where to look up the Rust items that are generated from it.
#[derive(Clone, Debug)]
pub(super) struct Location {
    /// The JSON pointer in the new document, or in the old one for a removal.
    pub(super) pointer: String,
    /// The JSON pointers under which the public API lists the affected items.
    pub(super) item_pointers: Vec<String>,
}

impl Location {
    pub(super) fn new(pointer: &str, item_pointers: Vec<String>) -> Self {
        Self {
            pointer: pointer.to_owned(),
            item_pointers,
        }
    }

    /// Creates a location whose items are listed under its own pointer.
    pub(super) fn at(pointer: String) -> Self {
        Self {
            item_pointers: vec![pointer.clone()],
            pointer,
        }
    }

    /// Returns the location at `suffix`, a relative JSON pointer without the leading slash.
    pub(super) fn child(&self, suffix: &str) -> Self {
        let item_pointers = self.item_pointers.iter();
        Self {
            pointer: format!("{}/{suffix}", self.pointer),
            item_pointers: item_pointers.map(|it| format!("{it}/{suffix}")).collect(),
        }
    }
}

/// Collects differences.
#[derive(Default)]
pub(super) struct Differences(Vec<Difference>);

impl Differences {
    pub(super) fn into_vec(self) -> Vec<Difference> {
        self.0
    }

    /// Records something that callers can newly use.
    pub(super) fn added(&mut self, subject: &'static str, location: &Location, detail: String) {
        let kind = ChangeKind::Added;
        self.record(subject, kind, location, detail);
    }

    /// Records the removal of something that callers may send or receive.
    pub(super) fn removed(&mut self, subject: &'static str, location: &Location, detail: String) {
        let kind = ChangeKind::Removed;
        self.record(subject, kind, location, detail);
    }

    pub(super) fn changed(&mut self, subject: &'static str, location: &Location, detail: String) {
        let kind = ChangeKind::Changed;
        self.record(subject, kind, location, detail);
    }

    /// Records a change of what applies to every request, but to no public item.
    pub(super) fn setting_changed(
        &mut self,
        subject: &'static str,
        location: &Location,
        detail: String,
    ) {
        self.changed(subject, location, detail);
        if let Some(setting) = self.0.last_mut() {
            setting.base_severity = Severity::WireLevel;
        }
    }

    /// Records an addition or a removal.
    pub(super) fn added_or_removed(
        &mut self,
        subject: &'static str,
        is_added: bool,
        location: &Location,
        detail: String,
    ) {
        let kind = presence_change(is_added);
        self.record(subject, kind, location, detail);
    }

    /// Records an enum value that was added or removed.
    pub(super) fn enum_value(&mut self, value: &str, is_added: bool, location: &Location) {
        self.0.push(Difference {
            subject: "enum value",
            kind: presence_change(is_added),
            location: location.clone(),
            enum_value: Some(value.to_owned()),
            detail: format!("`{value}`"),
            base_severity: Severity::DocsOnly,
        });
    }

    fn record(
        &mut self,
        subject: &'static str,
        kind: ChangeKind,
        location: &Location,
        detail: String,
    ) {
        self.0.push(Difference {
            subject,
            kind,
            location: location.clone(),
            enum_value: None,
            detail,
            base_severity: Severity::DocsOnly,
        });
    }
}

fn presence_change(is_added: bool) -> ChangeKind {
    if is_added {
        ChangeKind::Added
    } else {
        ChangeKind::Removed
    }
}
