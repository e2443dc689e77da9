//! The names of members and of kinds, which live as long as the process: a record has only pointers to them.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// There are far fewer names than this. A snapshot with more is not one of the emulator.
const MAX_NAMES: usize = 10_000;

static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// Returns a name that lives as long as the process; nothing if there are too many.
pub(crate) fn intern(name: &str) -> Option<&'static str> {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return Some(known);
    }
    if names.len() == MAX_NAMES {
        return None;
    }
    let name: &'static str = Box::leak(name.into());
    names.insert(name);
    Some(name)
}
