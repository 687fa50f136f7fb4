//! Documents, whole and in chunks, to the rows of every model: nothing panics, the cut of the chunks changes nothing, and
//! what a general parser accepts has the records it should.

#![no_main]

use latchkey_fuzz::json::path::JsonPath;
use latchkey_fuzz::json::{Block, DataModel, Decoder, Framer, Inference, Model, detect, tables};
use libfuzzer_sys::fuzz_target;

const PATHS: &[&str] = &["$", "$.a", "$.a.b", "$.*", "$[0]", "$.a[1..2].b", "$.*.a"];

/// The records of a document that comes in chunks of this size, and what is wrong with it.
fn records(document: &[u8], path: &JsonPath, by_lines: bool, chunk: usize) -> (Vec<Vec<u8>>, Option<String>) {
    let mut framer = match by_lines {
        true => Framer::lines("document", path),
        false => Framer::at("document", path),
    };
    let mut records = Vec::new();
    let mut take = |block: Block| {
        records.extend(block.records().map(<[u8]>::to_vec));
        block.problem.map(|problem| problem.to_string())
    };
    for chunk in document.chunks(chunk.max(1)) {
        framer.add(chunk);
        if let Some(problem) = take(framer.block()) {
            return (records, Some(problem));
        }
    }
    let problem = take(framer.finish());
    (records, problem)
}

/// What the records say up to the first that is no JSON, without white space; and whether anything is wrong.
fn values(records: &[Vec<u8>], is_wrong: bool) -> (Vec<u8>, bool) {
    let mut values = Vec::new();
    for record in records {
        let mut inference = Inference::default();
        if inference.learn(record).is_err() {
            return (values, true);
        }
        values.extend(record.iter().filter(|byte| !byte.is_ascii_whitespace()));
    }
    (values, is_wrong)
}

fuzz_target!(|input: (u8, u8, u8, &[u8])| {
    let (which, chunk, settings, document) = input;
    let path = JsonPath::parse(PATHS[usize::from(which) % PATHS.len()]).unwrap();
    let by_lines = settings & 1 != 0;
    let _ = detect::records(document);

    let (whole, problem) = records(document, &path, by_lines, usize::MAX);
    let (cut, cut_problem) = records(document, &path, by_lines, usize::from(chunk));
    // Lines that are records may be handed over together or one by one, and what is wrong in one may be found when it is cut
    // or when it is read. That there is something wrong is told in both cases, and no value is another.
    let (one, other) = (values(&whole, problem.is_some()), values(&cut, cut_problem.is_some()));
    assert_eq!(one.1, other.1);
    match one.1 {
        true => assert!(one.0.starts_with(&other.0) || other.0.starts_with(&one.0)),
        false => assert_eq!(one.0, other.0),
    }

    let parsed = serde_json::from_slice::<serde_json::Value>(document);
    if let (Ok(value), None, true, false) = (&parsed, &problem, path.steps.is_empty(), by_lines) {
        let expected = value.as_array().map_or(1, Vec::len);
        assert_eq!(whole.len(), expected);
    }

    for data_model in [
        DataModel::Document,
        DataModel::FlattenedDocuments,
        DataModel::Relational,
    ] {
        let model = Model {
            data_model,
            flatten_objects: settings & 2 == 0,
            flatten_arrays: usize::from(settings >> 2 & 3),
            ..Model::default()
        };
        let mut inference = Inference::new(model.found(path.clone()), model.clone());
        let known: Vec<_> = whole
            .iter()
            .filter(|record| inference.learn(record).is_ok())
            .collect();
        let tables = tables(&[inference], "document");
        for table in &tables {
            assert_eq!(
                tables
                    .iter()
                    .filter(|other| other.name.eq_ignore_ascii_case(&table.name))
                    .count(),
                1
            );
            let all: Vec<_> = (0..table.schema.arrow.fields().len()).collect();
            let mut decoder = Decoder::new(&table.schema, &all);
            decoder.begin(1, "");
            let mut pushed = 0;
            for record in &known {
                match decoder.push(record) {
                    Ok(()) => pushed += 1,
                    Err(failure) => drop(failure.of("document", 1, &Block::default(), 0)),
                }
            }
            let batch = decoder.flush().unwrap();
            if data_model == DataModel::Document && pushed == known.len() {
                assert!(batch.num_rows() >= known.len());
            }
        }
    }
});
