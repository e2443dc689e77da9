//! Renders tokens of a generated file as a compact string in which the path of each generated type
//! is complete, so that two types with one name are told apart.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Item, UseTree, Visibility};

/// The types of the API that a generated file names, with their paths, such as `types::User`.
pub(super) struct Scope {
    paths: BTreeMap<String, String>,
    /// The types that the file exports although another one defines them.
    pub(super) exported: Vec<String>,
}

impl Scope {
    /// Collects the types that `file`, the module `module`, defines or imports.
    pub(super) fn new(module: &str, file: &syn::File) -> Self {
        let mut scope = Self {
            paths: BTreeMap::new(),
            exported: Vec::new(),
        };
        for item in &file.items {
            match item {
                Item::Struct(item) => scope.define(module, item.ident.to_string()),
                Item::Enum(item) => scope.define(module, item.ident.to_string()),
                Item::Use(item) => {
                    let mut names = Vec::new();
                    collect_types(&item.tree, false, &mut names);
                    if matches!(item.vis, Visibility::Public(_)) {
                        scope.exported.extend(names.iter().cloned());
                    }
                    names
                        .into_iter()
                        .for_each(|name| scope.define("types", name));
                }
                _ => {}
            }
        }
        scope
    }

    fn define(&mut self, module: &str, name: String) {
        let path = format!("{module}::{name}");
        self.paths.insert(name, path);
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

/// Collects the names that a `use` declaration imports from `crate::types`.
fn collect_types(tree: &UseTree, is_in_types: bool, names: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => {
            let is_in_types = is_in_types || path.ident == "types";
            collect_types(&path.tree, is_in_types, names);
        }
        UseTree::Name(name) if is_in_types => names.push(name.ident.to_string()),
        UseTree::Group(group) => {
            let trees = group.items.iter();
            trees.for_each(|tree| collect_types(tree, is_in_types, names));
        }
        _ => {}
    }
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
