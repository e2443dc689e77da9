//! A document lowered for comparison: its public items, and the names it gives them.

use std::collections::BTreeMap;

use super::surface::Surface;
use crate::model::{Api, Namespace, Shape};
use crate::names::{Names, TypeName};
use crate::{Documents, Problem, Problems, Source, document, lower, undocumented};

/// A document as far as it can be lowered, with its surface.
pub(super) struct Lowered {
    pub(super) surface: Surface,
    pub(super) names: Names,
    pub(super) stale: Vec<Problem>,
    pub(super) undocumented: Vec<String>,
    /// Types by their names, to tell whether one is another's heir.
    shapes: BTreeMap<(bool, String, String), Shape>,
    pub(super) modules: BTreeMap<String, String>,
}

impl Lowered {
    pub(super) fn of(api: &Source, names: &Source, overlays: &[Source]) -> Result<Self, Problems> {
        let mut table = Names::completing(names)?;
        let (document, stale) = document::parse_allowing_stale_actions(api, overlays)?;
        let api = lower::lower(&document, &mut table)?;
        Ok(Self {
            surface: Surface::of(&api),
            names: table,
            stale,
            undocumented: undocumented::undocumented_items(&api),
            shapes: shapes(&api),
            modules: modules(&api),
        })
    }

    /// Lowers the new document; what has moved and kept its shape keeps its name.
    pub(super) fn keeping_names(
        old: &Self,
        api: &Source,
        documents: &Documents,
    ) -> Result<Self, Problems> {
        let new = Self::of(api, &documents.names, &documents.overlays)?;
        let heirs = new.names.moved_types(|gone, added| {
            let find = |shapes: &BTreeMap<_, Shape>, name: &TypeName, is_answer| {
                let key = (is_answer, name.module.clone(), name.name.clone());
                shapes.get(&key).map(Shape::without_prose)
            };
            [true, false].into_iter().any(|is_answer| {
                let was = find(&old.shapes, gone, is_answer);
                was.is_some() && was == find(&new.shapes, added, is_answer)
            })
        });
        if heirs.is_empty() {
            return Ok(new);
        }
        let names = Source {
            path: documents.names.path.clone(),
            text: Names::with_types(&documents.names, &heirs)?,
        };
        Self::of(api, &names, &documents.overlays)
    }
}

fn shapes(api: &Api) -> BTreeMap<(bool, String, String), Shape> {
    let types = api.types.iter().map(|ty| {
        let (is_answer, module) = match &ty.namespace {
            Namespace::Types(module) => (true, module),
            Namespace::Module(module) => (false, module),
        };
        (
            (is_answer, module.clone(), ty.name.clone()),
            ty.shape.clone(),
        )
    });
    types.collect()
}

/// The module of each type of answers.
fn modules(api: &Api) -> BTreeMap<String, String> {
    let types = api.types.iter().filter_map(|ty| match &ty.namespace {
        Namespace::Types(module) => Some((ty.name.clone(), module.clone())),
        Namespace::Module(_) => None,
    });
    types.collect()
}
