//! The texts of a token in one piece of memory: a token is read for each request.

#[derive(Clone, Default)]
pub(super) struct Texts(String);

/// Where a text is among the [`Texts`].
#[derive(Clone, Copy, Default)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

impl Texts {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    pub(super) fn get(&self, span: Span) -> &str {
        &self.0[span.start as usize..span.end as usize]
    }

    pub(super) fn add(&mut self, text: &str) -> Span {
        let start = self.end();
        self.0.push_str(text);
        Span {
            start,
            end: self.end(),
        }
    }

    /// Adds a text that is there, with something before it.
    pub(super) fn prefix(&mut self, prefix: &str, span: Span) -> Span {
        let start = self.add(prefix).start;
        let text = span.start as usize..span.end as usize;
        self.0.extend_from_within(text);
        Span {
            start,
            end: self.end(),
        }
    }

    /// A token is far shorter than what this can count.
    fn end(&self) -> u32 {
        self.0.len() as u32
    }
}
