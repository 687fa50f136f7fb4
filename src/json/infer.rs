//! Records to what is known of their values: a tree of the members, with the kinds of values seen at each place.

use crate::error::Error;

use super::cursor::{Cursor, Malformed, Value};
use super::evidence::Evidence;
use super::frame::Block;
use super::listed::{NoRow, walk_row};
use super::members::Members;
use super::model::{Frame, Model, RowArrays};
use super::schema::MAX_DEPTH;

/// Learns columns and types from records, over as many documents as are given to it.
///
/// Where a member is an object in one record and something else in another, both are known.
#[derive(Clone, Debug, Default)]
pub struct Inference {
    pub(super) frame: Frame,
    pub(super) model: Model,
    pub(super) root: Node,
    /// Places seen so far, which the columns take their order from.
    places: usize,
}

impl Inference {
    /// Learns from the records of a frame what tables of a model need.
    pub fn new(frame: Frame, model: Model) -> Self {
        Self {
            frame,
            model,
            ..Self::default()
        }
    }

    /// Where the records are cut.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Learns from the values of a record, of which there is usually one. An error when it is not valid JSON, or too deep.
    pub fn learn(&mut self, record: &[u8]) -> Result<(), Malformed> {
        let mut learner = Learner {
            model: &self.model,
            places: &mut self.places,
        };
        let mut cursor = Cursor::new(record)?;
        while cursor.peek().is_some() {
            self.root
                .learn(&mut cursor, &mut learner, Some(&self.frame.rows), 0, true)?;
        }
        Ok(())
    }

    /// Learns the columns that a document lists, whether or not it has rows.
    pub fn learn_columns(&mut self, names: &[Box<str>]) {
        let mut learner = Learner {
            model: &self.model,
            places: &mut self.places,
        };
        self.root.object = true;
        for (place, name) in names.iter().enumerate() {
            if let (_, Some(column)) = self.root.members.entry(name, place, Node::default) {
                column.take_place(&mut learner);
            }
        }
    }

    /// Learns from a row: an array with the values of the columns that the document lists. An error when it is not valid JSON,
    /// and when it is no such row.
    pub fn learn_row(&mut self, record: &[u8], names: &[Box<str>]) -> Result<(), Untaught> {
        let mut learner = Learner {
            model: &self.model,
            places: &mut self.places,
        };
        let members = &mut self.root.members;
        walk_row(&mut Cursor::new(record)?, names.len(), |cursor, place| {
            let name = names.get(place).map(AsRef::as_ref).unwrap_or_default();
            match members.entry(name, place, Node::default) {
                (_, Some(column)) => Ok(column.learn(cursor, &mut learner, None, 1, false)?),
                (_, None) => Ok(cursor.skip()?),
            }
        })
    }

    /// Whether nothing has been learnt.
    pub fn is_empty(&self) -> bool {
        self.places == 0 && !self.root.object
    }
}

/// Why nothing can be learnt from a record.
#[derive(Debug)]
pub enum Untaught {
    /// It is not valid JSON, or too deep.
    Malformed(Malformed),
    /// It is no row of a document that lists its columns.
    NoRow(NoRow),
}

impl Untaught {
    /// `Kind::Document`: the same about the record at `index` of a block of `document`.
    pub fn of(self, document: &str, block: &Block, index: usize) -> Error {
        match self {
            Self::Malformed(malformed) => block.malformed(document, index, &malformed),
            Self::NoRow(no_row) => block.refused(document, index, &no_row.to_string()),
        }
    }
}

impl From<Malformed> for Untaught {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl From<NoRow> for Untaught {
    fn from(no_row: NoRow) -> Self {
        Self::NoRow(no_row)
    }
}

/// Why values in more than [`MAX_DEPTH`] others make no columns and rows.
const TOO_DEEP: &str = "this is in more than 128 objects and arrays that become columns and rows; FlattenObjects=false and \
                        DataModel=Document leave them as JSON";

struct Learner<'a> {
    model: &'a Model,
    places: &'a mut usize,
}

/// What is known of the values at one place.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// The members of the objects here.
    pub(super) members: Members<Node>,
    /// The first elements of the arrays here, one by one, where they are columns.
    pub(super) indexed: Vec<Node>,
    /// All elements of the arrays here together, where they may be rows.
    pub(super) elements: Option<Box<Node>>,
    /// The values that are neither arrays nor objects with members.
    pub(super) evidence: Evidence,
    /// The arrays.
    pub(super) arrays: Evidence,
    /// The longest array, in elements, where elements are looked at.
    pub(super) longest: usize,
    /// Whether an object with members was seen here.
    pub(super) object: bool,
    /// How many places were seen before a value that is no object with members was seen here; none if none was.
    pub(super) order: Option<usize>,
}

impl Node {
    /// Learns from the value at the cursor, which is a row of its own, or part of one.
    fn learn(
        &mut self,
        cursor: &mut Cursor<'_>,
        learner: &mut Learner<'_>,
        rows: Option<&RowArrays>,
        depth: usize,
        is_row: bool,
    ) -> Result<(), Malformed> {
        let next = cursor.peek();
        if !is_row && rows.is_some_and(|rows| rows.here) && !matches!(next, Some(b'[' | b'n')) {
            // Where an array of rows should be, anything else is a row by itself.
            self.longest = self.longest.max(1);
            let row = self.elements.get_or_insert_default();
            return row.learn(cursor, learner, rows, depth, true);
        }
        match next {
            Some(b'{') if is_row || learner.model.flatten_objects => {
                self.learn_object(cursor, learner, rows, depth, is_row)
            }
            Some(b'[') if !is_row => self.learn_array(cursor, learner, rows, depth),
            _ => {
                let value = cursor.value()?;
                self.take_place(learner);
                self.evidence.observe(&value);
                Ok(())
            }
        }
    }

    fn learn_object(
        &mut self,
        cursor: &mut Cursor<'_>,
        learner: &mut Learner<'_>,
        rows: Option<&RowArrays>,
        depth: usize,
        is_row: bool,
    ) -> Result<(), Malformed> {
        if depth >= MAX_DEPTH {
            return Err(cursor.malformed(TOO_DEEP));
        }
        let any = cursor.first_member()?;
        let (mut more, mut expected) = (any, 0);
        while more {
            let key = cursor.key()?;
            let rows = rows.and_then(|rows| rows.member(&key));
            let (place, member) = self.members.entry(&key, expected, Self::default);
            expected = place + 1;
            match member {
                Some(member) => member.learn(cursor, learner, rows, depth + 1, false)?,
                None => cursor.skip()?,
            }
            more = cursor.next_member()?;
        }
        if any || is_row {
            self.object = true;
        } else {
            self.take_place(learner);
            self.evidence.observe(&Value::Nested("{}".into()));
        }
        Ok(())
    }

    fn learn_array(
        &mut self,
        cursor: &mut Cursor<'_>,
        learner: &mut Learner<'_>,
        rows: Option<&RowArrays>,
        depth: usize,
    ) -> Result<(), Malformed> {
        self.take_place(learner);
        let rows = rows.filter(|rows| rows.takes_arrays());
        let indexed = learner.model.flatten_arrays;
        let mut elements = cursor.clone();
        self.arrays.observe(&cursor.value()?);
        if rows.is_none() && indexed == 0 {
            return Ok(());
        }
        if depth >= MAX_DEPTH {
            return Err(elements.malformed(TOO_DEEP));
        }
        let mut more = elements.first_element()?;
        let mut index = 0;
        while more {
            let node = match rows {
                Some(_) => Some(&mut **self.elements.get_or_insert_default()),
                None if index < indexed => {
                    if self.indexed.len() == index {
                        self.indexed.push(Self::default());
                    }
                    self.indexed.get_mut(index)
                }
                None => None,
            };
            match node {
                Some(node) => node.learn(&mut elements, learner, rows, depth + 1, rows.is_some())?,
                None => elements.skip()?,
            }
            index += 1;
            more = elements.next_element()?;
        }
        self.longest = self.longest.max(index);
        Ok(())
    }

    fn take_place(&mut self, learner: &mut Learner<'_>) {
        if self.order.is_none() {
            self.order = Some(*learner.places);
            *learner.places += 1;
        }
    }
}

#[cfg(test)]
mod tests;
