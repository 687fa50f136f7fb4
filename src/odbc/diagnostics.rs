//! Diagnostic records and the header they hang from, and how an application reads them.

mod dynamic_function;
mod told;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use odbc_sys::HeaderDiagnosticIdentifier as Field;

use crate::error::Error;

use super::argument::{Length, TextOut, Value};
use super::memory::Address;
use super::numbers::code;
use super::registry::Node;
use super::sqlstate::{self, Phase, SqlState};
use super::text::Encoding;
pub use dynamic_function::DynamicFunction;
pub use told::Told;

/// What a message begins with: the vendor and the component that speaks.
const PREFIX: &str = "[Latchkey][ODBC] ";
/// Records kept of one call; a rowset of truncated texts has no use for more.
const MOST_RECORDS: usize = 1_000;
/// `SQL_NO_ROW_NUMBER` and `SQL_NO_COLUMN_NUMBER`.
const NOT_IN_A_ROW: i32 = -1;

/// One diagnostic record: a pointer to it, because every function answers one or the lack of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic(Box<Record>);

/// What a diagnostic record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The SQLSTATE.
    pub state: SqlState,
    /// The native error number; 0 where the standard's own rules speak.
    pub native: i32,
    /// The sentence, without the prefix.
    pub message: String,
    /// Row of the rowset from 1, or -1.
    pub row: isize,
    /// Column from 1, or -1.
    pub column: i32,
}

impl Deref for Diagnostic {
    type Target = Record;

    fn deref(&self) -> &Record {
        &self.0
    }
}

impl DerefMut for Diagnostic {
    fn deref_mut(&mut self) -> &mut Record {
        &mut self.0
    }
}

impl Diagnostic {
    /// A record that concerns no row.
    pub fn new(state: SqlState, message: impl Into<String>) -> Self {
        Self(Box::new(Record {
            state,
            native: 0,
            message: message.into(),
            row: -1,
            column: NOT_IN_A_ROW,
        }))
    }

    /// The record of an error met in this phase.
    pub fn of(error: &Error, phase: Phase) -> Self {
        let mut record = Self::new(SqlState::of(error.kind(), phase), error.told());
        record.native = sqlstate::native(error.kind());
        record
    }

    /// The same record, about a set of parameters that counts from 0; one that tells more stays as it is.
    pub fn at_set(mut self, position: usize) -> Self {
        if self.row == -1 {
            self.row = isize::try_from(position).map_or(-1, |position| position.saturating_add(1));
        }
        self
    }

    /// The same record, about a value of the rowset. Row and column count from 1.
    pub fn at(mut self, row: usize, column: usize) -> Self {
        self.row = isize::try_from(row).unwrap_or(-1);
        self.column = i32::try_from(column).unwrap_or(NOT_IN_A_ROW);
        self
    }
}

/// A message in pieces of which each fits a record with its prefix. It is cut at spaces, so that a URL stays whole.
fn parts(message: &str) -> Vec<&str> {
    let longest = odbc_sys::MAX_MESSAGE_LENGTH.unsigned_abs() as usize - PREFIX.len();
    let mut parts = Vec::new();
    let mut rest = message;
    loop {
        let fits = rest.char_indices().nth(longest).map_or(rest.len(), |(end, _)| end);
        let (head, tail) = rest.split_at(fits);
        let cut = match head.rfind(' ') {
            Some(space) if !tail.is_empty() => space,
            _ => fits,
        };
        let (part, after) = rest.split_at(cut);
        parts.push(part);
        rest = after.trim_start();
        if rest.is_empty() {
            return parts;
        }
    }
}

/// Errors of an open connection; connecting itself asks for [`Diagnostic::of`] with its own phase.
impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        Self::of(&error, Phase::Later)
    }
}

/// Everything the last call on a handle has to tell.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    records: Vec<Diagnostic>,
    /// The return code of the call.
    pub returned: i16,
    /// What the statement does.
    pub function: DynamicFunction,
    /// Rows the statement has changed; none where it changes none, or has not been executed.
    pub rows: Option<isize>,
    /// The data source of the connection.
    pub server: Option<Arc<str>>,
    /// Whether the application speaks ODBC 2.
    pub odbc2: bool,
}

impl Diagnostics {
    /// Nothing to tell, to an application of this version of ODBC.
    pub fn new(odbc2: bool) -> Self {
        Self {
            odbc2,
            ..Self::default()
        }
    }

    /// Adds a record, and records that go on with its message where it is longer than driver managers carry.
    pub fn post(&mut self, record: Diagnostic) {
        for message in parts(&record.message) {
            if self.records.len() < MOST_RECORDS {
                let mut part = record.clone();
                part.message = message.to_owned();
                self.records.push(part);
            }
        }
    }

    /// Adds a warning in words of our own.
    pub fn warn(&mut self, state: SqlState, message: impl Into<String>) {
        self.post(Diagnostic::new(state, message));
    }

    /// Whether a record is more than a warning.
    pub fn has_error(&self) -> bool {
        self.records.iter().any(|record| !record.state.is_warning())
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Puts records in the standard's order: those of no row first, then by row, in a row errors before warnings.
    pub fn sort(&mut self) {
        self.records
            .sort_by_key(|record| (record.row, record.state.is_warning(), record.column));
    }

    /// The record with this number, from 1.
    fn record(&self, number: i16) -> Option<&Diagnostic> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        self.records.get(index)
    }

    fn message(record: &Diagnostic) -> String {
        format!("{PREFIX}{}", record.message)
    }

    /// A field of the header; none when the number is no header field.
    fn header(&self, field: i16) -> Option<Value> {
        Some(match field {
            id if id == Field::ReturnCode as i16 => Value::Small(self.returned),
            id if id == Field::Number as i16 => Value::Integer(i32::try_from(self.records.len()).unwrap_or(i32::MAX)),
            id if id == Field::RowCount as i16 => Value::Length(self.rows.unwrap_or(-1)),
            id if id == CURSOR_ROW_COUNT => Value::Length(-1),
            id if id == Field::DynamicFunction as i16 => Value::Text(self.function.name().to_owned()),
            id if id == Field::DynamicFunctionCode as i16 => Value::Integer(self.function.code()),
            _ => return None,
        })
    }

    /// A field of a record; none when the number is no record field.
    fn field(&self, record: &Diagnostic, field: i16) -> Option<Value> {
        Some(match field {
            id if id == Field::SqlState as i16 => Value::Text(record.state.code(self.odbc2).to_owned()),
            id if id == Field::Native as i16 => Value::Integer(record.native),
            id if id == Field::MessageText as i16 => Value::Text(Self::message(record)),
            id if id == Field::ClassOrigin as i16 => Value::Text(record.state.class_origin().to_owned()),
            id if id == Field::SubclassOrigin as i16 => Value::Text(record.state.subclass_origin().to_owned()),
            id if id == Field::ConnectionName as i16 => Value::Text(String::new()),
            id if id == Field::ServerName as i16 => Value::Text(self.server.as_deref().unwrap_or_default().to_owned()),
            id if id == ROW_NUMBER => Value::Length(record.row),
            id if id == COLUMN_NUMBER => Value::Integer(record.column),
            _ => return None,
        })
    }
}

const CURSOR_ROW_COUNT: i16 = Field::CursorRowCount as i16;
const ROW_NUMBER: i16 = Field::RowNumber as i16;
const COLUMN_NUMBER: i16 = Field::ColumnNumber as i16;

/// Where `SQLGetDiagRec` writes.
#[derive(Clone, Copy, Debug)]
pub struct RecordOut {
    /// The SQLSTATE: six units of the encoding.
    pub state: Address,
    /// The native error number.
    pub native: Address,
    /// The message.
    pub message: TextOut,
}

/// `SQLGetDiagRec`: never clears and never posts, and answers the same however often it is asked.
pub fn record(node: &Node, number: i16, out: &RecordOut) -> i16 {
    if number <= 0 || out.message.capacity < 0 {
        return code::ERROR;
    }
    let diagnostics = node.diagnostics.lock();
    let Some(record) = diagnostics.record(number) else {
        return code::NO_DATA;
    };
    let encoding = out.message.encoding;
    encoding.write(
        record.state.code(diagnostics.odbc2),
        out.state,
        odbc_sys::SQLSTATE_SIZE + 1,
    );
    out.native.write(record.native);
    returned(out.message.write(&Diagnostics::message(record)))
}

/// `SQLGetDiagField`.
pub fn field(
    node: &Node,
    number: i16,
    id: i16,
    encoding: Encoding,
    out: Address,
    capacity: i16,
    length: Address,
) -> i16 {
    let diagnostics = node.diagnostics.lock();
    let value = match diagnostics.header(id) {
        Some(_) if is_of_statements(id) && !node.is_statement() => return code::ERROR,
        Some(value) => value,
        None if number <= 0 => return code::ERROR,
        None => {
            let Some(record) = diagnostics.record(number) else {
                return code::NO_DATA;
            };
            let Some(value) = diagnostics.field(record, id) else {
                return code::ERROR;
            };
            value
        }
    };
    let text = TextOut::bytes(encoding, out, isize::from(capacity), Length::I16(length));
    if matches!(value, Value::Text(_)) && capacity < 0 {
        return code::ERROR;
    }
    returned(value.write(out, &text))
}

/// Header fields that only statement handles have.
fn is_of_statements(id: i16) -> bool {
    id == CURSOR_ROW_COUNT
        || [Field::RowCount, Field::DynamicFunction, Field::DynamicFunctionCode]
            .iter()
            .any(|field| *field as i16 == id)
}

fn returned(truncated: bool) -> i16 {
    if truncated {
        code::SUCCESS_WITH_INFO
    } else {
        code::SUCCESS
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn only_a_fault_of_the_driver_shows_its_causes_and_each_once() {
        let cause = || Error::new(Kind::Unreachable, "connection refused");
        let unreachable = Error::new(Kind::Unreachable, "The server cannot be reached").caused_by(cause());
        let record = Diagnostic::from(unreachable);
        assert_eq!(record.message, "The server cannot be reached");
        assert_eq!(record.state, SqlState::LinkFailure);
        assert_ne!(record.native, 0);

        let fault = Error::new(Kind::Internal, "The driver failed").caused_by(cause().caused_by(cause()));
        assert_eq!(Diagnostic::from(fault).message, "The driver failed: connection refused");
    }

    #[test]
    fn what_is_wrong_with_a_statement_is_told_in_one_line_and_our_words() {
        let cause = Error::new(Kind::Internal, "Schema error: No field named x");
        let error = Error::new(Kind::ColumnNotFound, "There is no column x;\n  the columns are a, b").caused_by(cause);
        assert_eq!(
            Diagnostic::from(error).message,
            "There is no column x; the columns are a, b"
        );
    }

    #[test]
    fn a_long_message_goes_on_in_further_records_and_a_url_stays_whole() {
        let url = format!("https://example.org/{}", "é".repeat(470));
        let message = format!(
            "Sign in there, and come back with what {} you get: {url} now",
            "very ".repeat(40)
        );
        let mut diagnostics = Diagnostics::default();
        diagnostics.post(Diagnostic::new(SqlState::Authorization, message.clone()));
        let records: Vec<_> = diagnostics
            .records
            .iter()
            .map(|record| record.message.clone())
            .collect();
        assert_eq!(records.join(" "), message);
        assert!(records.iter().any(|record| record.contains(&url)));
        assert!(
            records
                .iter()
                .all(|record| PREFIX.len() + record.chars().count() <= 512)
        );

        let mut diagnostics = Diagnostics::default();
        let unbroken = "x".repeat(1200);
        diagnostics.post(Diagnostic::new(SqlState::General, unbroken.clone()));
        let records: Vec<_> = diagnostics
            .records
            .iter()
            .map(|record| record.message.clone())
            .collect();
        assert_eq!(records.concat(), unbroken);

        let mut diagnostics = Diagnostics::default();
        diagnostics.post(Diagnostic::new(SqlState::General, ""));
        assert_eq!(diagnostics.records.len(), 1);
    }

    #[test]
    fn records_are_sorted_by_row_and_errors_come_first() {
        let mut diagnostics = Diagnostics::default();
        diagnostics.post(Diagnostic::new(SqlState::RightTruncated, "b").at(2, 1));
        diagnostics.post(Diagnostic::new(SqlState::RightTruncated, "c").at(1, 1));
        diagnostics.post(Diagnostic::new(SqlState::OutOfRange, "d").at(1, 2));
        diagnostics.post(Diagnostic::new(SqlState::ErrorInRow, "a"));
        diagnostics.sort();
        let order: String = diagnostics
            .records
            .iter()
            .map(|record| record.message.as_str())
            .collect();
        assert_eq!(order, "adcb");
    }

    #[test]
    fn header_and_record_fields_have_their_widths() {
        let mut diagnostics = Diagnostics::default();
        diagnostics.post(Diagnostic::new(SqlState::OutOfRange, "x").at(3, 2));
        diagnostics.returned = code::ERROR;
        assert_eq!(diagnostics.header(1), Some(Value::Small(-1)));
        assert_eq!(diagnostics.header(2), Some(Value::Integer(1)));
        assert_eq!(diagnostics.header(3), Some(Value::Length(-1)));
        let record = diagnostics.record(1).unwrap();
        assert_eq!(diagnostics.field(record, -1248), Some(Value::Length(3)));
        assert_eq!(diagnostics.field(record, -1247), Some(Value::Integer(2)));
        assert_eq!(diagnostics.field(record, 4), Some(Value::Text("22003".to_owned())));
        assert_eq!(
            diagnostics.field(record, 6),
            Some(Value::Text("[Latchkey][ODBC] x".to_owned()))
        );
        assert_eq!(diagnostics.field(record, 99), None);
    }

    #[test]
    fn odbc_2_reads_its_own_states() {
        let mut diagnostics = Diagnostics {
            odbc2: true,
            ..Diagnostics::default()
        };
        diagnostics.post(Diagnostic::new(SqlState::TableNotFound, "x"));
        let record = diagnostics.record(1).unwrap();
        assert_eq!(diagnostics.field(record, 4), Some(Value::Text("S0002".to_owned())));
    }

    #[test]
    fn a_flood_of_warnings_is_bounded() {
        let mut diagnostics = Diagnostics::default();
        for row in 0..5_000 {
            diagnostics.post(Diagnostic::new(SqlState::RightTruncated, "x").at(row + 1, 1));
        }
        assert_eq!(diagnostics.records.len(), MOST_RECORDS);
    }
}
