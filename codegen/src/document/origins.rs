//! Where the parts of a patched document come from: the overlay action that made a part, so that a problem with it is
//! reported in the overlay's file.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::problem::Problem;

/// The overlay actions that have updated a document.
#[derive(Default)]
pub(crate) struct Origins {
    actions: Vec<UpdateAction>,
    /// The indices of the actions that updated the value at a JSON pointer.
    by_pointer: BTreeMap<String, Vec<usize>>,
}

struct UpdateAction {
    file: String,
    /// The JSON pointer of the action in its overlay.
    pointer: String,
    update: Value,
}

/// A place in an overlay.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Origin {
    pub(crate) file: String,
    pub(crate) pointer: String,
}

impl Origins {
    /// Records that an action has updated the values at `targets`.
    pub(super) fn record(
        &mut self,
        file: &str,
        pointer: &str,
        update: Value,
        targets: Vec<String>,
    ) {
        for target in targets {
            let actions = self.by_pointer.entry(target).or_default();
            actions.push(self.actions.len());
        }
        self.actions.push(UpdateAction {
            file: file.to_owned(),
            pointer: pointer.to_owned(),
            update,
        });
    }

    /// Returns the place in an overlay that made the value at a JSON pointer of the document, if one did.
    pub(crate) fn find(&self, pointer: &str) -> Option<Origin> {
        let ends = pointer.match_indices('/').map(|(index, _)| index);
        ends.rev().find_map(|end| {
            let (target, rest) = pointer.split_at(end);
            let mut actions = self.by_pointer.get(target)?.iter().rev();
            let action = actions.find_map(|index| {
                let action = &self.actions[*index];
                action.update.pointer(rest).is_some().then_some(action)
            })?;
            Some(Origin {
                file: action.file.clone(),
                pointer: format!("{}/update{rest}", action.pointer),
            })
        })
    }

    /// Returns the last action that changed more than documentation of the object at a JSON pointer.
    fn last_change(&self, pointer: &str) -> Option<Origin> {
        let is_documentation = |key: &String| key == "description" || key.starts_with("x-");
        let actions = self.by_pointer.get(pointer)?.iter().rev();
        let action = actions.map(|index| &self.actions[*index]).find(|action| {
            let keys = action
                .update
                .as_object()
                .into_iter()
                .flat_map(|it| it.keys());
            !keys.into_iter().all(is_documentation)
        })?;
        Some(Origin {
            file: action.file.clone(),
            pointer: format!("{}/update", action.pointer),
        })
    }

    /// Returns a problem at a JSON pointer of `file`, or in the overlay that made `detail`, a member of that value.
    pub(crate) fn problem(
        &self,
        file: &str,
        (pointer, detail): (&str, &str),
        message: String,
    ) -> Problem {
        let origin = self.find(&format!("{pointer}{detail}"));
        match origin {
            Some(origin) => Self::problem_at(origin, file, pointer, &message),
            None => Problem::new(file, pointer, message),
        }
    }

    /// Moves problems with values or references that an overlay made to the overlay.
    pub(super) fn attribute(&self, problems: Vec<Problem>) -> Vec<Problem> {
        let problems = problems.into_iter().map(|problem| {
            let pointer = &problem.pointer;
            let origin = self
                .find(pointer)
                .or_else(|| self.find(&format!("{pointer}/$ref")))
                .or_else(|| self.last_change(pointer));
            match origin {
                Some(origin) => Self::problem_at(origin, &problem.file, pointer, &problem.message),
                None => problem,
            }
        });
        problems.collect()
    }

    fn problem_at(origin: Origin, file: &str, pointer: &str, message: &str) -> Problem {
        let message = format!("{message} (it applies to {file}#{pointer})");
        Problem::new(origin.file, origin.pointer, message)
    }
}
