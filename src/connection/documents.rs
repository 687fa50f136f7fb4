//! From properties to how documents become tables.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::{DataModel, DocumentOptions, Model, PseudoColumns, Qualification, SchemaFolder};
use crate::error::{Error, Kind, Result};

use super::properties::{Id, Properties, Property};

/// What the properties say of it.
///
/// `Kind::Property` naming the property that cannot be read.
pub(super) fn options(properties: &Properties) -> Result<DocumentOptions> {
    Ok(DocumentOptions {
        model: model(properties)?,
        row_scan_depth: usize::try_from(properties.number(Id::RowScanDepth)).unwrap_or(usize::MAX),
        discovery: properties.some_text(Id::MetadataDiscoveryUri).map(str::to_owned),
        separate: is(properties, Id::AggregateFiles, "false"),
        tables: names(properties.text(Id::Tables)),
        pseudo_columns: PseudoColumns::parse(properties.text(Id::PseudoColumns))?,
        skips_bad: is(properties, Id::OnBadDocument, "skip"),
        tolerance: Duration::from_secs(properties.number(Id::CacheTolerance)),
    })
}

fn model(properties: &Properties) -> Result<Model> {
    let model = Model {
        data_model: match properties.text(Id::DataModel).to_ascii_lowercase().as_str() {
            "relational" => DataModel::Relational,
            "flatteneddocuments" => DataModel::FlattenedDocuments,
            _ => DataModel::Document,
        },
        untyped: is(properties, Id::TypeDetectionScheme, "None"),
        flatten_objects: is(properties, Id::FlattenObjects, "true"),
        flatten_arrays: match properties.text(Id::FlattenArrays) {
            "" => 0,
            // All of them.
            "-1" => usize::MAX,
            _ => usize::try_from(properties.number(Id::FlattenArrays)).unwrap_or(usize::MAX),
        },
        qualification: match properties.text(Id::QualifyColumns).to_ascii_lowercase().as_str() {
            "parent" => Qualification::Parent,
            "full" => Qualification::Full,
            _ => Qualification::None,
        },
        separator: properties.text(Id::PathSeparator).to_owned(),
        ..Model::default()
    };
    let path = Property::of(Id::JsonPath).name;
    let model = model
        .reading(properties.text(Id::JsonFormat), properties.text(Id::JsonPath))
        .map_err(|problem| Error::new(Kind::Property, format!("The property {path} {problem}.")))?;
    // Refused here and not by the first statement.
    model.frames()?;
    Ok(model)
}

/// The folder of schema files; none where `Location` names none.
///
/// `Kind::Property` where files are to be written that cannot be.
pub(super) fn schemas(properties: &Properties, documents: &DocumentOptions) -> Result<Option<Arc<SchemaFolder>>> {
    let generate = properties.text(Id::GenerateSchemaFiles);
    let is_written = ["OnUse", "OnStart"]
        .iter()
        .any(|when| when.eq_ignore_ascii_case(generate));
    let location = properties.some_text(Id::Location);
    let problem = match location {
        _ if !is_written => None,
        None => Some("but Location names no folder for the files. Set it to one"),
        Some(_) if documents.model.data_model != DataModel::Document => {
            Some("but a schema file describes a table of DataModel=Document. Leave DataModel out, or set it to Never")
        }
        Some(_) if documents.separate => Some(
            "but with AggregateFiles=false a table is of one document. Set it to Never, and call CreateSchema with the URI \
             of each document",
        ),
        Some(_) => None,
    };
    match problem {
        Some(problem) => {
            let text = format!("The property GenerateSchemaFiles is {generate}, {problem}.");
            Err(Error::new(Kind::Property, text))
        }
        None => Ok(location.map(|folder| Arc::new(SchemaFolder::new(folder, is_written)))),
    }
}

/// The names in a list that commas separate.
pub(super) fn names(list: &str) -> Vec<String> {
    let names = list.split(',').map(str::trim);
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn is(properties: &Properties, id: Id, value: &str) -> bool {
    properties.text(id).eq_ignore_ascii_case(value)
}
