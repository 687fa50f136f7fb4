//! The sets of parameters of one execution: read from the application's buffers, or given in pieces at execution.

use std::collections::VecDeque;

use datafusion::arrow::datatypes::DataType;
use datafusion::scalar::ScalarValue;

use super::convert::fetch::Converter;
use super::convert::param::{self, Parameter};
use super::convert::{Failure, types};
use super::descriptor::{Descriptor, Record};
use super::diagnostics::{Diagnostic, Diagnostics};
use super::memory::Address;
use super::numbers::descriptor::DEFAULT_PARAM;
use super::numbers::{param_status, sql_type as t};
use super::sqlstate::SqlState;

/// The values of one set, and which set of the application's arrays it is (from 0).
#[derive(Debug)]
pub struct Set {
    /// Its place in the arrays.
    pub position: usize,
    /// One value per marker.
    pub values: Vec<ScalarValue>,
}

/// The sets of an execution that has not begun yet.
#[derive(Debug, Default)]
pub struct Sets {
    sets: VecDeque<Set>,
    /// Values that are given at execution, in the order in which they are asked for.
    later: VecDeque<Later>,
}

/// A value that is given at execution.
#[derive(Debug)]
pub struct Later {
    /// Which of the sets.
    set: usize,
    /// Which of its values.
    index: usize,
    position: usize,
    parameter: Parameter,
    /// `SQL_DESC_DATA_PTR`, by which the application knows the parameter again.
    pub mark: Address,
}

impl Sets {
    /// Reads every set that the application does not tell to ignore, one value for each type the plan wants.
    ///
    /// A set of several that cannot be read is told and left out; the call fails when there is no other.
    pub fn read(
        apd: &Descriptor,
        ipd: &Descriptor,
        wanted: &[Option<DataType>],
        told: &mut Diagnostics,
    ) -> Result<Self, Diagnostic> {
        check_bound(apd, wanted.len())?;
        let size = if wanted.is_empty() { 1 } else { apd.header.array_size };
        let mut read = Self::default();
        let mut failures = Vec::new();
        for position in 0..size {
            let status = if is_ignored(apd, position) {
                param_status::UNUSED
            } else {
                match read.read_set(apd, ipd, wanted, position) {
                    Ok(()) => param_status::SUCCESS,
                    Err(failure) => {
                        failures.push(failure);
                        param_status::ERROR
                    }
                }
            };
            tell_status(ipd, position, status);
        }
        ipd.header.rows_processed.write(size);
        let mut failures = failures.into_iter();
        if read.sets.is_empty()
            && let Some(first) = failures.next()
        {
            failures.for_each(|failure| told.post(failure));
            return Err(first);
        }
        failures.for_each(|failure| told.post(failure));
        Ok(read)
    }

    fn read_set(
        &mut self,
        apd: &Descriptor,
        ipd: &Descriptor,
        wanted: &[Option<DataType>],
        position: usize,
    ) -> Result<(), Diagnostic> {
        let mut values = Vec::with_capacity(wanted.len());
        let mut later = Vec::new();
        for (index, data_type) in wanted.iter().enumerate() {
            let number = index + 1;
            let Some(buffer) = apd.record(number) else {
                return Err(failed(position, number, Failure::Restricted));
            };
            let described = ipd.record(number).cloned().unwrap_or_default();
            let parameter = parameter(apd, buffer, &described, position);
            if param::is_given_later(&parameter) {
                values.push(ScalarValue::Null);
                later.push(Later {
                    set: self.sets.len(),
                    index,
                    position,
                    parameter,
                    mark: buffer.data,
                });
            } else {
                refuse_default(&parameter, position, number)?;
                let value = param::read(&parameter, data_type.as_ref());
                values.push(value.map_err(|failure| failed(position, number, failure))?);
            }
        }
        self.later.extend(later);
        self.sets.push_back(Set { position, values });
        Ok(())
    }

    /// Whether every value is there.
    pub fn are_whole(&self) -> bool {
        self.later.is_empty()
    }

    /// The next value that has to be given.
    pub fn next_later(&mut self) -> Option<Later> {
        self.later.pop_front()
    }

    /// Takes a value that was given.
    pub fn give(&mut self, given: Giving, wanted: &[Option<DataType>]) -> Result<(), Diagnostic> {
        let later = given.later;
        let length = match &given.pieces {
            Some(Pieces::Null) => odbc_sys::NULL_DATA,
            Some(Pieces::Bytes(bytes)) => isize::try_from(bytes.len()).unwrap_or(isize::MAX),
            None => return Err(nothing_given()),
        };
        let bytes = match &given.pieces {
            Some(Pieces::Bytes(bytes)) => bytes.as_slice(),
            _ => &[],
        };
        let parameter = Parameter {
            value: Address::of(bytes.as_ptr()),
            buffer_length: length,
            octet_length: Address::of(&raw const length),
            indicator: Address::of(&raw const length),
            ..later.parameter
        };
        let data_type = wanted.get(later.index).and_then(Option::as_ref);
        let value =
            param::read(&parameter, data_type).map_err(|failure| failed(later.position, later.index + 1, failure))?;
        let slot = self
            .sets
            .get_mut(later.set)
            .and_then(|set| set.values.get_mut(later.index));
        if let Some(slot) = slot {
            *slot = value;
        }
        Ok(())
    }

    /// The sets, once every value is there.
    pub fn into_sets(self) -> VecDeque<Set> {
        self.sets
    }
}

/// A value that the application is giving with `SQLPutData`.
#[derive(Debug)]
pub struct Giving {
    later: Later,
    pieces: Option<Pieces>,
}

#[derive(Debug)]
enum Pieces {
    Null,
    Bytes(Vec<u8>),
}

impl Giving {
    /// A value of which nothing is given yet.
    pub fn of(later: Later) -> Self {
        Self { later, pieces: None }
    }

    /// Takes the next piece. Texts and binary values may come in several, which are put together.
    pub fn put(&mut self, data: Address, length: isize) -> Result<(), Diagnostic> {
        let element = self.later.parameter.element_size();
        let bytes = match (length, element) {
            (odbc_sys::NULL_DATA, _) => return self.put_null(),
            (DEFAULT_PARAM, _) => return Err(no_default()),
            (_, Some(size)) => {
                if self.pieces.is_some() {
                    let message = "A value that is no text and not binary is given whole, in one piece.";
                    return Err(Diagnostic::new(SqlState::InPieces, message));
                }
                data.read_bytes(size)
            }
            (odbc_sys::NTS, None) => self.later.parameter.terminated(data),
            (0, None) => Some(Vec::new()),
            (length, None) => {
                let length = usize::try_from(length).map_err(|_| super::argument::negative_length())?;
                data.read_bytes(length)
            }
        };
        let bytes = bytes.ok_or_else(|| {
            let message = "There is no piece of data to take, or no memory for it.";
            Diagnostic::new(SqlState::NullPointer, message)
        })?;
        match &mut self.pieces {
            None => self.pieces = Some(Pieces::Bytes(bytes)),
            Some(Pieces::Bytes(before)) => before.extend(bytes),
            Some(Pieces::Null) => return Err(null_in_pieces()),
        }
        Ok(())
    }

    fn put_null(&mut self) -> Result<(), Diagnostic> {
        if self.pieces.is_some() {
            return Err(null_in_pieces());
        }
        self.pieces = Some(Pieces::Null);
        Ok(())
    }

    /// HY010 as long as nothing was given.
    pub fn check(&self) -> Result<(), Diagnostic> {
        match self.pieces {
            Some(_) => Ok(()),
            None => Err(nothing_given()),
        }
    }
}

fn nothing_given() -> Diagnostic {
    let message = "The value of the parameter is missing; give it with SQLPutData.";
    Diagnostic::new(SqlState::Sequence, message)
}

fn null_in_pieces() -> Diagnostic {
    let message = "A value cannot be NULL and have pieces as well.";
    Diagnostic::new(SqlState::NullInPieces, message)
}

fn no_default() -> Diagnostic {
    let message = "A parameter has no default value; leave the input out of the call, or give a value.";
    Diagnostic::new(SqlState::DefaultParameter, message)
}

fn check_bound(apd: &Descriptor, wanted: usize) -> Result<(), Diagnostic> {
    let bound = (1..=wanted)
        .take_while(|number| apd.record(*number).is_some_and(Record::is_bound))
        .count();
    if bound == wanted {
        return Ok(());
    }
    let message = format!(
        "The statement has {wanted} parameters; parameter {} is not bound.",
        bound + 1
    );
    Err(Diagnostic::new(SqlState::TooFewParameters, message))
}

/// Whether the operation array tells to leave a set out.
fn is_ignored(apd: &Descriptor, position: usize) -> bool {
    let operation = apd
        .header
        .array_status
        .forward(position.saturating_mul(size_of::<u16>()));
    operation.read::<u16>() == Some(param_status::IGNORE)
}

/// Writes into the status array, when there is one.
pub fn tell_status(ipd: &Descriptor, position: usize, status: u16) {
    let array = ipd.header.array_status;
    array.forward(position.saturating_mul(size_of::<u16>())).write(status);
}

/// Where a value of a set is.
fn parameter(apd: &Descriptor, buffer: &Record, described: &Record, position: usize) -> Parameter {
    let sql_type = if described.concise_type == t::DEFAULT {
        t::WVARCHAR
    } else {
        described.concise_type
    };
    let c_type = match buffer.concise_type {
        t::DEFAULT => types::default_c_type(sql_type).unwrap_or(t::DEFAULT),
        known => known,
    };
    let (value, length) = match isize::try_from(apd.header.bind_type).unwrap_or(isize::MAX) {
        0 => (
            Converter::element_size(c_type, buffer.octet_length),
            isize::try_from(size_of::<odbc_sys::Len>()).unwrap_or_default(),
        ),
        row => (row, row),
    };
    let position = isize::try_from(position).unwrap_or(isize::MAX);
    let at = |address: Address, stride: isize| apd.header.moved(address).offset(stride.saturating_mul(position));
    Parameter {
        c_type,
        sql_type,
        value: at(buffer.data, value),
        buffer_length: buffer.octet_length,
        octet_length: at(buffer.octet_length_ptr, length),
        indicator: at(buffer.indicator, length),
        column_size: described.column_size(),
        decimal_digits: described.decimal_digits(),
        fraction_digits: buffer.precision,
    }
}

fn refuse_default(parameter: &Parameter, position: usize, number: usize) -> Result<(), Diagnostic> {
    match parameter.octet_length.read::<isize>() {
        Some(DEFAULT_PARAM) => Err(no_default().at(position + 1, number)),
        _ => Ok(()),
    }
}

fn failed(position: usize, number: usize, failure: Failure) -> Diagnostic {
    let what = match failure {
        Failure::Restricted => "cannot be converted between its C type and its SQL type",
        Failure::OutOfRange => "holds a number that does not fit its SQL type",
        Failure::BadCharacter => "holds a text that is no value of its SQL type",
        Failure::DatetimeFormat => "holds a date or time that is not well formed",
        Failure::DatetimeOverflow => "holds a date or time that does not fit its SQL type",
        Failure::IntervalOverflow => "holds an interval with a field that does not fit its SQL type",
        Failure::IndicatorRequired => "is NULL without an indicator",
        Failure::RightTruncation => "holds a text longer than its column size",
        Failure::Length => "has a negative length that means nothing, or no buffer",
        Failure::CType => "has an unknown C type",
        Failure::Unsupported => "has a type that is not supported",
    };
    Diagnostic::new(SqlState::of_failure(failure), format!("Parameter {number} {what}.")).at(position + 1, number)
}
