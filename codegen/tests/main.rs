//! The tests of the generator, as one program: linking takes longer than running them.

mod golden;
mod hostile_documents;
mod mutated_documents;
mod random_edits;
mod support;
mod typical_edits;
