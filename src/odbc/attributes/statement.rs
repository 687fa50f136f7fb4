//! `SQLSetStmtAttr` and `SQLGetStmtAttr`: a table of every attribute with its default and rule.

use std::collections::BTreeMap;

use odbc_sys::StatementAttribute as Id;

use crate::engine::dialect::Braces;
use crate::odbc::argument::{TextOut, Value, Word};
use crate::odbc::boundary::{Completion, Status};
use crate::odbc::cursor::Shape;
use crate::odbc::diagnostics::{Diagnostic, Diagnostics};
use crate::odbc::group::Descriptors;
use crate::odbc::memory::Address;
use crate::odbc::numbers::attribute::ROWSET_SIZE;
use crate::odbc::numbers::field;
use crate::odbc::registry::{self, Kind};
use crate::odbc::sqlstate::SqlState;
use crate::odbc::statement::{OnStatement, Statement, Which};

use super::{bad_value, changed, connection, too_late, unknown, unsupported};

/// What may be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Numbers between these two are kept.
    Between(usize, usize),
    /// The default; another number up to this one is replaced by it (01S02).
    Default(usize),
    /// The default; another number up to this one is refused (HYC00).
    Refuse(usize),
    /// A header field of one of the statement's descriptors.
    Header(Which, i16),
    /// The handle of one of the statement's descriptors.
    Descriptor(Which),
    /// Forward-only or static; the other types are replaced by static (01S02).
    CursorType,
    /// Whether the cursor is static, hence scrolls.
    Scrollable,
    /// Insensitive, as a static cursor is, or unspecified.
    Sensitivity,
    /// Nothing: the number of the current row.
    RowNumber,
}

/// An attribute of eight bytes.
#[derive(Debug)]
pub struct Row {
    id: i32,
    name: &'static str,
    /// Its value until it is set.
    pub default: usize,
    rule: Rule,
    /// It shapes the cursor, hence not after SQLPrepare (HY011) nor with an open cursor (24000).
    shapes_cursor: bool,
}

const fn row_of(id: Id, name: &'static str, default: usize, rule: Rule) -> Row {
    Row {
        id: id as i32,
        name,
        default,
        rule,
        shapes_cursor: false,
    }
}

const fn shaping(id: Id, name: &'static str, default: usize, rule: Rule) -> Row {
    Row {
        id: id as i32,
        name,
        default,
        rule,
        shapes_cursor: true,
    }
}

const ANY: Rule = Rule::Between(0, usize::MAX);
const BOOLEAN: Rule = Rule::Between(0, 1);

const TABLE: &[Row] = &[
    row_of(Id::QueryTimeout, "SQL_ATTR_QUERY_TIMEOUT", 0, ANY),
    row_of(Id::MaxRows, "SQL_ATTR_MAX_ROWS", 0, ANY),
    row_of(Id::NoScan, "SQL_ATTR_NOSCAN", 0, BOOLEAN),
    row_of(Id::MaxLength, "SQL_ATTR_MAX_LENGTH", 0, ANY),
    row_of(Id::AsyncEnable, "SQL_ATTR_ASYNC_ENABLE", 0, Rule::Refuse(1)),
    row_of(
        Id::RowBindType,
        "SQL_ATTR_ROW_BIND_TYPE",
        0,
        Rule::Header(Which::Ard, field::BIND_TYPE),
    ),
    shaping(Id::CursorType, "SQL_ATTR_CURSOR_TYPE", FORWARD_ONLY, Rule::CursorType),
    shaping(Id::Concurrency, "SQL_ATTR_CONCURRENCY", 1, Rule::Default(4)),
    row_of(Id::KeysetSize, "SQL_ATTR_KEYSET_SIZE", 0, Rule::Default(usize::MAX)),
    Row {
        id: ROWSET_SIZE,
        name: "SQL_ROWSET_SIZE",
        default: 1,
        rule: Rule::Between(1, MOST_ROWS),
        shapes_cursor: false,
    },
    shaping(Id::SimulateCursor, "SQL_ATTR_SIMULATE_CURSOR", 0, Rule::Default(2)),
    row_of(Id::RetrieveData, "SQL_ATTR_RETRIEVE_DATA", 1, BOOLEAN),
    shaping(Id::UseBookmarks, "SQL_ATTR_USE_BOOKMARKS", 0, Rule::Between(0, 2)),
    row_of(Id::RowNumber, "SQL_ATTR_ROW_NUMBER", 0, Rule::RowNumber),
    row_of(Id::EnableAutoIpd, "SQL_ATTR_ENABLE_AUTO_IPD", 1, BOOLEAN),
    row_of(Id::FetchBookmarkPtr, "SQL_ATTR_FETCH_BOOKMARK_PTR", 0, ANY),
    row_of(
        Id::ParamBindOffsetPtr,
        "SQL_ATTR_PARAM_BIND_OFFSET_PTR",
        0,
        Rule::Header(Which::Apd, field::BIND_OFFSET_PTR),
    ),
    row_of(
        Id::ParamBindType,
        "SQL_ATTR_PARAM_BIND_TYPE",
        0,
        Rule::Header(Which::Apd, field::BIND_TYPE),
    ),
    row_of(
        Id::ParamOpterationPtr,
        "SQL_ATTR_PARAM_OPERATION_PTR",
        0,
        Rule::Header(Which::Apd, field::ARRAY_STATUS_PTR),
    ),
    row_of(
        Id::ParamStatusPtr,
        "SQL_ATTR_PARAM_STATUS_PTR",
        0,
        Rule::Header(Which::Ipd, field::ARRAY_STATUS_PTR),
    ),
    row_of(
        Id::ParamsProcessedPtr,
        "SQL_ATTR_PARAMS_PROCESSED_PTR",
        0,
        Rule::Header(Which::Ipd, field::ROWS_PROCESSED_PTR),
    ),
    row_of(
        Id::ParamsetSize,
        "SQL_ATTR_PARAMSET_SIZE",
        1,
        Rule::Header(Which::Apd, field::ARRAY_SIZE),
    ),
    row_of(
        Id::RowBindOffsetPtr,
        "SQL_ATTR_ROW_BIND_OFFSET_PTR",
        0,
        Rule::Header(Which::Ard, field::BIND_OFFSET_PTR),
    ),
    row_of(
        Id::RowOperationPtr,
        "SQL_ATTR_ROW_OPERATION_PTR",
        0,
        Rule::Header(Which::Ard, field::ARRAY_STATUS_PTR),
    ),
    row_of(
        Id::RowStatusPtr,
        "SQL_ATTR_ROW_STATUS_PTR",
        0,
        Rule::Header(Which::Ird, field::ARRAY_STATUS_PTR),
    ),
    row_of(
        Id::RowsFetchedPtr,
        "SQL_ATTR_ROWS_FETCHED_PTR",
        0,
        Rule::Header(Which::Ird, field::ROWS_PROCESSED_PTR),
    ),
    row_of(
        Id::RowArraySize,
        "SQL_ATTR_ROW_ARRAY_SIZE",
        1,
        Rule::Header(Which::Ard, field::ARRAY_SIZE),
    ),
    row_of(Id::AppRowDesc, "SQL_ATTR_APP_ROW_DESC", 0, Rule::Descriptor(Which::Ard)),
    row_of(
        Id::AppParamDesc,
        "SQL_ATTR_APP_PARAM_DESC",
        0,
        Rule::Descriptor(Which::Apd),
    ),
    row_of(Id::ImpRowDesc, "SQL_ATTR_IMP_ROW_DESC", 0, Rule::Descriptor(Which::Ird)),
    row_of(
        Id::ImpParamDesc,
        "SQL_ATTR_IMP_PARAM_DESC",
        0,
        Rule::Descriptor(Which::Ipd),
    ),
    row_of(Id::MetadataId, "SQL_ATTR_METADATA_ID", 0, BOOLEAN),
    shaping(Id::CursorScrollable, "SQL_ATTR_CURSOR_SCROLLABLE", 0, Rule::Scrollable),
    shaping(
        Id::CursorSensitivity,
        "SQL_ATTR_CURSOR_SENSITIVITY",
        0,
        Rule::Sensitivity,
    ),
    row_of(
        Id::AsyncStmtEvent,
        "SQL_ATTR_ASYNC_STMT_EVENT",
        0,
        Rule::Refuse(usize::MAX),
    ),
];

/// `SQL_CURSOR_FORWARD_ONLY`
const FORWARD_ONLY: usize = 0;
/// `SQL_CURSOR_KEYSET_DRIVEN`
const KEYSET_DRIVEN: usize = 1;
/// `SQL_CURSOR_DYNAMIC`
const DYNAMIC: usize = 2;
/// `SQL_CURSOR_STATIC`
const STATIC: usize = 3;
/// `SQL_UNSPECIFIED`
const UNSPECIFIED: usize = 0;
/// `SQL_INSENSITIVE`
const INSENSITIVE: usize = 1;
/// `SQL_SENSITIVE`
const SENSITIVE: usize = 2;

/// Whether column 0 holds bookmarks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bookmarks {
    /// There is no column 0.
    Off,
    /// It holds the numbers of the rows.
    On,
}

impl Bookmarks {
    /// 07009 when column 0 does not exist.
    pub fn check(self) -> Result<(), Diagnostic> {
        match self {
            Self::On => Ok(()),
            Self::Off => {
                let message = "Column 0 holds bookmarks, which are off; set SQL_ATTR_USE_BOOKMARKS first.";
                Err(Diagnostic::new(SqlState::DescriptorIndex, message))
            }
        }
    }
}

/// The largest rowset: more rows in one call make nothing faster.
pub const MOST_ROWS: usize = 1 << 20;

/// The row of an attribute; HY092 when there is none.
pub fn row(attribute: i32) -> Result<&'static Row, Diagnostic> {
    TABLE
        .iter()
        .find(|row| row.id == attribute)
        .ok_or_else(|| unknown(attribute))
}

impl Row {
    /// The value that is kept for the value asked for.
    pub fn check(&self, value: usize, told: &mut Diagnostics) -> Result<usize, Diagnostic> {
        match self.rule {
            Rule::Between(lowest, highest) if (lowest..=highest).contains(&value) => Ok(value),
            Rule::Default(_) | Rule::Refuse(_) if value == self.default => Ok(value),
            Rule::Default(highest) if value <= highest => {
                told.post(changed(self.name, value, self.default));
                Ok(self.default)
            }
            Rule::Refuse(highest) if value <= highest => Err(unsupported(self.name, value)),
            Rule::Header(..) => Ok(value),
            Rule::CursorType => match value {
                FORWARD_ONLY | STATIC => Ok(value),
                KEYSET_DRIVEN | DYNAMIC => {
                    told.post(changed(self.name, value, STATIC));
                    Ok(STATIC)
                }
                _ => Err(bad_value(self.name, value)),
            },
            Rule::Scrollable if value <= 1 => Ok(value),
            Rule::Sensitivity => match value {
                UNSPECIFIED | INSENSITIVE => Ok(value),
                SENSITIVE => {
                    told.post(changed(self.name, value, INSENSITIVE));
                    Ok(INSENSITIVE)
                }
                _ => Err(bad_value(self.name, value)),
            },
            _ => Err(bad_value(self.name, value)),
        }
    }
}

/// The values an application set.
#[derive(Debug, Default)]
pub struct Options {
    values: BTreeMap<i32, usize>,
}

impl Options {
    /// Keeps a value that was checked. Type, scrolling and sensitivity of the cursor are one choice of two: the type.
    fn keep(&mut self, row: &Row, value: usize) {
        let (id, value) = match row.rule {
            Rule::Scrollable | Rule::Sensitivity => {
                let cursor_type = if value == 0 { FORWARD_ONLY } else { STATIC };
                (Id::CursorType as i32, cursor_type)
            }
            _ => (row.id, value),
        };
        self.values.insert(id, value);
    }

    fn number(&self, id: i32) -> usize {
        let default = || row(id).map_or(0, |row| row.default);
        self.values.get(&id).copied().unwrap_or_else(default)
    }

    /// `SQL_ATTR_QUERY_TIMEOUT` in seconds; 0 means no limit.
    pub fn query_timeout(&self) -> usize {
        self.number(Id::QueryTimeout as i32)
    }

    /// What the cursor of the next execution is like.
    pub fn cursor(&self) -> Shape {
        Shape {
            is_scrollable: self.number(Id::CursorType as i32) == STATIC,
            max_rows: self.number(Id::MaxRows as i32),
            max_length: self.number(Id::MaxLength as i32),
        }
    }

    /// `SQL_ATTR_USE_BOOKMARKS`
    pub fn bookmarks(&self) -> Bookmarks {
        if self.number(Id::UseBookmarks as i32) == 0 {
            Bookmarks::Off
        } else {
            Bookmarks::On
        }
    }

    /// `SQL_ATTR_FETCH_BOOKMARK_PTR`
    pub fn fetch_bookmark(&self) -> Address {
        Address::of(std::ptr::with_exposed_provenance::<u8>(
            self.number(Id::FetchBookmarkPtr as i32),
        ))
    }

    /// `SQL_ATTR_RETRIEVE_DATA`
    pub fn retrieves_data(&self) -> bool {
        self.number(Id::RetrieveData as i32) == 1
    }

    /// What braces in statements are (`SQL_ATTR_NOSCAN`).
    pub fn braces(&self) -> Braces {
        match self.number(Id::NoScan as i32) {
            0 => Braces::Escapes,
            _ => Braces::Engine,
        }
    }

    /// `SQL_ROWSET_SIZE`
    pub fn rowset_size(&self) -> usize {
        self.number(ROWSET_SIZE)
    }

    /// `SQL_ATTR_ENABLE_AUTO_IPD`
    pub fn describes_parameters(&self) -> bool {
        self.number(Id::EnableAutoIpd as i32) == 1
    }

    /// `SQL_ATTR_METADATA_ID`
    pub fn metadata_id(&self) -> bool {
        self.number(Id::MetadataId as i32) == 1
    }
}

/// Gives a new statement what its connection has for it.
pub fn inherit(attributes: &connection::Attributes, statement: &mut Statement, descriptors: &mut Descriptors) {
    for (&id, &value) in &attributes.statement_defaults {
        match row(id).map(|row| row.rule) {
            Ok(Rule::Header(which, field)) => {
                if let Some(descriptor) = descriptors.get_mut(&statement.descriptor(which)) {
                    // The value was checked when the connection took it.
                    let _ = descriptor.header.set(field, Word::of(value));
                }
            }
            Ok(_) => {
                if let Ok(row) = row(id) {
                    statement.options.keep(row, value);
                }
            }
            Err(_) => {}
        }
    }
    statement
        .options
        .values
        .insert(Id::MetadataId as i32, attributes.metadata_id().into());
}

/// `SQLSetStmtAttr`.
pub fn set(on: &mut OnStatement<'_>, attribute: i32, value: Word) -> Completion {
    let row = row(attribute)?;
    if row.shapes_cursor {
        if on.statement.cursor().is_some() {
            let message = format!("{} cannot be set while a cursor is open.", row.name);
            return Err(Diagnostic::new(SqlState::CursorState, message));
        }
        if on.statement.plan().is_some() {
            return Err(too_late(row.name, "after SQLPrepare"));
        }
    }
    match row.rule {
        Rule::Header(which, field) => {
            if let Some(warning) = on.descriptor_mut(which)?.header.set(field, value)? {
                on.call.diagnostics.post(warning);
            }
        }
        Rule::Descriptor(which) => set_descriptor(on, row, which, value)?,
        Rule::RowNumber => return Err(unknown(attribute)),
        _ => {
            let value = row.check(value.size(), on.call.diagnostics)?;
            on.statement.options.keep(row, value);
        }
    }
    Ok(Status::Success)
}

/// `SQLGetStmtAttr`: every attribute has eight bytes.
pub fn get(on: &mut OnStatement<'_>, attribute: i32, out: TextOut) -> Completion {
    let row = row(attribute)?;
    let value = match row.rule {
        Rule::Header(which, field) => match on.descriptor_mut(which)?.header.get(field) {
            Some(Value::Pointer(address)) => Value::Pointer(address),
            Some(number) => Value::Length(number.as_length().unwrap_or_default()),
            None => return Err(unknown(attribute)),
        },
        Rule::Descriptor(which) => Value::Size(on.statement.descriptor(which).handle().addr()),
        Rule::RowNumber => {
            let cursor = on.statement.cursor().and_then(|cursor| cursor.row_number());
            let message = "There is no current row.";
            Value::Size(cursor.ok_or_else(|| Diagnostic::new(SqlState::CursorState, message))?)
        }
        Rule::Scrollable | Rule::Sensitivity => Value::Size(on.statement.options.cursor().is_scrollable.into()),
        _ => Value::Size(on.statement.options.number(attribute)),
    };
    value.deliver(&out, on.call.diagnostics)?;
    Ok(Status::Success)
}

/// Makes an explicit descriptor of the same connection the ARD or APD, or returns to the implicit one.
fn set_descriptor(on: &mut OnStatement<'_>, row: &Row, which: Which, value: Word) -> Result<(), Diagnostic> {
    if matches!(which, Which::Ird | Which::Ipd) {
        let message = format!("{} cannot be set.", row.name);
        return Err(Diagnostic::new(SqlState::AutomaticDescriptor, message));
    }
    if value.0.is_null() {
        on.statement.use_descriptor(which, None);
        return Ok(());
    }
    let node = registry::find(Kind::Descriptor, value.0.as_pointer());
    let token = node
        .map(|node| node.token)
        .filter(|token| on.descriptors.contains_key(token));
    let Some(token) = token else {
        return Err(bad_value(row.name, "anything but a descriptor of the same connection"));
    };
    let own = on.statement.implicit().of(which) == token;
    if !own
        && on
            .descriptors
            .get(&token)
            .is_some_and(|descriptor| descriptor.is_automatic())
    {
        let message = format!("{} cannot be a descriptor that another statement came with.", row.name);
        return Err(Diagnostic::new(SqlState::AutomaticDescriptor, message));
    }
    on.statement.use_descriptor(which, Some(token));
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn check(id: Id, value: usize) -> Result<(usize, bool), SqlState> {
        let mut told = Diagnostics::default();
        let kept = row(id as i32)
            .unwrap()
            .check(value, &mut told)
            .map_err(|diagnostic| diagnostic.state)?;
        Ok((kept, !told.is_empty()))
    }

    #[test]
    fn every_default_can_be_set_without_a_word() {
        for row in TABLE
            .iter()
            .filter(|row| !matches!(row.rule, Rule::Descriptor(_) | Rule::RowNumber))
        {
            let mut told = Diagnostics::default();
            assert_eq!(
                row.check(row.default, &mut told).ok(),
                Some(row.default),
                "{}",
                row.name
            );
            assert!(told.is_empty(), "{}", row.name);
        }
    }

    #[test]
    fn no_number_is_listed_twice() {
        for row in TABLE {
            assert_eq!(
                TABLE.iter().filter(|other| other.id == row.id).count(),
                1,
                "{}",
                row.name
            );
        }
    }

    #[test]
    fn what_cannot_be_is_replaced_and_told() {
        assert_eq!(check(Id::CursorType, 3), Ok((3, false)));
        assert_eq!(check(Id::CursorType, 1), Ok((3, true)));
        assert_eq!(check(Id::CursorType, 2), Ok((3, true)));
        assert_eq!(check(Id::Concurrency, 2), Ok((1, true)));
        assert_eq!(check(Id::CursorScrollable, 1), Ok((1, false)));
        assert_eq!(check(Id::CursorSensitivity, 2), Ok((1, true)));
    }

    #[test]
    fn values_the_standard_lacks_are_hy024_and_the_rest_hyc00() {
        assert_eq!(check(Id::CursorType, 4), Err(SqlState::AttributeValue));
        assert_eq!(check(Id::NoScan, 2), Err(SqlState::AttributeValue));
        assert_eq!(check(Id::AsyncEnable, 1), Err(SqlState::Unsupported));
        assert_eq!(check(Id::AsyncEnable, 2), Err(SqlState::AttributeValue));
        assert_eq!(check(Id::UseBookmarks, 3), Err(SqlState::AttributeValue));
        assert!(row(4711).is_err());
    }

    #[test]
    fn any_limit_is_honoured() {
        assert_eq!(check(Id::MaxRows, 12_345), Ok((12_345, false)));
        assert_eq!(check(Id::MaxLength, 100), Ok((100, false)));
        assert_eq!(check(Id::QueryTimeout, 3_600), Ok((3_600, false)));
    }
}
