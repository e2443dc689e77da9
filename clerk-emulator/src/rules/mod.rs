//! The operations of each module of the API: their tables, and the rules that are their own.

mod redirect_urls;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::resources::table::{Implementation, Operations};

/// The operations of all modules.
const MODULES: &[&Operations] = &[redirect_urls::OPERATIONS];

static BY_ID: LazyLock<HashMap<&'static str, Implementation>> = LazyLock::new(|| {
    let operations = MODULES.iter().flat_map(|module| module.iter());
    operations.copied().collect()
});

/// Returns how an operation is implemented.
pub(crate) fn implementation(operation_id: &str) -> Implementation {
    BY_ID
        .get(operation_id)
        .copied()
        .unwrap_or(Implementation::Sample)
}
