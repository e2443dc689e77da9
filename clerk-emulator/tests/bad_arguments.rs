//! What the program says of bad arguments. It always exits with code 2.
#![allow(missing_docs, reason = "it is a test")]

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

/// Runs the program, which must refuse its arguments, and returns what it says.
fn refusal(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_clerk-emulator"))
        .args(arguments)
        .output();
    let output = output.expect("the program runs");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{message}");
    message
}

#[test]
fn a_mistake_in_a_seed_has_its_file_and_line() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bad_seed.yaml");
    let seed = "users:\n  - id: user_1\n    email_address: nobody\n";
    std::fs::write(&file, seed).expect("the folder is writable");
    let path = file.to_str().expect("UTF-8");
    let message = refusal(&["--port", "0", "--seed", path]);
    let expected = format!("error: {path}:2: users[0]: email_address: ");
    assert!(message.starts_with(&expected), "{message}");
}

#[test]
fn a_seed_that_does_not_exist_is_named() {
    let message = refusal(&["--port", "0", "--seed", "nowhere.yaml"]);
    assert!(message.starts_with("error: nowhere.yaml: "), "{message}");
}

#[test]
fn a_mistake_in_a_document_has_its_file() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bad_document.json");
    std::fs::write(&file, "{\"openapi\": \"2.0\"}").expect("the folder is writable");
    let path = file.to_str().expect("UTF-8");
    let message = refusal(&["--port", "0", "--document", path]);
    let expected = format!("error: {path}: \"openapi\" must be 3, and not \"2.0\"");
    assert_eq!(message.trim_end(), expected);
}

#[test]
fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = taken.local_addr().expect("an address").port().to_string();
    let message = refusal(&["--port", &port]);
    assert!(message.contains(&port), "{message}");
}

#[test]
fn unknown_options_are_refused() {
    for arguments in [
        ["--environment", "staging"],
        ["--preset", "old"],
        ["--user-quota", "many"],
    ] {
        assert!(refusal(&arguments).contains(arguments[1]));
    }
}
