//! `files/get_metadata`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;

use super::call::Call;
use super::error::{ApiError, NOT_FOUND};
use super::path::{self, Place};
use crate::simulator::Shared;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GetMetadata {
    path: String,
    #[serde(default, rename = "include_media_info")]
    _include_media_info: bool,
    #[serde(default)]
    include_deleted: bool,
    #[serde(default, rename = "include_has_explicit_shared_members")]
    _include_has_explicit_shared_members: bool,
    #[serde(rename = "include_property_groups")]
    _include_property_groups: Option<Value>,
}

pub async fn get_metadata(State(simulator): State<Shared>, call: Call) -> Result<Json<Value>, ApiError> {
    let account = call.authorize(&simulator, "files.metadata.read")?;
    let argument: GetMetadata = call.json_argument()?;
    let place = path::item(&call, account, &argument.path)?;
    let metadata = simulator
        .with_tree(move |tree| match (tree.find(&place), &place) {
            (Ok(entry), _) => Ok(tree.metadata(&entry)?),
            (Err(ApiError::Function(_)), Place::Path(path)) if argument.include_deleted => {
                tree.deleted(&tree.entries()?).remove(path).ok_or(NOT_FOUND)
            }
            (Err(error), _) => Err(error),
        })
        .await?;
    Ok(Json(metadata))
}
