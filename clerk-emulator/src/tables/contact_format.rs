//! How email addresses, phone numbers and wallets are spelt.

/// Returns whether a text looks like an email address: no check but the delivery of a message is complete.
pub(crate) fn is_email_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let is_plain = |it: char| !it.is_whitespace() && !it.is_control() && it != '@';
    let mut labels = domain.split('.');
    !local.is_empty()
        && text.len() <= 254
        && text.chars().filter(|it| *it != '@').all(is_plain)
        && text.matches('@').count() == 1
        && domain.contains('.')
        && labels.all(|it| !it.is_empty())
}

/// Returns whether a text is a phone number in the format E.164, such as `+15555550100`.
pub(crate) fn is_phone_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|it| it.is_ascii_digit())
    })
}

/// Returns whether a text is the address of a wallet of Ethereum or Solana.
pub(crate) fn is_wallet(text: &str) -> bool {
    match text.strip_prefix("0x") {
        Some(digits) => digits.len() == 40 && digits.bytes().all(|it| it.is_ascii_hexdigit()),
        None => {
            (32..=44).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_alphanumeric())
        }
    }
}

/// Returns whether a contact is one of test mode, to which nothing is sent, and whose code is known.
pub(crate) fn is_for_tests(contact: &str) -> bool {
    let is_test_number =
        || contact.len() == 12 && contact.starts_with("+1") && contact.get(5..10) == Some("55501");
    contact.contains("+clerk_test") || is_test_number()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_recognized() {
        for valid in ["a@b.c", "a+b@example.co.uk"] {
            assert!(is_email_address(valid), "{valid}");
        }
        for invalid in [
            "", "a", "a@b", "@b.c", "a@@b.c", "a b@c.d", "a@b..c", "a@.c",
        ] {
            assert!(!is_email_address(invalid), "{invalid}");
        }
        assert!(is_phone_number("+15555550100"));
        for invalid in ["", "15555550100", "+0555555010", "+1555", "+1555555010x"] {
            assert!(!is_phone_number(invalid), "{invalid}");
        }
        assert!(is_wallet(&format!("0x{}", "aB".repeat(20))));
        assert!(!is_wallet("0x1"));
        assert!(is_for_tests("a+clerk_test@example.com"));
        assert!(is_for_tests("+15555550100"));
        assert!(!is_for_tests("+15555551100"));
    }
}
