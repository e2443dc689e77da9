//! The public items of the SDK, read off the syntax trees that the emit stage produces: what callers'
//! code depends on, and what is sent and received.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Attribute, Fields, FnArg, Ident, ImplItem, Item, Pat, Signature, Type, Visibility};

use super::render_tokens::Scope;
use super::severity::Severity;

/// The parts of a public item by their kind, such as the type of a field and the arguments of its
/// setter.
type Parts = BTreeMap<String, String>;

/// A public item. The method of the client and the function of an operation are one item, and so are
/// a field and its setter.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct EmittedItem {
    /// What callers' code depends on.
    public: Parts,
    /// What is sent or received.
    wire: Parts,
    /// The names of the arguments, if the item is the constructor of a struct.
    arguments: Vec<String>,
}

/// The public items of the SDK by their paths, such as `user::UpdateParams::locale`.
pub(super) type EmittedItems = BTreeMap<String, EmittedItem>;

impl EmittedItem {
    /// Returns how the change of an item affects callers, or `None` if at most its documentation
    /// changed.
    pub(super) fn change(old: Option<&Self>, new: Option<&Self>) -> Option<Severity> {
        let (old, new) = match (old, new) {
            (Some(old), Some(new)) => (old, new),
            (Some(_), None) => return Some(Severity::Breaking),
            (None, Some(_)) => return Some(Severity::Additive),
            (None, None) => return None,
        };
        let is_kept = |(kind, part): (&String, &String)| new.public.get(kind) == Some(part);
        if !old.public.iter().all(is_kept) {
            Some(Severity::Breaking)
        } else if old.public != new.public {
            Some(Severity::Additive)
        } else if old.wire != new.wire || old.arguments != new.arguments {
            Some(Severity::WireLevel)
        } else {
            None
        }
    }

    /// Returns whether the item is a constructor with this argument.
    pub(super) fn has_argument(&self, name: &str) -> bool {
        self.arguments.iter().any(|argument| argument == name)
    }

    /// Returns the type that the item exports from another module, if it does that.
    pub(super) fn exported(&self) -> Option<&str> {
        self.public.get("export").map(String::as_str)
    }

    /// Describes the parts of the item that differ in `new`: before and after.
    pub(super) fn describe_change(&self, new: &Self) -> String {
        let parts = |item: &Self| -> Parts {
            let (public, wire) = (item.public.iter(), item.wire.iter());
            let parts = public.chain(wire);
            parts
                .map(|(kind, part)| (kind.clone(), part.clone()))
                .collect()
        };
        let (was, is) = (parts(self), parts(new));
        let kinds = was
            .keys()
            .chain(is.keys().filter(|kind| !was.contains_key(*kind)));
        let changed = kinds.filter(|kind| was.get(*kind) != is.get(*kind));
        let display = |part: Option<&String>| {
            part.map_or_else(|| "none".to_owned(), |part| format!("`{part}`"))
        };
        let changed = changed.map(|kind| {
            let (was, is) = (display(was.get(kind)), display(is.get(kind)));
            format!("{kind} {was} → {is}")
        });
        changed.collect::<Vec<_>>().join(", ")
    }
}

/// Reads the public items of emitted modules, which may import from `all_modules`. The modules of types export theirs
/// from `types`.
pub(super) fn emitted_items<'m>(
    files: &BTreeMap<&str, syn::File>,
    all_modules: impl Iterator<Item = &'m str>,
) -> EmittedItems {
    let mut items = EmittedItems::new();
    let modules: BTreeSet<&str> = all_modules.map(module_name).collect();
    for (path, file) in files {
        let module = module_name(path);
        let scope = Scope::new(module, file, &modules);
        let mut reader = ModuleReader {
            module,
            scope: &scope,
            items: &mut items,
        };
        reader.read(file);
    }
    items
}

/// Returns the module from which a file exports its items.
fn module_name(path: &str) -> &str {
    let module = path.strip_suffix(".rs").unwrap_or(path);
    module.split_once('/').map_or(module, |(folder, _)| folder)
}

/// Reads the items of one module. The client of a module and its constructor are the same for every
/// document, and no items.
struct ModuleReader<'r> {
    module: &'r str,
    scope: &'r Scope,
    items: &'r mut EmittedItems,
}

impl ModuleReader<'_> {
    fn read(&mut self, file: &syn::File) {
        for name in &self.scope.exported {
            self.add_public(name, "export", format!("types::{name}"));
        }
        for item in &file.items {
            match item {
                Item::Struct(item) if !self.is_client(&item.ident) => {
                    self.read_attributes(&item.ident.to_string(), "struct", &item.attrs);
                    self.read_fields(&item.ident.to_string(), &item.fields);
                }
                Item::Enum(item) => self.read_enum(item),
                Item::Impl(item) => self.read_methods(item),
                Item::Fn(item) if is_public(&item.vis) => {
                    self.read_signature(&item.sig.ident.to_string(), "function", &item.sig);
                }
                Item::Macro(item) => self.read_encoding(&item.mac),
                _ => {}
            }
        }
    }

    fn is_client(&self, name: &Ident) -> bool {
        self.module != "types" && name == "Client"
    }

    fn item(&mut self, name: &str) -> &mut EmittedItem {
        let path = format!("{}::{name}", self.module);
        self.items.entry(path).or_default()
    }

    fn add_public(&mut self, name: &str, kind: &str, part: String) {
        self.item(name).public.insert(kind.to_owned(), part);
    }

    /// Reads whether a type can be matched or built exhaustively, and the traits that it derives.
    fn read_attributes(&mut self, name: &str, kind: &str, attributes: &[Attribute]) {
        let is_open = attributes
            .iter()
            .any(|it| it.path().is_ident("non_exhaustive"));
        let openness = if is_open {
            "non-exhaustive"
        } else {
            "exhaustive"
        };
        self.add_public(name, kind, openness.to_owned());
        for attribute in attributes.iter().filter(|it| it.path().is_ident("derive")) {
            // The templates contain nothing but names of traits.
            let _ = attribute.parse_nested_meta(|meta| {
                let derived = format!("derive {}", self.scope.render(&meta.path));
                self.add_public(name, &derived, "derived".to_owned());
                Ok(())
            });
        }
    }

    fn read_fields(&mut self, name: &str, fields: &Fields) {
        for field in fields.iter().filter(|it| is_public(&it.vis)) {
            let Some(ident) = &field.ident else { continue };
            let ty = self.scope.render(&field.ty);
            self.add_public(&format!("{name}::{ident}"), "field", ty);
        }
    }

    fn read_enum(&mut self, item: &syn::ItemEnum) {
        let name = item.ident.to_string();
        self.read_attributes(&name, "enum", &item.attrs);
        for variant in &item.variants {
            let content = self.scope.render(&variant.fields);
            self.add_public(&format!("{name}::{}", variant.ident), "variant", content);
        }
    }

    fn read_methods(&mut self, item: &syn::ItemImpl) {
        let Type::Path(path) = &*item.self_ty else {
            return;
        };
        let Some(owner) = path.path.get_ident() else {
            return;
        };
        for member in &item.items {
            let ImplItem::Fn(method) = member else {
                continue;
            };
            let name = method.sig.ident.to_string();
            match is_public(&method.vis) {
                false => {}
                true if self.is_client(owner) && name == "new" => {}
                true if self.is_client(owner) => {
                    self.read_signature(&name, "method", &method.sig);
                    // The first statement of the body binds the request.
                    if let Some(syn::Stmt::Local(binding)) = method.block.stmts.first() {
                        let value = binding.init.as_ref().map(|init| &init.expr);
                        let request = self.scope.render(value);
                        self.item(&name).wire.insert("request".to_owned(), request);
                    }
                }
                true => self.read_signature(&format!("{owner}::{name}"), "method", &method.sig),
            }
        }
    }

    /// Reads the types of a function's arguments, whose names no caller depends on, and of its result.
    fn read_signature(&mut self, name: &str, kind: &str, signature: &Signature) {
        let (mut types, mut names) = (Vec::new(), Vec::new());
        for argument in &signature.inputs {
            match argument {
                FnArg::Receiver(receiver) => {
                    types.push(self.scope.render(receiver));
                }
                FnArg::Typed(typed) => {
                    types.push(self.scope.render(&typed.ty));
                    if let Pat::Ident(name) = &*typed.pat {
                        names.push(name.ident.to_string());
                    }
                }
            }
        }
        let returns = self.scope.render(&signature.output);
        self.add_public(name, kind, format!("({}){returns}", types.join(", ")));
        if name.ends_with("::new") {
            self.item(name).arguments = names;
        }
    }

    /// Reads a call of a macro that implements an encoding: `macro!(Type … { field = "wire" …, … })`.
    /// The macro decides which traits are implemented, and its arguments what they encode.
    fn read_encoding(&mut self, call: &syn::Macro) {
        let mut tokens = call.tokens.clone().into_iter();
        let Some(TokenTree::Ident(name)) = tokens.next() else {
            return;
        };
        let (name, kind) = (name.to_string(), self.scope.render(&call.path));
        let mut head = TokenStream::new();
        for token in tokens {
            match token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    self.read_entries(&name, group.stream());
                }
                token => head.extend([token]),
            }
        }
        self.add_public(&name, &format!("{kind}!"), "called".to_owned());
        let head = self.scope.render(head);
        self.item(&name).wire.insert(kind, head);
    }

    /// Reads the entries of a macro call. Each begins with the name of a field or a variant.
    fn read_entries(&mut self, name: &str, entries: TokenStream) {
        let entries: Vec<TokenTree> = entries.into_iter().collect();
        let is_comma =
            |token: &TokenTree| matches!(token, TokenTree::Punct(it) if it.as_char() == ',');
        for entry in entries.split(is_comma) {
            if let Some((member, encoding)) = entry.split_first() {
                let encoding: TokenStream = encoding.iter().cloned().collect();
                let encoding = self.scope.render(encoding);
                let item = self.item(&format!("{name}::{member}"));
                item.wire.insert("encoding".to_owned(), encoding);
            }
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}
