//! The connection's properties, the driver, and what its SQL can do.

use std::fs;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::engine::inventory::Inventory;
use crate::engine::property_entry::PropertyEntry;
use crate::engine::standard::Ability;
use crate::error::Result;

use super::listing::{Listing, at_once, boolean, integer, list, text};

pub(super) static PROPERTIES: Listing<(PropertyEntry, i32)> = Listing {
    columns: &[
        text("Name", |(property, _)| Some(property.display_name.clone())),
        text("ShortDescription", |(property, _)| {
            Some(property.description.to_owned())
        }),
        text("Type", |(property, _)| Some(property.data_type.to_owned())),
        text("Default", |(property, _)| some(property.default)),
        text("Values", |(property, _)| list(property.values)),
        text("Value", |(property, _)| property.value.clone()),
        // A connection opens without any: what is needed depends on what is asked of it.
        boolean("Required", |_| Some(false)),
        text("Category", |(property, _)| Some(property.category.to_owned())),
        text("IsSessionProperty", |_| Some("NO".to_owned())),
        text("Sensitivity", |(property, _)| {
            property.is_secret.then(|| "PASSWORD".to_owned())
        }),
        text("PropertyName", |(property, _)| Some(property.name.to_owned())),
        integer("Ordinal", |(_, ordinal)| Some(*ordinal)),
        integer("CatOrdinal", |(property, _)| Some(property.category_ordinal)),
        text("Hierarchy", |(property, _)| property.hierarchy.clone()),
        boolean("Visible", |(property, _)| Some(property.is_visible)),
        text("ETC", |_| None),
    ],
    rows: properties,
};

pub(super) static SQL: Listing<Ability> = Listing {
    columns: &[
        text("Name", |(name, _)| Some((*name).to_owned())),
        text("Value", |(_, value)| Some(value.clone())),
    ],
    rows: |inventory| at_once(inventory.standard.abilities()),
};

/// One row. What this driver has none of (an id of the machine, a help page, versions of a synchronisation) is NULL.
pub(super) static PRODUCT: Listing<()> = Listing {
    columns: &[
        text("Product", |()| Some("Latchkey".to_owned())),
        text("Version", |()| Some(env!("CARGO_PKG_VERSION").to_owned())),
        text("Datasource", |()| Some("JSON".to_owned())),
        text("NodeId", |()| None),
        text("HelpURL", |()| None),
        text("License", |()| Some(env!("CARGO_PKG_LICENSE").to_owned())),
        text("Location", |()| library()),
        text("Environment", |()| {
            Some(format!("{} {}", std::env::consts::OS, std::env::consts::ARCH))
        }),
        text("DataSyncVersion", |()| None),
        text("DataSyncCategory", |()| None),
    ],
    rows: |_| at_once(vec![()]),
};

fn properties(inventory: Arc<Inventory>) -> BoxFuture<'static, Result<Vec<(PropertyEntry, i32)>>> {
    at_once(inventory.properties.iter().cloned().zip(1..).collect())
}

fn some(text: &str) -> Option<String> {
    Some(text).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The file that this code was loaded from: the one that maps the address of something in it.
fn library() -> Option<String> {
    let here = std::ptr::from_ref(&PRODUCT).addr();
    let maps = fs::read_to_string("/proc/self/maps").ok()?;
    // address perms offset dev inode path
    let mapped = |line: &str| {
        let mut fields = line.splitn(6, ' ');
        let (from, to) = fields.next()?.split_once('-')?;
        let address = |text| usize::from_str_radix(text, 16).ok();
        let within = (address(from)?..address(to)?).contains(&here);
        within.then(|| fields.nth(4).map(|path| path.trim().to_owned()))?
    };
    maps.lines().find_map(mapped)
}
