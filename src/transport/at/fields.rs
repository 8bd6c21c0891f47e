//! The fields of a line: `+NAME: 1,"text",2`.

/// What stands behind the name, if the line has this one. The blank behind the colon may miss.
pub(super) fn after<'l>(line: &'l [u8], name: &[u8]) -> Option<Fields<'l>> {
    let rest = line.strip_prefix(name)?.strip_prefix(b":")?;
    Some(Fields {
        rest: Some(rest.trim_ascii()),
    })
}

/// The fields, one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'l> {
    rest: Option<&'l [u8]>,
}

impl<'l> Fields<'l> {
    /// The next one without its quotation marks. A comma within them belongs to the text.
    pub(super) fn text(&mut self) -> Option<&'l [u8]> {
        let rest = self.rest?;
        let (field, rest) = match rest.strip_prefix(b"\"") {
            Some(quoted) => {
                let end = quoted.iter().position(|octet| *octet == b'"');
                let (text, rest) = quoted.split_at_checked(end.unwrap_or(quoted.len()))?;
                let comma = rest.iter().position(|octet| *octet == b',');
                (text, comma.and_then(|at| rest.get(at.saturating_add(1)..)))
            }
            None => match rest.iter().position(|octet| *octet == b',') {
                Some(at) => (rest.get(..at)?, rest.get(at.saturating_add(1)..)),
                None => (rest, None),
            },
        };
        self.rest = rest;
        Some(field.trim_ascii())
    }

    /// The next one as a number without a sign.
    pub(super) fn number(&mut self) -> Option<u32> {
        number(self.text()?)
    }
}

/// Decimal digits, all of them.
pub(super) fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |value, octet| {
        let digit = octet.checked_sub(b'0').filter(|digit| *digit <= 9)?;
        value.checked_mul(10)?.checked_add(u32::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_line() {
        let mut fields = after(b"+QIURC: \"re,cv\",3,,17", b"+QIURC").unwrap();
        assert_eq!(fields.text(), Some(&b"re,cv"[..]));
        assert_eq!(fields.number(), Some(3));
        assert_eq!(fields.text(), Some(&b""[..]));
        assert_eq!(fields.number(), Some(17));
        assert_eq!(fields.text(), None);
        assert!(after(b"+QIURCX: 1", b"+QIURC").is_none());
        assert_eq!(number(b"4294967295"), Some(u32::MAX));
        assert_eq!(number(b"4294967296"), None);
        assert_eq!(number(b"1a"), None);
    }
}
