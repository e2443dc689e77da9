//! The program: what it prints, and how it stops.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

/// A running program. It is killed when it is dropped.
struct Program {
    child: Child,
    /// Nothing once nobody reads it any more.
    output: Option<BufReader<ChildStdout>>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clerk-emulator"));
        let command = command.args(["--port", "0"]).args(arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let output = child.stdout.take().map(BufReader::new);
        Self { child, output }
    }

    /// Returns the rest of the next line with this beginning.
    fn line(&mut self, beginning: &str) -> String {
        let output = self.output.as_mut().expect("the output is read");
        loop {
            let mut line = String::new();
            let length = output.read_line(&mut line).expect("text");
            assert!(length > 0, "no line begins with {beginning}");
            if let Some(rest) = line.trim_end().strip_prefix(beginning) {
                return rest.to_owned();
            }
        }
    }

    /// Sends a signal, and returns the status and the rest of the output.
    fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("kill is installed").success());
        let output = self.output.take().expect("the output is read");
        let rest = std::io::read_to_string(output).expect("text");
        (self.child.wait().expect("a status").code(), rest)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail if the program has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clerk-emulator"));
    command.args(arguments).output().expect("the program runs")
}

async fn get(url: &str, path: &str, key: &str) -> u16 {
    let request = reqwest::Client::new().get(format!("{url}{path}"));
    let response = request.bearer_auth(key).send().await;
    response.expect("a response").status().as_u16()
}

#[tokio::test]
async fn each_request_is_a_line_until_the_program_is_terminated() {
    let mut program = Program::start(&["--webhook", "http://127.0.0.1:1/hook"]);
    let secret = program.line("Webhook secret of http://127.0.0.1:1/hook: ");
    assert!(secret.starts_with("whsec_"), "{secret}");
    let key = program.line("Secret key: ");
    let url = program.line("Listening on ");
    assert_eq!(get(&url, "/users/count?query=x", &key).await, 200);
    assert_eq!(get(&url, "/users/user_none", &key).await, 404);
    assert_eq!(get(&url, "/users", "sk_test_none").await, 401);

    let (status, lines) = program.stop("-TERM");
    assert_eq!(status, Some(0));
    let lines: Vec<Vec<&str>> = lines
        .lines()
        .map(|it| it.split(' ').skip(1).collect())
        .collect();
    assert_eq!(lines[0][..3], ["GET", "/v1/users/count", "200"]);
    assert_eq!(lines[0].len(), 5, "{lines:?}");
    assert_eq!(
        lines[1][1..4],
        ["/v1/users/user_none", "404", "resource_not_found"]
    );
    assert_eq!(lines[2][2..4], ["401", "clerk_key_invalid"]);
    assert_eq!(lines.len(), 3, "{lines:?}");
}

#[tokio::test]
async fn a_quiet_program_prints_no_requests() {
    let mut program = Program::start(&["--quiet"]);
    let key = program.line("Secret key: ");
    let url = program.line("Listening on ");
    assert_eq!(get(&url, "/users", &key).await, 200);
    assert_eq!(program.stop("-INT"), (Some(0), String::new()));
}

#[tokio::test]
async fn the_program_goes_on_when_nobody_reads_its_output() {
    let mut program = Program::start(&[]);
    let key = program.line("Secret key: ");
    let url = program.line("Listening on ");
    program.output = None;
    for _ in 0..3 {
        assert_eq!(get(&url, "/users", &key).await, 200);
    }
}

#[test]
fn the_coverage_need_not_be_read_to_its_end() {
    let mut program = Program::start(&["--coverage"]);
    program.output = None;
    let status = program.child.wait().expect("a status");
    assert!(status.success(), "{status}");
}

#[test]
fn the_secret_of_a_webhook_is_the_same_at_each_start() {
    let options = ["--webhook", "http://127.0.0.1:1/hook"];
    let secrets = [(); 2].map(|()| Program::start(&options).line("Webhook secret of "));
    assert_eq!(secrets[0], secrets[1]);
}

#[test]
fn mistakes_are_explained() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener
        .local_addr()
        .expect("an address")
        .port()
        .to_string();
    for (arguments, expected) in [
        (&["--port", &port][..], "cannot listen on"),
        (&["--port", "0", "--key", "sk_live_x"], "--allow-live-keys"),
        (&["--port", "0", "--webhook", "https://x"], "http://"),
        (&["--port", "many"], "--port"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(message.contains(expected), "{message}");
    }
}
