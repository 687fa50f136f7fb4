//! The types of columns as schema files write them.

use datafusion::arrow::datatypes::{DataType, Field, TimeUnit};

use crate::json::cursor::Value;
use crate::json::evidence::{ColumnType, Evidence};
use crate::json::number::DECIMAL_DIGITS;
use crate::json::schema::{self, NESTED, TEXT_LENGTH, ZONED};

/// What there is, for people.
pub(super) const KNOWN: &str = "BIT, BIGINT, DOUBLE, DECIMAL(38,2), DATE, TIME, TIMESTAMP, TIMESTAMP WITH TIME ZONE, \
                                TIMESTAMP(9), TIMESTAMP(9) WITH TIME ZONE, VARCHAR, VARCHAR(20), JSON and JSON(20)";

const WITH_ZONE: &str = "WITH TIME ZONE";

/// A column of the type that this text says; none where it says none.
pub(super) fn field(name: &str, text: &str) -> Option<Field> {
    let text = text.trim().to_ascii_uppercase();
    let (word, numbers, rest) = match text.split_once('(') {
        None => {
            let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((&text, ""));
            (word, None, rest)
        }
        Some((word, behind)) => {
            let (numbers, rest) = behind.split_once(')')?;
            (word.trim(), Some(numbers), rest)
        }
    };
    let numbers = numbers.map(|numbers| numbers.split(',').map(|number| number.trim().parse::<u32>().ok()));
    let numbers: Option<Vec<u32>> = match numbers {
        None => Some(Vec::new()),
        Some(numbers) => numbers.collect(),
    };
    let zoned = rest.split_whitespace().collect::<Vec<_>>().join(" ");
    let column_type = match (word, numbers?.as_slice(), zoned.as_str()) {
        ("BIT" | "BOOLEAN", [], "") => ColumnType::Boolean,
        ("BIGINT", [], "") => ColumnType::Bigint,
        ("DOUBLE", [], "") => ColumnType::Double,
        ("DECIMAL", [digits, scale], "") if *digits == u32::from(DECIMAL_DIGITS) && scale <= digits => {
            ColumnType::Decimal(u8::try_from(*scale).ok()?)
        }
        ("DATE", [], "") => ColumnType::Date,
        ("TIME", [], "") => ColumnType::Time,
        ("TIMESTAMP", digits, zone) if zone.is_empty() || zone == WITH_ZONE => ColumnType::Timestamp {
            unit: match digits {
                [] | [6] => TimeUnit::Microsecond,
                [9] => TimeUnit::Nanosecond,
                _ => return None,
            },
            zoned: !zone.is_empty(),
        },
        ("VARCHAR" | "JSON", length, "") => return text_field(name, word == "JSON", length),
        _ => return None,
    };
    // Only of texts is more known than the type.
    Some(schema::field(name, column_type, &Evidence::default()))
}

fn text_field(name: &str, is_json: bool, length: &[u32]) -> Option<Field> {
    let mut field = Field::new(name, DataType::Utf8, true);
    let length = match length {
        [] => None,
        [length] => Some(length.to_string()),
        _ => return None,
    };
    field
        .metadata_mut()
        .extend(length.map(|length| (TEXT_LENGTH.to_owned(), length)));
    if is_json {
        field.metadata_mut().insert(NESTED.to_owned(), String::new());
    }
    Some(field)
}

/// The text for the type of a column, with or without the length of a text.
pub(super) fn text(field: &Field, with_length: bool) -> String {
    let metadata = field.metadata();
    match field.data_type() {
        DataType::Boolean => "BIT".to_owned(),
        DataType::Int64 => "BIGINT".to_owned(),
        DataType::Float64 => "DOUBLE".to_owned(),
        DataType::Decimal128(digits, scale) => format!("DECIMAL({digits},{scale})"),
        DataType::Date32 => "DATE".to_owned(),
        DataType::Time64(_) => "TIME".to_owned(),
        DataType::Timestamp(unit, _) => {
            let digits = if *unit == TimeUnit::Nanosecond { "(9)" } else { "" };
            let is_zoned = metadata.get(ZONED).is_some_and(|zoned| zoned == "true");
            match is_zoned {
                true => format!("TIMESTAMP{digits} {WITH_ZONE}"),
                false => format!("TIMESTAMP{digits}"),
            }
        }
        _ => {
            let word = if metadata.contains_key(NESTED) {
                "JSON"
            } else {
                "VARCHAR"
            };
            match metadata.get(TEXT_LENGTH).filter(|_| with_length) {
                Some(length) => format!("{word}({length})"),
                None => word.to_owned(),
            }
        }
    }
}

/// The type that a column of this value alone would have.
pub(in crate::json) fn type_of(value: &Value<'_>) -> String {
    let mut evidence = Evidence::default();
    evidence.observe(value);
    text(&schema::field("", evidence.column_type(), &evidence), false)
}
