//! Shortcodes: the placeholders such as `{{user.first_name || 'anonymous'}}` in the claims of JWT templates.

use serde_json::Value;

/// Replaces the shortcodes in all strings of a value by what they mean in `context`.
pub(crate) fn resolve(template: &Value, context: &Value) -> Value {
    match template {
        Value::String(text) => resolve_text(text, context),
        Value::Array(items) => items.iter().map(|it| resolve(it, context)).collect(),
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| (name.clone(), resolve(value, context)));
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

/// A string that is only a shortcode becomes its value, of whatever type; within other text, its value becomes text.
fn resolve_text(text: &str, context: &Value) -> Value {
    let trimmed = text.trim();
    let inner = trimmed
        .strip_prefix("{{")
        .and_then(|it| it.strip_suffix("}}"));
    if let Some(expression) = inner.filter(|it| !it.contains("{{") && !it.contains("}}")) {
        return evaluate(expression, context);
    }
    let mut resolved = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((expression, after)) = after.split_once("}}") else {
            break;
        };
        resolved.push_str(before);
        match evaluate(expression, context) {
            Value::String(value) => resolved.push_str(&value),
            value => resolved.push_str(&value.to_string()),
        }
        rest = after;
    }
    resolved.push_str(rest);
    Value::String(resolved)
}

/// Returns the first operand of `||` that is neither null nor false, or else the last one.
fn evaluate(expression: &str, context: &Value) -> Value {
    let mut result = Value::Null;
    for part in split_operands(expression) {
        result = operand(part.trim(), context);
        if !matches!(result, Value::Null | Value::Bool(false)) {
            break;
        }
    }
    result
}

/// Splits an expression at each `||` outside of quotes.
fn split_operands(expression: &str) -> Vec<&str> {
    let mut operands = Vec::new();
    let (mut start, mut is_quoted) = (0, false);
    for (index, letter) in expression.char_indices() {
        match letter {
            '\'' => is_quoted = !is_quoted,
            '|' if !is_quoted && index >= start && expression[index..].starts_with("||") => {
                operands.push(&expression[start..index]);
                start = index + 2;
            }
            _ => {}
        }
    }
    operands.push(&expression[start..]);
    operands
}

/// Returns the value of a literal or of a path. An unknown path is null.
fn operand(text: &str, context: &Value) -> Value {
    let quoted = text.strip_prefix('\'').and_then(|it| it.strip_suffix('\''));
    if let Some(literal) = quoted {
        return literal.into();
    }
    match serde_json::from_str(text) {
        Ok(literal @ (Value::Bool(_) | Value::Number(_) | Value::Null)) => literal,
        _ => {
            let mut segments = text.split('.');
            let found = segments.try_fold(context, |value, name| value.get(name));
            found.cloned().unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn shortcodes_keep_their_types_unless_they_are_part_of_a_text() {
        let context = json!({ "user": { "name": "Ada", "age": 36, "vip": false, "tags": ["a"] } });
        for (template, expected) in [
            ("{{user.name}}", json!("Ada")),
            ("{{ user.age }}", json!(36)),
            ("{{user.tags}}", json!(["a"])),
            ("{{user.none}}", Value::Null),
            (
                "{{user.name}} is {{user.age}}, {{user.none}}",
                json!("Ada is 36, null"),
            ),
            ("{{user.none || 'x || y'}}", json!("x || y")),
            ("{{user.vip || user.none || 5}}", json!(5)),
            ("{{user.none || user.vip}}", json!(false)),
            ("{{user.name || 'x'}}", json!("Ada")),
            ("plain {{ text", json!("plain {{ text")),
            ("{{}}", Value::Null),
            ("{{a|||||b}}", Value::Null),
            ("{{'", json!("{{'")),
        ] {
            assert_eq!(resolve(&json!(template), &context), expected, "{template}");
        }
        let nested = json!({ "a": [{ "b": "{{user.age}}" }, 1] });
        assert_eq!(resolve(&nested, &context), json!({ "a": [{ "b": 36 }, 1] }));
    }
}
