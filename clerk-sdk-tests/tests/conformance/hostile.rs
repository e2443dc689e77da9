//! Answers that nobody should send: a value or an error that keeps them, never a panic.

use clerk_sdk::{Clerk, Error};
use serde_json::{Value, json};

use crate::answers::{Answering, Seen, distinct, fresh};
use crate::compare::lost;
use crate::instance::{Fill, Kind};
use crate::server::Exchange;

/// The tests' handle for answers of bytes.
struct Hostile {
    exchange: Exchange,
    clerk: Clerk,
    wrong: Vec<String>,
}

impl Hostile {
    fn new() -> Self {
        let exchange = Exchange::default();
        Self {
            clerk: exchange.clerk(),
            exchange,
            wrong: Vec::new(),
        }
    }

    /// Decodes these bytes, which gives a value, or an error that keeps them.
    async fn decode(&mut self, answering: &Answering, bytes: &[u8]) -> Option<Value> {
        self.exchange
            .answer_bytes(answering.described.success.0, bytes.to_vec());
        let result = answering.call(&self.clerk).await;
        match result {
            Ok(value) => return Some(value.json),
            Err(Error::Decode(error)) if error.body() == bytes => {}
            other => self.fail(answering, bytes, &format!("{other:?}")),
        }
        None
    }

    /// Decodes these bytes, which is an error.
    async fn refuse(&mut self, answering: &Answering, bytes: &[u8]) {
        if let Some(value) = self.decode(answering, bytes).await {
            self.fail(answering, bytes, &format!("{value}"));
        }
    }

    fn fail(&mut self, answering: &Answering, bytes: &[u8], what: &str) {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
        let name = answering.operation.name;
        self.wrong.push(format!("{name}: {shown}: {what}"));
    }

    fn finish(self) {
        let wrong = self.wrong;
        assert!(
            wrong.is_empty(),
            "{} wrong\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }
}

#[tokio::test]
async fn no_depth_overflows_the_stack() {
    const DEPTH: usize = 20_000;
    let mut hostile = Hostile::new();
    for answering in distinct() {
        for open in [
            "[",
            "{\"data\":",
            "{\"unknown\":[",
            "[{\"public_metadata\":",
        ] {
            hostile
                .refuse(&answering, open.repeat(DEPTH).as_bytes())
                .await;
        }
        // What is skipped is skipped at any depth.
        let closed = format!("{{\"unknown\":{}{}}}", "[".repeat(DEPTH), "]".repeat(DEPTH));
        hostile.decode(&answering, closed.as_bytes()).await;
    }
    hostile.finish();
}

#[tokio::test]
async fn an_answer_that_is_cut_off_anywhere_is_an_error() {
    let mut hostile = Hostile::new();
    for answering in distinct() {
        let whole = answering.make(Fill::Required).value.to_string();
        for length in (0..whole.len()).step_by(5) {
            hostile
                .refuse(&answering, &whole.as_bytes()[..length])
                .await;
        }
    }
    hostile.finish();
}

#[tokio::test]
async fn what_is_no_json_is_an_error() {
    let mut hostile = Hostile::new();
    for answering in distinct() {
        let whole = answering.make(Fill::Everything).value.to_string();
        for odd in [
            format!("\u{feff}{whole}"),
            format!("{whole}{whole}"),
            format!("{whole}\0"),
            format!("{whole} // comment"),
            whole.replacen(':', "=", 1),
            whole.replacen('"', "'", 2),
            whole.replacen('"', "", 1),
            "NaN".to_owned(),
            "<!doctype html>".to_owned(),
        ] {
            hostile.refuse(&answering, odd.as_bytes()).await;
        }
    }
    hostile.finish();
}

#[tokio::test]
async fn a_text_that_is_no_unicode_is_an_error_or_a_value() {
    let mut hostile = Hostile::new();
    let mut seen = Seen::new();
    const MARK: &str = "<here>";
    for answering in distinct() {
        let form = answering.make(Fill::Everything);
        for site in fresh(&form, &mut seen) {
            if !matches!(site.kind, Kind::Text | Kind::Enum(_)) {
                continue;
            }
            let whole = form.with(&site.place, json!(MARK)).to_string();
            let (before, after) = whole.split_once(MARK).expect("the mark is there");
            for odd in [&b"\xff"[..], b"\xed\xa0\x80", b"\xc0\xaf", b"a\0b", b"\n"] {
                let bytes = [before.as_bytes(), odd, after.as_bytes()].concat();
                hostile.refuse(&answering, &bytes).await;
            }
            for escaped in [r"\ud800", r"\udc00\ud800", r"\u0000", r"\x"] {
                let bytes = [before, escaped, after].concat();
                hostile.decode(&answering, bytes.as_bytes()).await;
            }
        }
    }
    hostile.finish();
}

#[tokio::test]
async fn of_a_key_that_comes_twice_the_last_value_counts() {
    let mut hostile = Hostile::new();
    // Sorts before the names that the document has, so that the value to go by comes last.
    const TWIN: &str = "<twin>";
    let mut seen = Seen::new();
    for answering in distinct() {
        let form = answering.make(Fill::Everything);
        for site in fresh(&form, &mut seen) {
            let Value::Object(members) = form.at(&site.place) else {
                continue;
            };
            for (name, value) in members {
                let mut twins = members.clone();
                twins.insert(TWIN.to_owned(), value.clone());
                let text = form.with(&site.place, Value::Object(twins)).to_string();
                let text = text.replace(TWIN, name);
                match hostile.decode(&answering, text.as_bytes()).await {
                    Some(got) if lost(&form.value, &got).is_empty() => {}
                    other => hostile.fail(&answering, text.as_bytes(), &format!("{other:?}")),
                }
            }
        }
    }
    hostile.finish();
}

#[tokio::test]
async fn a_huge_number_is_an_error_or_a_value() {
    let mut hostile = Hostile::new();
    let mut seen = Seen::new();
    let digits = "9".repeat(400);
    const MARK: &str = "<here>";
    for answering in distinct() {
        let form = answering.make(Fill::Everything);
        for site in fresh(&form, &mut seen) {
            let whole = form.with(&site.place, json!(MARK)).to_string();
            let number = |text: &str| whole.replace(&format!("\"{MARK}\""), text).into_bytes();
            for odd in [
                &*digits,
                "1e400",
                "-1e400",
                "1e-400",
                "1e999999999999",
                "-0",
            ] {
                hostile.decode(&answering, &number(odd)).await;
            }
            for integer in [
                "9223372036854775808",
                "-9223372036854775809",
                "1e300",
                "0.5",
            ] {
                hostile.decode(&answering, &number(integer)).await;
            }
            for odd in ["01", "+1", ".5", "1.", "0x10", "1_000", "Infinity"] {
                hostile.refuse(&answering, &number(odd)).await;
            }
            if matches!(site.kind, Kind::Integer) {
                for whole in ["17e2", "1700.0"] {
                    let got = hostile.decode(&answering, &number(whole)).await;
                    let back = got.as_ref().and_then(|it| it.pointer(&site.place));
                    if back.is_some_and(|it| *it != json!(1700)) {
                        hostile.fail(&answering, whole.as_bytes(), &format!("{got:?}"));
                    }
                }
            }
        }
    }
    hostile.finish();
}
