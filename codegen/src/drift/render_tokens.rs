//! Renders tokens of a generated file as a compact string in which the path of each generated type
//! is complete, so that two types with one name are told apart.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Item, UseTree, Visibility};

/// The types of the API that a generated file names, with their paths, such as `types::User`.
pub(super) struct Scope {
    paths: BTreeMap<String, String>,
    /// The types that the file exports although another one defines them.
    pub(super) exported: Vec<String>,
}

impl Scope {
    /// Collects the types that `file`, the module `module`, defines or imports from other `modules`.
    pub(super) fn new(module: &str, file: &syn::File, modules: &BTreeSet<&str>) -> Self {
        let mut scope = Self {
            paths: BTreeMap::new(),
            exported: Vec::new(),
        };
        for item in &file.items {
            match item {
                Item::Struct(item) => scope.define(module, &item.ident),
                Item::Enum(item) => scope.define(module, &item.ident),
                Item::Use(item) => {
                    let Some((module, names)) = imported(&item.tree) else {
                        continue;
                    };
                    if !modules.contains(module.as_str()) {
                        continue;
                    }
                    names.iter().for_each(|name| scope.define(&module, name));
                    if matches!(item.vis, Visibility::Public(_)) {
                        let names = names.into_iter().map(ToString::to_string);
                        scope.exported.extend(names);
                    }
                }
                _ => {}
            }
        }
        scope
    }

    fn define(&mut self, module: &str, name: &Ident) {
        let path = format!("{module}::{name}");
        self.paths.insert(name.to_string(), path);
    }

    /// Renders tokens.
    pub(super) fn render(&self, tokens: impl ToTokens) -> String {
        let mut text = String::new();
        self.render_into(&mut text, tokens.into_token_stream());
        text
    }

    fn render_into(&self, text: &mut String, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.render_group(text, &group),
                TokenTree::Ident(ident) => {
                    let name = ident.to_string();
                    push_word(text, self.paths.get(&name).unwrap_or(&name));
                }
                TokenTree::Literal(literal) => push_word(text, &literal.to_string()),
                TokenTree::Punct(punct) => push_punct(text, punct.as_char(), punct.spacing()),
            }
        }
    }

    fn render_group(&self, text: &mut String, group: &Group) {
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::Brace => (" { ", " }"),
            Delimiter::None => ("", ""),
        };
        text.push_str(open);
        self.render_into(text, group.stream());
        text.push_str(close);
    }
}

/// Returns the module and the names that a `use` declaration imports from a module of the crate.
fn imported(tree: &UseTree) -> Option<(String, Vec<&Ident>)> {
    let UseTree::Path(root) = tree else {
        return None;
    };
    let UseTree::Path(module) = &*root.tree else {
        return None;
    };
    let names = match &*module.tree {
        UseTree::Name(name) => vec![&name.ident],
        UseTree::Group(group) => {
            let names = group.items.iter().filter_map(|tree| match tree {
                UseTree::Name(name) => Some(&name.ident),
                _ => None,
            });
            names.collect()
        }
        _ => Vec::new(),
    };
    (root.ident == "crate").then(|| (module.ident.to_string(), names))
}

/// Adds an identifier or a literal, separated from a preceding one.
fn push_word(text: &mut String, word: &str) {
    if text.ends_with(|last: char| last.is_alphanumeric() || "_\"".contains(last)) {
        text.push(' ');
    }
    text.push_str(word);
}

fn push_punct(text: &mut String, punct: char, spacing: Spacing) {
    match punct {
        ',' | ';' => text.extend([punct, ' ']),
        '-' if spacing == Spacing::Joint => text.push_str(" -"),
        '>' if text.ends_with('-') => text.push_str("> "),
        '+' | '=' => text.extend([' ', punct, ' ']),
        ':' if spacing == Spacing::Alone && !text.ends_with(':') => text.push_str(": "),
        _ => text.push(punct),
    }
}
