//! Reports which operations or events, enums and unions a test exercised, for `cargo xtask coverage`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use crate::call_registry::find_call;
use crate::document::EnumsAndUnions;

/// The environment variable that names the folder to write reports to, set by `xtask/src/commands/coverage.rs`.
const REPORT_FOLDER_VARIABLE: &str = "CONFORMANCE_REPORT";

/// The enums and unions that a test exercised, by operation ID or kind of event.
#[derive(Default)]
pub(crate) struct CoverageReport(BTreeMap<String, EnumsAndUnions>);

impl CoverageReport {
    /// Marks an operation or an event as exercised, and returns its enums and unions that were exercised so far.
    pub(crate) fn exercised(&mut self, id: &str) -> &mut EnumsAndUnions {
        self.0.entry(id.to_owned()).or_default()
    }

    /// Returns the number of operations or events that were exercised.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Writes the report if `cargo xtask coverage` runs the test.
    pub(crate) fn write(&self, name: &str) {
        let Some(folder) = std::env::var_os(REPORT_FOLDER_VARIABLE) else {
            return;
        };
        let lines = self.0.iter().map(|(id, exercised)| {
            let module = find_call(id).map(|it| it.module());
            json!({
                "id": id,
                "module": module,
                "enums": exercised.enums,
                "unions": exercised.unions,
            })
        });
        let lines: Vec<String> = lines.map(|line| line.to_string()).collect();
        let path = Path::new(&folder).join(format!("{name}.jsonl"));
        std::fs::write(path, lines.join("\n")).expect("the report folder is writable");
    }
}
