//! What the tasks never do, whatever they are given: write half, follow a link out, crash, or wait.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;

const DOCUMENT: &str = r"
openapi: 3.0.3
info: { title: Pets, version: 2026-01-01 }
servers: [{ url: https://api.example.com/v1 }]
paths:
  /pets/{pet_id}:
    get:
      operationId: GetPet
      tags: [Pets]
      parameters: [{ in: path, name: pet_id, required: true, schema: { type: string } }]
      responses:
        200: { description: It, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
components:
  schemas:
    Pet: { type: object, properties: { name: { type: string } } }
";
const GENERATED: &str = "clerk-sdk/src/generated";

struct Scratch(tempfile::TempDir);

/// Path to content and time of change.
type Files = BTreeMap<PathBuf, (Vec<u8>, SystemTime)>;

impl Scratch {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// A workspace with the document vendored and everything generated.
    fn generated() -> Self {
        let scratch = Self::new();
        scratch.vendor(DOCUMENT);
        assert_eq!(scratch.run(&["regen"]).0, 0);
        scratch
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it has a folder")).expect("it is made");
        fs::write(&path, text).expect("it is written");
        path.to_str().expect("it is text").to_owned()
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let output = command
            .args(arguments)
            .arg("--workspace")
            .arg(self.0.path());
        let Output {
            status,
            stdout,
            stderr,
        } = output.output().expect("it runs");
        let text = |bytes| String::from_utf8(bytes).expect("it is text");
        (status.code().expect("it exits"), text(stdout), text(stderr))
    }

    fn vendor(&self, document: &str) {
        let path = self.write("upstream.yml", document);
        let (code, _, errors) = self.run(&["vendor", "--from", &path]);
        assert_eq!(code, 0, "{errors}");
    }

    /// Runs with no file allowed to pass a few bytes, and the signal of that ignored or deadly.
    #[cfg(unix)]
    fn run_on_a_full_disk(&self, before: &str) -> Output {
        let script = format!("{before} ulimit -f 1; exec \"$0\" regen --workspace \"$1\"");
        Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_xtask")])
            .arg(self.0.path())
            .output()
            .expect("it runs")
    }

    fn files(&self) -> Files {
        fn walk(folder: &Path, files: &mut Files) {
            for entry in fs::read_dir(folder).expect("it is readable") {
                let path = entry.expect("it is readable").path();
                if path.is_dir() {
                    walk(&path, files);
                } else {
                    let changed = path.metadata().and_then(|it| it.modified());
                    let content = fs::read(&path).expect("it is readable");
                    files.insert(path, (content, changed.expect("it has a time")));
                }
            }
        }
        let mut files = Files::new();
        walk(self.0.path(), &mut files);
        files
    }

    /// Makes every generated file differ from what it should be.
    #[cfg(unix)]
    fn spoil(&self) {
        for (path, (content, _)) in self.files() {
            if path.starts_with(self.path(GENERATED)) {
                fs::write(path, [&content, &b"// stale\n"[..]].concat()).expect("it is written");
            }
        }
    }

    fn staged(&self) -> usize {
        let files = self.files().into_keys();
        files
            .filter(|path| path.extension().is_some_and(|it| it == "xtask-tmp"))
            .count()
    }
}

#[test]
fn a_second_run_touches_no_file() {
    let scratch = Scratch::generated();
    let before = scratch.files();
    let from = scratch.path("upstream.yml");
    let from = from.to_str().expect("it is text");
    assert_eq!(scratch.run(&["vendor", "--from", from]).0, 0);
    assert_eq!(scratch.run(&["regen"]).0, 0);
    assert_eq!(scratch.files(), before);
}

#[test]
fn everything_wrong_with_a_document_is_said_in_one_run() {
    let twins = DOCUMENT.replace(
        "components:",
        "  /cats:\n    get: { operationId: GetPet, responses: { 200: { $ref: '#/nowhere' } } }\ncomponents:",
    );
    let scratch = Scratch::generated();
    let path = scratch.write("wrong.yml", &twins);
    let before = scratch.files();
    let (code, _, errors) = scratch.run(&["vendor", "--from", &path]);
    assert_eq!(code, 2);
    assert!(
        errors.contains("wrong.yml#/paths/~1pets~1{pet_id}/get: the `operationId` GetPet"),
        "{errors}"
    );
    assert!(
        errors.contains("wrong.yml#/paths/~1cats/get/responses/200: "),
        "{errors}"
    );
    assert_eq!(scratch.files(), before);
}

#[test]
fn a_response_that_is_no_object_is_an_error_and_no_crash() {
    let scratch = Scratch::new();
    let path = scratch.write(
        "wrong.yml",
        &DOCUMENT.replace("{ description: It", "text #"),
    );
    let before = scratch.files();
    let (code, _, errors) = scratch.run(&["vendor", "--from", &path]);
    assert_eq!(code, 2, "{errors}");
    assert!(errors.starts_with("error: "), "{errors}");
    assert_eq!(scratch.files(), before);
}

#[test]
fn neither_a_path_nor_a_word_gets_into_the_record() {
    let scratch = Scratch::new();
    let path = scratch.write("upstream.yml", DOCUMENT);
    for option in [
        ["--source", "/elsewhere/pets.yml"],
        ["--date", "yesterday"],
        ["--date", "2026-02-30"],
    ] {
        let (code, _, errors) = scratch.run(&["vendor", "--from", &path, option[0], option[1]]);
        assert_eq!(code, 2, "{option:?}");
        assert!(errors.contains(option[0]), "{errors}");
    }
    assert!(!scratch.path("spec").exists());
}

#[test]
fn a_redirect_to_plain_http_is_not_followed() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("it connects");
        let _ = stream.read(&mut [0; 4096]);
        let head = format!(
            "HTTP/1.1 302 Found\r\nlocation: http://{address}/other\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).expect("it is sent");
    });
    let scratch = Scratch::new();
    let (code, _, errors) =
        scratch.run(&["vendor", "--from", &format!("http://{address}/pets.yml")]);
    server.join().expect("it served");
    assert_eq!(code, 2);
    assert!(errors.contains("not encrypted"), "{errors}");
    assert!(!scratch.path("spec").exists());
}

#[test]
fn what_a_killed_run_left_is_no_difference_and_goes_with_the_next_run() {
    let scratch = Scratch::generated();
    scratch.write(&format!("{GENERATED}/old/x.rs.xtask-tmp"), "half");
    scratch.write("spec/names.toml.xtask-tmp", "half");
    let (code, output, _) = scratch.run(&["regen", "--check"]);
    assert_eq!((code, output.as_str()), (0, ""));
    assert_eq!(scratch.staged(), 2, "a check changes nothing");
    assert_eq!(scratch.run(&["regen"]).0, 0);
    scratch.vendor(DOCUMENT);
    assert_eq!(scratch.staged(), 0);
}

#[cfg(unix)]
#[test]
fn a_failure_while_staging_leaves_every_file_as_it_was() {
    let scratch = Scratch::generated();
    scratch.spoil();
    let before = scratch.files();
    let output = scratch.run_on_a_full_disk("trap '' XFSZ;");
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.contains("cannot be written") && errors.contains("nothing was written"),
        "{errors}"
    );
    assert_eq!(scratch.files(), before);
}

#[cfg(unix)]
#[test]
fn a_kill_while_staging_leaves_every_file_and_the_next_run_cleans_up() {
    let scratch = Scratch::generated();
    let good = scratch.files();
    scratch.spoil();
    let stale = scratch.files();
    let output = scratch.run_on_a_full_disk("");
    assert_eq!(output.status.code(), None, "it is killed");
    assert!(scratch.staged() > 0);
    let after = scratch.files();
    assert!(
        stale
            .iter()
            .all(|(path, file)| after.get(path) == Some(file))
    );

    assert_eq!(scratch.run(&["regen"]).0, 0);
    assert_eq!(scratch.staged(), 0);
    let contents = |files: Files| -> Vec<_> {
        let files = files.into_iter();
        files.map(|(path, (content, _))| (path, content)).collect()
    };
    assert_eq!(contents(scratch.files()), contents(good));
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_generated_folder() {
    let outside = tempfile::tempdir().expect("a folder");
    let note = outside.path().join("note.txt");
    fs::write(&note, "somebody's").expect("it is written");
    for place in [GENERATED.to_owned(), format!("{GENERATED}/inner")] {
        let scratch = Scratch::new();
        scratch.vendor(DOCUMENT);
        let link = scratch.path(&place);
        fs::create_dir_all(link.parent().expect("it has a folder")).expect("it is made");
        std::os::unix::fs::symlink(outside.path(), &link).expect("it is linked");
        let (code, _, errors) = scratch.run(&["regen"]);
        assert_eq!(code, 2);
        assert!(errors.contains("is a link"), "{errors}");
        assert_eq!(
            fs::read_dir(outside.path())
                .expect("it is readable")
                .count(),
            1
        );
        assert!(note.exists());
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_and_not_waited_for() {
    let scratch = Scratch::generated();
    let place = scratch.path(&format!("{GENERATED}/socket"));
    let _socket = std::os::unix::net::UnixListener::bind(place).expect("it is bound");
    let (code, _, errors) = scratch.run(&["regen", "--check"]);
    assert_eq!(code, 2);
    assert!(errors.contains("socket is no file"), "{errors}");
}
