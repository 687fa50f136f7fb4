//! The application's parameter buffers into scalar values.

use datafusion::arrow::datatypes::DataType;
use datafusion::scalar::ScalarValue;

use crate::odbc::memory::Address;

use super::outcome::Failure;

/// Where a parameter's value is, as records of the APD and IPD say, moved to one row.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Concise C type (APD); `SQL_C_DEFAULT` follows `sql_type`.
    pub c_type: i16,
    /// Concise SQL type (IPD).
    pub sql_type: i16,
    /// Data buffer.
    pub value: Address,
    /// Bytes of the buffer.
    pub buffer_length: isize,
    /// Length in bytes, or an indicator; a null address means `SQL_NTS` or a fixed length.
    pub octet_length: Address,
    /// Where NULL is said.
    pub indicator: Address,
    /// `COLUMN_SIZE` of the IPD.
    pub column_size: usize,
    /// `DECIMAL_DIGITS` of the IPD.
    pub decimal_digits: i16,
}

/// Reads a value as the SQL type says. `wanted` is the type the plan expects, where known.
pub fn read(parameter: &Parameter, wanted: Option<&DataType>) -> Result<ScalarValue, Failure> {
    let _ = (parameter, wanted);
    todo!()
}
