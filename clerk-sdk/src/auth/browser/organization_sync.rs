//! The organization that the path of a page names, and which should be the active one there.

use super::path_pattern::PathPattern;
use crate::error::InvalidArgument;

/// Patterns of paths that name an organization, or are those of the user's personal account, for
/// [`Authenticator::sync_organization`](crate::auth::Authenticator::sync_organization).
///
/// A pattern consists of literal segments, of parameters such as `:slug`, which match one segment, and possibly of
/// `(.*)` at the end, which matches the rest of the path. Literal segments match in any case, and a slash at the end of
/// the path does not matter. These are the forms of Clerk's other SDKs (`organizationSyncOptions`).
///
/// ```
/// use clerk_sdk::auth::OrganizationSync;
///
/// let sync = OrganizationSync::new()
///     .organization_patterns(["/orgs/:slug", "/orgs/:slug/(.*)"])?
///     .personal_account_patterns(["/me", "/me/(.*)"])?;
/// # let _ = sync;
/// # Ok::<(), clerk_sdk::InvalidArgument>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a setter returns the changed value: assign it, or pass it on"]
pub struct OrganizationSync {
    organization: Vec<PathPattern>,
    personal_account: Vec<PathPattern>,
}

/// What should be active on a page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum SyncTarget<'p> {
    OrganizationId(&'p str),
    OrganizationSlug(&'p str),
    PersonalAccount,
}

impl OrganizationSync {
    /// Creates a value without patterns.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the patterns of paths that name an organization, by the parameter `:id` or `:slug`. They take precedence
    /// over those of personal accounts.
    ///
    /// # Errors
    ///
    /// Returns an error if a pattern has another form, or has not exactly one of the two parameters.
    pub fn organization_patterns(
        mut self,
        patterns: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, InvalidArgument> {
        self.organization = parse_all(patterns)?;
        let invalid = self.organization.iter().find(|pattern| {
            let names = pattern.params().filter(|name| is_identifier(name));
            names.count() != 1
        });
        match invalid {
            Some(pattern) => Err(invalid_pattern(
                pattern.as_str(),
                "it needs one parameter `:id` or `:slug`",
            )),
            None => Ok(self),
        }
    }

    /// Sets the patterns of paths on which no organization should be active.
    ///
    /// # Errors
    ///
    /// Returns an error if a pattern has another form.
    pub fn personal_account_patterns(
        mut self,
        patterns: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, InvalidArgument> {
        self.personal_account = parse_all(patterns)?;
        Ok(self)
    }

    /// Returns what should be active on the page with this path.
    pub(super) fn target<'p>(&self, path: &'p str) -> Option<SyncTarget<'p>> {
        let mut organizations = self.organization.iter();
        let organization = organizations.find_map(|pattern| {
            let params = pattern.matches(path)?;
            let mut params = pattern.params().zip(params);
            params.find_map(|(name, value)| match name {
                "id" => Some(SyncTarget::OrganizationId(value)),
                "slug" => Some(SyncTarget::OrganizationSlug(value)),
                _ => None,
            })
        });
        let mut personal = self.personal_account.iter();
        let mut is_personal = || personal.any(|pattern| pattern.matches(path).is_some());
        organization.or_else(|| is_personal().then_some(SyncTarget::PersonalAccount))
    }
}

impl<'p> SyncTarget<'p> {
    /// The id or the slug of the organization; empty for the personal account.
    pub(super) fn identifier(self) -> &'p str {
        match self {
            Self::OrganizationId(identifier) | Self::OrganizationSlug(identifier) => identifier,
            Self::PersonalAccount => "",
        }
    }
}

fn is_identifier(param: &str) -> bool {
    matches!(param, "id" | "slug")
}

fn parse_all(
    patterns: impl IntoIterator<Item = impl AsRef<str>>,
) -> Result<Vec<PathPattern>, InvalidArgument> {
    let patterns = patterns.into_iter();
    let patterns = patterns.map(|pattern| {
        let pattern = pattern.as_ref();
        PathPattern::parse(pattern).map_err(|problem| invalid_pattern(pattern, problem))
    });
    patterns.collect()
}

fn invalid_pattern(pattern: &str, problem: &str) -> InvalidArgument {
    InvalidArgument::new("pattern", format!("{pattern:?}: {problem}"))
}
