//! Edits of the text of an overlay that keep the comments and the form of everything else.

use serde_json::Value;

use super::overlay_lines::{item_lines, remove_comment, rendered, with_target};
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
    fn the_last_action_can_be_removed() {
        let text = edited(|text| (0..4).for_each(|index| text.replace(index, &[])));
        assert_eq!(text, "overlay: 1.0.0\nactions:\n  []\n");
    }
}
