//! From properties to how documents become tables.

use std::time::Duration;

use crate::engine::{DataModel, DocumentOptions, JsonPath, Model, PseudoColumns, Qualification};
use crate::error::Result;

use super::properties::{Id, Properties, Property};

/// What the properties say of it.
///
/// `Kind::Property` naming the property that cannot be read.
pub(super) fn options(properties: &Properties) -> Result<DocumentOptions> {
    Ok(DocumentOptions {
        model: model(properties)?,
        row_scan_depth: usize::try_from(properties.number(Id::RowScanDepth)).unwrap_or(usize::MAX),
        discovery: properties.some_text(Id::MetadataDiscoveryUri).map(str::to_owned),
        tables: names(properties.text(Id::Tables)),
        pseudo_columns: PseudoColumns::parse(properties.text(Id::PseudoColumns))?,
        skips_bad: is(properties, Id::OnBadDocument, "skip"),
        tolerance: Duration::from_secs(properties.number(Id::CacheTolerance)),
    })
}

fn model(properties: &Properties) -> Result<Model> {
    let name = Property::of(Id::JsonPath).name;
    let paths = properties.text(Id::JsonPath).split(';').map(str::trim);
    let paths = paths
        .filter(|path| !path.is_empty())
        .map(|path| JsonPath::of_property(name, path));
    let model = Model {
        data_model: match properties.text(Id::DataModel).to_ascii_lowercase().as_str() {
            "relational" => DataModel::Relational,
            "flatteneddocuments" => DataModel::FlattenedDocuments,
            _ => DataModel::Document,
        },
        paths: paths.collect::<Result<_>>()?,
        untyped: is(properties, Id::TypeDetectionScheme, "None"),
        by_lines: is(properties, Id::JsonFormat, "LDJSON"),
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
    };
    // Refused here and not by the first statement.
    model.frames()?;
    Ok(model)
}

/// The names in a list that commas separate.
fn names(list: &str) -> Vec<String> {
    let names = list.split(',').map(str::trim);
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn is(properties: &Properties, id: Id, value: &str) -> bool {
    properties.text(id).eq_ignore_ascii_case(value)
}
