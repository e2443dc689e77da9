//! What was exercised, written for `cargo xtask coverage` where that asks for it.

use std::collections::BTreeMap;

use serde_json::json;

use crate::operation::operation;
use crate::spec::Choices;

/// The environment variable that names the folder to write to.
const FOLDER: &str = "CONFORMANCE_REPORT";

/// For each operation, by id, what of its enums and unions was exercised.
#[derive(Default)]
pub(crate) struct Report(BTreeMap<String, Choices>);

impl Report {
    /// The choices of an operation that are exercised so far; from now on it counts as exercised.
    pub(crate) fn of(&mut self, id: &str) -> &mut Choices {
        self.0.entry(id.to_owned()).or_default()
    }

    /// How many operations were exercised.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Writes the report, if it was asked for.
    pub(crate) fn write(&self, name: &str) {
        let Some(folder) = std::env::var_os(FOLDER) else {
            return;
        };
        let lines = self.0.iter().map(|(id, choices)| {
            let module = operation(id).map(|it| it.module());
            json!({
                "operation": id,
                "module": module,
                "enums": choices.enums,
                "unions": choices.unions,
            })
        });
        let lines: Vec<String> = lines.map(|line| line.to_string()).collect();
        let path = std::path::Path::new(&folder).join(format!("{name}.jsonl"));
        std::fs::write(path, lines.join("\n")).expect("the folder can be written to");
    }
}
