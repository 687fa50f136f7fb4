//! Stored procedures, their inputs and the columns of their results, from the table of procedures.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field};
use futures::future::BoxFuture;

use crate::engine::inventory::Inventory;
use crate::engine::procedures::{self, Procedure};
use crate::engine::session::{CATALOG, SCHEMA};
use crate::engine::standard::Described;
use crate::error::Result;

use super::listing::{Listing, at_once, boolean, integer, list, number, text};

pub(super) static PROCEDURES: Listing<&Procedure> = Listing {
    columns: &[
        text("CatalogName", |_| Some(CATALOG.to_owned())),
        text("SchemaName", |_| Some(SCHEMA.to_owned())),
        text("ProcedureName", |procedure| Some(procedure.name.to_owned())),
        text("Description", |procedure| Some(procedure.description.to_owned())),
        text("ProcedureType", |_| Some("PROCEDURE".to_owned())),
    ],
    rows: |_| at_once(procedures::all().iter().collect()),
};

pub(super) static PARAMETERS: Listing<Parameter> = Listing {
    columns: &[
        text("CatalogName", |_| Some(CATALOG.to_owned())),
        text("SchemaName", |_| Some(SCHEMA.to_owned())),
        text("ProcedureName", |parameter| Some(parameter.procedure.to_owned())),
        text("ColumnName", |parameter| Some(parameter.name.to_owned())),
        integer("Direction", |parameter| Some(parameter.direction as i32)),
        integer("DataType", |parameter| Some(parameter.described.type_number)),
        text("DataTypeName", |parameter| {
            Some(parameter.described.type_name.to_owned())
        }),
        integer("NumericPrecision", |parameter| Some(number(parameter.described.size))),
        integer("Length", |parameter| Some(number(parameter.described.size))),
        integer("NumericScale", |parameter| parameter.described.digits),
        boolean("IsNullable", |parameter| Some(!parameter.required)),
        boolean("IsRequired", |parameter| Some(parameter.required)),
        boolean("IsArray", |_| Some(false)),
        text("Description", |parameter| Some(parameter.description.to_owned())),
        integer("Ordinal", |parameter| Some(parameter.ordinal)),
        text("Values", |parameter| list(parameter.values)),
        boolean("SupportsStreams", |_| Some(false)),
        boolean("IsPath", |_| Some(false)),
        text("Default", |parameter| parameter.default.map(str::to_owned)),
        text("SpecificName", |parameter| Some(parameter.procedure.to_owned())),
        // The reference product's word for what comes with the driver.
        boolean("IsCDataProvided", |_| Some(true)),
    ],
    rows: parameters,
};

/// An input of a procedure or a column of its result.
pub(super) struct Parameter {
    procedure: &'static str,
    name: &'static str,
    direction: Direction,
    /// From 1 in each direction.
    ordinal: i32,
    described: Described,
    required: bool,
    values: &'static [&'static str],
    default: Option<&'static str>,
    description: &'static str,
}

/// As the reference product numbers it; it calls the columns of a result outputs.
#[derive(Clone, Copy)]
enum Direction {
    Input = 1,
    Output = 4,
}

fn parameters(inventory: Arc<Inventory>) -> BoxFuture<'static, Result<Vec<Parameter>>> {
    let (standard, types) = (inventory.standard, &inventory.rules.types);
    let mut rows = Vec::new();
    for procedure in procedures::all() {
        rows.extend(procedure.inputs.iter().zip(1..).map(|(input, ordinal)| Parameter {
            procedure: procedure.name,
            name: input.name,
            direction: Direction::Input,
            ordinal,
            described: standard.input(types),
            required: input.required,
            values: input.values,
            default: input.default,
            description: input.description,
        }));
        rows.extend(procedure.results.iter().zip(1..).map(|(result, ordinal)| Parameter {
            procedure: procedure.name,
            name: result.name,
            direction: Direction::Output,
            ordinal,
            described: standard.column(&Field::new(result.name, DataType::Utf8, true), types),
            required: false,
            values: &[],
            default: None,
            description: result.description,
        }));
    }
    at_once(rows)
}
