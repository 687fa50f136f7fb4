//! Interval literals of ODBC (appendix D) to the engine's.

/// The fields of an interval, the longest first, and how many of each the next longer one has.
const FIELDS: [(&str, Option<u32>); 6] = [
    ("YEAR", None),
    ("MONTH", Some(12)),
    ("DAY", None),
    ("HOUR", Some(24)),
    ("MINUTE", Some(60)),
    ("SECOND", Some(60)),
];
const DAY: usize = 2;
const SECOND: usize = 5;

/// The most digits of the leading field, and of the fraction of a second.
const MOST_DIGITS: usize = 9;

/// `[±]'value' FIELD[(precision)] [TO FIELD]` in the engine's SQL; the error is a sentence.
pub(super) fn engine_literal(written: &str) -> Result<String, String> {
    parse(written).ok_or_else(|| {
        format!(
            "The interval {{interval {written}}} cannot be read; it is written as in {{interval '1' DAY}} or \
             {{interval -'3-2' YEAR TO MONTH}}"
        )
    })
}

fn parse(written: &str) -> Option<String> {
    let (is_negative, rest) = sign(written);
    let (value, qualifier) = rest.strip_prefix('\'')?.split_once('\'')?;
    let (is_negative_inside, value) = sign(value);
    let qualifier = qualifier.to_ascii_uppercase();
    let (from, to) = match qualifier.split_once(" TO ") {
        Some((from, to)) => (from, to),
        None => (qualifier.as_str(), qualifier.as_str()),
    };
    let (from, most_digits) = field(from)?;
    let (to, _) = field(to)?;
    if from > to || (from < DAY) != (to < DAY) {
        return None;
    }
    let sign = if is_negative == is_negative_inside { "" } else { "-" };
    let values = values(value, from, to)?;
    let mut terms = Vec::new();
    for (at, value) in (from..=to).zip(&values) {
        let (name, limit) = FIELDS.get(at)?;
        let (whole, fraction) = match value.split_once('.') {
            Some((whole, fraction)) if at == SECOND => (whole, fraction),
            Some(_) => return None,
            None => (*value, "0"),
        };
        let is_digits =
            |text: &str| (1..=MOST_DIGITS).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let fits = match limit {
            Some(limit) if at > from => whole.parse::<u32>().is_ok_and(|whole| whole < *limit),
            _ => whole.len() <= most_digits,
        };
        if !fits {
            return None;
        }
        terms.push(format!("{sign}{value} {}s", name.to_ascii_lowercase()));
    }
    Some(format!("INTERVAL '{}'", terms.join(" ")))
}

fn sign(text: &str) -> (bool, &str) {
    let text = text.trim();
    match text.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text).trim_start()),
    }
}

/// The field and how many digits it may have: `DAY`, `DAY(3)`, `SECOND(2, 3)`.
fn field(written: &str) -> Option<(usize, usize)> {
    let (name, precision) = match written.split_once('(') {
        Some((name, precision)) => (name, Some(precision.trim().strip_suffix(')')?)),
        None => (written, None),
    };
    let digits = match precision {
        Some(precision) => {
            let leading = precision.split(',').next().unwrap_or_default();
            leading
                .trim()
                .parse()
                .ok()
                .filter(|digits| (1..=MOST_DIGITS).contains(digits))?
        }
        None => MOST_DIGITS,
    };
    let at = FIELDS.iter().position(|(field, _)| *field == name.trim())?;
    Some((at, digits))
}

/// The values of the fields from one to another: `3-2`, `1 02:03:04.5`, `03:04`.
fn values(value: &str, from: usize, to: usize) -> Option<Vec<&str>> {
    let mut values = Vec::new();
    let mut rest = value.trim();
    for at in from..to {
        let separator = match at {
            0 => '-',
            DAY => ' ',
            _ => ':',
        };
        let (value, after) = rest.split_once(separator)?;
        values.push(value.trim());
        rest = after;
    }
    values.push(rest.trim());
    Some(values)
}
