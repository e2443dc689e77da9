//! Generates strings that match a regular expression of the document.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};

/// A regular expression, compiled to match and parsed to generate from.
#[derive(Clone)]
struct Pattern {
    regex: Regex,
    syntax: Hir,
}

/// The patterns parsed so far. Parsing one takes longer than generating a response.
static PATTERNS: LazyLock<Mutex<HashMap<String, Pattern>>> = LazyLock::new(Mutex::default);

/// Returns `candidate` if it matches the pattern, otherwise a shortest string that does. `seed` selects among
/// characters and alternatives.
pub(super) fn matching_string(pattern: &str, candidate: &str, seed: u64) -> Result<String, String> {
    let pattern = parse_cached(pattern).map_err(|error| error.to_string())?;
    match pattern.regex.is_match(candidate) {
        true => Ok(candidate.to_owned()),
        false => Ok(shortest_match(&pattern.syntax, seed)),
    }
}

fn parse_cached(pattern: &str) -> Result<Pattern, regex::Error> {
    let mut patterns = PATTERNS.lock().expect("the lock is not poisoned");
    if let Some(cached) = patterns.get(pattern) {
        return Ok(cached.clone());
    }
    let regex = Regex::new(pattern)?;
    let syntax = regex_syntax::parse(pattern);
    let syntax = syntax.map_err(|error| regex::Error::Syntax(error.to_string()))?;
    let parsed = Pattern { regex, syntax };
    patterns.insert(pattern.to_owned(), parsed.clone());
    Ok(parsed)
}

fn shortest_match(syntax: &Hir, seed: u64) -> String {
    match syntax.kind() {
        HirKind::Empty | HirKind::Look(_) => String::new(),
        HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).into_owned(),
        HirKind::Class(class) => pick_character(class, seed).to_string(),
        HirKind::Repetition(repetition) => (0..u64::from(repetition.min))
            .map(|index| shortest_match(&repetition.sub, seed.wrapping_add(index * index)))
            .collect(),
        HirKind::Capture(capture) => shortest_match(&capture.sub, seed),
        HirKind::Concat(parts) => parts
            .iter()
            .map(|part| shortest_match(part, seed))
            .collect(),
        HirKind::Alternation(alternatives) => {
            let index = seed as usize % alternatives.len().max(1);
            alternatives
                .get(index)
                .map(|alternative| shortest_match(alternative, seed))
                .unwrap_or_default()
        }
    }
}

/// Picks an ASCII letter or digit of the class if it has any, otherwise the first character of the class.
fn pick_character(class: &Class, seed: u64) -> char {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|it| (it.start(), it.end())).collect(),
        Class::Bytes(class) => class
            .iter()
            .map(|it| (it.start().into(), it.end().into()))
            .collect(),
    };
    let is_in_class = |character: &char| {
        ranges
            .iter()
            .any(|(start, end)| (start..=end).contains(&character))
    };
    let alphanumeric: Vec<char> = ('0'..='z')
        .filter(char::is_ascii_alphanumeric)
        .filter(is_in_class)
        .collect();
    match alphanumeric.is_empty() {
        true => ranges.first().map_or('a', |(start, _)| *start),
        false => alphanumeric[seed as usize % alphanumeric.len()],
    }
}
