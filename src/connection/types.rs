//! From properties to how columns are described.

use crate::engine::{Bigint, TypeRules};

use super::place::is;
use super::properties::{Id, Properties};

/// What the properties say of it.
pub(super) fn rules(properties: &Properties) -> TypeRules {
    // The properties have negative numbers, or 0, for none.
    let number = |id| properties.text(id).parse::<usize>().ok();
    TypeRules {
        narrow_text: !is(properties, Id::MapToWVarchar),
        long_text: number(Id::MapToLongVarchar),
        maximum_size: number(Id::MaximumColumnSize).filter(|size| *size > 0),
        bigint: match (is(properties, Id::MapBigintToVarchar), is(properties, Id::MapToInt)) {
            (true, _) => Bigint::Text,
            (false, true) => Bigint::Integer,
            (false, false) => Bigint::Bigint,
        },
        upper_case: is(properties, Id::UpperCaseIdentifiers),
    }
}
