//! Ids in Clerk's formats. Those of an instance are unique, sort in the order of their creation, and depend only on the
//! instance's seed and the clock.

use fastrand::Rng;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The beginning of the time of a K-sortable id, in seconds since the Unix epoch.
const KSUID_EPOCH: i64 = 1_400_000_000;

/// Generates the ids of an instance.
#[derive(Clone, Debug)]
pub(crate) struct IdGenerator {
    random: Rng,
    number: u32,
}

impl IdGenerator {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            random: Rng::with_seed(seed),
            number: 0,
        }
    }

    /// Returns the seed of what follows, and the number of ids so far.
    pub(crate) fn state(&self) -> (u64, u32) {
        (self.random.get_seed(), self.number)
    }

    pub(crate) fn from_state(seed: u64, number: u32) -> Self {
        Self {
            random: Rng::with_seed(seed),
            number,
        }
    }

    /// Returns an id such as `user_2vK…`: the prefix, and 27 digits of base 62 of the time, a running number and random
    /// bits. `now` is in milliseconds since the Unix epoch.
    pub(crate) fn id(&mut self, prefix: &str, now: i64) -> String {
        format!("{prefix}_{}", self.sortable(now))
    }

    /// Returns 27 digits of base 62, which sort by time.
    pub(crate) fn sortable(&mut self, now: i64) -> String {
        let seconds = u32::try_from(now / 1000 - KSUID_EPOCH).unwrap_or_default();
        self.number = self.number.wrapping_add(1);
        let mut bytes = [0; 20];
        bytes[..4].copy_from_slice(&seconds.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.number.to_be_bytes());
        self.random.fill(&mut bytes[8..]);
        base62(&mut bytes)
    }

    /// Returns an id such as `ak_0f3…`: the prefix, and 32 hexadecimal digits.
    pub(crate) fn hex_id(&mut self, prefix: &str) -> String {
        format!("{prefix}_{}", self.hex())
    }

    /// Returns 32 hexadecimal digits.
    pub(crate) fn hex(&mut self) -> String {
        format!("{:032x}", self.random.u128(..))
    }

    /// Returns a secret of `length` letters and digits.
    pub(crate) fn secret(&mut self, length: usize) -> String {
        let letters = (0..length).map(|_| self.random.choice(BASE62).copied());
        letters.flatten().map(char::from).collect()
    }

    /// Returns a code of `length` decimal digits.
    pub(crate) fn digits(&mut self, length: usize) -> String {
        (0..length).map(|_| self.random.digit(10)).collect()
    }
}

/// Divides the number of 20 bytes by 62 until it is zero.
fn base62(number: &mut [u8; 20]) -> String {
    let mut digits = [b'0'; 27];
    for digit in digits.iter_mut().rev() {
        let mut remainder = 0;
        for byte in number.iter_mut() {
            let value = remainder * 256 + u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or_default();
            remainder = value % 62;
        }
        *digit = BASE62[remainder as usize];
    }
    digits.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_documented_form_and_sort_by_creation() {
        let mut ids = IdGenerator::new(1);
        let now = 1_760_000_000_000;
        let mut all: Vec<String> = (0..100).map(|_| ids.id("user", now)).collect();
        all.push(ids.id("user", now + 1000));
        for id in &all {
            assert_eq!(id.len(), "user_".len() + 27, "{id}");
            assert!(
                id["user_".len()..]
                    .bytes()
                    .all(|it| it.is_ascii_alphanumeric())
            );
        }
        assert!(all.is_sorted());
    }

    #[test]
    fn ids_are_the_same_for_the_same_seed() {
        let [mut one, mut other] = [7, 7].map(IdGenerator::new);
        assert_eq!(one.id("org", 0), other.id("org", 0));
        assert_eq!(one.hex_id("mt"), other.hex_id("mt"));
    }

    #[test]
    fn the_largest_number_has_27_digits() {
        assert_eq!(base62(&mut [255; 20]), "aWgEPTl1tmebfsQzFP4bxwgy80V");
    }
}
