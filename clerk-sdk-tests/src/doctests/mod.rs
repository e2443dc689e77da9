//! Code samples that are compiled as documentation tests: the READMEs, and misuse that must not compile.

mod compile_fail;
mod readme;
