//! Describes a schema in a few words, such as `array of string`.

use serde_json::Value;

pub(super) fn describe_schema(schema: &Value) -> String {
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.rsplit('/').next().unwrap_or(target);
        return format!("`{name}`");
    }
    for (keyword, description) in [
        ("oneOf", "a union"),
        ("anyOf", "a union"),
        ("allOf", "an object"),
    ] {
        if schema.get(keyword).is_some() {
            return description.to_owned();
        }
    }
    let ty = schema["type"].as_str().unwrap_or("any type");
    let qualifier = match schema["format"].as_str() {
        _ if ty == "array" => format!(" of {}", describe_schema(&schema["items"])),
        _ if schema.get("enum").is_some() => " enum".to_owned(),
        Some(format) => format!(" ({format})"),
        None => String::new(),
    };
    format!("{ty}{qualifier}")
}
