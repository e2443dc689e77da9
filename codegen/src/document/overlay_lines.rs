//! The lines of an overlay: which of them belong to an action, and to its target.

use serde_json::Value;

/// Returns the first line of each item of the list of actions, and the one after its last line.
pub(super) fn item_lines(lines: &[&str]) -> Option<Vec<(usize, usize)>> {
    let list = lines
        .iter()
        .position(|line| line.trim_end() == "actions:")?
        + 1;
    let is_item = |line: &str| line.trim_start().starts_with("- ");
    let first = list + lines[list..].iter().position(|line| is_item(line))?;
    let indent = indentation(lines[first]);
    let is_in_list = |line: &&str| {
        let is_deeper =
            indentation(line) > indent || (indentation(line) == indent && is_item(line));
        is_deeper || is_blank_or_comment(line)
    };
    let length = lines[first..]
        .iter()
        .take_while(|it| is_in_list(it))
        .count();
    let starts: Vec<usize> = (first..first + length)
        .filter(|index| indentation(lines[*index]) == indent && is_item(lines[*index]))
        .collect();
    let ends = starts.iter().skip(1).copied().chain([first + length]);
    let items = starts.iter().zip(ends).map(|(start, mut end)| {
        let is_outside = |line: &str| {
            is_blank_or_comment(line) && (line.trim().is_empty() || indentation(line) <= indent)
        };
        while is_outside(lines[end - 1]) {
            end -= 1;
        }
        (*start, end)
    });
    Some(items.collect())
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_blank_or_comment(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

/// Removes the comment at the end of the lines.
pub(super) fn remove_comment(lines: &mut Vec<String>) {
    while lines
        .last()
        .is_some_and(|it| it.trim_start().starts_with('#'))
    {
        lines.pop();
    }
}

/// Returns the lines of an action with another target, if they have the usual form.
pub(super) fn with_target(lines: &[&str], target: &str) -> Option<Vec<String>> {
    let column = indentation(lines.first()?) + 2;
    let is_target = |line: &&str| {
        line.get(column..)
            .is_some_and(|it| it.starts_with("target:"))
    };
    let start = lines.iter().position(is_target)?;
    let rest = &lines[start + 1..];
    let is_continuation = |line: &&&str| line.trim().is_empty() || indentation(line) > column;
    let rest = &rest[rest.iter().take_while(is_continuation).count()..];
    let line = format!(
        "{}target: {}",
        lines[start].get(..column)?,
        target_scalar(target)
    );
    let before = lines[..start].iter().map(|it| (*it).to_owned());
    let after = rest.iter().map(|it| (*it).to_owned());
    Some(before.chain([line]).chain(after).collect())
}

/// Returns the text of an overlay with every line of a target replaced by what `edit` returns.
pub(crate) fn edit_targets(text: &str, edit: impl Fn(&str) -> String) -> String {
    let mut column = None;
    let lines = text.split_inclusive('\n').map(|line| {
        let prefix = line.split("target:").next().unwrap_or_default();
        let is_start = prefix.len() < line.len() && !prefix.contains(char::is_alphanumeric);
        if is_start {
            column = Some(prefix.len());
        } else if column.is_some_and(|column| indentation(line) <= column) {
            column = None;
        }
        match column {
            Some(_) => edit(line),
            None => line.to_owned(),
        }
    });
    lines.collect()
}

/// Renders actions with the indentation of `lines`.
pub(super) fn rendered(actions: &[Value], lines: &[&str]) -> Vec<String> {
    let indent = " ".repeat(lines.first().map_or(0, |line| indentation(line)));
    let mut rendered = Vec::new();
    for action in actions {
        let target = action["target"].as_str().unwrap_or_default();
        rendered.push(format!("{indent}- target: {}", target_scalar(target)));
        let mut rest = action.as_object().cloned().unwrap_or_default();
        rest.remove("target");
        let yaml = serde_saphyr::to_string(&rest).unwrap_or_default();
        rendered.extend(yaml.lines().map(|line| format!("{indent}  {line}")));
    }
    rendered
}

/// Spells a target as YAML.
fn target_scalar(target: &str) -> String {
    let is_plain = target.starts_with('$') && !target.contains(": ") && !target.contains(" #");
    match is_plain {
        true => target.to_owned(),
        false => Value::from(target).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_targets_are_edited() {
        let overlay = "actions:\n  - target: $.a # $\n    update: { x: $ }\n  - update:\n      x: |-\n        $\n    target: >-\n      $.b\n  # $\n";
        let expected = overlay
            .replace("$.", "@.")
            .replace("# $\n    ", "# @\n    ");
        assert_eq!(
            edit_targets(overlay, |line| line.replace('$', "@")),
            expected
        );
    }
}
