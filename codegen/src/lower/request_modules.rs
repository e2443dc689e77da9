//! Checks the modules that `names.toml` gives to the types of requests: each is emitted next to the operations of its
//! module, where its name must not be taken.

use crate::model::{Api, Namespace};
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
            Some(_) => return None,
        };
        Some(Problem::new(&ty.file, &ty.pointer, message))
    });
    problems.collect()
}
