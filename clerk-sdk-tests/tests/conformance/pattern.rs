//! Texts that match a pattern of the document.

use regex_syntax::hir::{Class, Hir, HirKind};

/// As short a text as `pattern` allows; `salt` picks the characters where there is a choice.
pub(crate) fn matching(pattern: &str, salt: u64) -> Result<String, String> {
    match regex_syntax::parse(pattern) {
        Ok(pattern) => Ok(shortest(&pattern, salt)),
        Err(error) => Err(error.to_string()),
    }
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
