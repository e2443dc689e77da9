//! The arguments of an operation, made from what the document says of its parameters and body.

use serde_json::{Value, json};

use crate::given::Arguments;
use crate::instance::{Fill, Instance, Kind, Maker, Refusal};
use crate::spec::{Described, SPEC};

/// Parameters of the document that the SDK leaves out, by operation.
const LEFT_OUT: [(&str, &str); 1] = [
    // An older spelling of `frontend_api`, which is there too.
    ("GetPublicInterstitial", "frontendApi"),
];

/// Texts of the document that the SDK knows more about, by operation and parameter.
const KNOWN_BETTER: [(&str, &str, &str); 1] = [
    // A boolean, as where the same parameter stands elsewhere.
    ("ListOrganizationDomains", "verified", "true"),
];

/// Members of a body that the SDK requires, and the document does not.
const NEEDED: [(&str, &str); 1] = [
    // An image without its file is no request.
    ("SetUserProfileImage", "file"),
];

/// Makes the arguments of an operation.
pub(crate) fn arguments(operation: &Described, fill: Fill) -> Result<Instance, Refusal> {
    let mut path = Instance::empty();
    let mut query = Instance::empty();
    for parameter in &operation.parameters {
        let is_wanted = parameter.required || fill != Fill::Required;
        let is_left_out = LEFT_OUT.contains(&(&operation.id, &parameter.name));
        if !is_wanted || is_left_out {
            continue;
        }
        let mut made = Maker::new(&SPEC, fill).make(&parameter.schema, &parameter.name)?;
        for (id, name, text) in KNOWN_BETTER {
            if (id, name) == (&operation.id, &parameter.name) {
                made.value = json!(text);
            }
        }
        match parameter.place.as_str() {
            "path" => path.insert(&parameter.name, made),
            "query" => query.insert(&parameter.name, made),
            place => {
                let pointer = &operation.pointer;
                return Err(Refusal::Unknown(format!(
                    "{pointer}: a parameter in {place}"
                )));
            }
        }
    }
    let mut all = Instance::empty();
    all.insert("path", path);
    all.insert("query", query);
    if let Some(body) = &operation.body {
        let needed = NEEDED.iter().filter(|(id, _)| *id == operation.id);
        let mut maker = Maker::new(&SPEC, fill);
        maker.demand(needed.map(|(_, member)| (*member).to_owned()));
        all.insert("body", maker.make(&body.schema, "body")?);
    }
    Ok(all)
}

/// The arguments with only what is required.
pub(crate) fn required(operation: &Described) -> Arguments {
    let made = arguments(operation, Fill::Required);
    Arguments(made.expect("the wire test reports this").value)
}

/// The arguments with each value of each enum in turn, and the enums by pointer.
pub(crate) fn each_enum_value(instance: &Instance) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for site in &instance.sites {
        if let Kind::Enum(values) = &site.kind {
            for value in values {
                all.push((
                    site.schema.clone(),
                    instance.with(&site.place, value.clone()),
                ));
            }
        }
    }
    all
}
