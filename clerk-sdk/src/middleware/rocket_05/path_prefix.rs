//! The path that a fairing is limited to, compared with the paths of requests as Rocket's extractors resolve them.

use percent_encoding::percent_decode_str;
use rocket::http::uri::Path;

/// A path, as its decoded segments. An empty one covers every path.
#[derive(Clone, Debug, Default)]
pub(super) struct PathPrefix(Vec<String>);

impl PathPrefix {
    pub(super) fn new(path: &str) -> Self {
        let decoded: Vec<_> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy())
            .collect();
        let resolved = resolve(decoded.iter().map(AsRef::as_ref));
        Self(resolved.into_iter().map(str::to_owned).collect())
    }

    /// Whether a path has characters that patterns of routes have, or those that end a path.
    pub(super) fn is_pattern(path: &str) -> bool {
        path.contains(['<', '>', '{', '}', '?', '#'])
            || path.split('/').any(|segment| segment.starts_with('*'))
    }

    /// Whether a handler may take `path` for one under this prefix.
    ///
    /// Rocket routes by the segments as they are, but `PathBuf` and `FileServer` resolve those that follow the mount
    /// point. Which segments these are is not known here, so every possible mount point within the prefix is tried.
    pub(super) fn covers(&self, path: Path<'_>) -> bool {
        let segments = path.segments();
        if segments.to_path_buf(true).is_err() || segments.clone().any(is_ambiguous) {
            return true;
        }
        let segments: Vec<&str> = segments.collect();
        if starts_with(&segments, &self.0) {
            return true;
        }
        let mount_points = 0..self.0.len().min(segments.len());
        mount_points
            .take_while(|mount_point| starts_with(&segments, &self.0[..*mount_point]))
            .any(|mount_point| {
                let resolved = resolve(segments[mount_point..].iter().copied());
                starts_with(&resolved, &self.0[mount_point..])
            })
    }
}

/// Removes the dot segments as Rocket does: one that would lead out of the root has no effect.
fn resolve<'s>(segments: impl Iterator<Item = &'s str>) -> Vec<&'s str> {
    let mut resolved = Vec::new();
    for segment in segments {
        match segment {
            "." => {}
            ".." => drop(resolved.pop()),
            _ => resolved.push(segment),
        }
    }
    resolved
}

fn starts_with(segments: &[&str], prefix: &[String]) -> bool {
    let mut pairs = segments.iter().zip(prefix);
    segments.len() >= prefix.len() && pairs.all(|(own, other)| file_name(own) == file_name(other))
}

/// The file name that Windows opens for a segment: it ignores trailing dots and spaces.
fn file_name(segment: &str) -> &str {
    segment.trim_end_matches(['.', ' '])
}

/// Whether file systems disagree about which file a segment denotes.
fn is_ambiguous(segment: &str) -> bool {
    let is_dots = file_name(segment).is_empty() && !matches!(segment, "." | "..");
    is_dots || segment.contains(|c: char| c == '\\' || c.is_control())
}
