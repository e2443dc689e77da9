//! The names of operations, events and types: those of the table, checked, or else default ones.

use heck::{ToSnakeCase, ToUpperCamelCase};

use super::name_keys::{NameKey, TypeKey};
use super::name_syntax::{
    OperationName, TypeName, is_pascal_case_ident, parse_operation_name, parse_type_name,
};
use super::names_lookup::{Mode, Names};
use super::reserved_modules::is_reserved;
use super::reserved_names::{
    allowed_type, allowed_variant, is_reserved_function, is_reserved_type, is_reserved_variant,
};
use super::rust_spelling::{is_identifier, pascal_case, variant_name};

impl Names {
    /// Returns the name of an operation. `required` are the arguments that it must have, and
    /// `default_name` returns the name to add if there is no entry.
    pub(crate) fn operation(
        &mut self,
        id: &str,
        required: &[String],
        default_name: impl FnOnce() -> OperationName,
    ) -> OperationName {
        let key = NameKey::Operation(id.to_owned());
        let entry = self.entry(&key, |skipped| {
            let mut name = default_name();
            if is_reserved(&name.module) {
                name.module.push_str("_api");
            }
            if skipped > 0 {
                name.function = numbered(&id.to_snake_case(), skipped - 1);
            }
            name.to_string()
        });
        let Some(mut name) = parse_operation_name(&entry) else {
            let message = format!(
                "`{entry}` does not have the form `module::function(argument, …)`, in which no name is a keyword"
            );
            self.problem(&key, message);
            return OperationName {
                module: "invalid".to_owned(),
                function: id.to_snake_case(),
                arguments: required.to_vec(),
            };
        };
        if is_reserved(&name.module) {
            let message = format!(
                "the SDK has another module `{}`: choose another name for this one",
                name.module
            );
            self.problem(&key, message);
        }
        if is_reserved_function(&name.function) {
            let message = format!(
                "each client has another function `{}`: choose another name for this one",
                name.function
            );
            self.problem(&key, message);
        }
        self.fit_arguments(&key, &mut name, required);
        name
    }

    /// Makes the arguments of a name those that are required, or reports that they are not.
    fn fit_arguments(&mut self, key: &NameKey, name: &mut OperationName, required: &[String]) {
        let sorted = |names: &[String]| {
            let mut names = names.to_vec();
            names.sort();
            names.dedup();
            names
        };
        if sorted(&name.arguments) == sorted(required) {
            return;
        }
        if self.mode != Mode::Update {
            let expected = match required {
                [] => "none".to_owned(),
                names => names.join(", "),
            };
            let message = format!(
                "the arguments in parentheses must be the fields that the document requires: {expected}"
            );
            return self.problem(key, message);
        }
        name.arguments.retain(|it| required.contains(it));
        for argument in required {
            if !name.arguments.contains(argument) {
                name.arguments.push(argument.clone());
            }
        }
        self.set_entry(key, name.to_string());
    }

    /// Returns the variant of a kind of event.
    pub(crate) fn event_variant(&mut self, kind: &str) -> String {
        let key = NameKey::Event(kind.to_owned());
        let entry = self.entry(&key, |skipped| {
            let variant = allowed_variant(variant_name(kind));
            let variant = match is_pascal_case_ident(&variant) {
                true => variant,
                false => "Event".to_owned(),
            };
            numbered(&variant, skipped)
        });
        if !is_pascal_case_ident(&entry) || !is_identifier(&entry) {
            let message = format!("`{entry}` is not a name of a variant, such as `UserCreated`");
            self.problem(&key, message);
            return pascal_case(kind);
        }
        if is_reserved_variant(&entry) {
            let message = format!(
                "the enum of events has another variant `{entry}`: choose another name for this one"
            );
            self.problem(&key, message);
        }
        entry
    }

    /// Returns the name of the type of the schema at `pointer`. `default_name` returns the name to
    /// add if there is no entry.
    pub(crate) fn type_name(
        &mut self,
        key: &TypeKey,
        pointer: &str,
        default_name: impl FnOnce() -> TypeName,
    ) -> TypeName {
        let suggested = self.suggested(pointer);
        let key = NameKey::Type(key.clone());
        let entry = self.entry(&key, |skipped| match (suggested, skipped) {
            (Some(name), 0) => name.to_string(),
            (suggested, skipped) => {
                let mut name = default_name();
                name.name = allowed_type(name.name);
                let skipped = skipped - usize::from(suggested.is_some());
                name.name = numbered(&name.name, skipped);
                name.to_string()
            }
        });
        let name = parse_type_name(&entry).unwrap_or_else(|| {
            let message = format!("`{entry}` does not have the form `module::Type`");
            self.problem(&key, message);
            TypeName {
                module: "invalid".to_owned(),
                name: key.to_string().to_upper_camel_case(),
            }
        });
        if is_reserved_type(&name.name) {
            let message = format!(
                "`{}` is a type that the generated code uses: choose another name for this one",
                name.name
            );
            self.problem(&key, message);
        }
        self.record_type(pointer, name.clone());
        name
    }
}

/// Returns the name, with a number unless it is the first of its kind.
fn numbered(name: &str, skipped: usize) -> String {
    match skipped {
        0 => name.to_owned(),
        skipped => format!("{name}{}", skipped + 1),
    }
}
