//! The result set of SQLGetTypeInfo.

use datafusion::arrow::record_batch::RecordBatch;

use crate::engine::TypeRules;
use crate::odbc::catalog::result_set::{self, Cell, Column};
use crate::odbc::convert::types::{self, SqlType, TYPES};

/// `SQL_ALL_TYPES`
const ALL_TYPES: i16 = 0;
/// Characters of names and literals.
const NAME_LENGTH: usize = 128;

const COLUMNS: &[Column] = &[
    Column::text("TYPE_NAME", NAME_LENGTH),
    Column::small("DATA_TYPE"),
    Column::integer("COLUMN_SIZE").odbc2("PRECISION"),
    Column::text("LITERAL_PREFIX", NAME_LENGTH),
    Column::text("LITERAL_SUFFIX", NAME_LENGTH),
    Column::text("CREATE_PARAMS", NAME_LENGTH),
    Column::small("NULLABLE"),
    Column::small("CASE_SENSITIVE"),
    Column::small("SEARCHABLE"),
    Column::small("UNSIGNED_ATTRIBUTE"),
    Column::small("FIXED_PREC_SCALE").odbc2("MONEY"),
    Column::small("AUTO_UNIQUE_VALUE").odbc2("AUTO_INCREMENT"),
    Column::text("LOCAL_TYPE_NAME", NAME_LENGTH),
    Column::small("MINIMUM_SCALE"),
    Column::small("MAXIMUM_SCALE"),
    Column::small("SQL_DATA_TYPE"),
    Column::small("SQL_DATETIME_SUB"),
    Column::integer("NUM_PREC_RADIX"),
    Column::small("INTERVAL_PRECISION"),
];

/// The result set of SQLGetTypeInfo: all types for `SQL_ALL_TYPES` (0). None for an unknown type number (HY004).
/// With `odbc2`, dates and times carry the old numbers. Types that the rules of the connection replace are left out.
pub fn type_info(sql_type: i16, odbc2: bool, rules: &TypeRules) -> Option<RecordBatch> {
    let wanted = types::odbc3_number(sql_type);
    if sql_type != ALL_TYPES && !types::is_known(wanted) {
        return None;
    }
    let number = |row: &SqlType| if odbc2 { row.odbc2 } else { row.number };
    let mut types: Vec<_> = TYPES
        .iter()
        .filter(|row| sql_type == ALL_TYPES || row.number == wanted)
        .filter(|row| row.is_used(rules))
        .collect();
    types.sort_by_key(|row| number(row));
    let rows: Vec<_> = types.iter().map(|row| cells(row, number(row), rules)).collect();
    result_set::build(COLUMNS, odbc2, &rows).ok()
}

fn cells(row: &SqlType, number: i16, rules: &TypeRules) -> Vec<Cell> {
    const NO: Cell = Cell::Number(0);
    const NULLABLE: Cell = Cell::Number(1);
    let affix = |text: &'static str| Cell::from(Some(text).filter(|text| !text.is_empty()));
    let of_numbers = |cell: Cell| if row.radix.is_some() { cell } else { Cell::Null };
    vec![
        row.name.into(),
        number.into(),
        row.column_size_by(rules).into(),
        affix(row.literal.0),
        affix(row.literal.1),
        row.create_params.into(),
        NULLABLE,
        Cell::Number(i32::from(row.case_sensitive)),
        Cell::Number(row.searchable as i32),
        of_numbers(NO),
        NO,
        of_numbers(NO),
        row.name.into(),
        row.scales.map(|(least, _)| least).into(),
        row.scales.map(|(_, most)| most).into(),
        row.verbose.into(),
        row.datetime_sub.into(),
        row.radix.into(),
        Cell::Null,
    ]
}
