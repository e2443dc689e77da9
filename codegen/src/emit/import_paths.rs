//! The paths from which generated modules of the SDK import the core's types, functions and macros.

/// Each name that templates and types use, with the path of the module that exports it.
pub(super) const SDK_IMPORTS: &[(&str, &str)] = &[
    ("BTreeMap", "std::collections"),
    ("Call", "crate"),
    ("ClientConfig", "crate"),
    ("ClientHandle", "crate::config"),
    ("DateTime", "crate"),
    ("File", "crate"),
    ("List", "crate"),
    ("Map", "serde_json"),
    ("Nullable", "crate"),
    ("OrderBy", "crate"),
    ("Paging", "crate::request"),
    ("Request", "crate::request"),
    ("Timestamp", "crate"),
    ("UnknownValue", "crate"),
    ("UnknownVariant", "crate"),
    ("Value", "serde_json"),
    ("form_object", "crate::request"),
    ("open_enum", "crate::wire"),
    ("untagged_union", "crate::wire"),
    ("query_object", "crate::wire"),
    ("request_object", "crate::wire"),
    ("response_object", "crate::wire"),
    ("sort_field", "crate::wire"),
    ("tagged_union", "crate::wire"),
];
