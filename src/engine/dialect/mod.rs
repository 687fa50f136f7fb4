//! The SQL users write to the SQL DataFusion reads: ODBC escapes, `[brackets]`, `TOP`, parameter markers, case of names.
