//! The code samples of the READMEs, and of the guide of the emulator, which is tested here because it uses the SDK.

#[doc = include_str!("../../../README.md")]
struct Readme;

#[doc = include_str!("../../../clerk-sdk/README.md")]
struct PackageReadme;

#[doc = include_str!("../../../clerk-emulator/README.md")]
struct EmulatorReadme;

#[doc = include_str!("../../../clerk-emulator/docs/testing.md")]
struct EmulatorGuide;
