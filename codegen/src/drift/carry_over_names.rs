//! Keeps the public name of a type whose schema moved within the document: a type with the
//! same shape at a new location keeps the name that it had at its old location.

use super::lowered_document::LoweredDocument;
use crate::model::{Namespace, Shape};
use crate::names::{Names, TypeName};
use crate::{Inputs, Problems, Source};

/// Lowers the new documents with the old names, carried over to types that have moved.
pub(super) fn lower_with_carried_over_names(
    old: &LoweredDocument,
    new: &Inputs,
) -> Result<LoweredDocument, Problems> {
    let lowered = LoweredDocument::new(new)?;
    let carried_over = lowered.names.moved_types(|removed, added| {
        let homes: [fn(String) -> Namespace; 2] = [Namespace::Types, Namespace::Module];
        homes.into_iter().any(|home| {
            let was = shape(old, home, removed);
            was.is_some() && was == shape(&lowered, home, added)
        })
    });
    if carried_over.is_empty() {
        return Ok(lowered);
    }
    let names = Source {
        path: new.names.path.clone(),
        text: Names::with_types(&new.names, &carried_over)?,
    };
    let new = Inputs {
        names,
        ..new.clone()
    };
    LoweredDocument::new(&new)
}

fn shape<'d>(
    document: &'d LoweredDocument,
    home: fn(String) -> Namespace,
    name: &TypeName,
) -> Option<&'d Shape> {
    let key = (home(name.module.clone()), name.name.clone());
    document.type_shapes.get(&key)
}
