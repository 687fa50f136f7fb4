//! SQLProcedures: the rows of the engine's table of procedures.

use datafusion::arrow::record_batch::RecordBatch;

use crate::engine::procedures::Procedure;
use crate::engine::session::{CATALOG, SCHEMA};
use crate::error::Result;

use super::arguments::Filter;
use super::result_set::{self, Cell, Column};
use super::{Argument, NAME_LENGTH, REMARKS_LENGTH, Style};

const COLUMNS: &[Column] = &[
    Column::text("PROCEDURE_CAT", NAME_LENGTH).odbc2("PROCEDURE_QUALIFIER"),
    Column::text("PROCEDURE_SCHEM", NAME_LENGTH).odbc2("PROCEDURE_OWNER"),
    Column::text("PROCEDURE_NAME", NAME_LENGTH),
    Column::integer("NUM_INPUT_PARAMS"),
    Column::integer("NUM_OUTPUT_PARAMS"),
    Column::integer("NUM_RESULT_SETS"),
    Column::text("REMARKS", REMARKS_LENGTH),
    Column::small("PROCEDURE_TYPE"),
];

/// `SQL_PT_PROCEDURE`: it returns no value of its own.
const PROCEDURE: i32 = 1;

/// Which procedures to list.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    catalog: Filter,
    schema: Filter,
    procedure: Filter,
}

impl Selection {
    pub(super) fn new(style: Style, catalog: &Argument, schema: &Argument, procedure: &Argument) -> Self {
        Self {
            catalog: Filter::ordinary(catalog, style),
            schema: Filter::pattern(schema, style),
            procedure: Filter::pattern(procedure, style),
        }
    }

    /// The procedures that pass, by name.
    pub(super) fn of(&self, procedures: &'static [Procedure]) -> Vec<&'static Procedure> {
        if !self.catalog.matches(CATALOG) || !self.schema.matches(SCHEMA) {
            return Vec::new();
        }
        let mut passing: Vec<_> = procedures
            .iter()
            .filter(|procedure| self.procedure.matches(procedure.name))
            .collect();
        passing.sort_by_key(|procedure| procedure.name);
        passing
    }
}

/// Lists the procedures.
pub(super) fn list(style: Style, procedures: &[&Procedure]) -> Result<RecordBatch> {
    let row = |procedure: &&Procedure| {
        vec![
            CATALOG.into(),
            SCHEMA.into(),
            procedure.name.into(),
            procedure.inputs.len().into(),
            Cell::Number(0),
            Cell::Number(1),
            procedure.description.into(),
            Cell::Number(PROCEDURE),
        ]
    };
    let rows: Vec<_> = procedures.iter().map(row).collect();
    result_set::build(COLUMNS, style.odbc2, &rows)
}
