//! Texts that match a pattern of the document.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};

/// A pattern, in both of the ways it is used. Parsing one takes longer than making an answer.
#[derive(Clone)]
struct Pattern {
    regex: Regex,
    parsed: Hir,
}

static PATTERNS: LazyLock<Mutex<HashMap<String, Pattern>>> = LazyLock::new(Mutex::default);

/// `text` where it matches the pattern, else as short a text as does; `salt` picks the characters
/// where there is a choice.
pub(crate) fn matching(pattern: &str, text: &str, salt: u64) -> Result<String, String> {
    let pattern = read(pattern).map_err(|error| error.to_string())?;
    match pattern.regex.is_match(text) {
        true => Ok(text.to_owned()),
        false => Ok(shortest(&pattern.parsed, salt)),
    }
}

fn read(pattern: &str) -> Result<Pattern, regex::Error> {
    let mut patterns = PATTERNS.lock().expect("nothing panics here");
    if let Some(known) = patterns.get(pattern) {
        return Ok(known.clone());
    }
    let regex = Regex::new(pattern)?;
    let parsed = regex_syntax::parse(pattern);
    let parsed = parsed.map_err(|error| regex::Error::Syntax(error.to_string()))?;
    let made = Pattern { regex, parsed };
    patterns.insert(pattern.to_owned(), made.clone());
    Ok(made)
}

fn shortest(pattern: &Hir, salt: u64) -> String {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => String::new(),
        HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).into_owned(),
        HirKind::Class(class) => pick(class, salt).to_string(),
        HirKind::Repetition(repetition) => (0..u64::from(repetition.min))
            .map(|index| shortest(&repetition.sub, salt.wrapping_add(index * index)))
            .collect(),
        HirKind::Capture(capture) => shortest(&capture.sub, salt),
        HirKind::Concat(parts) => parts.iter().map(|part| shortest(part, salt)).collect(),
        HirKind::Alternation(parts) => {
            let place = salt as usize % parts.len().max(1);
            parts
                .get(place)
                .map(|part| shortest(part, salt))
                .unwrap_or_default()
        }
    }
}

/// A letter or digit of the class where it has any, else its first character.
fn pick(class: &Class, salt: u64) -> char {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|it| (it.start(), it.end())).collect(),
        Class::Bytes(class) => class
            .iter()
            .map(|it| (it.start().into(), it.end().into()))
            .collect(),
    };
    let has = |letter: &char| {
        ranges
            .iter()
            .any(|(start, end)| (start..=end).contains(&letter))
    };
    let plain: Vec<char> = ('0'..='z')
        .filter(char::is_ascii_alphanumeric)
        .filter(has)
        .collect();
    match plain.is_empty() {
        true => ranges.first().map_or('a', |(start, _)| *start),
        false => plain[salt as usize % plain.len()],
    }
}
