//! What the tests share: a workspace of their own, and the tasks run on it.
#![allow(dead_code, reason = "each test program uses its part of this")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A workspace in a folder of its own.
pub(crate) struct Scratch(tempfile::TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it has a folder")).expect("it is made");
        fs::write(&path, text).expect("it is written");
        path.to_str().expect("it is text").to_owned()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("it is there")
    }

    /// Copies a folder, with the folders in it, into the workspace.
    pub(crate) fn copy(&self, from: &Path, name: &str) {
        for entry in fs::read_dir(from).expect("it is readable") {
            let path = entry.expect("it is readable").path();
            let file = path.file_name().expect("it has a name").to_string_lossy();
            let name = format!("{name}/{file}");
            if path.is_dir() {
                self.copy(&path, &name);
            } else {
                self.write(&name, &fs::read_to_string(&path).expect("it is text"));
            }
        }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(arguments)
            .arg("--workspace")
            .arg(self.0.path())
            .output()
            .expect("it runs");
        let text = |bytes| String::from_utf8(bytes).expect("it is text");
        (status.code().expect("it exits"), text(stdout), text(stderr))
    }

    /// Vendors a document that must be fine.
    pub(crate) fn vendor(&self, document: &str) {
        let path = self.write("upstream.yml", document);
        let (code, _, errors) = self.run(&["vendor", "--from", &path]);
        assert_eq!(code, 0, "{errors}");
    }

    pub(crate) fn regen(&self) -> String {
        let (code, output, errors) = self.run(&["regen"]);
        assert_eq!(code, 0, "{errors}");
        output
    }

    /// Every file and its content.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fn walk(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for entry in fs::read_dir(folder).expect("it is readable") {
                let path = entry.expect("it is readable").path();
                if path.is_dir() {
                    walk(&path, files);
                } else {
                    files.insert(path.clone(), fs::read(&path).expect("it is readable"));
                }
            }
        }
        let mut files = BTreeMap::new();
        walk(self.0.path(), &mut files);
        files
    }
}
