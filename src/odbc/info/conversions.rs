//! Bits of `SQL_CONVERT_*`: what `{fn CONVERT(value, type)}` can make of each type.

use super::promises::Promise;

/// A type as source and as target of a conversion.
struct Type {
    /// Name without prefix.
    name: &'static str,
    /// The information type `SQL_CONVERT_…` of the conversions from it.
    id: u16,
    /// The bit `SQL_CVT_…` of conversions to it.
    bit: u32,
    group: Group,
    /// An expression of this type that converts to each of the allowed groups.
    sample: &'static str,
}

/// Types that convert alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Text,
    Number,
    /// The engine knows no way between these and bits.
    Decimal,
    Bit,
    Binary,
    Date,
    Time,
    Timestamp,
    /// Intervals: not among the types of SQLGetTypeInfo.
    None,
}

const TYPES: &[Type] = &[
    of("BIGINT", 53, 0x4000, Group::Number, "CAST(1 AS BIGINT)"),
    of("BINARY", 54, 0x400, Group::Binary, "X'31'"),
    of("BIT", 55, 0x1000, Group::Bit, "TRUE"),
    of("CHAR", 56, 0x1, Group::Text, "'1'"),
    of("DATE", 57, 0x8000, Group::Date, "DATE '2024-02-29'"),
    of("DECIMAL", 58, 0x4, Group::Decimal, "CAST(1 AS DECIMAL(10, 2))"),
    of("DOUBLE", 59, 0x80, Group::Number, "CAST(1 AS DOUBLE)"),
    of("FLOAT", 60, 0x20, Group::Number, "CAST(1 AS DOUBLE)"),
    of("INTEGER", 61, 0x8, Group::Number, "CAST(1 AS INTEGER)"),
    of("LONGVARCHAR", 62, 0x200, Group::Text, "'1'"),
    of("NUMERIC", 63, 0x2, Group::Decimal, "CAST(1 AS DECIMAL(10, 2))"),
    of("REAL", 64, 0x40, Group::Number, "CAST(1 AS REAL)"),
    of("SMALLINT", 65, 0x10, Group::Number, "CAST(1 AS SMALLINT)"),
    of("TIME", 66, 0x1_0000, Group::Time, "TIME '01:02:03'"),
    of(
        "TIMESTAMP",
        67,
        0x2_0000,
        Group::Timestamp,
        "TIMESTAMP '2024-02-29 01:02:03'",
    ),
    of("TINYINT", 68, 0x2000, Group::Number, "CAST(1 AS TINYINT)"),
    of("VARBINARY", 69, 0x800, Group::Binary, "X'31'"),
    of("VARCHAR", 70, 0x100, Group::Text, "'1'"),
    of("LONGVARBINARY", 71, 0x4_0000, Group::Binary, "X'31'"),
    of("WCHAR", 122, 0x20_0000, Group::Text, "'1'"),
    of("INTERVAL_DAY_TIME", 123, 0x10_0000, Group::None, ""),
    of("INTERVAL_YEAR_MONTH", 124, 0x8_0000, Group::None, ""),
    of("WLONGVARCHAR", 125, 0x40_0000, Group::Text, "'1'"),
    of("WVARCHAR", 126, 0x80_0000, Group::Text, "'1'"),
    of("GUID", 173, 0x100_0000, Group::None, ""),
];

const fn of(name: &'static str, id: u16, bit: u32, group: Group, sample: &'static str) -> Type {
    Type {
        name,
        id,
        bit,
        group,
        sample,
    }
}

impl Group {
    /// The groups the standard lets this one convert to and the engine does.
    fn targets(self) -> &'static [Self] {
        match self {
            Self::Text => &[
                Self::Text,
                Self::Number,
                Self::Decimal,
                Self::Bit,
                Self::Binary,
                Self::Date,
                Self::Time,
                Self::Timestamp,
            ],
            Self::Number => &[Self::Text, Self::Number, Self::Decimal, Self::Bit],
            Self::Decimal => &[Self::Text, Self::Number, Self::Decimal],
            Self::Bit => &[Self::Text, Self::Number, Self::Bit],
            Self::Binary => &[Self::Text, Self::Binary],
            Self::Date => &[Self::Text, Self::Date, Self::Timestamp],
            Self::Time => &[Self::Text, Self::Time],
            Self::Timestamp => &[Self::Text, Self::Date, Self::Time, Self::Timestamp],
            Self::None => &[],
        }
    }

    /// What text must hold to convert to this group.
    fn text_sample(self) -> &'static str {
        match self {
            Self::Date | Self::Timestamp => "'2024-02-29'",
            Self::Time => "'01:02:03'",
            _ => "'1'",
        }
    }
}

/// The bits that are set. What the standard does not foresee is not promised, even where the engine is more generous.
pub(super) fn promises() -> impl Iterator<Item = Promise> {
    TYPES.iter().flat_map(|source| {
        targets(source).map(|target| {
            let sample = if source.group == Group::Text {
                target.group.text_sample()
            } else {
                source.sample
            };
            Promise {
                id: source.id,
                name: target.name,
                bit: target.bit,
                kept: true,
                sentence: format!("SELECT {{fn CONVERT({sample}, SQL_{})}}", target.name),
            }
        })
    })
}

pub(super) fn mask(id: u16) -> Option<u32> {
    let source = TYPES.iter().find(|source| source.id == id)?;
    Some(targets(source).fold(0, |mask, target| mask | target.bit))
}

fn targets(source: &Type) -> impl Iterator<Item = &'static Type> {
    let groups = source.group.targets();
    TYPES.iter().filter(|target| groups.contains(&target.group))
}
