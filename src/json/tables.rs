//! What is known of the values of records, to tables.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use datafusion::arrow::datatypes::{Field, Schema};

use super::evidence::{ColumnType, Evidence};
use super::infer::{Inference, Node};
use super::model::{DataModel, Model, Qualification, RowArrays};
use super::path::Step;
use super::schema::{self, Level, Place, Rows, Stride, TableSchema, VALUE_COLUMN, Way, join};

/// A table of documents.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub schema: TableSchema,
    /// Which of the inferences it comes from, and so where its records are cut.
    pub frame: usize,
    /// The column of its rows' keys, where it has one.
    pub key: Option<String>,
    /// The column with the keys of another table's rows, which its own lie in; and that table's name.
    pub parent: Option<(String, String)>,
}

/// The name of the key column.
const KEY: &str = "_id";

/// The tables of what was learnt from the frames of a model. One whose path has no name is called `name`.
pub fn tables(frames: &[Inference], name: &str) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for (frame, inference) in frames.iter().enumerate() {
        let found = Found::of(inference);
        match inference.model.data_model {
            DataModel::Document => tables.push(Table {
                name: unique(&tables, found.table_names(0, name)),
                schema: found.rows_of(0, Vec::new()),
                frame,
                key: None,
                parent: None,
            }),
            DataModel::FlattenedDocuments => tables.push(Table {
                name: unique(&tables, found.table_names(0, name)),
                schema: found.joined(),
                frame,
                key: None,
                parent: None,
            }),
            DataModel::Relational => found.relational(frame, name, &mut tables),
        }
    }
    tables
}

/// The first of these names that no table has.
fn unique(tables: &[Table], names: impl Iterator<Item = String>) -> String {
    first_free(names, |name| {
        let mut tables = tables.iter();
        tables.any(|table| table.name.to_lowercase() == name.to_lowercase())
    })
}

/// The first of these names that is not taken, else the very first with a number behind it.
pub fn first_free(names: impl Iterator<Item = String>, is_taken: impl Fn(&str) -> bool) -> String {
    let mut names = names.peekable();
    let first = names.peek().cloned().unwrap_or_default();
    let numbered = (2..).map(|number| format!("{first}_{number}"));
    let mut names = names.chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or_default()
}

/// The levels and columns of what was learnt from the records of a frame.
struct Found<'a> {
    model: &'a Model,
    levels: Vec<FoundLevel>,
    columns: Vec<FoundColumn>,
    by_name: HashMap<(usize, String), usize>,
}

#[derive(Default)]
struct FoundLevel {
    level: Level,
    /// The names from the top of the document.
    names: Vec<String>,
}

struct FoundColumn {
    level: usize,
    /// From the row.
    name: String,
    order: usize,
    evidence: Evidence,
    ways: Vec<Way>,
}

/// A place in the walk through what was learnt.
struct Spot<'a> {
    level: usize,
    /// From the row.
    way: Way,
    name: Option<String>,
    rows: Option<&'a RowArrays>,
}

impl<'a> Found<'a> {
    fn of(inference: &'a Inference) -> Self {
        // The rows of documents that list their columns are called as the documents are.
        let is_named = inference.model.columns.is_none();
        let steps = inference.frame.path.steps.iter().filter(|_| is_named);
        let names = steps.filter_map(|step| match step {
            Step::Member(name) => Some(name.to_string()),
            Step::Any | Step::Elements { .. } => None,
        });
        let mut found = Self {
            model: &inference.model,
            levels: vec![FoundLevel {
                names: names.collect(),
                ..FoundLevel::default()
            }],
            columns: Vec::new(),
            by_name: HashMap::new(),
        };
        let record = Spot {
            level: 0,
            way: Way::new(),
            name: None,
            rows: Some(&inference.frame.rows),
        };
        found.add_row(&inference.root, record);
        if found.columns.is_empty() && found.model.data_model != DataModel::Relational {
            // Most programs take a result without columns for none at all.
            found.columns.push(FoundColumn {
                level: 0,
                name: VALUE_COLUMN.to_owned(),
                order: 0,
                evidence: Evidence::default(),
                ways: vec![Way::new()],
            });
        }
        found.columns.sort_by_key(|column| (column.level, column.order));
        found
    }

    fn add_row(&mut self, node: &Node, spot: Spot<'_>) {
        if !node.object || !node.evidence.is_empty() {
            self.add_column(node, &spot, node.evidence.clone());
        }
        self.add_members(node, spot);
    }

    fn add_value(&mut self, node: &Node, spot: Spot<'_>) {
        let is_level = spot.rows.is_some_and(|rows| {
            let elements = node.elements.as_ref();
            elements.is_some_and(|elements| rows.takes_arrays() && (!rows.every || elements.object))
        });
        let is_indexed = !is_level && !node.indexed.is_empty() && node.longest == node.indexed.len();
        let mut evidence = node.evidence.clone();
        if !is_level && !is_indexed {
            evidence.merge(&node.arrays);
        }
        // A value that is null at times needs no column of its own beside those of its parts.
        let has_parts = node.object || is_level || is_indexed;
        if !evidence.is_empty() || !has_parts {
            self.add_column(node, &spot, evidence);
        }
        if !is_level {
            for (index, element) in node.indexed.iter().enumerate() {
                let element_spot = Spot {
                    level: spot.level,
                    way: extended(&spot.way, Stride::Element(index)),
                    name: Some(join(spot.name.as_deref(), &self.model.separator, &index.to_string())),
                    rows: None,
                };
                self.add_value(element, element_spot);
            }
        }
        if let (true, Some(elements), Some(rows)) = (is_level, &node.elements, spot.rows) {
            self.add_level(elements, &spot, rows);
        }
        self.add_members(node, spot);
    }

    fn add_members(&mut self, node: &Node, spot: Spot<'_>) {
        for (key, member) in node.members.iter() {
            let member_spot = Spot {
                level: spot.level,
                way: extended(&spot.way, Stride::Member(key.into())),
                name: Some(join(spot.name.as_deref(), &self.model.separator, key)),
                rows: spot.rows.and_then(|rows| rows.member(key)),
            };
            self.add_value(member, member_spot);
        }
    }

    fn add_level(&mut self, elements: &Node, spot: &Spot<'_>, rows: &RowArrays) {
        let around = self.levels.get(spot.level);
        let mut names = around.map(|level| level.names.clone()).unwrap_or_default();
        names.extend(spot.way.iter().filter_map(|stride| match stride {
            Stride::Member(name) => Some(name.to_string()),
            Stride::Element(_) | Stride::Rows => None,
        }));
        self.levels.push(FoundLevel {
            level: Level {
                parent: Some((spot.level, spot.way.clone())),
                takes_all: rows.here,
            },
            names,
        });
        let row = Spot {
            level: self.levels.len() - 1,
            way: Way::new(),
            name: None,
            rows: Some(rows),
        };
        self.add_row(elements, row);
    }

    fn add_column(&mut self, node: &Node, spot: &Spot<'_>, evidence: Evidence) {
        let Some(order) = node.order else { return };
        let name = spot.name.clone().unwrap_or_else(|| VALUE_COLUMN.to_owned());
        let at = *self
            .by_name
            .entry((spot.level, name.clone()))
            .or_insert(self.columns.len());
        match self.columns.get_mut(at) {
            Some(column) => {
                column.order = column.order.min(order);
                column.evidence.merge(&evidence);
                column.ways.push(spot.way.clone());
            }
            None => self.columns.push(FoundColumn {
                level: spot.level,
                name,
                order,
                evidence,
                ways: vec![spot.way.clone()],
            }),
        }
    }

    /// What the table of a level may be called, the best name first.
    fn table_names(&self, level: usize, name: &str) -> impl Iterator<Item = String> {
        let names = self
            .levels
            .get(level)
            .map(|level| level.names.clone())
            .unwrap_or_default();
        let given = names.is_empty().then(|| name.to_owned());
        let suffixes = (0..names.len())
            .rev()
            .map(move |from| names.iter().skip(from).cloned().collect::<Vec<_>>().join("_"));
        given.into_iter().chain(suffixes)
    }

    /// The name of a column with what the model says comes before it.
    fn qualified(&self, column: &FoundColumn, qualification: Qualification) -> String {
        let names = self.levels.get(column.level).map(|level| level.names.as_slice());
        let names = names.unwrap_or_default();
        let before = match qualification {
            Qualification::None => &[],
            Qualification::Parent => names.last().map(std::slice::from_ref).unwrap_or_default(),
            Qualification::Full => names,
        };
        let parts = before.iter().map(String::as_str).chain([column.name.as_str()]);
        parts.collect::<Vec<_>>().join(&self.model.separator)
    }

    /// The columns of the rows of a level, behind those of these keys.
    fn rows_of(&self, level: usize, keys: Vec<(String, usize)>) -> TableSchema {
        let mut chain = vec![level];
        while let Some(&(parent, _)) = chain.last().and_then(|&level| self.level(level)?.parent.as_ref()) {
            chain.push(parent);
        }
        chain.reverse();
        let place_of = |level: usize| chain.iter().position(|&known| known == level).unwrap_or_default();
        let levels = chain.iter().filter_map(|&level| {
            let level = self.level(level)?.clone();
            Some(Level {
                parent: level.parent.map(|(parent, way)| (place_of(parent), way)),
                ..level
            })
        });
        let columns = self.columns.iter().filter(|column| column.level == level);
        let columns = columns.map(|column| (self.qualified(column, self.model.qualification), column));
        let (mut fields, mut places) = (Vec::new(), Vec::new());
        for (name, level) in keys {
            fields.push(schema::key_field(&name));
            places.push(Place::Key { level: place_of(level) });
        }
        for (name, column) in columns {
            fields.push(self.field(&name, column));
            places.push(Place::Values {
                level: place_of(level),
                ways: column.ways.clone(),
            });
        }
        let levels = levels.collect();
        self.schema(
            fields,
            places,
            levels,
            self.beside(level, &chain),
            Rows::Of(place_of(level)),
        )
    }

    /// Where, seen from the record, values are that the table of a level has no columns for, but others have: in the rows
    /// around, and in arrays that lie beside. The decoder finds its own faster among those it knows, but of rows with very
    /// many members each table around them would hold them all.
    fn beside(&self, level: usize, chain: &[usize]) -> Vec<Way> {
        const MANY: usize = 1000;
        let around = |column: &&FoundColumn| column.level != level && chain.contains(&column.level);
        let are_many = self.columns.iter().filter(around).nth(MANY).is_some();
        let columns = self.columns.iter().filter(|column| !are_many && around(column));
        let columns = columns.flat_map(|column| column.ways.iter().map(|way| (column.level, way)));
        let levels = self
            .levels
            .iter()
            .enumerate()
            .filter(|(level, _)| !chain.contains(level));
        let levels = levels.filter_map(|(_, found)| found.level.parent.as_ref().map(|(around, way)| (*around, way)));
        let levels = levels.filter(|(around, _)| chain.contains(around));
        let ways = columns.chain(levels);
        ways.map(|(level, way)| self.way_to_rows(level).into_iter().chain(way.iter().cloned()).collect())
            .collect()
    }

    /// From the record to the rows of a level.
    fn way_to_rows(&self, level: usize) -> Way {
        match self.level(level).and_then(|level| level.parent.as_ref()) {
            None => Way::new(),
            Some((around, way)) => {
                let around = self.way_to_rows(*around).into_iter();
                around.chain(way.iter().cloned()).chain([Stride::Rows]).collect()
            }
        }
    }

    /// The columns of all levels.
    fn joined(&self) -> TableSchema {
        let (mut fields, mut places) = (Vec::new(), Vec::new());
        let mut taken: HashSet<String> = HashSet::new();
        for column in &self.columns {
            let wanted = [self.model.qualification, Qualification::Parent, Qualification::Full];
            let wanted = wanted.map(|qualification| self.qualified(column, qualification));
            let numbered = (2..).map(|number| format!("{}_{number}", column.name));
            let free = wanted.into_iter().chain(numbered).find(|name| !taken.contains(name));
            let name = free.unwrap_or_default();
            fields.push(self.field(&name, column));
            places.push(Place::Values {
                level: column.level,
                ways: column.ways.clone(),
            });
            taken.insert(name);
        }
        let levels = self.levels.iter().map(|level| level.level.clone()).collect();
        self.schema(fields, places, levels, Vec::new(), Rows::Joined)
    }

    fn relational(&self, frame: usize, name: &str, tables: &mut Vec<Table>) {
        let mut made: Vec<Option<(String, String)>> = Vec::new();
        for (level, found) in self.levels.iter().enumerate() {
            let parent = found
                .level
                .parent
                .as_ref()
                .and_then(|(parent, _)| made.get(*parent)?.clone());
            // A document that holds nothing but rows is no row itself.
            let is_bare = level == 0
                && found.names.is_empty()
                && self.levels.len() > 1
                && self.columns.iter().all(|column| column.level != 0);
            if is_bare {
                made.push(None);
                continue;
            }
            let table = unique(tables, self.table_names(level, name));
            let key = self.free_name(level, KEY.to_owned());
            let reference = parent.map(|(table, _)| (self.free_name(level, format!("{table}{KEY}")), table));
            let above = found.level.parent.as_ref().map(|(parent, _)| *parent);
            let references = reference
                .iter()
                .zip(above)
                .map(|((column, _), level)| (column.clone(), level));
            let keys = std::iter::once((key.clone(), level)).chain(references).collect();
            tables.push(Table {
                name: table.clone(),
                schema: self.rows_of(level, keys),
                frame,
                key: Some(key.clone()),
                parent: reference,
            });
            made.push(Some((table, key)));
        }
    }

    fn field(&self, name: &str, column: &FoundColumn) -> Field {
        let column_type = match self.model.untyped {
            true => ColumnType::Text,
            false => column.evidence.column_type(),
        };
        schema::field(name, column_type, &column.evidence)
    }

    /// This name for a key, or with lines before it as long as the rows of the level have a member of that name.
    fn free_name(&self, level: usize, name: String) -> String {
        let mut columns = self.columns.iter().filter(|column| column.level == level);
        let is_taken = columns.any(|column| {
            self.qualified(column, self.model.qualification)
                .eq_ignore_ascii_case(&name)
        });
        match is_taken {
            true => self.free_name(level, format!("_{name}")),
            false => name,
        }
    }

    fn level(&self, level: usize) -> Option<&Level> {
        self.levels.get(level).map(|level| &level.level)
    }

    fn schema(
        &self,
        fields: Vec<Field>,
        places: Vec<Place>,
        levels: Vec<Level>,
        beside: Vec<Way>,
        rows: Rows,
    ) -> TableSchema {
        TableSchema {
            arrow: Arc::new(Schema::new(fields)),
            places: places.into(),
            levels: levels.into(),
            beside: beside.into(),
            rows,
            whole_objects: !self.model.flatten_objects,
            separator: self.model.separator.as_str().into(),
            file: None,
        }
    }
}

fn extended(way: &Way, stride: Stride) -> Way {
    way.iter().cloned().chain([stride]).collect()
}

#[cfg(test)]
mod tests;
