//! Tests that common mistakes do not compile, and that the messages of the compiler say what to do instead.

use std::process::Command;

/// The version of Rust that the messages in `ui/` are from: the one in `.github/workflows/ci.yml`.
const RUST_VERSION: &str = "1.95";

/// With another version it tests nothing, because the wording of the compiler's messages differs between versions.
#[test]
fn mistakes_have_messages_that_say_what_to_do() {
    if is_expected_version() {
        trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
    }
}

#[test]
fn ci_uses_the_version_that_the_messages_are_from() {
    let workflow = include_str!("../../../.github/workflows/ci.yml");
    assert!(workflow.contains(&format!("rustup default {RUST_VERSION}\n")));
}

fn is_expected_version() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output();
    let version = output.expect("rustc runs").stdout;
    version.starts_with(format!("rustc {RUST_VERSION}.").as_bytes())
}
