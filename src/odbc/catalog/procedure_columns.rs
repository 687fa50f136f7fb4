//! SQLProcedureColumns: inputs and result columns of procedures.

use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::arrow::record_batch::RecordBatch;

use crate::engine::procedures::{Input, Procedure, ResultColumn};
use crate::engine::session::{CATALOG, SCHEMA};
use crate::error::Result;
use crate::odbc::convert::Description;

use super::arguments::Filter;
use super::columns::{is_nullable, nullable, type_cells, verbose_cells};
use super::result_set::{self, Cell, Column};
use super::{NAME_LENGTH, REMARKS_LENGTH, Style};

const COLUMNS: &[Column] = &[
    Column::text("PROCEDURE_CAT", NAME_LENGTH).odbc2("PROCEDURE_QUALIFIER"),
    Column::text("PROCEDURE_SCHEM", NAME_LENGTH).odbc2("PROCEDURE_OWNER"),
    Column::text("PROCEDURE_NAME", NAME_LENGTH),
    Column::text("COLUMN_NAME", NAME_LENGTH),
    Column::small("COLUMN_TYPE"),
    Column::small("DATA_TYPE"),
    Column::text("TYPE_NAME", NAME_LENGTH),
    Column::integer("COLUMN_SIZE").odbc2("PRECISION"),
    Column::integer("BUFFER_LENGTH").odbc2("LENGTH"),
    Column::small("DECIMAL_DIGITS").odbc2("SCALE"),
    Column::small("NUM_PREC_RADIX").odbc2("RADIX"),
    Column::small("NULLABLE"),
    Column::text("REMARKS", REMARKS_LENGTH),
    Column::text("COLUMN_DEF", NAME_LENGTH),
    Column::small("SQL_DATA_TYPE"),
    Column::small("SQL_DATETIME_SUB"),
    Column::integer("CHAR_OCTET_LENGTH"),
    Column::integer("ORDINAL_POSITION"),
    Column::text("IS_NULLABLE", NAME_LENGTH),
];

/// `COLUMN_TYPE`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// `SQL_PARAM_INPUT`
    Input = 1,
    /// `SQL_RESULT_COL`
    Result = 3,
}

/// What the rows of inputs and result columns differ in.
struct Entry<'a> {
    name: &'a str,
    role: Role,
    description: Description,
    nullable: bool,
    remarks: &'a str,
    default: Option<&'a str>,
    ordinal: usize,
}

/// Lists inputs, then result columns, of each procedure.
pub(super) fn list(style: Style, procedures: &[&Procedure], column: &Filter) -> Result<RecordBatch> {
    let mut rows = Vec::new();
    for procedure in procedures {
        let inputs = procedure
            .inputs
            .iter()
            .zip(1..)
            .map(|(input, ordinal)| Entry::input(style, input, ordinal));
        let results = procedure
            .results
            .iter()
            .zip(1..)
            .map(|(result, ordinal)| Entry::result(style, result, ordinal));
        let entries = inputs.chain(results).filter(|entry| column.matches(entry.name));
        rows.extend(entries.map(|entry| entry.row(style, procedure.name)));
    }
    result_set::build(COLUMNS, style.odbc2, &rows)
}

impl<'a> Entry<'a> {
    fn input(style: Style, input: &'a Input, ordinal: usize) -> Self {
        Self {
            name: input.name,
            role: Role::Input,
            description: Description::of_parameter(Some(&DataType::Utf8), None, &style.types),
            nullable: !input.required,
            remarks: input.description,
            default: input.default,
            ordinal,
        }
    }

    fn result(style: Style, result: &'a ResultColumn, ordinal: usize) -> Self {
        Self {
            name: result.name,
            role: Role::Result,
            description: Description::by(&Field::new(result.name, DataType::Utf8, true), &style.types),
            nullable: true,
            remarks: result.description,
            default: None,
            ordinal,
        }
    }

    fn row(&self, style: Style, procedure: &str) -> Vec<Cell> {
        // The standard wants a text default as a literal.
        let default = self.default.map(|default| format!("'{}'", default.replace('\'', "''")));
        let mut row = vec![
            CATALOG.into(),
            SCHEMA.into(),
            procedure.into(),
            self.name.into(),
            Cell::Number(self.role as i32),
        ];
        row.extend(type_cells(style, &self.description));
        row.extend([nullable(self.nullable), self.remarks.into(), default.into()]);
        row.extend(verbose_cells(&self.description));
        row.extend([self.ordinal.into(), is_nullable(self.nullable)]);
        row
    }
}
