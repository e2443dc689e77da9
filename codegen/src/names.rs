//! Every public name: the table of `names.toml`, the rule for what it lacks, Rust's spelling.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase, ToUpperCamelCase};
use toml_edit::{DocumentMut, Item, Table, value};

use crate::document::escape;
use crate::{Problem, Problems, Source};

/// The name of an operation: `user::create(email_address)`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct OperationName {
    pub(crate) module: String,
    pub(crate) function: String,
    /// The arguments of the params struct's `new`, as the wire spells them.
    pub(crate) arguments: Vec<String>,
}

/// The name of a type: the module it belongs to, and its own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct TypeName {
    pub(crate) module: String,
    pub(crate) name: String,
}

/// The table, and which of its lines were asked for.
pub(crate) struct Names {
    path: String,
    table: DocumentMut,
    /// Whether a missing line is added by rule instead of being an error.
    completing: bool,
    used: BTreeSet<(&'static str, String)>,
    added: Vec<(&'static str, String, String)>,
    problems: Vec<Problem>,
}

const OPERATIONS: &str = "operations";
const TYPES: &str = "types";

impl Names {
    pub(crate) fn parse(source: &Source) -> Result<Self, Problems> {
        Self::read(source, false)
    }

    /// A table that grows a line for each name it is asked for and lacks.
    pub(crate) fn completing(source: &Source) -> Result<Self, Problems> {
        Self::read(source, true)
    }

    fn read(source: &Source, completing: bool) -> Result<Self, Problems> {
        let table: DocumentMut = source.text.parse().map_err(|error| {
            Problem::new(&source.path, "", format!("this is not TOML: {error}"))
        })?;
        let mut problems = Vec::new();
        for (section, item) in table.iter() {
            if ![OPERATIONS, TYPES].contains(&section) || !item.is_table() {
                let message = "only the sections [operations] and [types] belong here";
                problems.push(Problem::new(&source.path, format!("/{section}"), message));
            }
        }
        let names = Self {
            path: source.path.clone(),
            table,
            completing,
            used: BTreeSet::new(),
            added: Vec::new(),
            problems: Vec::new(),
        };
        Problems::check(problems, names)
    }

    /// The name of an operation; `rule` gives the one to add where there is none.
    pub(crate) fn operation(&mut self, id: &str, rule: impl FnOnce() -> String) -> OperationName {
        let line = self.line(OPERATIONS, id, rule);
        parse_operation(&line).unwrap_or_else(|| {
            let message = format!("`{line}` is not of the form `module::function(argument, …)`");
            self.problem(OPERATIONS, id, message);
            OperationName {
                module: "invalid".to_owned(),
                function: id.to_snake_case(),
                arguments: Vec::new(),
            }
        })
    }

    /// The name of a type; `rule` gives the one to add where there is none.
    pub(crate) fn type_name(&mut self, key: &str, rule: impl FnOnce() -> TypeName) -> TypeName {
        let line = self.line(TYPES, key, || {
            let TypeName { module, name } = rule();
            format!("{module}::{name}")
        });
        parse_type(&line).unwrap_or_else(|| {
            let message = format!("`{line}` is not of the form `module::Type`");
            self.problem(TYPES, key, message);
            TypeName {
                module: "invalid".to_owned(),
                name: key.to_upper_camel_case(),
            }
        })
    }

    /// The name that the table has for a type, if it has one.
    pub(crate) fn known_type(&self, key: &str) -> Option<TypeName> {
        parse_type(self.table.get(TYPES)?.get(key)?.as_str()?)
    }

    fn line(&mut self, section: &'static str, key: &str, rule: impl FnOnce() -> String) -> String {
        self.used.insert((section, key.to_owned()));
        let known = self.table.get(section).and_then(|table| table.get(key));
        if let Some(line) = known.and_then(Item::as_str) {
            return line.to_owned();
        }
        let line = rule();
        if self.completing {
            self.added.push((section, key.to_owned(), line.clone()));
        } else {
            let message = format!(
                "there is no line for `{key}` in [{section}]: run `cargo xtask vendor`, or add `\"{key}\" = \"{line}\"`"
            );
            self.problem(section, key, message);
        }
        line
    }

    /// Notes something wrong with a line.
    pub(crate) fn problem(&mut self, section: &str, key: &str, message: impl Into<String>) {
        let pointer = format!("/{section}/{}", escape(key));
        self.problems
            .push(Problem::new(&self.path, pointer, message));
    }

    pub(crate) fn operation_problem(&mut self, id: &str, message: impl Into<String>) {
        self.problem(OPERATIONS, id, message);
    }

    pub(crate) fn type_problem(&mut self, key: &str, message: impl Into<String>) {
        self.problem(TYPES, key, message);
    }

    /// Reports what is wrong with the table, with every line that names nothing.
    pub(crate) fn finish(mut self) -> Result<(), Problems> {
        for section in [OPERATIONS, TYPES] {
            for key in self.unused(section) {
                let message = format!(
                    "the document has nothing that this line names: remove `{key}`, and say in CHANGELOG.md what became of it"
                );
                self.problem(section, &key, message);
            }
        }
        Problems::check(self.problems, ())
    }

    /// The lines that were added by rule, as the table writes them.
    pub(crate) fn added_lines(&self) -> Vec<String> {
        let lines = self.added.iter();
        lines
            .map(|(_, key, line)| format!("{key} = {line:?}"))
            .collect()
    }

    /// The function that an operation is, as `user::create`.
    pub(crate) fn operation_path(&self, id: &str) -> Option<String> {
        let name = parse_operation(self.table.get(OPERATIONS)?.get(id)?.as_str()?)?;
        Some(format!("{}::{}", name.module, name.function))
    }

    /// Lines of types that were not asked for, each with the key of the one that was added in its stead:
    /// `same` says of two types whether they have one shape. Only what is certain.
    pub(crate) fn heirs(
        &self,
        same: impl Fn(&TypeName, &TypeName) -> bool,
    ) -> BTreeMap<String, String> {
        let gone = self.unused(TYPES);
        let gone: Vec<(&String, TypeName)> = gone
            .iter()
            .filter_map(|key| Some((key, self.known_type(key)?)))
            .collect();
        let added: Vec<(&String, TypeName)> = self
            .added
            .iter()
            .filter(|(section, ..)| *section == TYPES)
            .filter_map(|(_, key, line)| Some((key, parse_type(line)?)))
            .collect();
        let mut heirs = BTreeMap::new();
        for (key, name) in &added {
            let mut fitting = gone.iter().filter(|(_, old)| same(old, name));
            if let (Some((_, old)), None) = (fitting.next(), fitting.next()) {
                let rivals = added.iter().filter(|(_, other)| same(old, other)).count();
                if rivals == 1 {
                    let line = format!("{}::{}", old.module, old.name);
                    heirs.insert((*key).clone(), line);
                }
            }
        }
        heirs
    }

    /// The text of a table with more lines for types.
    pub(crate) fn with_lines(
        source: &Source,
        lines: &BTreeMap<String, String>,
    ) -> Result<String, Problems> {
        let mut names = Self::completing(source)?;
        let lines = lines.iter();
        names.added = lines
            .map(|(key, line)| (TYPES, key.clone(), line.clone()))
            .collect();
        Ok(names.completed())
    }

    /// The text without the lines that were not asked for, with the keys that `renamed` gives.
    pub(crate) fn renewed(mut self, renamed: impl Fn(&str, &str) -> Option<String>) -> String {
        for section in [OPERATIONS, TYPES] {
            let unused = self.unused(section);
            let Some(table) = self.table.get_mut(section).and_then(Item::as_table_mut) else {
                continue;
            };
            for key in unused {
                table.remove(&key);
            }
        }
        let text = self.completed();
        let Ok(mut table) = text.parse::<DocumentMut>() else {
            return text;
        };
        for section in [OPERATIONS, TYPES] {
            let Some(lines) = table.get_mut(section).and_then(Item::as_table_mut) else {
                continue;
            };
            let keys: Vec<String> = lines.iter().map(|(key, _)| key.to_owned()).collect();
            for key in keys {
                if let Some(new) = renamed(section, &key)
                    && let Some((old, item)) = lines.remove_entry(&key)
                {
                    let decor = old.leaf_decor().clone();
                    lines.insert_formatted(&toml_edit::Key::new(new).with_leaf_decor(decor), item);
                }
            }
        }
        table.to_string()
    }

    /// The keys of lines that were not asked for.
    fn unused(&self, section: &'static str) -> Vec<String> {
        let lines = self.table.get(section).and_then(Item::as_table);
        let keys = lines
            .into_iter()
            .flat_map(Table::iter)
            .map(|(key, _)| key.to_owned());
        keys.filter(|key| !self.used.contains(&(section, key.clone())))
            .collect()
    }

    /// The text with the lines that were added, each beside the others of its module.
    pub(crate) fn completed(mut self) -> String {
        if self.added.is_empty() {
            return self.table.to_string();
        }
        let mut sections: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
        for (section, key, line) in self.added {
            sections.entry(section).or_default().push((key, line));
        }
        for (section, lines) in sections {
            let table = self
                .table
                .entry(section)
                .or_insert(Item::Table(Table::new()));
            if let Some(table) = table.as_table_mut() {
                for (key, line) in lines {
                    table.insert(&key, value(line));
                }
            }
        }
        self.table.to_string()
    }
}

fn parse_operation(line: &str) -> Option<OperationName> {
    let (name, arguments) = match line.split_once('(') {
        Some((name, rest)) => (name, rest.strip_suffix(')')?),
        None => (line, ""),
    };
    let (module, function) = name.split_once("::")?;
    let arguments = arguments.split(',').map(str::trim);
    let name = OperationName {
        module: module.to_owned(),
        function: function.to_owned(),
        arguments: arguments
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect(),
    };
    (is_snake(module) && is_snake(function)).then_some(name)
}

fn parse_type(line: &str) -> Option<TypeName> {
    let (module, name) = line.split_once("::")?;
    let is_type = name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|it| it.is_ascii_alphanumeric());
    (is_snake(module) && is_type).then(|| TypeName {
        module: module.to_owned(),
        name: name.to_owned(),
    })
}

fn is_snake(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
        && syn::parse_str::<syn::Ident>(name).is_ok()
}

/// The name of an operation by rule: from the vendor extensions, else from tag and id.
pub(crate) fn operation_rule(
    id: &str,
    group: Option<&str>,
    method: Option<&str>,
    tag: Option<&str>,
    arguments: &[String],
) -> String {
    let module = singular(&group.or(tag).unwrap_or("miscellaneous").to_snake_case());
    let function = method.unwrap_or(id).to_snake_case();
    if arguments.is_empty() {
        format!("{module}::{function}")
    } else {
        format!("{module}::{function}({})", arguments.join(", "))
    }
}

/// The singular of an English plural, as far as resource names need it.
pub(crate) fn singular(plural: &str) -> String {
    if let Some(stem) = plural.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for ending in ["sses", "xes"] {
        if plural.ends_with(ending) {
            return plural[..plural.len() - 2].to_owned();
        }
    }
    match plural.strip_suffix('s') {
        Some(stem) if !stem.ends_with(['s', 'u']) => stem.to_owned(),
        _ => plural.to_owned(),
    }
}

/// A wire name as a Rust identifier in snake case.
pub(crate) fn snake(wire: &str) -> String {
    let snake = wire.to_snake_case();
    if syn::parse_str::<syn::Ident>(&snake).is_ok() {
        snake
    } else if syn::parse_str::<syn::Ident>(&format!("{snake}_")).is_ok() {
        format!("{snake}_")
    } else {
        format!("_{snake}")
    }
}

/// A wire name as a Rust type or variant. OAuth is spelled as everyone spells it.
pub(crate) fn pascal(wire: &str) -> String {
    wire.to_upper_camel_case().replace("Oauth", "OAuth")
}

/// A value of an enum as a variant: `Empty` for "", `ExceptX` for "-x", which the API reads as "not x".
pub(crate) fn variant(wire: &str) -> String {
    match (wire, wire.strip_prefix('-')) {
        ("", _) => "Empty".to_owned(),
        (_, Some(excluded)) => format!("Except{}", pascal(excluded)),
        _ if wire.starts_with(|first: char| first.is_ascii_digit()) => format!("N{}", pascal(wire)),
        _ => pascal(wire),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_singular() {
        for (plural, expected) in [
            ("users", "user"),
            ("jwt_templates", "jwt_template"),
            ("directories", "directory"),
            ("proxy_checks", "proxy_check"),
            ("email_addresses", "email_address"),
            ("jwks", "jwk"),
            ("status", "status"),
            ("access", "access"),
            ("boxes", "box"),
        ] {
            assert_eq!(singular(plural), expected);
        }
    }

    #[test]
    fn wire_names_become_identifiers() {
        for (wire, expected) in [
            ("created_at", "created_at"),
            ("apiKeyID", "api_key_id"),
            ("type", "type_"),
            ("self", "self_"),
            ("x5t#S256", "x5t_s256"),
            ("2fa", "_2fa"),
        ] {
            assert_eq!(snake(wire), expected);
        }
    }

    #[test]
    fn values_become_variants() {
        for (wire, expected) in [
            ("past_due", "PastDue"),
            ("", "Empty"),
            ("-enterprise_sso", "ExceptEnterpriseSso"),
            ("oauth_google", "OAuthGoogle"),
            ("2fa", "N2fa"),
            ("RS256", "Rs256"),
        ] {
            assert_eq!(variant(wire), expected);
        }
    }

    #[test]
    fn lines_name_a_function_with_its_arguments_or_a_type() {
        let name = parse_operation("user::create(email, name)").expect("it is one");
        assert_eq!((&*name.module, &*name.function), ("user", "create"));
        assert_eq!(name.arguments, ["email", "name"]);
        for line in [
            "user",
            "user::Create",
            "User::create",
            "user::create(",
            "user::fn",
            "a::b::c",
        ] {
            assert_eq!(parse_operation(line), None, "{line}");
        }
        for line in ["User", "user::user", "user::A-B", "User::User"] {
            assert_eq!(parse_type(line), None, "{line}");
        }
    }

    #[test]
    fn the_rule_reads_the_vendor_extensions_first() {
        let rule = operation_rule;
        let required = ["name".to_owned()];
        assert_eq!(
            rule("GetX", Some("users"), Some("getX"), Some("Tag"), &required),
            "user::get_x(name)"
        );
        assert_eq!(
            rule("createApiKey", None, None, Some("API Keys"), &[]),
            "api_key::create_api_key"
        );
        assert_eq!(rule("ping", None, None, None, &[]), "miscellaneous::ping");
    }
}
