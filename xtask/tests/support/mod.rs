//! Fixtures that the tests share: a scratch workspace in which they run xtask, a loopback HTTP
//! server, and sample documents.
#![allow(dead_code, reason = "each test program uses a part of this module")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A document with one operation, and with prose wherever OpenAPI allows it.
pub(crate) const PET: &str = r"
openapi: 3.0.3
info: { title: Pets, version: '2026-01-01', description: Prose of upstream. }
servers: [{ url: https://api.example.com/v1 }]
paths:
  /pets/{pet_id}:
    get:
      operationId: GetPet
      summary: Prose of upstream.
      tags: [Pets]
      x-speakeasy-name-override: get
      parameters: [{ in: path, name: pet_id, required: true, schema: { type: string } }]
      responses:
        '200':
          description: Prose of upstream.
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Pet' }
components:
  schemas:
    Pet:
      type: object
      properties:
        description: { type: string, description: Prose of upstream., example: Prose of upstream. }
";

/// A document in which a date and a status are not quoted, so that YAML does not read them as
/// strings.
pub(crate) const UNQUOTED_PET: &str = r"
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

/// A document that contains everything that can change: operations, parameters, enums, unions, …
pub(crate) const PETS: &str = include_str!("../drift_cases/vendored.yml");

/// The settings of a workspace with one document.
pub(crate) const SETTINGS: &str = r#"
[sdk]
api = "Clerk"
crate_name = "clerk_sdk"
folder = "clerk-sdk/src/generated"
conformance_calls = "clerk-sdk-tests/conformance/tests/conformance/calls"

[[documents]]
name = "backend-api"
facts = "spec/backend-api.json"
roots = ["/paths"]
"#;

/// The settings of a second document, in addition to those.
pub(crate) const SECOND_DOCUMENT: &str = r#"
[[documents]]
name = "events"
facts = "spec/events.json"
roots = ["/x-webhooks"]
module = "webhook"
payload = "data"
"#;

/// A workspace in a temporary folder.
pub(crate) struct ScratchWorkspace(tempfile::TempDir);

impl ScratchWorkspace {
    pub(crate) fn new() -> Self {
        let workspace = Self(tempfile::tempdir().expect("a temporary folder"));
        workspace.write("spec/generator.toml", SETTINGS);
        workspace
    }

    /// Creates a workspace in which `document` is vendored and the code generated.
    pub(crate) fn generated_from(document: &str) -> Self {
        let workspace = Self::new();
        workspace.vendor(document);
        workspace.regen();
        workspace
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// Writes a file and returns its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file has a folder"))
            .expect("the folder is created");
        fs::write(&path, text).expect("the file is written");
        path.to_str().expect("the path is UTF-8").to_owned()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("the file exists")
    }

    /// Copies a folder with its subfolders into the workspace.
    pub(crate) fn copy(&self, from: &Path, name: &str) {
        for entry in fs::read_dir(from).expect("the folder is readable") {
            let path = entry.expect("the folder is readable").path();
            let file = path.file_name().expect("an entry has a name");
            let name = format!("{name}/{}", file.to_string_lossy());
            if path.is_dir() {
                self.copy(&path, &name);
            } else {
                let text = fs::read_to_string(&path).expect("the file is UTF-8");
                self.write(&name, &text);
            }
        }
    }

    /// Runs xtask in the workspace. Returns its exit code, standard output and standard error.
    pub(crate) fn run(&self, args: &[&str]) -> (i32, String, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(args)
            .arg("--workspace")
            .arg(self.root())
            // Artifacts of a scratch workspace do not belong in a target folder that others share.
            .env_remove("CARGO_TARGET_DIR")
            .output()
            .expect("xtask runs");
        let string = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
        let code = status.code().expect("xtask exits");
        (code, string(stdout), string(stderr))
    }

    /// Vendors a valid document.
    pub(crate) fn vendor(&self, document: &str) {
        let path = self.write("upstream.yml", document);
        let (code, _, errors) = self.run(&["vendor", "--from", &path]);
        assert_eq!(code, 0, "{errors}");
    }

    /// Generates the code. Returns the standard output.
    pub(crate) fn regen(&self) -> String {
        let (code, output, errors) = self.run(&["regen"]);
        assert_eq!(code, 0, "{errors}");
        output
    }

    /// Returns every file with its content.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.root().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("the folder is readable") {
                let path = entry.expect("the folder is readable").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let content = fs::read(&path).expect("the file is readable");
                    files.insert(path, content);
                }
            }
        }
        files
    }
}

/// Starts an HTTP server on loopback that sends the same response to every request. `response`
/// builds it from the address of the server. Returns the URL of a document on the server.
pub(crate) fn serve(response: impl FnOnce(SocketAddr) -> String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("the listener is bound");
    let response = response(address);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 4096]).expect("a request");
            stream
                .write_all(response.as_bytes())
                .expect("the response is sent");
        }
    });
    format!("http://{address}/pets.yml")
}

/// Starts an HTTP server on loopback that serves `document`. Returns its URL.
pub(crate) fn serve_document(document: &str) -> String {
    let length = document.len();
    serve(|_| {
        format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{document}"
        )
    })
}
