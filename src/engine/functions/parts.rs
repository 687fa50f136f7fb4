//! Parts of a date and time, and all their names.

/// A part of a date and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Part {
    Year,
    Quarter,
    Month,
    DayOfYear,
    Day,
    Week,
    IsoWeek,
    Weekday,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
}

/// The parts, their full names and the other names SQL Server has for them.
const PARTS: [(Part, &str, &[&str]); 14] = [
    (Part::Year, "year", &["yy", "yyyy"]),
    (Part::Quarter, "quarter", &["qq", "q"]),
    (Part::Month, "month", &["mm", "m"]),
    (Part::DayOfYear, "dayofyear", &["dy", "y"]),
    (Part::Day, "day", &["dd", "d"]),
    (Part::Week, "week", &["wk", "ww"]),
    (Part::IsoWeek, "iso_week", &["isowk", "isoww"]),
    (Part::Weekday, "weekday", &["dw", "w"]),
    (Part::Hour, "hour", &["hh"]),
    (Part::Minute, "minute", &["mi", "n"]),
    (Part::Second, "second", &["ss", "s"]),
    (Part::Millisecond, "millisecond", &["ms"]),
    (Part::Microsecond, "microsecond", &["mcs"]),
    (Part::Nanosecond, "nanosecond", &["ns", "sql_tsi_frac_second"]),
];

/// How ODBC begins the names of the units of TIMESTAMPADD and TIMESTAMPDIFF.
const ODBC: &str = "sql_tsi_";

impl Part {
    /// The part with this name, without regard to case: full, abbreviated, or ODBC's `SQL_TSI_…`.
    pub(in crate::engine) fn named(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        let full_name = name.strip_prefix(ODBC).unwrap_or(&name);
        PARTS
            .iter()
            .find(|(_, full, others)| *full == full_name || others.contains(&name.as_str()))
            .map(|(part, ..)| *part)
    }

    /// The full name.
    pub(in crate::engine) fn name(self) -> &'static str {
        PARTS
            .iter()
            .find(|(part, ..)| *part == self)
            .map_or("", |(_, full, _)| *full)
    }

    /// Whether a date has the part, and not only a time of day.
    pub(super) fn is_of_dates(self) -> bool {
        self.nanoseconds().is_none()
    }

    /// How long it is, for a part of the time of day.
    pub(super) fn nanoseconds(self) -> Option<i64> {
        match self {
            Self::Hour => Some(3_600_000_000_000),
            Self::Minute => Some(60_000_000_000),
            Self::Second => Some(1_000_000_000),
            Self::Millisecond => Some(1_000_000),
            Self::Microsecond => Some(1_000),
            Self::Nanosecond => Some(1),
            _ => None,
        }
    }
}
