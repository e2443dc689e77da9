//! The names that the module of a resource cannot have, because the SDK has other modules of these names, or re-exports crates under them,
//! or because `Clerk` has methods of these names.

const RESERVED_MODULES: [&str; 38] = [
    "accessors",
    "auth",
    "backend",
    "base_url",
    "blocking",
    "bytes",
    "call",
    "clerk",
    "clone",
    "config",
    "constants",
    "crypto",
    "default",
    "error",
    "exchange",
    "framework_headers",
    "generated",
    "guide",
    "headers",
    "http",
    "jwt",
    "metrics",
    "middleware",
    "new",
    "pagination",
    "rate_limit",
    "raw_request",
    "request",
    "reqwest_013",
    "response",
    "retry",
    "secret_key",
    "serde_json",
    "test_util",
    "types",
    "webhook",
    "wire",
    "with_key",
];

pub(super) fn is_reserved(module: &str) -> bool {
    RESERVED_MODULES.contains(&module)
}

#[cfg(test)]
mod tests {
    use super::is_reserved;

    #[test]
    fn every_module_at_the_root_of_the_sdk_is_reserved() {
        let root = include_str!("../../../clerk-sdk/src/lib.rs");
        let modules = root.lines().filter_map(|line| {
            let line = line.strip_prefix("pub ").unwrap_or(line);
            line.strip_prefix("mod ")?.strip_suffix(';')
        });
        let modules: Vec<&str> = modules.collect();
        assert!(modules.len() > 10, "the modules of the SDK are missing");
        for module in modules {
            assert!(is_reserved(module), "{module} is not reserved");
        }
    }
}
