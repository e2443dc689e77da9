//! The report on how each operation of the document is implemented.

use std::collections::BTreeMap;
use std::fmt;

use crate::document::api_document::ApiDocument;
use crate::resources::table::Implementation;
use crate::rules;

/// How the operations of the document are implemented. Its `Display` is a table.
#[derive(Clone, Debug)]
pub struct Coverage {
    operations: Vec<(String, &'static str)>,
}

impl Coverage {
    /// Returns the report for the document that is part of this crate.
    pub fn of_document() -> Self {
        let operations = ApiDocument::embedded().operations.iter();
        let mut operations: Vec<(String, &'static str)> = operations
            .map(|it| (it.id.to_owned(), implementation(it.id)))
            .collect();
        operations.sort();
        Self { operations }
    }

    /// Returns the operations whose response is an example.
    pub fn samples(&self) -> Vec<&str> {
        let samples = self.operations.iter().filter(|(_, it)| *it == SAMPLE);
        samples.map(|(id, _)| id.as_str()).collect()
    }
}

const SAMPLE: &str = "sample";

fn implementation(id: &str) -> &'static str {
    match rules::implementation(id) {
        Implementation::Rule(_) => "rule",
        Implementation::Table(..) => "table",
        Implementation::Sample => SAMPLE,
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counts = BTreeMap::new();
        for (id, implementation) in &self.operations {
            writeln!(f, "{implementation:<8}{id}")?;
            *counts.entry(*implementation).or_insert(0) += 1;
        }
        let total = self.operations.len();
        let counts = counts
            .iter()
            .map(|(name, count)| format!("{count} by {name}"));
        writeln!(
            f,
            "\n{total} operations: {}",
            counts.collect::<Vec<_>>().join(", ")
        )
    }
}
