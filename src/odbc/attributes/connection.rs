//! `SQLSetConnectAttr` and `SQLGetConnectAttr`: a table of the numbers, the others one by one.

use std::collections::BTreeMap;
use std::time::Duration;

use odbc_sys::{ConnectionAttribute as Id, StatementAttribute};

use crate::engine::session::CATALOG;
use crate::odbc::argument::{TextIn, TextOut, Value, Word};
use crate::odbc::boundary::{Completion, Status};
use crate::odbc::connection::OnConnection;
use crate::odbc::diagnostics::{Diagnostic, Diagnostics};
use crate::odbc::memory::Address;
use crate::odbc::numbers::attribute::{ANSI_APP, ROWSET_SIZE};
use crate::odbc::sqlstate::SqlState;
use crate::odbc::text::Encoding;

use super::{bad_value, changed, statement, too_late, unknown, unsupported};

/// What may be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Numbers up to this one are kept.
    UpTo(u32),
    /// As `UpTo`, before the connection is opened only.
    Before(u32),
    /// The default; another of these numbers is replaced by it (01S02).
    Default(&'static [u32]),
    /// The default; another number up to this one is refused (HYC00).
    Refuse(u32),
    /// Nothing: it can be asked only.
    Read,
    /// Nothing: it is known and not supported (HYC00), nor can it be asked.
    Never,
}

/// An attribute of four bytes.
#[derive(Debug)]
struct Row {
    id: i32,
    name: &'static str,
    default: u32,
    rule: Rule,
}

const fn row(id: i32, name: &'static str, default: u32, rule: Rule) -> Row {
    Row {
        id,
        name,
        default,
        rule,
    }
}

const TABLE: &[Row] = &[
    row(Id::ACCESS_MODE.0, "SQL_ATTR_ACCESS_MODE", 0, Rule::UpTo(1)),
    row(
        Id::ASYNC_DBC_FUNCTIONS_ENABLE.0,
        "SQL_ATTR_ASYNC_DBC_FUNCTIONS_ENABLE",
        0,
        Rule::Refuse(1),
    ),
    row(Id::ASYNC_ENABLE.0, "SQL_ATTR_ASYNC_ENABLE", 0, Rule::Refuse(1)),
    row(Id::AUTOCOMMIT.0, "SQL_ATTR_AUTOCOMMIT", 1, Rule::UpTo(1)),
    row(Id::AUTO_IPD.0, "SQL_ATTR_AUTO_IPD", 1, Rule::Read),
    row(
        Id::CONNECTION_TIMEOUT.0,
        "SQL_ATTR_CONNECTION_TIMEOUT",
        0,
        Rule::UpTo(u32::MAX),
    ),
    row(
        Id::DISCONNECT_BEHAVIOUR.0,
        "SQL_ATTR_DISCONNECT_BEHAVIOR",
        0,
        Rule::Never,
    ),
    row(Id::ENLIST_IN_DTC.0, "SQL_ATTR_ENLIST_IN_DTC", 0, Rule::Never),
    row(Id::ENLIST_IN_XA.0, "SQL_ATTR_ENLIST_IN_XA", 0, Rule::Never),
    row(Id::LOGIN_TIMEOUT.0, "SQL_ATTR_LOGIN_TIMEOUT", 0, Rule::Before(u32::MAX)),
    row(Id::METADATA_ID.0, "SQL_ATTR_METADATA_ID", 0, Rule::UpTo(1)),
    row(Id::ODBC_CURSORS.0, "SQL_ATTR_ODBC_CURSORS", 2, Rule::Refuse(2)),
    row(Id::PACKET_SIZE.0, "SQL_ATTR_PACKET_SIZE", 0, Rule::Default(&[])),
    row(Id::TRANSLATE_LIB.0, "SQL_ATTR_TRANSLATE_LIB", 0, Rule::Never),
    row(Id::TRANSLATE_OPTION.0, "SQL_ATTR_TRANSLATE_OPTION", 0, Rule::Never),
    row(
        Id::TXN_ISOLATION.0,
        "SQL_ATTR_TXN_ISOLATION",
        0,
        Rule::Default(&[1, 2, 4, 8]),
    ),
];

/// `SQL_RESET_CONNECTION_YES`
const RESET: u32 = 1;

/// The values an application set.
#[derive(Debug, Default)]
pub struct Attributes {
    numbers: BTreeMap<i32, u32>,
    quiet_mode: Address,
    /// Statement attributes that ODBC 2 programs set here, for new statements.
    pub statement_defaults: BTreeMap<i32, usize>,
}

impl Attributes {
    fn number(&self, id: Id) -> u32 {
        let default = TABLE.iter().find(|row| row.id == id.0).map_or(0, |row| row.default);
        self.numbers.get(&id.0).copied().unwrap_or(default)
    }

    /// `SQL_ATTR_LOGIN_TIMEOUT`; none for 0, which means no limit.
    pub fn login_timeout(&self) -> Option<Duration> {
        let seconds = self.number(Id::LOGIN_TIMEOUT);
        (seconds > 0).then(|| Duration::from_secs(seconds.into()))
    }

    /// `SQL_ATTR_CONNECTION_TIMEOUT` in seconds.
    pub fn connection_timeout(&self) -> usize {
        usize::try_from(self.number(Id::CONNECTION_TIMEOUT)).unwrap_or(usize::MAX)
    }

    /// `SQL_ATTR_METADATA_ID`
    pub fn metadata_id(&self) -> bool {
        self.number(Id::METADATA_ID) == 1
    }

    fn set_number(&mut self, row: &Row, value: u32, is_open: bool, told: &mut Diagnostics) -> Result<(), Diagnostic> {
        match row.rule {
            Rule::Before(_) if is_open => return Err(too_late(row.name, "on an open connection")),
            Rule::UpTo(highest) | Rule::Before(highest) if value <= highest => {
                self.numbers.insert(row.id, value);
            }
            _ if value == row.default && !matches!(row.rule, Rule::Read | Rule::Never) => (),
            Rule::Default(others) if others.is_empty() || others.contains(&value) => {
                told.post(changed(row.name, value, row.default));
            }
            Rule::Refuse(highest) if value <= highest => return Err(unsupported(row.name, value)),
            Rule::Never => return Err(unsupported(row.name, value)),
            Rule::Read => return Err(unknown(row.id)),
            Rule::UpTo(_) | Rule::Before(_) | Rule::Default(_) | Rule::Refuse(_) => {
                return Err(bad_value(row.name, value));
            }
        }
        Ok(())
    }
}

/// `SQLSetConnectAttr`. The length of a text is in bytes.
pub fn set(on: &mut OnConnection<'_>, encoding: Encoding, attribute: i32, value: Word, length: i32) -> Completion {
    let is_open = on.members.connection.is_open();
    let attributes = &mut on.members.connection.attributes;
    match Id(attribute) {
        Id::QUIET_MODE => attributes.quiet_mode = value.0,
        Id::CURRENT_CATALOG => check_catalog(&TextIn::bytes(encoding, value.0, length as isize).required()?)?,
        Id::RESET_CONNECTION if value.unsigned() == RESET => reset(on),
        Id::RESET_CONNECTION => return Err(bad_value("SQL_ATTR_RESET_CONNECTION", value.unsigned())),
        Id(ANSI_APP) => (),
        id if is_statement_default(id.0) => {
            let row = statement::row(id.0)?;
            let value = row.check(value.size(), on.call.diagnostics)?;
            attributes.statement_defaults.insert(id.0, value);
        }
        id => {
            let row = TABLE.iter().find(|row| row.id == id.0).ok_or_else(|| unknown(id.0))?;
            attributes.set_number(row, value.unsigned(), is_open, on.call.diagnostics)?;
        }
    }
    Ok(Status::Success)
}

/// `SQLGetConnectAttr`. The length of a text is in bytes.
pub fn get(on: &mut OnConnection<'_>, attribute: i32, out: TextOut) -> Completion {
    let connection = &on.members.connection;
    let attributes = &connection.attributes;
    let value = match Id(attribute) {
        Id::QUIET_MODE => Value::Pointer(attributes.quiet_mode),
        Id::CURRENT_CATALOG => Value::Text(CATALOG.to_owned()),
        Id::CONNECTION_DEAD => Value::Unsigned(connection.dead.into()),
        id if is_statement_default(id.0) => {
            let default = statement::row(id.0)?.default;
            let value = attributes.statement_defaults.get(&id.0).copied().unwrap_or(default);
            Value::Unsigned(u32::try_from(value).unwrap_or(u32::MAX))
        }
        id => {
            let row = TABLE.iter().find(|row| row.id == id.0).ok_or_else(|| unknown(id.0))?;
            if row.rule == Rule::Never {
                return Err(unsupported(row.name, "reading"));
            }
            Value::Unsigned(attributes.number(id))
        }
    };
    value.deliver(&out, on.call.diagnostics)?;
    Ok(Status::Success)
}

/// Whether the number is a statement option that ODBC 2 let programs set on the connection.
fn is_statement_default(attribute: i32) -> bool {
    (StatementAttribute::QueryTimeout as i32..=StatementAttribute::UseBookmarks as i32).contains(&attribute)
        && attribute != Id::ASYNC_ENABLE.0
        || attribute == ROWSET_SIZE
}

/// There is one catalog, and it is always the current one.
fn check_catalog(name: &str) -> Result<(), Diagnostic> {
    if name == CATALOG {
        return Ok(());
    }
    let message = format!("There is no catalog \"{name}\"; the only one is \"{CATALOG}\".");
    Err(Diagnostic::new(SqlState::CatalogName, message))
}

/// A pool takes the connection back: no cursor stays open, no scratch table is left, and defaults are in force again.
fn reset(on: &mut OnConnection<'_>) {
    if let Ok(session) = on.session() {
        session.drop_scratch_tables();
    }
    on.members.connection.attributes = Attributes::default();
    for statement in on.members.statements.values_mut() {
        statement.close(&mut on.members.descriptors);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn set_number(attributes: &mut Attributes, id: Id, value: u32, is_open: bool) -> Result<Diagnostics, SqlState> {
        let row = TABLE.iter().find(|row| row.id == id.0).unwrap();
        let mut told = Diagnostics::default();
        let outcome = attributes.set_number(row, value, is_open, &mut told);
        outcome.map(|()| told).map_err(|diagnostic| diagnostic.state)
    }

    #[test]
    fn every_default_can_be_set_where_anything_can() {
        for row in TABLE {
            let outcome = set_number(&mut Attributes::default(), Id(row.id), row.default, false);
            match row.rule {
                Rule::Never => assert_eq!(outcome.err(), Some(SqlState::Unsupported), "{}", row.name),
                Rule::Read => assert_eq!(outcome.err(), Some(SqlState::AttributeId), "{}", row.name),
                _ => assert!(outcome.unwrap().is_empty(), "{}", row.name),
            }
        }
    }

    #[test]
    fn values_the_standard_lacks_are_hy024() {
        for id in [
            Id::ACCESS_MODE,
            Id::AUTOCOMMIT,
            Id::METADATA_ID,
            Id::ASYNC_ENABLE,
            Id::TXN_ISOLATION,
        ] {
            let outcome = set_number(&mut Attributes::default(), id, 77, false);
            assert_eq!(outcome.err(), Some(SqlState::AttributeValue), "{id:?}");
        }
    }

    #[test]
    fn what_is_replaced_is_told() {
        let mut attributes = Attributes::default();
        assert!(
            !set_number(&mut attributes, Id::TXN_ISOLATION, 2, false)
                .unwrap()
                .is_empty()
        );
        assert!(
            !set_number(&mut attributes, Id::PACKET_SIZE, 4096, false)
                .unwrap()
                .is_empty()
        );
        assert_eq!(attributes.number(Id::PACKET_SIZE), 0);
    }

    #[test]
    fn the_login_timeout_is_for_connecting() {
        let mut attributes = Attributes::default();
        assert!(set_number(&mut attributes, Id::LOGIN_TIMEOUT, 15, false).is_ok());
        assert_eq!(attributes.login_timeout(), Some(Duration::from_secs(15)));
        assert_eq!(
            set_number(&mut attributes, Id::LOGIN_TIMEOUT, 1, true).err(),
            Some(SqlState::CannotSetNow)
        );
    }

    #[test]
    fn statement_options_are_taken_as_defaults_and_async_is_not_one() {
        assert!(is_statement_default(StatementAttribute::MaxRows as i32));
        assert!(is_statement_default(ROWSET_SIZE));
        assert!(!is_statement_default(Id::ASYNC_ENABLE.0));
        assert!(!is_statement_default(Id::ACCESS_MODE.0));
    }

    #[test]
    fn only_the_one_catalog_can_be_current() {
        assert!(check_catalog(CATALOG).is_ok());
        assert_eq!(
            check_catalog("other").err().map(|diagnostic| diagnostic.state),
            Some(SqlState::CatalogName)
        );
    }
}
