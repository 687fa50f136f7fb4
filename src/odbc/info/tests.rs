//! Information types, their bits and the types of the source.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::string_slice,
    clippy::panic
)]

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::{DataType, Int16Type};

use crate::engine::DocumentOptions;
use crate::engine::{Options, Session, TypeRules};
use crate::error::Result;

use crate::odbc::standard::Odbc;

use super::*;

fn answer(id: u16) -> Option<Answer> {
    info(id, &Facts::default())
}

/// Every information type of ODBC 3.80, and the two later ones that are asked for; the driver manager's own left out.
fn known() -> impl Iterator<Item = u16> {
    let manager = [3, 4, 5, 76, 135, 171];
    let core = (0..=172).filter(move |id| !manager.contains(id) && *id != 10);
    core.chain([10, 173, 180, 1750])
        .chain(10_000..=10_005)
        .chain(10_021..=10_025)
}

#[test]
fn every_information_type_has_an_answer() {
    for id in known() {
        assert!(answer(id).is_some(), "information type {id} has no answer");
    }
    for id in [3, 4, 5, 76, 135, 171, 174, 999, 9_999, 65_535] {
        assert_eq!(answer(id), None, "{id}");
    }
}

#[test]
fn answers_have_the_width_of_the_standard() {
    let text = [
        2, 6, 7, 10, 11, 13, 14, 16, 17, 18, 19, 20, 21, 25, 27, 29, 36, 37, 38, 39, 40, 41, 42, 45, 47, 73, 77, 87,
        89, 90, 94, 103, 111, 113, 10_000, 10_002, 10_003, 10_004,
    ];
    let small = [
        0, 1, 9, 12, 15, 22, 23, 24, 28, 30, 31, 32, 33, 34, 35, 46, 74, 75, 84, 85, 88, 93, 97, 98, 99, 100, 101, 106,
        107, 114, 116, 10_005,
    ];
    for id in known() {
        let expected = match answer(id) {
            Some(Answer::Text(_)) => text.contains(&id),
            Some(Answer::U16(_)) => small.contains(&id),
            Some(Answer::U32(_)) => !text.contains(&id) && !small.contains(&id),
            None => false,
        };
        assert!(expected, "information type {id} has the wrong width: {:?}", answer(id));
    }
}

#[test]
fn answers_that_programs_rely_on() {
    let text = |id| match answer(id) {
        Some(Answer::Text(text)) => text,
        other => panic!("{id}: {other:?}"),
    };
    assert_eq!(text(17), "Latchkey");
    assert_eq!(text(77), "03.80");
    assert_eq!(text(29), "\"");
    assert_eq!(text(14), "\\");
    for id in [7, 18] {
        let version = text(id);
        let shape: Vec<_> = version.split('.').map(str::len).collect();
        assert_eq!(shape, [2, 2, 4], "{version}");
    }
    assert_eq!(answer(81), Some(Answer::U32(15)));
    assert_eq!(answer(169), Some(Answer::U32(0x7F)));
    assert_eq!(answer(165), Some(Answer::U32(15)));
    assert_eq!(answer(96), Some(Answer::U32(3)));
    assert_eq!(answer(48), Some(Answer::U32(3)));
    let facts = Facts {
        data_source: "docs".to_owned(),
        server: "dropbox.com".to_owned(),
    };
    assert_eq!(info(2, &facts), Some(Answer::Text("docs".to_owned())));
    assert_eq!(info(13, &facts), Some(Answer::Text("dropbox.com".to_owned())));
}

#[test]
fn masks_are_the_sum_of_their_promises() {
    let mut by_id = std::collections::BTreeMap::<u16, u32>::new();
    for promise in promises() {
        assert_eq!(promise.bit.count_ones(), 1, "{}", promise.name);
        let mask = by_id.entry(promise.id).or_default();
        assert_eq!(*mask & promise.bit, 0, "{} stands twice", promise.name);
        *mask |= if promise.kept { promise.bit } else { 0 };
    }
    for (id, mask) in by_id {
        assert_eq!(answer(id), Some(Answer::U32(mask)), "{id}");
    }
}

/// Runs statements to their ends in a session without documents.
async fn run(sentence: &str) -> Result<()> {
    let options = Options {
        source: None,
        oauth: None,
        documents: DocumentOptions::default(),
        rules: crate::engine::Rules::default(),
        views: Vec::new(),
        schemas: None,
        scratch_memory: usize::MAX,
        places: None,
        properties: Vec::new(),
        standard: &Odbc,
    };
    let session = Session::new(options);
    for statement in sentence.split("; ") {
        let prepared = session.clone().prepare(statement.to_owned()).await?;
        let mut rows = prepared.execute(Vec::new()).await?;
        while let Some((_, rest)) = rows.next().await? {
            rows = rest;
        }
    }
    Ok(())
}

#[tokio::test]
async fn sentences_run_if_and_only_if_promised() {
    let mut wrong = Vec::new();
    for promise in promises() {
        let result = run(&promise.sentence).await;
        if result.is_ok() != promise.kept {
            wrong.push(format!(
                "{} of {}: {} -> {:?}",
                promise.name,
                promise.id,
                promise.sentence,
                result.err()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn type_info_lists_types_by_number() {
    for odbc2 in [false, true] {
        let all = type_info(0, odbc2, &TypeRules::default()).unwrap();
        assert_eq!(all.num_columns(), 19);
        let numbers: Vec<_> = all.column(1).as_primitive::<Int16Type>().values().to_vec();
        assert!(numbers.is_sorted(), "{numbers:?}");
        for wanted in [-9, -10, -8, 12, 1, -1, -3, 4, -5, 8, 3] {
            assert!(numbers.contains(&wanted), "{wanted}");
        }
        let dates = if odbc2 { [9, 10, 11] } else { [91, 92, 93] };
        assert!(dates.iter().all(|date| numbers.contains(date)));
        for number in numbers {
            assert!(
                type_info(number, odbc2, &TypeRules::default()).unwrap().num_rows() >= 1,
                "{number}"
            );
        }
    }
    let names = |odbc2| {
        let info = type_info(0, odbc2, &TypeRules::default()).unwrap();
        [2, 10, 11].map(|column| info.schema().field(column).name().clone())
    };
    assert_eq!(names(false), ["COLUMN_SIZE", "FIXED_PREC_SCALE", "AUTO_UNIQUE_VALUE"]);
    assert_eq!(names(true), ["PRECISION", "MONEY", "AUTO_INCREMENT"]);
    let info = type_info(0, false, &TypeRules::default()).unwrap();
    assert_eq!(info.schema().field(17).data_type(), &DataType::Int32);
    assert_eq!(info.schema().field(1).data_type(), &DataType::Int16);
}

#[test]
fn unknown_types_are_refused_and_unsupported_ones_are_empty() {
    assert!(type_info(1234, false, &TypeRules::default()).is_none());
    for unsupported in [-11, 101, 110] {
        assert_eq!(
            type_info(unsupported, false, &TypeRules::default()).unwrap().num_rows(),
            0,
            "{unsupported}"
        );
    }
}

#[tokio::test]
async fn type_names_can_be_cast_to() {
    for row in crate::odbc::convert::types::TYPES {
        let parameters = row.create_params.map_or("", |parameters| match parameters {
            "length" => "(5)",
            _ => "(5,2)",
        });
        let name = row.name;
        let sentence = format!("SELECT CAST(NULL AS {name}); CREATE TABLE t (a {name}, b {name}{parameters})");
        assert_eq!(
            run(&sentence).await.err().map(|error| error.to_string()),
            None,
            "{sentence}"
        );
    }
}
