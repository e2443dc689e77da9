//! What an example may do to an instance of Clerk: production keys need `--live`, and changes need `--yes` or an answer.

use std::io::{self, IsTerminal, Write};

use clerk_sdk::SECRET_KEY_ENV_VAR;

use crate::Result;

/// What the options of the command line allow.
#[derive(Clone, Copy, Default)]
pub(crate) struct Consent {
    pub(crate) to_changes: bool,
    pub(crate) to_production: bool,
}

impl Consent {
    /// Returns an error unless the example may use the instance of `key`, and make these changes.
    pub(crate) fn check(self, key: &str, changes: Option<&str>) -> Result {
        if key.starts_with("sk_live_") && !self.to_production {
            return Err(format!(
                "{SECRET_KEY_ENV_VAR} is the key of a production instance: use that of a development instance, or \
                 pass `--live`"
            )
            .into());
        }
        let Some(changes) = changes else {
            return Ok(());
        };
        println!("In the instance of {SECRET_KEY_ENV_VAR}, this example {changes}.");
        if self.to_changes || (io::stdin().is_terminal() && ask()?) {
            return Ok(());
        }
        Err("nothing was changed: pass `--yes` to allow it".into())
    }
}

fn ask() -> io::Result<bool> {
    print!("Continue? [y/N] ");
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::Consent;

    #[test]
    fn the_key_of_a_production_instance_needs_consent() {
        let refused = Consent::default().check("sk_live_1", None);
        let problem = refused.expect_err("no consent").to_string();
        assert!(problem.contains("pass `--live`"), "{problem}");
        assert!(!problem.contains("sk_live_1"), "{problem}");
        let consent = Consent {
            to_production: true,
            ..Consent::default()
        };
        consent.check("sk_live_1", None).expect("consent");
    }

    #[test]
    fn changes_need_consent_even_in_a_development_instance() {
        let consent = Consent {
            to_changes: true,
            ..Consent::default()
        };
        consent
            .check("sk_test_1", Some("creates a user"))
            .expect("consent");
        consent
            .check("sk_live_1", Some("creates a user"))
            .expect_err("a production instance");
        Consent::default()
            .check("sk_test_1", None)
            .expect("nothing changes");
    }
}
