//! Edits of the text of an overlay that keep the comments and the form of everything else.

use serde_json::Value;

use super::plain_values::parse_yaml;
use crate::source::Source;

/// An overlay whose actions are replaced one by one.
pub(crate) struct OverlayText {
    source: Source,
    /// What becomes of each action, in order.
    actions: Vec<ActionEdit>,
}

struct ActionEdit {
    action: Value,
    edit: Edit,
}

enum Edit {
    Keep,
    /// Repeats the action with each of these targets.
    Retarget(Vec<String>),
    Replace(Vec<Value>),
}

impl OverlayText {
    /// `actions` are the parsed actions of the overlay.
    pub(crate) fn new(source: &Source, actions: Vec<Value>) -> Self {
        let actions = actions.into_iter().map(|action| ActionEdit {
            action,
            edit: Edit::Keep,
        });
        Self {
            source: source.clone(),
            actions: actions.collect(),
        }
    }

    /// Repeats an action with each of these targets in place of its own.
    pub(crate) fn retarget(&mut self, index: usize, targets: &[String]) {
        self.actions[index].edit = Edit::Retarget(targets.to_vec());
    }

    /// Replaces an action with others, or removes it if there are none. The comment above goes
    /// with the last of the actions that it is about.
    pub(crate) fn replace(&mut self, index: usize, actions: &[Value]) {
        self.actions[index].edit = Edit::Replace(actions.to_vec());
    }

    /// Returns the edited overlay.
    pub(crate) fn into_source(self) -> Source {
        if self.actions.iter().all(|it| matches!(it.edit, Edit::Keep)) {
            return self.source;
        }
        let expected: Vec<Value> = self.actions.iter().flat_map(ActionEdit::result).collect();
        let parse = |text: &str| parse_yaml(text).unwrap_or_default();
        let edited = self.edited_lines();
        let text = edited.filter(|text| parse(text)["actions"] == Value::from(expected.clone()));
        let text = text.unwrap_or_else(|| {
            // The overlay has a form whose lines cannot be edited, such as JSON.
            let mut overlay = parse(&self.source.text);
            overlay["actions"] = expected.into();
            serde_saphyr::to_string(&overlay).unwrap_or_else(|_| overlay.to_string())
        });
        Source {
            path: self.source.path,
            text,
        }
    }

    fn edited_lines(&self) -> Option<String> {
        let lines: Vec<&str> = self.source.text.lines().collect();
        let items = item_lines(&lines)?;
        if items.len() != self.actions.len() {
            return None;
        }
        let mut edited: Vec<String> = Vec::new();
        let mut position = 0;
        let mut index = 0;
        while index < items.len() {
            // Actions without a line between them share the comment above the first one.
            let mut end = index + 1;
            while end < items.len() && items[end].0 == items[end - 1].1 {
                end += 1;
            }
            edited.extend(
                lines[position..items[index].0]
                    .iter()
                    .map(|it| (*it).to_owned()),
            );
            let group = items[index..end].iter().zip(&self.actions[index..end]);
            let group: Vec<String> = group
                .flat_map(|((start, end), action)| action.lines(&lines[*start..*end]))
                .collect();
            position = items[end - 1].1;
            if group.is_empty() {
                remove_comment(&mut edited);
                let is_blank = |line: &&str| line.trim().is_empty();
                position += usize::from(lines.get(position).is_some_and(is_blank));
            }
            edited.extend(group);
            index = end;
        }
        edited.extend(lines[position..].iter().map(|it| (*it).to_owned()));
        if edited.iter().rev().find(|it| !it.trim().is_empty())?.trim() == "actions:" {
            edited.push("  []".to_owned());
        }
        while edited.last().is_some_and(|it| it.trim().is_empty()) {
            edited.pop();
        }
        Some(edited.join("\n") + "\n")
    }
}

impl ActionEdit {
    /// Returns the actions that result from the edit.
    fn result(&self) -> Vec<Value> {
        match &self.edit {
            Edit::Keep => vec![self.action.clone()],
            Edit::Replace(actions) => actions.clone(),
            Edit::Retarget(targets) => {
                let actions = targets.iter().map(|target| {
                    let mut action = self.action.clone();
                    action["target"] = target.as_str().into();
                    action
                });
                actions.collect()
            }
        }
    }

    /// Returns the lines that replace the lines of the action.
    fn lines(&self, lines: &[&str]) -> Vec<String> {
        let owned = || lines.iter().map(|it| (*it).to_owned()).collect();
        match &self.edit {
            Edit::Keep => owned(),
            Edit::Retarget(targets) => {
                let copies = targets.iter().map(|target| {
                    if self.action["target"] == target.as_str() {
                        return Some(owned());
                    }
                    with_target(lines, target)
                });
                let copies: Option<Vec<Vec<String>>> = copies.collect();
                copies.map_or_else(|| rendered(&self.result(), lines), |copies| copies.concat())
            }
            Edit::Replace(actions) => rendered(actions, lines),
        }
    }
}

/// Returns the first line of each item of the list of actions, and the one after its last line.
fn item_lines(lines: &[&str]) -> Option<Vec<(usize, usize)>> {
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
fn remove_comment(lines: &mut Vec<String>) {
    while lines
        .last()
        .is_some_and(|it| it.trim_start().starts_with('#'))
    {
        lines.pop();
    }
}

/// Returns the lines of an action with another target, if they have the usual form.
fn with_target(lines: &[&str], target: &str) -> Option<Vec<String>> {
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
fn rendered(actions: &[Value], lines: &[&str]) -> Vec<String> {
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

    const OVERLAY: &str = "\
overlay: 1.0.0
actions:
  # Two fields.
  - target: $.a
    update: { x: 1 }
  - target: >-
      $['b',
      'c']
    update: { x: 2 }

  # A field.
  - target: $.d
    update:
      description: |-
        # Not a comment.
      # Inside.
      x: 3
  - { target: $.e, remove: true }
";

    fn edited(edit: impl FnOnce(&mut OverlayText)) -> String {
        let source = Source {
            path: String::new(),
            text: OVERLAY.to_owned(),
        };
        let overlay = parse_yaml(OVERLAY).expect("the overlay is YAML");
        let actions = overlay["actions"].as_array().expect("a list").clone();
        let mut text = OverlayText::new(&source, actions);
        edit(&mut text);
        text.into_source().text
    }

    #[test]
    fn a_removed_action_takes_a_comment_of_its_own_with_it() {
        let text = edited(|text| text.replace(0, &[]));
        let lines = "  - target: $.a\n    update: { x: 1 }\n";
        assert_eq!(text, OVERLAY.replace(lines, ""));

        let text = edited(|text| {
            text.replace(2, &[]);
            text.replace(3, &[]);
        });
        let (before, _) = OVERLAY
            .split_once("  # A field.")
            .expect("it has a comment");
        assert_eq!(text, before.trim_end().to_owned() + "\n");
    }

    #[test]
    fn a_target_is_replaced_in_place() {
        let text = edited(|text| {
            text.retarget(1, &["$.f".to_owned(), "$['g: h']".to_owned()]);
        });
        let lines = "  - target: >-\n      $['b',\n      'c']\n    update: { x: 2 }\n";
        let new = "  - target: $.f\n    update: { x: 2 }\n  - target: \"$['g: h']\"\n    update: { x: 2 }\n";
        assert_eq!(text, OVERLAY.replace(lines, new));
    }

    #[test]
    fn an_action_on_one_line_is_rendered_again() {
        let text = edited(|text| text.retarget(3, &["$.f".to_owned()]));
        let old = "  - { target: $.e, remove: true }\n";
        assert_eq!(
            text,
            OVERLAY.replace(old, "  - target: $.f\n    remove: true\n")
        );
    }

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

    #[test]
    fn the_last_action_can_be_removed() {
        let text = edited(|text| (0..4).for_each(|index| text.replace(index, &[])));
        assert_eq!(text, "overlay: 1.0.0\nactions:\n  []\n");
    }
}
