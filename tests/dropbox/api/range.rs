//! The `Range` header (RFC 9110 section 14).

/// What part of a file is asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Wanted {
    /// No range, or one that a server ignores: another unit, several ranges, nonsense.
    Everything,
    /// First byte and how many.
    Part { first: u64, length: u64 },
    /// Nothing of it exists.
    Unsatisfiable,
}

pub fn wanted(header: Option<&str>, size: u64) -> Wanted {
    header
        .and_then(|header| single_range(header, size))
        .unwrap_or(Wanted::Everything)
}

fn single_range(header: &str, size: u64) -> Option<Wanted> {
    let (first, last) = header.strip_prefix("bytes=")?.trim().split_once('-')?;
    if first.is_empty() {
        let length = number(last)?.min(size);
        return Some(part(size - length, length));
    }
    let first = number(first)?;
    let end = if last.is_empty() {
        size
    } else {
        number(last)?.checked_add(1)?.min(size)
    };
    if !last.is_empty() && number(last)? < first {
        return None;
    }
    Some(part(first, end.saturating_sub(first)))
}

fn part(first: u64, length: u64) -> Wanted {
    if length == 0 {
        Wanted::Unsatisfiable
    } else {
        Wanted::Part { first, length }
    }
}

/// Digits only: `parse` alone would accept a plus sign.
fn number(text: &str) -> Option<u64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}
