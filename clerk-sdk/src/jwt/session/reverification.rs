//! Reverification: how recently a user must have verified their factors (`fva`).

/// The factors that must have been verified.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ReverificationLevel {
    /// The first factor.
    FirstFactor,
    /// The second factor, or the first if the user has no second one.
    SecondFactor,
    /// Both factors, or the first if the user has no second one.
    MultiFactor,
}

impl ReverificationLevel {
    pub(super) fn description(self) -> &'static str {
        match self {
            Self::FirstFactor => "a first factor",
            Self::SecondFactor => "a second factor",
            Self::MultiFactor => "both factors",
        }
    }
}

/// A requirement that a user has verified factors recently.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reverification {
    level: ReverificationLevel,
    minutes: u32,
}

impl Reverification {
    /// Both factors within 10 minutes.
    pub const STRICT_MFA: Self = Self::new(ReverificationLevel::MultiFactor, 10);
    /// The second factor within 10 minutes.
    pub const STRICT: Self = Self::new(ReverificationLevel::SecondFactor, 10);
    /// The second factor within an hour.
    pub const MODERATE: Self = Self::new(ReverificationLevel::SecondFactor, 60);
    /// The second factor within a day.
    pub const LAX: Self = Self::new(ReverificationLevel::SecondFactor, 1440);

    /// Requires factors of this level to have been verified less than this many minutes ago. With 0 minutes, the
    /// check always fails.
    pub const fn new(level: ReverificationLevel, minutes: u32) -> Self {
        Self { level, minutes }
    }

    /// The factors that must have been verified.
    pub const fn level(self) -> ReverificationLevel {
        self.level
    }

    /// The number of minutes within which they must have been verified.
    pub const fn minutes(self) -> u32 {
        self.minutes
    }

    /// Whether factors of these ages pass. An age of -1 means that the factor was never verified.
    pub(super) fn is_met_by(self, [first, second]: [i64; 2]) -> bool {
        let is_recent = |age: i64| age >= 0 && age < i64::from(self.minutes);
        let has_second = second >= 0;
        match self.level {
            ReverificationLevel::FirstFactor => is_recent(first),
            ReverificationLevel::SecondFactor if has_second => is_recent(second),
            ReverificationLevel::MultiFactor if has_second => is_recent(first) && is_recent(second),
            ReverificationLevel::SecondFactor | ReverificationLevel::MultiFactor => {
                is_recent(first)
            }
        }
    }
}
