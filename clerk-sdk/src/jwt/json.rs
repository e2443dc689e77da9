//! The JSON of a token, read where it stands and member by member, each at most once.
//!
//! A token is read for each request, and nearly all of it is short texts and whole numbers in an object:
//! those are read here. `serde_json` reads everything else, and judges whatever is odd.

use serde::de::{Deserialize, IgnoredAny};
use serde_json::{Map, Value};

use super::error::TokenError;
use super::texts::{Span, Texts};

/// A place in a JSON text.
#[derive(Clone, Copy)]
pub(super) struct Json<'t> {
    text: &'t str,
    at: usize,
}

/// What is wrong with what was read.
#[derive(Clone, Copy)]
pub(super) enum Odd {
    /// It is no JSON, or says something twice.
    Json,
    /// The value of this claim is of another type.
    Claim(&'static str),
}

impl From<Odd> for TokenError {
    fn from(odd: Odd) -> Self {
        match odd {
            Odd::Json => Self::Malformed("its claims are not understood"),
            Odd::Claim(name) => Self::InvalidClaim(name),
        }
    }
}

/// The names that were read of one object, each known one as a bit.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen(u32);

impl Seen {
    /// Refuses what comes a second time.
    pub(super) fn first(&mut self, bit: u32) -> Result<(), Odd> {
        let bit = 1 << bit;
        match self.0 & bit {
            0 => self.0 |= bit,
            _ => return Err(Odd::Json),
        }
        Ok(())
    }
}

/// Reads an object that is all of `json`. `read` is called with each name, at its value, which it reads.
pub(super) fn members<'t>(
    json: &'t [u8],
    read: impl FnMut(&str, &mut Json<'t>) -> Result<(), Odd>,
) -> Result<(), Odd> {
    // Checked at once, so that no text need be checked for itself.
    let text = str::from_utf8(json).map_err(|_| Odd::Json)?;
    let mut json = Json { text, at: 0 };
    json.members(read)?;
    match json.next() {
        None => Ok(()),
        Some(_) => Err(Odd::Json),
    }
}

impl<'t> Json<'t> {
    /// Reads an object.
    pub(super) fn members(
        &mut self,
        mut read: impl FnMut(&str, &mut Self) -> Result<(), Odd>,
    ) -> Result<(), Odd> {
        self.skip(b'{')?;
        if self.next() == Some(b'}') {
            return self.skip(b'}');
        }
        loop {
            let escaped: String;
            let name = match self.plain_text() {
                Some(name) => name,
                None => {
                    escaped = self.read().map_err(|_| Odd::Json)?;
                    &escaped
                }
            };
            self.skip(b':')?;
            read(name, self)?;
            match self.next() {
                Some(b',') => self.at += 1,
                _ => return self.skip(b'}'),
            }
        }
    }

    /// Reads a text, or null, and adds it to `texts`. The error for another value names `claim`.
    pub(super) fn text(
        &mut self,
        claim: &'static str,
        texts: &mut Texts,
    ) -> Result<Option<Span>, Odd> {
        match self.plain_text() {
            Some(text) => Ok(Some(texts.add(text))),
            None => {
                let text: Option<String> = self.value(claim)?;
                Ok(text.map(|text| texts.add(&text)))
            }
        }
    }

    /// Reads a whole number, or null. The error for another value names `claim`.
    pub(super) fn integer(&mut self, claim: &'static str) -> Result<Option<i64>, Odd> {
        match self.plain_integer() {
            Some(number) => Ok(Some(number)),
            None => self.value(claim),
        }
    }

    /// As [`integer`](Self::integer), for one that is not negative.
    pub(super) fn natural(&mut self, claim: &'static str) -> Result<Option<u64>, Odd> {
        let start = self.at;
        if let Some(Ok(number)) = self.plain_integer().map(u64::try_from) {
            return Ok(Some(number));
        }
        self.at = start;
        self.value(claim)
    }

    /// Reads an array of two whole numbers. The error for another value names `claim`.
    pub(super) fn pair(&mut self, claim: &'static str) -> Result<[i64; 2], Odd> {
        self.skip(b'[')?;
        let first = self.integer(claim)?.ok_or(Odd::Claim(claim))?;
        self.skip(b',')?;
        let second = self.integer(claim)?.ok_or(Odd::Claim(claim))?;
        self.skip(b']')?;
        Ok([first, second])
    }

    /// Reads a value of any type. The error for one that does not fit names `claim`.
    pub(super) fn value<T: Deserialize<'t>>(&mut self, claim: &'static str) -> Result<T, Odd> {
        self.read().map_err(|error| match error {
            Some(error) if error.is_data() => Odd::Claim(claim),
            _ => Odd::Json,
        })
    }

    /// Reads a value into `map`, where there must be none of its name.
    pub(super) fn insert(&mut self, name: &str, map: &mut Map<String, Value>) -> Result<(), Odd> {
        let value = self.read().map_err(|_| Odd::Json)?;
        match map.insert(name.to_owned(), value) {
            None => Ok(()),
            Some(_) => Err(Odd::Json),
        }
    }

    /// Reads a value that may be something else: `None` then. With it, its JSON.
    pub(super) fn lenient<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Odd>,
    ) -> Result<(Option<T>, &'t str), Odd> {
        let start = *self;
        let value = read(self).ok();
        if value.is_none() {
            *self = start;
            self.ignore()?;
        }
        Ok((value, &self.text[start.at..self.at]))
    }

    /// Reads a value that nobody asks for. Its JSON is checked all the same.
    pub(super) fn ignore(&mut self) -> Result<(), Odd> {
        let ignored: Result<IgnoredAny, _> = self.read();
        ignored.map(|_| ()).map_err(|_| Odd::Json)
    }

    /// Reads a value with `serde_json`. There is no error where nothing is left.
    #[cold]
    fn read<T: Deserialize<'t>>(&mut self) -> Result<T, Option<serde_json::Error>> {
        let rest = &self.text[self.at..];
        let mut values = serde_json::Deserializer::from_str(rest).into_iter();
        let value = values.next();
        self.at += values.byte_offset();
        value.transpose()?.ok_or(None)
    }

    /// Reads a text without escapes; what is none stays unread.
    fn plain_text(&mut self) -> Option<&'t str> {
        if self.next() != Some(b'"') {
            return None;
        }
        let start = self.at + 1;
        let end = self.end_of_text(start)?;
        self.at = end + 1;
        Some(&self.text[start..end])
    }

    /// Where the text ends that begins here, if it has no escapes.
    fn end_of_text(&self, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut end = start;
        let special = loop {
            let Some(word) = bytes.get(end..)?.first_chunk() else {
                return end_in_less(bytes, end);
            };
            match special(u64::from_le_bytes(*word)) {
                0 => end += 8,
                special => break special,
            }
        };
        end += special.trailing_zeros() as usize / 8;
        (bytes.get(end) == Some(&b'"')).then_some(end)
    }

    /// Reads a number of up to 18 digits; what is none stays unread.
    fn plain_integer(&mut self) -> Option<i64> {
        let is_negative = self.next()? == b'-';
        let start = self.at + usize::from(is_negative);
        let rest = &self.text.as_bytes()[start..];
        let mut number = 0;
        let mut length = 0;
        while let Some(digit @ b'0'..=b'9') = rest.get(length)
            && length < 18
        {
            number = number * 10 + i64::from(digit - b'0');
            length += 1;
        }
        let is_whole = !matches!(rest.get(length), Some(b'0'..=b'9' | b'.' | b'e' | b'E'));
        let is_plain = match rest.first() {
            Some(b'0') => length == 1 && !is_negative,
            _ => length > 0,
        };
        (is_whole && is_plain).then(|| {
            self.at = start + length;
            if is_negative { -number } else { number }
        })
    }

    fn skip(&mut self, byte: u8) -> Result<(), Odd> {
        if self.next() != Some(byte) {
            return Err(Odd::Json);
        }
        self.at += 1;
        Ok(())
    }

    /// What comes after blanks.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other.copied(),
            }
        }
    }
}

/// Where a text ends in what is less than a word.
#[cold]
fn end_in_less(bytes: &[u8], start: usize) -> Option<usize> {
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | ..b' ');
    let end = start + bytes[start..].iter().position(is_special)?;
    (bytes[end] == b'"').then_some(end)
}

/// What a text does not have as it is, in eight bytes at once, the first as the lowest: quotes, backslashes,
/// control characters. The lowest bit of the result is in the first of them; bits above it mean nothing, as the
/// subtractions carry.
#[inline]
fn special(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH_BITS: u64 = u64::from_le_bytes([0x80; 8]);
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit));
    // With its second bit turned, a quote is what comes after the control characters.
    let quote_or_control = below(word ^ (ONES * 2), b'"' - 1);
    let backslash = below(word ^ (ONES * u64::from(b'\\')), 1);
    (quote_or_control | backslash) & !word & HIGH_BITS
}
