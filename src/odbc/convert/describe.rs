//! One description of every type: it feeds SQLDescribeCol, SQLColAttribute, SQLColumns, SQLGetTypeInfo,
//! SQLProcedureColumns and the IRD.

use datafusion::arrow::datatypes::{DataType, Field};

/// A column or parameter as ODBC describes it (always in ODBC 3 type numbers).
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// Column name.
    pub name: String,
    /// Concise SQL type, such as `SQL_TYPE_TIMESTAMP` (93).
    pub sql_type: i16,
    /// `TYPE_NAME` of the same row of SQLGetTypeInfo.
    pub type_name: &'static str,
    /// `COLUMN_SIZE`: characters or digits.
    pub column_size: usize,
    /// `DECIMAL_DIGITS`, where the type has them.
    pub decimal_digits: Option<i16>,
    /// Bytes of the default C type, or of the text (`SQL_DESC_OCTET_LENGTH`).
    pub octet_length: usize,
    /// Characters needed to show a value.
    pub display_size: usize,
    /// Whether NULL may occur.
    pub nullable: bool,
}

impl Description {
    /// The description of an Arrow field.
    pub fn of(field: &Field) -> Self {
        let _ = field;
        todo!()
    }

    /// The description of a parameter of this type; WVARCHAR when the plan does not tell.
    pub fn of_parameter(data_type: Option<&DataType>) -> Self {
        let _ = data_type;
        todo!()
    }

    /// `SQL_DESC_TYPE`: the verbose type (`SQL_DATETIME` for dates and times).
    pub fn verbose_type(&self) -> i16 {
        todo!()
    }

    /// `SQL_DESC_DATETIME_INTERVAL_CODE`, 0 where there is none.
    pub fn datetime_code(&self) -> i16 {
        todo!()
    }

    /// `NUM_PREC_RADIX`: 10 or 2 for numbers, 0 otherwise.
    pub fn radix(&self) -> i16 {
        todo!()
    }

    /// The C type of `SQL_C_DEFAULT`.
    pub fn default_c_type(&self) -> i16 {
        todo!()
    }

    /// Whether the type is an unsigned number or no number at all (`SQL_DESC_UNSIGNED`).
    pub fn is_unsigned(&self) -> bool {
        todo!()
    }

    /// `LITERAL_PREFIX` and `LITERAL_SUFFIX`.
    pub fn literal_affixes(&self) -> (&'static str, &'static str) {
        todo!()
    }

    /// Whether comparisons of this type heed case.
    pub fn is_case_sensitive(&self) -> bool {
        todo!()
    }
}

/// The number an ODBC 2 application knows for a type (9, 10, 11 for dates and times).
pub fn odbc2_type(sql_type: i16) -> i16 {
    let _ = sql_type;
    todo!()
}
