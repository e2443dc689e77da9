//! Stage 2: the document to the model. All naming and all questions of the document end here.

mod answer;
mod component;
mod input;
mod operation;
mod paging;
mod schema;
mod types;
mod union;

pub(crate) use schema::SchemaRef;

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::Tag;

use crate::document::Document;
use crate::model::{Api, Home, Input, Operation, Places, Resource, Shape, Type, TypeDef};
use crate::names::Names;
use crate::{Problem, Problems};

/// What lowering works with: the document, the names, and what it has made so far.
pub(crate) struct Lowering<'a> {
    document: &'a Document,
    names: &'a mut Names,
    /// Made types by home and name; equal shapes under one name are one type.
    types: BTreeMap<(Home, String), TypeDef>,
    /// What each place of the document gave.
    places: Places,
    /// The places of the objects that were merged last.
    parts: Vec<String>,
    /// Components that are being lowered or have been, by name and role.
    components: BTreeMap<String, Type>,
    /// The module that a new component's type is named into: that of the operation at hand.
    module: String,
    problems: Vec<Problem>,
}

impl Lowering<'_> {
    fn problem(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        let problem = Problem::new(&self.document.path, pointer, message);
        self.problems.push(problem);
    }
}

impl Lowering<'_> {
    /// `clerk_sdk::types` is one namespace, whatever module a type belongs to.
    fn check_type_names(&mut self) {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        let mut clashes = Vec::new();
        for ty in self.types.values() {
            if let Home::Types(_) = ty.home
                && let Some(twin) = seen.insert(ty.name.clone(), ty.pointer.clone())
            {
                clashes.push((ty.pointer.clone(), ty.name.clone(), twin));
            }
        }
        for (pointer, name, twin) in clashes {
            let message = format!(
                "`{name}` is also the name of {twin}, in another module: give one of them another name in names.toml"
            );
            self.problem(pointer, message);
        }
    }
}

pub(crate) fn lower(document: &Document, names: &mut Names) -> Result<Api, Problems> {
    let mut lowering = Lowering {
        document,
        names,
        types: BTreeMap::new(),
        places: Places::new(),
        parts: Vec::new(),
        components: BTreeMap::new(),
        module: String::new(),
        problems: Vec::new(),
    };
    let mut modules = operation::lower_operations(&mut lowering);
    lowering.check_type_names();
    let Lowering {
        types,
        places,
        problems,
        ..
    } = lowering;
    reserve_words(&mut modules);

    let mut types: Vec<TypeDef> = types.into_values().collect();
    tell_members(&mut types);
    let mut resources: Vec<Resource> = modules
        .into_iter()
        .map(|(module, operations)| {
            let exports = exports(&module, &operations, &types);
            Resource {
                docs: tag(document, &module).and_then(|tag| tag.description.clone()),
                example: tag(document, &module).and_then(example),
                exports,
                module,
                operations,
            }
        })
        .collect();
    for resource in &mut resources {
        resource.operations.sort_by_key(order);
    }
    let api = Api {
        version: document.openapi.info.version.clone(),
        server: server(document),
        path: document.path.clone(),
        resources,
        types,
        places,
    };
    Problems::check(problems, api)
}

/// Gives each member of a union the first sentence of its type.
fn tell_members(types: &mut [TypeDef]) {
    let told = types.iter().filter_map(|ty| {
        let first = ty.docs.as_deref()?.trim().split("\n\n").next()?;
        Some((ty.name.clone(), first.to_owned()))
    });
    let told: BTreeMap<String, String> = told.collect();
    for ty in types {
        if let Shape::Union(members) = &mut ty.shape {
            for member in members {
                member.docs = told.get(&member.ty).cloned();
            }
        }
    }
}

/// Reading order: what most callers look for comes first, the rest by name.
fn order(operation: &Operation) -> (usize, String) {
    const FIRST: [&str; 6] = ["list", "count", "get", "create", "update", "delete"];
    let rank = FIRST.iter().position(|name| *name == operation.name);
    (rank.unwrap_or(FIRST.len()), operation.name.clone())
}

/// The prose of a module: an overlay writes it as the tag with the module's name.
fn tag<'d>(document: &'d Document, module: &str) -> Option<&'d Tag> {
    let mut tags = document.openapi.tags.iter();
    tags.find(|tag| tag.name == module)
}

fn example(tag: &Tag) -> Option<String> {
    let example = tag.extensions.get("x-example")?.as_str()?;
    Some(example.trim().to_owned())
}

fn server(document: &Document) -> String {
    let server = document.openapi.servers.first();
    server.map(|server| server.url.clone()).unwrap_or_default()
}

/// The types a module exports again: those that belong to it, and those its operations take and give.
fn exports(module: &str, operations: &[Operation], types: &[TypeDef]) -> Vec<String> {
    let belonging = types.iter().filter_map(|it| match &it.home {
        Home::Types(home) if home == module => Some(it.name.clone()),
        _ => None,
    });
    let returned = operations
        .iter()
        .filter_map(|operation| shared(&operation.returns));
    let taken = types
        .iter()
        .filter(|it| it.home == Home::Module(module.to_owned()))
        .flat_map(|it| match &it.shape {
            Shape::Object(object) => object
                .fields
                .iter()
                .filter_map(|field| shared(&field.ty))
                .collect(),
            _ => Vec::new(),
        });
    belonging
        .chain(returned)
        .chain(taken)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

fn shared(ty: &Type) -> Option<String> {
    match ty.named() {
        Some((Home::Types(_), name)) => Some(name.to_owned()),
        _ => None,
    }
}

/// Finds the words that, given as a path argument, would call another operation: `user::get("count")`
/// must not become `user::count`.
fn reserve_words(modules: &mut BTreeMap<String, Vec<Operation>>) {
    let routes: Vec<(crate::model::Verb, Vec<String>)> = modules
        .values()
        .flatten()
        .map(|operation| (operation.verb, segments(&operation.path)))
        .collect();
    for operation in modules.values_mut().flatten() {
        let own = segments(&operation.path);
        for param in &mut operation.path_params {
            let placeholder = format!("{{{}}}", param.wire);
            let Some(place) = own.iter().position(|segment| *segment == placeholder) else {
                continue;
            };
            let words: BTreeSet<String> = routes
                .iter()
                .filter(|(verb, other)| *verb == operation.verb && other.len() == own.len())
                .filter(|(_, other)| !is_placeholder(&other[place]))
                .filter(|(_, other)| {
                    (0..own.len()).all(|at| at == place || overlap(&own[at], &other[at]))
                })
                .map(|(_, other)| other[place].clone())
                .collect();
            param.reserved = words.into_iter().collect();
        }
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').skip(1).map(str::to_owned).collect()
}

fn is_placeholder(segment: &str) -> bool {
    segment.starts_with('{')
}

/// Whether some text fits both segments.
fn overlap(one: &str, other: &str) -> bool {
    one == other || is_placeholder(one) || is_placeholder(other)
}

impl Input {
    /// The params struct, if there is one.
    pub(crate) fn params(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Query(name) | Self::Json(name) | Self::JsonList(name) | Self::Form(name) => {
                Some(name)
            }
        }
    }
}
