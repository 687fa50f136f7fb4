//! One record of an application or parameter descriptor: its type, its buffer, and the rules that hold them together.

use crate::odbc::argument::{Value, Word};
use crate::odbc::convert::Description;
use crate::odbc::diagnostics::Diagnostic;
use crate::odbc::memory::Address;
use crate::odbc::numbers::descriptor::{NAMED, UNNAMED};
use crate::odbc::numbers::{field, sql_type as t};
use crate::odbc::sqlstate::SqlState;

use super::Role;

/// The digits of `SQL_C_NUMERIC` and of the decimal types until somebody says otherwise.
pub const DEFAULT_PRECISION: i16 = 38;
/// Fractional digits of a timestamp until somebody says otherwise.
const DEFAULT_FRACTION: i16 = 6;
/// `SQL_PARAM_INPUT`
const INPUT: i16 = odbc_sys::ParamType::Input as i16;

/// The standard's defaults for a concise type: `SQL_DESC_PRECISION` and `SQL_DESC_DATETIME_INTERVAL_PRECISION`.
pub fn default_digits(concise_type: i16) -> (i16, i32) {
    match concise_type {
        t::NUMERIC | t::DECIMAL => (DEFAULT_PRECISION, 0),
        t::FLOAT..=t::DOUBLE => (15, 0),
        t::TYPE_TIMESTAMP => (DEFAULT_FRACTION, 0),
        interval if is_interval(interval) => (DEFAULT_FRACTION, 2),
        _ => (0, 0),
    }
}

fn is_interval(concise_type: i16) -> bool {
    (t::INTERVAL_YEAR..=t::INTERVAL_MINUTE_TO_SECOND).contains(&concise_type)
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// `SQL_DESC_CONCISE_TYPE`; `SQL_DESC_TYPE` and `SQL_DESC_DATETIME_INTERVAL_CODE` follow from it.
    pub concise_type: i16,
    /// `SQL_DESC_LENGTH`
    pub length: usize,
    /// `SQL_DESC_OCTET_LENGTH`
    pub octet_length: isize,
    /// `SQL_DESC_PRECISION`
    pub precision: i16,
    /// `SQL_DESC_SCALE`
    pub scale: i16,
    /// `SQL_DESC_DATETIME_INTERVAL_PRECISION`
    pub interval_precision: i32,
    /// `SQL_DESC_NUM_PREC_RADIX`
    pub radix: i32,
    /// `SQL_DESC_PARAMETER_TYPE`
    pub parameter_type: i16,
    /// `SQL_DESC_NAME`
    pub name: String,
    /// `SQL_DESC_DATA_PTR`
    pub data: Address,
    /// `SQL_DESC_OCTET_LENGTH_PTR`
    pub octet_length_ptr: Address,
    /// `SQL_DESC_INDICATOR_PTR`
    pub indicator: Address,
    /// Whether the application, and not the plan of the statement, gave the type (IPD).
    pub is_declared: bool,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            concise_type: t::DEFAULT,
            length: 0,
            octet_length: 0,
            precision: 0,
            scale: 0,
            interval_precision: 0,
            radix: 0,
            parameter_type: INPUT,
            name: String::new(),
            data: Address::NULL,
            octet_length_ptr: Address::NULL,
            indicator: Address::NULL,
            is_declared: false,
        }
    }
}

impl Record {
    /// A column of an IRD as a record that may be copied elsewhere.
    pub fn of_column(column: &Description) -> Self {
        let mut record = Self {
            name: column.name.clone(),
            ..Self::default()
        };
        record.set_type(column.sql_type);
        record.set_size(column.column_size, column.decimal_digits.unwrap_or(0));
        record.octet_length = isize::try_from(column.octet_length).unwrap_or(isize::MAX);
        record.radix = column.radix().into();
        record
    }

    /// Whether a column or parameter is bound: it has a buffer, or at least a place for its indicator.
    pub fn is_bound(&self) -> bool {
        !(self.data.is_null() && self.indicator.is_null() && self.octet_length_ptr.is_null())
    }

    /// Forgets the buffer.
    pub fn unbind(&mut self) {
        self.data = Address::NULL;
        self.octet_length_ptr = Address::NULL;
        self.indicator = Address::NULL;
    }

    /// Binds an application's buffer; `indicator` takes lengths and says NULL.
    pub fn bind(&mut self, c_type: i16, value: Address, buffer_length: isize, indicator: Address) {
        self.set_type(c_type);
        self.octet_length = buffer_length;
        self.octet_length_ptr = indicator;
        self.indicator = indicator;
        self.data = value;
    }

    /// Sets the concise type with the defaults the standard gives the other fields for it.
    pub fn set_type(&mut self, concise_type: i16) {
        self.concise_type = t::odbc3_type(concise_type);
        let is_sized = matches!(self.concise_type, t::CHAR | t::VARCHAR | t::WCHAR | t::WVARCHAR);
        self.length = usize::from(is_sized);
        self.scale = 0;
        (self.precision, self.interval_precision) = default_digits(self.concise_type);
    }

    /// `SQL_DESC_TYPE`
    pub fn verbose_type(&self) -> i16 {
        match self.concise_type {
            t::TYPE_DATE..=t::TYPE_TIMESTAMP => t::DATETIME,
            _ if self.is_interval() => t::INTERVAL,
            other => other,
        }
    }

    /// `SQL_DESC_DATETIME_INTERVAL_CODE`
    pub fn datetime_code(&self) -> i16 {
        match self.concise_type {
            t::TYPE_DATE..=t::TYPE_TIMESTAMP => self.concise_type - t::TYPE_DATE + 1,
            _ if self.is_interval() => self.concise_type - t::INTERVAL_YEAR + 1,
            _ => 0,
        }
    }

    fn is_interval(&self) -> bool {
        is_interval(self.concise_type)
    }

    /// Keeps ColumnSize and DecimalDigits where the type has them: texts have no digits, whatever a program passes.
    pub fn set_size(&mut self, column_size: usize, decimal_digits: i16) {
        let digits = i16::try_from(column_size).unwrap_or(i16::MAX);
        match self.concise_type {
            t::NUMERIC | t::DECIMAL => (self.precision, self.scale) = (digits, decimal_digits),
            t::FLOAT..=t::DOUBLE => self.precision = digits,
            t::TYPE_DATE..=t::TYPE_TIMESTAMP => self.precision = decimal_digits,
            _ if self.is_interval() => self.precision = decimal_digits,
            _ => self.length = column_size,
        }
    }

    /// ColumnSize as it was given.
    pub fn column_size(&self) -> usize {
        match self.concise_type {
            t::NUMERIC | t::DECIMAL | t::FLOAT..=t::DOUBLE => usize::try_from(self.precision).unwrap_or(0),
            _ => self.length,
        }
    }

    /// DecimalDigits as they were given.
    pub fn decimal_digits(&self) -> i16 {
        match self.concise_type {
            t::NUMERIC | t::DECIMAL => self.scale,
            t::TYPE_DATE..=t::TYPE_TIMESTAMP => self.precision,
            _ => 0,
        }
    }

    /// The consistency check that binding makes: HY021 for fields that contradict each other.
    pub fn check(&self, role: Role) -> Result<(), Diagnostic> {
        let known = match role {
            Role::Application => t::is_c_type(self.concise_type),
            Role::Parameter => t::is_sql_type(self.concise_type),
            Role::Row => true,
        };
        let is_decimal = matches!(self.concise_type, t::NUMERIC | t::DECIMAL);
        let digits = !is_decimal || (1..=DEFAULT_PRECISION).contains(&self.precision);
        let fraction =
            !matches!(self.concise_type, t::TYPE_TIME | t::TYPE_TIMESTAMP) || (0..=9).contains(&self.precision);
        if known && digits && fraction {
            return Ok(());
        }
        let message = format!(
            "The type {} with precision {} and scale {} is not consistent.",
            self.concise_type, self.precision, self.scale
        );
        Err(Diagnostic::new(SqlState::Inconsistent, message))
    }

    /// A field with its width; none when a record of this role has none such.
    pub fn get(&self, role: Role, field: i16) -> Option<Value> {
        Some(match field {
            field::CONCISE_TYPE => Value::Small(self.concise_type),
            field::TYPE => Value::Small(self.verbose_type()),
            field::DATETIME_INTERVAL_CODE => Value::Small(self.datetime_code()),
            field::DATETIME_INTERVAL_PRECISION => Value::Integer(self.interval_precision),
            field::LENGTH => Value::Size(self.length),
            field::OCTET_LENGTH => Value::Length(self.octet_length),
            field::PRECISION => Value::Small(self.precision),
            field::SCALE => Value::Small(self.scale),
            field::NUM_PREC_RADIX => Value::Integer(self.radix),
            field::DATA_PTR => Value::Pointer(self.data),
            field::OCTET_LENGTH_PTR if role == Role::Application => Value::Pointer(self.octet_length_ptr),
            field::INDICATOR_PTR if role == Role::Application => Value::Pointer(self.indicator),
            field::PARAMETER_TYPE if role == Role::Parameter => Value::Small(self.parameter_type),
            field::NAME if role == Role::Parameter => Value::Text(self.name.clone()),
            field::UNNAMED if role == Role::Parameter => {
                Value::Small(if self.name.is_empty() { UNNAMED } else { NAMED })
            }
            field::NULLABLE if role == Role::Parameter => Value::Small(odbc_sys::Nullability::NULLABLE.0),
            field::TYPE_NAME | field::LOCAL_TYPE_NAME if role == Role::Parameter => Value::Text(String::new()),
            field::CASE_SENSITIVE if role == Role::Parameter => Value::Integer(1),
            field::FIXED_PREC_SCALE | field::UNSIGNED | field::ROWVER if role == Role::Parameter => Value::Small(0),
            _ => return None,
        })
    }

    /// Sets a field other than its name. Any field but the data pointer unbinds the record.
    pub fn set(&mut self, role: Role, field: i16, value: Word) -> Result<(), Diagnostic> {
        let application = role == Role::Application;
        match field {
            field::DATA_PTR => return self.set_data(role, value.0),
            // Lengths and indicators stay bound without a buffer, and setting them does not unbind one.
            field::OCTET_LENGTH_PTR if application => self.octet_length_ptr = value.0,
            field::INDICATOR_PTR if application => self.indicator = value.0,
            field::PARAMETER_TYPE if role == Role::Parameter => self.set_parameter_type(value.small())?,
            field::UNNAMED if role == Role::Parameter && value.small() == UNNAMED => self.name.clear(),
            _ => {
                self.set_shape(field, value)?;
                self.is_declared = true;
                self.data = Address::NULL;
            }
        }
        Ok(())
    }

    fn set_shape(&mut self, field: i16, value: Word) -> Result<(), Diagnostic> {
        match field {
            field::CONCISE_TYPE => self.set_type(value.small()),
            field::TYPE => self.set_verbose_type(value.small()),
            field::DATETIME_INTERVAL_CODE => return self.set_datetime_code(value.small()),
            field::DATETIME_INTERVAL_PRECISION => self.interval_precision = value.integer(),
            field::LENGTH => self.length = value.size(),
            field::OCTET_LENGTH => self.octet_length = value.length(),
            field::PRECISION => self.precision = value.small(),
            field::SCALE => self.scale = value.small(),
            field::NUM_PREC_RADIX => self.radix = value.integer(),
            other => {
                let message = format!("Descriptor field {other} does not exist here, or cannot be set.");
                return Err(Diagnostic::new(SqlState::FieldId, message));
            }
        }
        Ok(())
    }

    /// `SQL_DESC_TYPE`: for dates, times and intervals the code already there, or the one that follows, decides.
    fn set_verbose_type(&mut self, verbose_type: i16) {
        match verbose_type {
            t::DATETIME if self.verbose_type() != t::DATETIME => self.set_type(t::TYPE_TIMESTAMP),
            t::INTERVAL if self.verbose_type() != t::INTERVAL => self.set_type(t::INTERVAL_YEAR),
            t::DATETIME | t::INTERVAL => (),
            other => self.set_type(other),
        }
    }

    fn set_datetime_code(&mut self, code: i16) -> Result<(), Diagnostic> {
        match (self.verbose_type(), code) {
            (t::DATETIME, 1..=3) => self.set_type(t::TYPE_DATE + code - 1),
            (t::INTERVAL, 1..=13) => self.set_type(t::INTERVAL_YEAR + code - 1),
            _ => {
                let message = format!("The code {code} does not belong to the type {}.", self.verbose_type());
                return Err(Diagnostic::new(SqlState::Inconsistent, message));
            }
        }
        Ok(())
    }

    /// Binds after the consistency check. An IPD has no buffers: there the check is all that happens.
    fn set_data(&mut self, role: Role, data: Address) -> Result<(), Diagnostic> {
        if !data.is_null() {
            self.check(role)?;
        }
        if role == Role::Application {
            self.data = data;
        }
        Ok(())
    }

    /// Input only; HY105 for a number that is no parameter type.
    pub fn set_parameter_type(&mut self, parameter_type: i16) -> Result<(), Diagnostic> {
        match parameter_type {
            INPUT => {
                self.parameter_type = parameter_type;
                Ok(())
            }
            2 | 4 | 8 | 16 => {
                let message = "Output parameters are not supported; procedures answer with a result set.";
                Err(Diagnostic::new(SqlState::Unsupported, message))
            }
            other => {
                let message = format!("There is no parameter type with the number {other}.");
                Err(Diagnostic::new(SqlState::ParameterType, message))
            }
        }
    }
}
