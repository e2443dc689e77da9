//! Error responses.

use super::Expectation;

pub(super) const EXPECTATIONS: &[Expectation] = &[
    ("error_host_invalid", |payload| {
        let error = payload.error();
        assert!(error.has_code("host_invalid"));
        assert_eq!(error.trace_id(), Some("f3ca"));
    }),
    ("error_code_only", |payload| {
        let error = payload.error();
        assert!(error.has_code("create-error-code"));
        assert_eq!(error.errors()[0].message, "");
    }),
    ("error_external_account_not_found", |payload| {
        let error = payload.error();
        assert!(error.has_code("external_account_not_found"));
        assert_eq!(error.errors()[0].message, "Invalid external account");
    }),
];
