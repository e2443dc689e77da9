//! Patterns of paths: the subset of `path-to-regexp` that Clerk documents. Matching takes linear time.

/// A pattern such as `/orgs/:slug/(.*)`.
#[derive(Clone, Debug)]
pub(super) struct PathPattern {
    pattern: String,
    segments: Vec<Segment>,
    /// Whether the pattern ends in `/(.*)`.
    matches_rest: bool,
}

#[derive(Clone, Debug)]
enum Segment {
    Literal(String),
    Param(String),
}

const REST: &str = "(.*)";

impl PathPattern {
    pub(super) fn parse(pattern: &str) -> Result<Self, &'static str> {
        let path = pattern
            .strip_prefix('/')
            .ok_or("it must start with a slash")?;
        let (path, matches_rest) = match path.strip_suffix(REST) {
            Some("") => ("", true),
            Some(path) => {
                let path = path
                    .strip_suffix('/')
                    .ok_or("`(.*)` must be a segment of its own")?;
                (path, true)
            }
            None => (path.strip_suffix('/').unwrap_or(path), false),
        };
        let segments = match path {
            "" => Ok(Vec::new()),
            _ => path.split('/').map(Segment::parse).collect(),
        };
        Ok(Self {
            pattern: pattern.to_owned(),
            segments: segments?,
            matches_rest,
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.pattern
    }

    /// The names of the parameters, in order.
    pub(super) fn params(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Param(name) => Some(&**name),
            Segment::Literal(_) => None,
        })
    }

    /// Returns the values of the parameters, in order, if the path matches.
    pub(super) fn matches<'p>(&self, path: &'p str) -> Option<Vec<&'p str>> {
        let mut rest = Some(path.strip_prefix('/')?);
        let mut params = Vec::new();
        for segment in &self.segments {
            let (first, others) = split_first(rest?);
            rest = others;
            match segment {
                Segment::Literal(literal) if literal.eq_ignore_ascii_case(first) => {}
                Segment::Param(_) if !first.is_empty() => params.push(first),
                _ => return None,
            }
        }
        let is_match = match (rest, self.matches_rest) {
            (Some(_), true) | (None | Some(""), false) => true,
            (None, true) | (Some(_), false) => false,
        };
        is_match.then_some(params)
    }
}

/// Splits a path at its first slash.
fn split_first(path: &str) -> (&str, Option<&str>) {
    match path.split_once('/') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    }
}

impl Segment {
    fn parse(segment: &str) -> Result<Self, &'static str> {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        match segment.strip_prefix(':') {
            Some("") => Err("a parameter needs a name"),
            Some(name) if name.bytes().all(is_word) => Ok(Self::Param(name.to_owned())),
            Some(_) => Err("a parameter must be a segment of its own"),
            None if segment.is_empty() => Err("it has an empty segment"),
            None if segment.contains([':', '(', ')', '*', '?', '+', '{', '}', '[', ']', '\\']) => {
                Err("it contains a form other than `:name`, and `(.*)` at the end")
            }
            None => Ok(Self::Literal(segment.to_owned())),
        }
    }
}
