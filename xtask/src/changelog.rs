//! Lists removed public items in `CHANGELOG.md`.

pub(crate) const CHANGELOG: &str = "CHANGELOG.md";

const UNRELEASED: &str = "## Unreleased\n";
const REMOVED: &str = "### Removed\n\n";

/// Returns `changelog` with the removed items under the heading for unreleased changes.
pub(crate) fn with_removed_items(changelog: &str, removed: &[String]) -> String {
    let lines: String = removed
        .iter()
        .map(|item| format!("- `{item}`: no longer part of the API.\n"))
        .collect();
    let Some((before, after)) = changelog.split_once(UNRELEASED) else {
        return format!("{changelog}\n{UNRELEASED}\n{REMOVED}{lines}");
    };
    let (unreleased, released) = match after.find("\n## ") {
        Some(end) => after.split_at(end),
        None => (after, ""),
    };
    let unreleased = match unreleased.split_once(REMOVED) {
        Some((head, list)) => format!("{head}{REMOVED}{lines}{list}"),
        None => format!("{}\n\n{REMOVED}{lines}", unreleased.trim_end()),
    };
    format!("{before}{UNRELEASED}{unreleased}{released}")
}
