//! Tests of input that `vendor` rejects: every error names its cause, and nothing is written.

mod support;

use support::{PET, ScratchWorkspace, UNQUOTED_PET, serve, serve_document};

#[test]
fn invalid_documents_are_rejected_and_nothing_is_written() {
    let unresolved = PET.replace("schemas/Pet' }", "schemas/Dog' }");
    let without_id = PET.replace("operationId: GetPet", "x-id: GetPet");
    for (document, expected) in [
        ("<!doctype html><html></html>", "web page"),
        ("", "empty"),
        ("openapi: [", "not YAML"),
        ("{\"openapi\":", "not JSON"),
        ("just words", "not an OpenAPI document"),
        (&PET.replace("3.0.3", "3.1.0"), "#/openapi: "),
        (
            &unresolved,
            "#/paths/~1pets~1{pet_id}/get/responses/200/content/application~1json/schema: ",
        ),
        (&without_id, "#/paths/~1pets~1{pet_id}/get: "),
        (
            &PET.replace("type: string, description", "not: {}, description"),
            "#/components/schemas/Pet/properties/description",
        ),
    ] {
        let workspace = ScratchWorkspace::new();
        workspace.vendor(PET);
        let path = workspace.write("wrong.yml", document);
        let before = workspace.files();
        let (code, _, errors) = workspace.run(&["vendor", "--from", &path]);
        assert_eq!(code, 2, "{document}");
        assert!(errors.contains(expected), "{document}: {errors}");
        assert_eq!(workspace.files(), before, "{document}");
    }
}

#[test]
fn all_problems_of_a_document_are_reported_in_one_run() {
    let duplicate_id = UNQUOTED_PET.replace(
        "components:",
        "  /cats:\n    get: { operationId: GetPet, responses: { 200: { $ref: '#/nowhere' } } }\ncomponents:",
    );
    let workspace = ScratchWorkspace::generated_from(UNQUOTED_PET);
    let path = workspace.write("wrong.yml", &duplicate_id);
    let before = workspace.files();
    let (code, _, errors) = workspace.run(&["vendor", "--from", &path]);
    assert_eq!(code, 2);
    assert!(
        errors.contains("wrong.yml#/paths/~1pets~1{pet_id}/get: the `operationId` GetPet"),
        "{errors}"
    );
    assert!(
        errors.contains("wrong.yml#/paths/~1cats/get/responses/200: "),
        "{errors}"
    );
    assert_eq!(workspace.files(), before);
}

#[test]
fn response_that_is_not_an_object_is_an_error() {
    let workspace = ScratchWorkspace::new();
    let document = UNQUOTED_PET.replace("{ description: It", "text #");
    let path = workspace.write("wrong.yml", &document);
    let before = workspace.files();
    let (code, _, errors) = workspace.run(&["vendor", "--from", &path]);
    assert_eq!(code, 2, "{errors}");
    assert!(errors.starts_with("error: "), "{errors}");
    assert_eq!(workspace.files(), before);
}

#[test]
fn missing_file_is_named_in_the_error() {
    let (code, _, errors) = ScratchWorkspace::new().run(&["vendor", "--from", "nowhere.yml"]);
    assert_eq!(code, 2);
    assert!(errors.contains("nowhere.yml cannot be read"), "{errors}");
    let (code, _, errors) = ScratchWorkspace::new().run(&["regen"]);
    assert_eq!(code, 2);
    assert!(
        errors.contains("spec/backend-api.json cannot be read"),
        "{errors}"
    );
}

#[test]
fn source_must_be_a_url_and_date_must_be_a_date() {
    let workspace = ScratchWorkspace::new();
    let path = workspace.write("upstream.yml", PET);
    for option in [
        ["--source", "/elsewhere/pets.yml"],
        ["--date", "yesterday"],
        ["--date", "2026-02-30"],
    ] {
        let (code, _, errors) = workspace.run(&["vendor", "--from", &path, option[0], option[1]]);
        assert_eq!(code, 2, "{option:?}");
        assert!(errors.contains(option[0]), "{errors}");
    }
    assert!(!workspace.path("spec/upstream.toml").exists());
}

#[test]
fn plain_http_is_allowed_only_for_loopback() {
    let url = serve_document(PET);
    let workspace = ScratchWorkspace::new();
    let (code, _, errors) = workspace.run(&["vendor", "--from", &url]);
    assert_eq!(code, 0, "{errors}");
    assert!(workspace.read("spec/upstream.toml").contains(&url));

    let (code, _, errors) = workspace.run(&["vendor", "--from", "http://api.example.com/pets.yml"]);
    assert_eq!(code, 2);
    assert!(errors.contains("use https"), "{errors}");
}

#[test]
fn redirect_to_plain_http_is_not_followed() {
    let url = serve(|address| {
        format!(
            "HTTP/1.1 302 Found\r\nlocation: http://{address}/other\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )
    });
    let workspace = ScratchWorkspace::new();
    let (code, _, errors) = workspace.run(&["vendor", "--from", &url]);
    assert_eq!(code, 2);
    assert!(errors.contains("not encrypted"), "{errors}");
    assert!(!workspace.path("spec/upstream.toml").exists());
}
