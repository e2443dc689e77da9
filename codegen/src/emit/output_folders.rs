//! The folders that the generated files are written to, from the workspace's root.

/// The folder of the SDK's generated modules.
pub(super) const SDK: &str = "clerk-sdk/src/generated";

/// The folder of the calls that the conformance tests make.
pub(super) const CONFORMANCE_CALLS: &str = "clerk-sdk-tests/tests/conformance/calls";

/// The folders that contain generated files only, from the workspace's root.
pub const GENERATED_FOLDERS: [&str; 2] = [SDK, CONFORMANCE_CALLS];
