//! `SQL_DIAG_DYNAMIC_FUNCTION`

use crate::engine::Effect;

/// What a statement does, as the header names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DynamicFunction {
    /// Not executed.
    #[default]
    Unknown,
    /// A query.
    SelectCursor,
    /// A procedure call.
    Call,
    /// `CREATE TABLE`
    CreateTable,
    /// `DROP TABLE`
    DropTable,
    /// `INSERT`
    Insert,
    /// A searched `UPDATE`.
    UpdateWhere,
    /// A searched `DELETE`.
    DeleteWhere,
}

impl From<Effect> for DynamicFunction {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Create => Self::CreateTable,
            Effect::Drop => Self::DropTable,
            Effect::Insert => Self::Insert,
            Effect::Update => Self::UpdateWhere,
            Effect::Delete => Self::DeleteWhere,
            // The standard has no name for it.
            Effect::Truncate => Self::Unknown,
        }
    }
}

impl DynamicFunction {
    /// `SQL_DIAG_DYNAMIC_FUNCTION`
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::SelectCursor => "SELECT CURSOR",
            Self::Call => "CALL",
            Self::CreateTable => "CREATE TABLE",
            Self::DropTable => "DROP TABLE",
            Self::Insert => "INSERT",
            Self::UpdateWhere => "UPDATE WHERE",
            Self::DeleteWhere => "DELETE WHERE",
        }
    }

    /// `SQL_DIAG_DYNAMIC_FUNCTION_CODE`
    pub fn code(self) -> i32 {
        use odbc_sys::DynamicDiagnosticIdentifier as Id;
        match self {
            Self::Unknown => Id::UnknownStatement as i32,
            Self::SelectCursor => Id::SelectCursor as i32,
            Self::Call => Id::Call as i32,
            Self::CreateTable => Id::CreateTable as i32,
            Self::DropTable => Id::DropTable as i32,
            Self::Insert => Id::Insert as i32,
            Self::UpdateWhere => Id::UpdateWhere as i32,
            Self::DeleteWhere => Id::DeleteWhere as i32,
        }
    }
}
