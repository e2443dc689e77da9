//! Renders the coverage of the conformance tests as a table, with a row for each resource.

use crate::conformance_coverage::{EventCoverage, Ratio, ResourceCoverage};

const COLUMNS: [&str; 6] = [
    "resource",
    "operations",
    "requests",
    "responses",
    "enums",
    "unions",
];

type Row = [String; COLUMNS.len()];

/// Renders the table as lines of Markdown.
pub(crate) fn as_markdown(resources: &[ResourceCoverage]) -> Vec<String> {
    let mut lines = vec![
        format!("| {} |", COLUMNS.join(" | ")),
        "|---|--:|--:|--:|--:|--:|".to_owned(),
    ];
    let rows = resources.iter().map(row);
    lines.extend(rows.map(|row| format!("| {} |", row.join(" | "))));
    lines
}

/// Renders the table as lines of text with aligned columns.
pub(crate) fn as_text(resources: &[ResourceCoverage]) -> Vec<String> {
    let header = COLUMNS.map(str::to_owned);
    let table: Vec<Row> = [header]
        .into_iter()
        .chain(resources.iter().map(row))
        .collect();
    let width = |column: usize| {
        let widths = table.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..COLUMNS.len()).map(width).collect();
    let line = |row: &Row| {
        let cells = row.iter().zip(&widths).enumerate();
        let cells = cells.map(|(column, (cell, width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        cells.collect::<Vec<_>>().join("  ")
    };
    table.iter().map(line).collect()
}

/// Renders the coverage of the events as a line of text.
pub(crate) fn events_line(coverage: &EventCoverage) -> String {
    format!(
        "events: {} decoded, enums {}, unions {}",
        cell(coverage.events),
        cell(coverage.enums),
        cell(coverage.unions)
    )
}

fn row(resource: &ResourceCoverage) -> Row {
    [
        resource.name.clone(),
        resource.operations.to_string(),
        cell(resource.requests),
        cell(resource.responses),
        cell(resource.enums),
        cell(resource.unions),
    ]
}

fn cell(ratio: Ratio) -> String {
    match ratio.total {
        0 => "–".to_owned(),
        total => format!("{}/{total}", ratio.covered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance_coverage::Coverage;
    use crate::conformance_coverage::tests::reports;

    #[test]
    fn counts_show_what_is_not_covered() {
        let coverage = Coverage::read(reports().path()).expect("the reports exist");
        let resources = coverage.by_resource();
        let expected = [
            "resource  operations  requests  responses  enums  unions",
            "pet                1       0/1        1/1    1/2       –",
            "zoo                1       1/1        0/1    1/1     1/1",
            "total              2       1/2        1/2    2/2     1/1",
        ];
        assert_eq!(as_text(&resources), expected);
        assert_eq!(
            as_markdown(&resources)[2],
            "| pet | 1 | 0/1 | 1/1 | 1/2 | – |"
        );
        let events = events_line(&coverage.events());
        assert_eq!(events, "events: 0/1 decoded, enums 0/1, unions –");
    }
}
