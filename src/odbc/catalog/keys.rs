//! SQLPrimaryKeys, SQLForeignKeys, SQLStatistics, SQLSpecialColumns: the tables have neither keys nor indexes.

use datafusion::arrow::record_batch::RecordBatch;

use crate::error::Result;

use super::result_set::{self, Column};
use super::{NAME_LENGTH, Style};

const PRIMARY_KEYS: &[Column] = &[
    Column::text("TABLE_CAT", NAME_LENGTH).odbc2("TABLE_QUALIFIER"),
    Column::text("TABLE_SCHEM", NAME_LENGTH).odbc2("TABLE_OWNER"),
    Column::text("TABLE_NAME", NAME_LENGTH),
    Column::text("COLUMN_NAME", NAME_LENGTH),
    Column::small("KEY_SEQ"),
    Column::text("PK_NAME", NAME_LENGTH),
];

const FOREIGN_KEYS: &[Column] = &[
    Column::text("PKTABLE_CAT", NAME_LENGTH).odbc2("PKTABLE_QUALIFIER"),
    Column::text("PKTABLE_SCHEM", NAME_LENGTH).odbc2("PKTABLE_OWNER"),
    Column::text("PKTABLE_NAME", NAME_LENGTH),
    Column::text("PKCOLUMN_NAME", NAME_LENGTH),
    Column::text("FKTABLE_CAT", NAME_LENGTH).odbc2("FKTABLE_QUALIFIER"),
    Column::text("FKTABLE_SCHEM", NAME_LENGTH).odbc2("FKTABLE_OWNER"),
    Column::text("FKTABLE_NAME", NAME_LENGTH),
    Column::text("FKCOLUMN_NAME", NAME_LENGTH),
    Column::small("KEY_SEQ"),
    Column::small("UPDATE_RULE"),
    Column::small("DELETE_RULE"),
    Column::text("FK_NAME", NAME_LENGTH),
    Column::text("PK_NAME", NAME_LENGTH),
    Column::small("DEFERRABILITY"),
];

const STATISTICS: &[Column] = &[
    Column::text("TABLE_CAT", NAME_LENGTH).odbc2("TABLE_QUALIFIER"),
    Column::text("TABLE_SCHEM", NAME_LENGTH).odbc2("TABLE_OWNER"),
    Column::text("TABLE_NAME", NAME_LENGTH),
    Column::small("NON_UNIQUE"),
    Column::text("INDEX_QUALIFIER", NAME_LENGTH),
    Column::text("INDEX_NAME", NAME_LENGTH),
    Column::small("TYPE"),
    Column::small("ORDINAL_POSITION").odbc2("SEQ_IN_INDEX"),
    Column::text("COLUMN_NAME", NAME_LENGTH),
    Column::text("ASC_OR_DESC", 1).odbc2("COLLATION"),
    Column::integer("CARDINALITY"),
    Column::integer("PAGES"),
    Column::text("FILTER_CONDITION", NAME_LENGTH),
];

const SPECIAL_COLUMNS: &[Column] = &[
    Column::small("SCOPE"),
    Column::text("COLUMN_NAME", NAME_LENGTH),
    Column::small("DATA_TYPE"),
    Column::text("TYPE_NAME", NAME_LENGTH),
    Column::integer("COLUMN_SIZE").odbc2("PRECISION"),
    Column::integer("BUFFER_LENGTH").odbc2("LENGTH"),
    Column::small("DECIMAL_DIGITS").odbc2("SCALE"),
    Column::small("PSEUDO_COLUMN"),
];

/// The columns of SQLPrimaryKeys.
pub(super) fn primary(style: Style) -> Result<RecordBatch> {
    result_set::build(PRIMARY_KEYS, style.odbc2, &[])
}

/// The columns of SQLForeignKeys.
pub(super) fn foreign(style: Style) -> Result<RecordBatch> {
    result_set::build(FOREIGN_KEYS, style.odbc2, &[])
}

/// The columns of SQLStatistics.
pub(super) fn statistics(style: Style) -> Result<RecordBatch> {
    result_set::build(STATISTICS, style.odbc2, &[])
}

/// The columns of SQLSpecialColumns.
pub(super) fn special_columns(style: Style) -> Result<RecordBatch> {
    result_set::build(SPECIAL_COLUMNS, style.odbc2, &[])
}
