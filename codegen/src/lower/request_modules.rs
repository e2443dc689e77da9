//! Checks the modules that `names.toml` gives to the types of requests: each is emitted next to the operations of its
//! module, where its name must not be taken.

use crate::model::{Api, Namespace, Shape, TypeDef};
use crate::problem::Problem;

/// Returns a problem for each type of a request that its module cannot contain.
pub(super) fn misplaced_types(api: &Api) -> Vec<Problem> {
    let problems = api.types.iter().filter_map(|ty| {
        let Namespace::Module(module) = &ty.namespace else {
            return None;
        };
        let resource = api.resources.iter().find(|it| it.module == *module);
        let message = match resource {
            None => format!(
                "`{}` belongs to the module `{module}`, which has no operations: choose another module in names.toml",
                ty.name
            ),
            Some(resource) if resource.exports.contains(&ty.name) => format!(
                "`{module}::{}` is also the name of a type in responses: rename one of them in names.toml",
                ty.name
            ),
            Some(_) => {
                let member = foreign_member(api, ty)?;
                format!(
                    "`{member}`, a member of the union `{module}::{}`, belongs to another module: choose the same module for both in names.toml",
                    ty.name
                )
            }
        };
        Some(Problem::new(&api.path, &ty.pointer, message))
    });
    problems.collect()
}

/// Returns the first member of a union that its module does not define.
fn foreign_member<'t>(api: &Api, union: &'t TypeDef) -> Option<&'t str> {
    let Shape::Union(members) = &union.shape else {
        return None;
    };
    let is_defined = |name: &str| {
        let mut types = api.types.iter();
        types.any(|ty| ty.namespace == union.namespace && ty.name == name)
    };
    let mut members = members.iter().map(|member| &*member.ty);
    members.find(|name| !is_defined(name))
}
