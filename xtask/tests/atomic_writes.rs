//! Tests that the commands never leave a file partially written, never follow a link out of the
//! workspace, and never write a file that has not changed.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use support::{ScratchWorkspace, UNQUOTED_PET};

const GENERATED: &str = "clerk-sdk/src/generated";

/// Files by path, each with its content and its modification time.
type FilesWithTimes = BTreeMap<PathBuf, (Vec<u8>, SystemTime)>;

fn files_with_times(workspace: &ScratchWorkspace) -> FilesWithTimes {
    let files = workspace.files().into_iter();
    let files = files.map(|(path, content)| {
        let modified = path.metadata().and_then(|it| it.modified());
        let modified = modified.expect("the platform has modification times");
        (path, (content, modified))
    });
    files.collect()
}

fn staged_files(workspace: &ScratchWorkspace) -> usize {
    let paths = workspace.files().into_keys();
    paths
        .filter(|path| path.extension().is_some_and(|it| it == "xtask-tmp"))
        .count()
}

/// A copy of the document. It is written last, and is longer than all generated files.
#[cfg(unix)]
const COPY: &str = "spec/copy.json";

/// A limit on the size of files, in blocks of 512 or 1024 bytes, that no generated file reaches.
#[cfg(unix)]
const LESS_THAN_THE_COPY: usize = 64;

/// A workspace whose document is long, in which every generated file is stale. Returns the files that
/// `regen` should write as well.
#[cfg(unix)]
fn stale_workspace() -> (ScratchWorkspace, BTreeMap<PathBuf, Vec<u8>>) {
    let workspace = ScratchWorkspace::new();
    let settings = workspace.read("spec/generator.toml");
    workspace.write(
        "spec/generator.toml",
        &format!("{settings}copies = [{COPY:?}]\n"),
    );
    let pattern = "a".repeat(100_000);
    let name = "name: { type: string";
    workspace.vendor(&UNQUOTED_PET.replace(name, &format!("{name}, pattern: {pattern}")));
    workspace.regen();
    let current = workspace.files();
    for (path, content) in &current {
        if path.starts_with(workspace.path(GENERATED)) || *path == workspace.path(COPY) {
            let content = [content, &b"// stale\n"[..]].concat();
            fs::write(path, content).expect("the file is writable");
        }
    }
    (workspace, current)
}

/// Runs `regen` with a limit on the size of files, so that writing fails as on a full disk. `setup`
/// decides whether the signal that this raises is ignored or kills the program.
#[cfg(unix)]
fn regen_on_full_disk(
    workspace: &ScratchWorkspace,
    setup: &str,
    blocks: usize,
) -> std::process::Output {
    let script = format!("{setup} ulimit -f {blocks}; exec \"$0\" regen --workspace \"$1\"");
    std::process::Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_xtask")])
        .arg(workspace.root())
        .output()
        .expect("the shell runs")
}

#[test]
fn second_run_writes_no_file() {
    let workspace = ScratchWorkspace::generated_from(UNQUOTED_PET);
    let before = files_with_times(&workspace);
    let document = workspace.path("upstream.yml");
    let document = document.to_str().expect("the path is UTF-8");
    assert_eq!(workspace.run(&["vendor", "--from", document]).0, 0);
    assert_eq!(workspace.run(&["regen"]).0, 0);
    assert_eq!(files_with_times(&workspace), before);
}

#[test]
fn staged_files_of_a_killed_run_are_ignored_by_check_and_removed_by_the_next_run() {
    let workspace = ScratchWorkspace::generated_from(UNQUOTED_PET);
    workspace.write(&format!("{GENERATED}/old/x.rs.xtask-tmp"), "half");
    workspace.write("spec/names.toml.xtask-tmp", "half");
    let (code, output, _) = workspace.run(&["regen", "--check"]);
    assert_eq!((code, output.as_str()), (0, ""));
    assert_eq!(staged_files(&workspace), 2, "a check changes nothing");
    assert_eq!(workspace.run(&["regen"]).0, 0);
    workspace.vendor(UNQUOTED_PET);
    assert_eq!(staged_files(&workspace), 0);
}

#[cfg(unix)]
#[test]
fn failure_while_formatting_or_staging_leaves_every_file_unchanged() {
    let (workspace, _) = stale_workspace();
    let before = files_with_times(&workspace);
    for blocks in [1, LESS_THAN_THE_COPY] {
        let output = regen_on_full_disk(&workspace, "trap '' XFSZ;", blocks);
        assert_eq!(output.status.code(), Some(2));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            errors.contains("cannot be written") && errors.contains("nothing was written"),
            "{errors}"
        );
        assert_eq!(errors.contains(COPY), blocks > 1, "{errors}");
        assert_eq!(files_with_times(&workspace), before);
    }
}

#[cfg(unix)]
#[test]
fn kill_while_formatting_leaves_every_file_unchanged() {
    let (workspace, _) = stale_workspace();
    let before = files_with_times(&workspace);
    let output = regen_on_full_disk(&workspace, "", 1);
    assert_eq!(output.status.code(), None, "the signal kills xtask");
    assert_eq!(files_with_times(&workspace), before);
}

#[cfg(unix)]
#[test]
fn kill_while_staging_leaves_every_file_unchanged_and_the_next_run_cleans_up() {
    let (workspace, current) = stale_workspace();
    let stale = files_with_times(&workspace);
    let output = regen_on_full_disk(&workspace, "", LESS_THAN_THE_COPY);
    assert_eq!(output.status.code(), None, "the signal kills xtask");
    assert!(staged_files(&workspace) > 1);
    let after = files_with_times(&workspace);
    assert!(
        stale
            .iter()
            .all(|(path, file)| after.get(path) == Some(file))
    );

    assert_eq!(workspace.run(&["regen"]).0, 0);
    assert_eq!(staged_files(&workspace), 0);
    assert_eq!(workspace.files(), current);
}

#[cfg(unix)]
#[test]
fn symbolic_links_in_the_generated_folder_are_rejected() {
    let outside = tempfile::tempdir().expect("a temporary folder");
    let note = outside.path().join("note.txt");
    fs::write(&note, "not generated").expect("the file is writable");
    for link in [GENERATED.to_owned(), format!("{GENERATED}/inner")] {
        let workspace = ScratchWorkspace::new();
        workspace.vendor(UNQUOTED_PET);
        let link = workspace.path(&link);
        fs::create_dir_all(link.parent().expect("a link has a folder"))
            .expect("the folder is created");
        std::os::unix::fs::symlink(outside.path(), &link).expect("the link is created");
        let (code, _, errors) = workspace.run(&["regen"]);
        assert_eq!(code, 2);
        assert!(errors.contains("is a symbolic link"), "{errors}");
        let files = fs::read_dir(outside.path()).expect("the folder is readable");
        assert_eq!(files.count(), 1);
        assert!(note.exists());
    }
}

#[cfg(unix)]
#[test]
fn special_files_in_the_generated_folder_are_rejected_without_blocking() {
    let workspace = ScratchWorkspace::generated_from(UNQUOTED_PET);
    let path = workspace.path(&format!("{GENERATED}/socket"));
    let _socket = std::os::unix::net::UnixListener::bind(path).expect("the socket is created");
    let (code, _, errors) = workspace.run(&["regen", "--check"]);
    assert_eq!(code, 2);
    assert!(errors.contains("socket is not a regular file"), "{errors}");
}
