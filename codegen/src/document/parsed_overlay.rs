//! Overlays that were parsed once, to be applied to several documents and edited.

use std::rc::Rc;

use serde_json::Value;

use super::overlay_action::Action;
use super::overlay_syntax::check_overlay;
use super::plain_values::parse_yaml;
use crate::problem::Problem;
use crate::source::Source;

/// An overlay and its actions.
pub(crate) struct ParsedOverlay {
    pub(crate) source: Source,
    /// The actions as they are written, also those that are not valid.
    pub(crate) values: Vec<Value>,
    /// The valid actions with their JSON pointers.
    pub(super) actions: Vec<(String, Action)>,
    /// Every mistake in the overlay, regardless of a document.
    pub(super) mistakes: Vec<Problem>,
}

/// All overlays, in order.
#[derive(Clone, Default)]
pub(crate) struct Overlays(pub(crate) Vec<Rc<ParsedOverlay>>);

impl Overlays {
    pub(crate) fn parse(sources: &[Source]) -> Self {
        Self::default().updated(sources)
    }

    /// Parses overlays, except for those that are the same as at their position in these.
    pub(crate) fn updated(&self, sources: &[Source]) -> Self {
        let sources = sources.iter().enumerate();
        let overlays = sources.map(|(index, source)| match self.0.get(index) {
            Some(known) if known.source == *source => Rc::clone(known),
            _ => Rc::new(ParsedOverlay::parse(source)),
        });
        Self(overlays.collect())
    }
}

impl ParsedOverlay {
    pub(crate) fn parse(source: &Source) -> Self {
        let mut parsed = Self {
            source: source.clone(),
            values: Vec::new(),
            actions: Vec::new(),
            mistakes: Vec::new(),
        };
        match parse_yaml(&source.text) {
            Ok(overlay) => parsed.read(overlay),
            Err(message) => parsed.add_mistake("", message),
        }
        parsed
    }

    fn read(&mut self, mut overlay: Value) {
        self.mistakes = check_overlay(&overlay, &self.source.path);
        if let Some(Value::Array(values)) = overlay.get_mut("actions").map(Value::take) {
            self.values = values;
        }
        for index in 0..self.values.len() {
            let pointer = format!("/actions/{index}");
            match Action::parse(&self.values[index]) {
                Some(Ok(action)) => self.actions.push((pointer, action)),
                Some(Err(message)) => self.add_mistake(&pointer, message),
                None => {}
            }
        }
    }

    fn add_mistake(&mut self, pointer: &str, message: String) {
        let mistake = Problem::new(&self.source.path, pointer, message);
        self.mistakes.push(mistake);
    }
}
