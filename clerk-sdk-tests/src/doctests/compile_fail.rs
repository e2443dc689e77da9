//! Misuse of `clerk-sdk` that the compiler rejects.

/// Required parameters are arguments of the constructor.
///
/// ```compile_fail,E0061
/// clerk_sdk::organization::CreateParams::new();
/// ```
///
/// Parameter structs cannot be built by a struct literal, because fields may be added.
///
/// ```compile_fail,E0639
/// clerk_sdk::user::CountParams { query: None };
/// ```
///
/// The compiler warns about a call that is not awaited, because it does nothing.
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// clerk_sdk::user::ban("user_1");
/// ```
struct CompileFail;
