//! The options of an instance, which its Backend API cannot change.

use serde_json::{Value, json};

/// Whether an instance is for development or for production.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Environment {
    /// Sessions can be created, and domains are fixed.
    #[default]
    Development,
    /// The Backend API creates no sessions.
    Production,
}

/// The settings that an instance has from the beginning.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Preset {
    /// Organizations and their slugs are on.
    #[default]
    Permissive,
    /// As in new instances of Clerk: organizations and their slugs are off.
    New,
}

/// The options of an instance.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct InstanceOptions {
    /// Whether the instance is for development or for production.
    pub environment: Environment,
    /// The settings that the instance has from the beginning.
    pub preset: Preset,
    /// How many users the instance may have.
    pub user_quota: Option<usize>,
    /// Whether session tokens have version 1, which Clerk does not give new applications any more. Requests of an API version
    /// before 2025-04-10 get it anyway.
    pub session_tokens_v1: bool,
    /// Whether users must choose an organization: a session without an active one is pending.
    pub force_organization_selection: bool,
    /// Whether requests beyond Clerk's published rate limits are refused.
    pub rate_limits: bool,
}

impl Environment {
    /// Returns the name, as the API spells it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        let all = [Self::Development, Self::Production];
        all.into_iter().find(|it| it.name() == name)
    }
}

impl Preset {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Permissive => "permissive",
            Self::New => "new",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        let all = [Self::Permissive, Self::New];
        all.into_iter().find(|it| it.name() == name)
    }
}

impl InstanceOptions {
    pub(crate) fn is_development(&self) -> bool {
        self.environment == Environment::Development
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "environment": self.environment.name(),
            "preset": self.preset.name(),
            "session_tokens_v1": self.session_tokens_v1,
            "force_organization_selection": self.force_organization_selection,
            "user_quota": self.user_quota,
            "rate_limits": self.rate_limits,
        })
    }

    /// Reads options from an object. What it lacks is as in `self`.
    pub(crate) fn with_json(&self, json: &Value) -> Result<Self, String> {
        let mut options = self.clone();
        let members = json.as_object().ok_or("the options must be an object")?;
        for (name, value) in members {
            let invalid = || format!("the option {name:?} cannot be {value}");
            match name.as_str() {
                "environment" => {
                    let value = value.as_str().and_then(Environment::parse);
                    options.environment = value.ok_or_else(invalid)?;
                }
                "preset" => {
                    let value = value.as_str().and_then(Preset::parse);
                    options.preset = value.ok_or_else(invalid)?;
                }
                "session_tokens_v1" => {
                    options.session_tokens_v1 = value.as_bool().ok_or_else(invalid)?;
                }
                "force_organization_selection" => {
                    options.force_organization_selection = value.as_bool().ok_or_else(invalid)?;
                }
                "user_quota" if value.is_null() => options.user_quota = None,
                "user_quota" => {
                    let value = value.as_u64().and_then(|it| usize::try_from(it).ok());
                    options.user_quota = Some(value.ok_or_else(invalid)?);
                }
                "rate_limits" => options.rate_limits = value.as_bool().ok_or_else(invalid)?,
                _ => return Err(format!("there is no option {name:?}")),
            }
        }
        Ok(options)
    }
}
