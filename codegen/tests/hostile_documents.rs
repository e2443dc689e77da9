//! Documents that no one should write: each results in code, or in problems that say where and what to do, and never
//! ends the process.

use codegen::{Source, complete_names, generate};
use serde_json::{Value, json};

use crate::support::{assert_valid_rust, inputs, source};

/// Generates the code for a document. Returns the generated files in a row.
fn run(api: &Value, names: &str, overlay: Option<&Value>) -> Result<String, String> {
    let api = source("spec.json", api.to_string());
    let overlays = overlay.map(|it| source("overlay.yaml", it.to_string()));
    let overlays: Vec<Source> = overlays.into_iter().collect();
    let mut inputs = inputs(api, source("names.toml", names.to_owned()), overlays);
    inputs.names.text = complete_names(&inputs).map_err(|it| it.to_string())?;
    let output = generate(&inputs).map_err(|it| it.to_string())?;
    assert_valid_rust(&output.files);
    Ok(output.files.into_values().collect())
}

/// A document whose operations return and take `Pet`.
fn document(schemas: &Value) -> Value {
    let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}});
    json!({
        "openapi": "3.0.3",
        "info": {"title": "", "version": "2026-01-01"},
        "servers": [{"url": "https://api.example.com/v1"}],
        "paths": {"/pets/{pet_id}": {
            "parameters": [{"in": "path", "name": "pet_id", "required": true, "schema": {"type": "string"}}],
            "get": {
                "operationId": "GetPet", "tags": ["Pets"], "x-speakeasy-name-override": "get",
                "responses": {"200": {"description": "", "content": content}},
            },
            "post": {
                "operationId": "UpdatePet", "tags": ["Pets"], "x-speakeasy-name-override": "update",
                "requestBody": {"content": {"application/json": {"schema": {
                    "type": "object",
                    "properties": {"pet": {"$ref": "#/components/schemas/Pet"}},
                }}}},
                "responses": {"204": {"description": ""}},
            },
        }},
        "components": {"schemas": schemas},
    })
}

/// An object with one property.
fn object(name: &str, schema: &Value) -> Value {
    json!({"type": "object", "properties": {name: schema}})
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

#[test]
fn schemas_that_no_type_can_express_are_problems_at_their_place() {
    let pet = reference("Pet");
    let text = json!({"type": "string"});
    let pets = json!({"type": "array", "items": pet});
    let nested = (0..200).map(|index| {
        (
            format!("N{index}"),
            object("next", &reference(&format!("N{}", index + 1))),
        )
    });
    let mut nested: serde_json::Map<String, Value> = nested.collect();
    nested.insert("N200".to_owned(), text.clone());
    nested.insert("Pet".to_owned(), reference("N0"));
    for (schemas, pointer, message) in [
        (
            json!({"Pet": pets}),
            "/components/schemas/Pet",
            "contains itself",
        ),
        (
            json!({"Pet": {"type": "array", "items": pets}}),
            "/components/schemas/Pet",
            "contains itself",
        ),
        (
            json!({"Pet": {"type": "object", "additionalProperties": pet}}),
            "/components/schemas/Pet",
            "contains itself",
        ),
        (
            json!({"Pet": {"type": "object", "properties": {"data": pets, "total_count": {"type": "integer"}}}}),
            "/components/schemas/Pet",
            "contains itself",
        ),
        (
            json!({"Pet": {"type": "array", "items": reference("B")}, "B": {"type": "object", "additionalProperties": pet}}),
            "/components/schemas/Pet",
            "contains itself",
        ),
        (
            json!({"Pet": pet}),
            "/components/schemas/Pet",
            "defined by itself (`Pet` → `Pet`)",
        ),
        (
            json!({"Pet": reference("B"), "B": pet}),
            "/components/schemas/B",
            "defined by itself (`B` → `Pet` → `B`)",
        ),
        (
            json!({"Pet": {"allOf": [reference("B"), object("a", &text)]}, "B": {"allOf": [pet, object("b", &text)]}}),
            "/components/schemas/B",
            "defined by itself",
        ),
        (
            json!({"Pet": {"oneOf": [pet, object("a", &text)]}}),
            "/components/schemas/Pet",
            "defined by itself",
        ),
        (
            json!({"Pet": {"anyOf": [{"allOf": [pet]}]}}),
            "/components/schemas/Pet",
            "defined by itself",
        ),
        (Value::Object(nested), "", "nested too deeply"),
        (
            json!({"Pet": object("b", &json!({"$ref": "#/components/schemas/B/properties/Thing"})), "B": object("Thing", &text), "Thing": object("c", &text)}),
            "/components/schemas/Pet/properties/b",
            "does not have the form",
        ),
        (
            json!({"Pet": object("b", &json!({"$ref": "#/paths/~1pets~1{pet_id}/parameters/0/schema"}))}),
            "/components/schemas/Pet/properties/b",
            "does not have the form",
        ),
        (
            json!({"Pet": object("b", &json!({"$ref": "#/components/schemas/a~1B"})), "a/B": text}),
            "/components/schemas/a~1B",
            "can only have letters",
        ),
        (
            json!({"Pet": object("b", &json!({"$ref": "#/components/schemas/a%20B"})), "a B": text}),
            "/components/schemas/Pet/properties/b",
            "resolves to nothing",
        ),
        (
            json!({"Pet": object("b", &json!({"type": "string", "enum": ["en-US", "en_US"]}))}),
            "/components/schemas/Pet/properties/b",
            "the values \"en-US\" and \"en_US\" are both named `EnUs`",
        ),
        (
            json!({"Pet": object("b", &json!({"type": "string", "enum": ["+x", "x"]}))}),
            "/components/schemas/Pet/properties/b",
            "both named `X`",
        ),
        (
            json!({"Pet": object("b", &json!({"type": "string", "enum": ["Admin", "admin", "user"]}))}),
            "/components/schemas/Pet/properties/b",
            "both named `Admin`",
        ),
        (
            json!({"Pet": object("b", &json!({"type": "string", "enum": ["😀", "user"]}))}),
            "/components/schemas/Pet/properties/b",
            "no Rust name can be derived from the value \"😀\"",
        ),
        (
            json!({"Pet": object("_", &text)}),
            "/components/schemas/Pet",
            "no Rust name can be derived from `_`",
        ),
        (
            json!({"Pet": object("", &text)}),
            "/components/schemas/Pet",
            "no Rust name can be derived from ``",
        ),
        (
            json!({"Pet": {"type": "object", "properties": {"aB": text, "a-b": text}}}),
            "/components/schemas/Pet",
            "both named `a_b`",
        ),
        (
            json!({"Pet": object("b", &json!({"type": ["string", "null"]}))}),
            "/components/schemas/Pet/properties/b",
            "not a valid Schema object",
        ),
        (
            json!({"Pet": object("b", &json!({"type": "string", "nullable": "yes"}))}),
            "/components/schemas/Pet/properties/b",
            "not a valid Schema object",
        ),
        (
            json!({"Pet": object("b", &json!({"type": "string", "format": "binary"}))}),
            "/components/schemas/Pet",
            "JSON cannot contain a file",
        ),
        (
            json!({"Pet": {"oneOf": [reference("A"), reference("B")]}, "A": object("x", &text), "B": object("x", &text)}),
            "/components/schemas/Pet",
            "the members `A` and `B` of this union cannot be distinguished",
        ),
        (
            json!({"Pet": {"oneOf": [object("x", &text), object("y", &text)]}}),
            "/components/schemas/Pet",
            "a union in a request is not supported",
        ),
    ] {
        let problems = run(&document(&schemas), "", None).expect_err(message);
        assert!(
            problems.contains(&format!("spec.json#{pointer}")) && problems.contains(message),
            "{message}: {problems}"
        );
    }
}

#[test]
fn unusual_schemas_that_types_can_express_work() {
    let text = json!({"type": "string"});
    let pet = reference("Pet");
    for (schemas, expected) in [
        (
            json!({"Pet": {"type": "object", "properties": {
                "total_count": {"type": "integer"}, "data": {"type": "array", "items": pet}, "next": pet,
            }}}),
            "pub struct Pet {",
        ),
        (
            json!({"Pet": {"oneOf": [object("leaf", &text), object("child", &pet)]}}),
            "pub enum Pet {",
        ),
        (
            json!({"Pet": {"allOf": [object("a", &text), object("children", &json!({"type": "array", "items": pet}))]}}),
            "pub struct Pet {",
        ),
        (
            json!({"Pet": reference("B"), "B": object("a", &text)}),
            "pub struct B {",
        ),
        (
            json!({"Pet": object("b", &json!({"type": "string", "enum": ["self", "Unknown", "unrecognized", "", "2fa", "-x", "a\", b : c"]}))}),
            "Self_ = \"self\"",
        ),
        (
            json!({"Pet": object("b", &json!({"type": "string", "enum": ["d", "a\", b : c"]}))}),
            "ABC = \"a\\\", b : c\"",
        ),
        (json!({"Pet": object("$ref", &text)}), "ref_ = \"$ref\""),
        (json!({"Pet": object("self", &text)}), "self_ = \"self\""),
        (json!({"Pet": object("gen", &text)}), "gen_ = \"gen\""),
        (json!({"Pet": object("new", &text)}), "new_ = \"new\""),
        (
            json!({"Pet": object("default", &text)}),
            "default_ = \"default\"",
        ),
        (
            json!({"Pet": object("o", &reference("Option")), "Option": object("a", &text)}),
            "pub struct OptionResource {",
        ),
        (
            json!({"Pet": object("o", &reference("Self")), "Self": object("a", &text)}),
            "pub struct SelfResource {",
        ),
        (
            json!({"Pet": object("n", &json!({"type": "integer", "minimum": i64::MAX, "exclusiveMinimum": true}))}),
            "pub struct Pet {",
        ),
        // A request and a response use the same component.
        (json!({"Pet": object("a", &text)}), "pub struct PetParams {"),
    ] {
        let mut document = document(&schemas);
        // Unions are supported in responses only.
        if schemas["Pet"].get("oneOf").is_some() {
            let item = &mut document["paths"]["/pets/{pet_id}"];
            item.as_object_mut()
                .expect("it is an object")
                .remove("post");
        }
        let code = run(&document, "", None).unwrap_or_else(|it| panic!("{expected}: {it}"));
        assert!(code.contains(expected), "{expected}: {code}");
    }
}

#[test]
fn operations_that_cannot_be_emitted_are_problems_at_their_place() {
    let base = document(&json!({"Pet": object("a", &json!({"type": "string"}))}));
    let get = "/paths/~1pets~1{pet_id}/get";
    let response = json!({"$ref": "#/components/responses/A"});
    let cycle = json!({"A": {"$ref": "#/components/responses/B"}, "B": {"$ref": "#/components/responses/A"}});
    let query = |schema: Value| json!([{"in": "query", "name": "q", "schema": schema}]);
    for (pointer, value, components, message) in [
        (
            "/get/responses/200",
            response.clone(),
            json!({"responses": cycle}),
            "reference to a reference",
        ),
        (
            "/get/parameters",
            json!([{"$ref": "#/components/parameters/A"}]),
            json!({"parameters": {"A": {"$ref": "#/components/parameters/A"}}}),
            "reference to a reference",
        ),
        (
            "/post/requestBody",
            json!({"$ref": "#/components/requestBodies/A"}),
            json!({"requestBodies": {"A": {"$ref": "#/components/requestBodies/A"}}}),
            "reference to a reference",
        ),
        (
            "/get/responses/200",
            json!({"$ref": "#/components/schemas/Pet"}),
            json!({}),
            "does not have the form `#/components/responses/<name>`",
        ),
        (
            "/get/parameters",
            query(reference("Pet")),
            json!({}),
            "a query can contain only",
        ),
        (
            "/get/parameters",
            json!([{"in": "path", "name": "a"}]),
            json!({}),
            "not a valid Parameter object",
        ),
        (
            "/get/responses",
            json!({"200": "text"}),
            json!({}),
            "not a valid Response object",
        ),
    ] {
        let mut document = base.clone();
        for (section, value) in components.as_object().expect("an object") {
            document["components"][section] = value.clone();
        }
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        let parent = format!("/paths/~1pets~1{{pet_id}}{parent}");
        document.pointer_mut(&parent).expect("it exists")[name] = value;
        let problems = run(&document, "", None).expect_err(message);
        let place = format!("spec.json#{}", &get[..get.len() - "/get".len()]);
        assert!(
            problems.contains(&place) && problems.contains(message),
            "{message}: {problems}"
        );
    }
}

#[test]
fn names_that_the_generated_code_needs_are_problems_in_the_table() {
    let base = document(&json!({"Pet": object("a", &json!({"type": "string"}))}));
    for (names, message) in [
        (
            "[operations]\nGetPet = \"pet::new\"\n",
            "each client has another function `new`",
        ),
        (
            "[operations]\nGetPet = \"pet::default\"\n",
            "each client has another function",
        ),
        (
            "[operations]\nGetPet = \"new::get\"\n",
            "another module `new`",
        ),
        (
            "[operations]\nGetPet = \"pet::gen\"\n",
            "does not have the form",
        ),
        (
            "[operations]\nGetPet = \"pet::fn\"\n",
            "does not have the form",
        ),
        (
            "[operations]\nGetPet = \"pet::update\"\nUpdatePet = \"pet::update\"\n",
            "has the same name",
        ),
        (
            "[types]\nPet = \"pet::Self\"\n",
            "`Self` is a type that the generated code uses",
        ),
        (
            "[types]\nPet = \"pet::Vec\"\n",
            "`Vec` is a type that the generated code uses",
        ),
        (
            "[types]\nPet = \"cat::Pet\"\n",
            "the module `cat`, which has no operations",
        ),
    ] {
        let problems = run(&base, names, None).expect_err(message);
        assert!(problems.contains(message), "{message}: {problems}");
    }
}

#[test]
fn problems_that_an_overlay_made_are_reported_in_the_overlay() {
    let schemas = json!({"Pet": {"type": "object", "properties": {
        "status": {"type": "string", "enum": ["alive", "dead"]},
        "password": {"type": "string"},
    }}});
    let base = document(&schemas);
    let pet = "$.components.schemas.Pet.properties.";
    for (target, update, pointer, message) in [
        (
            "password",
            json!({"x-secret": "true"}),
            "/update/x-secret",
            "without quotes",
        ),
        (
            "password",
            json!({"x-secert": true}),
            "/update/x-secert",
            "does not know",
        ),
        (
            "status",
            json!({"x-sort-field": true}),
            "/update/x-sort-field",
            "only for query parameters",
        ),
        (
            "password",
            json!({"$ref": "#/components/schemas/Gone"}),
            "/update/$ref",
            "resolves to nothing",
        ),
        (
            "password",
            json!({"nullable": "true"}),
            "/update",
            "not a valid Schema",
        ),
        (
            "password",
            json!({"x-example": "a"}),
            "/update/x-example",
            "has no effect on a Schema",
        ),
        (
            "status",
            json!({"x-type": {"values": {"alvie": "It lives."}}}),
            "/update/x-type/values/alvie",
            "has `alvie`",
        ),
    ] {
        let action = json!({"target": format!("{pet}{target}"), "update": update});
        let overlay = json!({"overlay": "1.0.0", "actions": [action]});
        let problems = run(&base, "", Some(&overlay)).expect_err(message);
        let expected = format!("overlay.yaml#/actions/0{pointer}: ");
        assert!(
            problems.starts_with(&expected) && problems.contains(message),
            "{message}: {problems}"
        );
    }
    let action =
        json!({"target": "$.paths.*.get", "update": {"x-error-statuses": {"499": "Gone."}}});
    let overlay = json!({"overlay": "1.0.0", "actions": [action]});
    let problems = run(&base, "", Some(&overlay)).expect_err("the operation has no such status");
    assert!(
        problems.starts_with("overlay.yaml#/actions/0/update/x-error-statuses/499: "),
        "{problems}"
    );
}
