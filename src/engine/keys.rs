//! The keys of tables: those that the relational model makes.

use super::documents::Documents;

/// The key of a table, and what its rows lie in. Both are of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The table, in [`super::session::SCHEMA`].
    pub table: String,
    /// The column that tells its rows apart.
    pub column: String,
    /// The rows of another table that its own lie in.
    pub reference: Option<Reference>,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The column with the keys of the other table.
    pub column: String,
    /// The other table.
    pub table: String,
    /// Its key.
    pub key: String,
}

impl Key {
    /// The same with other names.
    pub(super) fn renamed(self, name: impl Fn(&str) -> String) -> Self {
        Self {
            table: name(&self.table),
            column: name(&self.column),
            reference: self.reference.map(|reference| Reference {
                column: name(&reference.column),
                table: name(&reference.table),
                key: name(&reference.key),
            }),
        }
    }

    /// What the key is called.
    pub fn name(&self) -> String {
        key_name(&self.table)
    }
}

impl Reference {
    /// What the foreign key of `table` is called.
    pub fn name(&self, table: &str) -> String {
        format!("FK_{table}_{}", self.table)
    }

    /// What the key is called that it refers to.
    pub fn key_name(&self) -> String {
        key_name(&self.table)
    }
}

fn key_name(table: &str) -> String {
    format!("PK_{table}")
}

/// The keys of the tables of documents, in the order of the tables.
pub(super) fn of(documents: &Documents) -> Vec<Key> {
    let tables = || documents.tables.iter().map(|table| &table.found);
    let key_of = |name: &str| tables().find(|table| table.name == name)?.key.clone();
    let keys = tables().filter_map(|table| {
        let reference = table.parent.as_ref().and_then(|(column, parent)| {
            Some(Reference {
                column: column.clone(),
                table: parent.clone(),
                key: key_of(parent)?,
            })
        });
        Some(Key {
            table: table.name.clone(),
            column: table.key.clone()?,
            reference,
        })
    });
    keys.collect()
}
