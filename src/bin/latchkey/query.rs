//! `latchkey query`: a statement's rows, in the form that is asked for.

use std::io::{self, IsTerminal, Read};

use latchkey::error::{Error, Kind};
use latchkey::sqlstate::Phase;

use super::arguments::{Format, Query};
use super::connecting::Caller;
use super::ending::{self, Ending};
use super::output::{Destination, Form};
use super::progress::Bar;

/// Runs a statement and writes its rows.
pub fn run(caller: &Caller, query: Query, json: bool) -> Result<Ending, Ending> {
    let form = form(&query, json)?;
    // Before the work, not after it.
    let destination = Destination::new(query.output.as_deref(), query.force)?;
    let sql = statement(&query.sql)?;

    let opened = caller.open(&query.connection)?;
    let prepared = caller.wait(opened.session.clone().prepare(sql))?;
    if !prepared.parameters().is_empty() {
        let text =
            "The statement has parameter markers (?), for which this command has no values. Write the values into it.";
        return Err(Ending::refused(Kind::Syntax, text));
    }
    if prepared.effect().is_some() {
        let changed = prepared.change(vec![Vec::new()]);
        let done = caller.wait(async move { changed.await.map_err(|failed| failed.error) })?;
        ending::warn(&done.warnings, Phase::Later);
        if let Some(rows) = done.rows {
            ending::say(&format!("{rows} rows changed"));
        }
        return Ok(Ending::Done);
    }

    let mut rows = caller.wait(prepared.execute(Vec::new()))?;
    ending::warn(&rows.warnings(), Phase::Later);
    let end = rows.ending();
    let bar = Bar::about(rows.meter());
    let mut writer = destination.writer(form, &rows.schema())?;
    while let Some((batch, rest)) = caller.wait_and(bar.as_ref().map(Bar::meanwhile), rows.next())? {
        writer.write(&batch)?;
        rows = rest;
    }
    drop(bar);
    writer.finish()?;
    ending::warn(end.warning().as_slice(), Phase::Later);
    Ok(Ending::Done)
}

/// The form that is asked for, or that fits.
fn form(query: &Query, json: bool) -> Result<Form, Ending> {
    let terminal = query.output.is_none() && io::stdout().is_terminal();
    let format = query.format.or(json.then_some(Format::Json));
    let format = format.or_else(|| named(query)).unwrap_or(match terminal {
        true => Format::Table,
        false => Format::Csv,
    });
    match format {
        Format::Table => Ok(Form::Table),
        Format::Csv => Ok(Form::Csv),
        Format::Json => Ok(Form::Json),
        Format::Arrow if terminal => {
            let text = "Arrow is not for a terminal. Name a file with --output, or send the output to another program.";
            Err(Ending::refused(Kind::Property, text))
        }
        Format::Arrow => Ok(Form::Arrow),
        Format::Parquet => {
            let text = "This version writes no Parquet. Write --format arrow, which most programs that read Parquet read, too.";
            Err(Ending::refused(Kind::Unsupported, text))
        }
    }
}

/// The form that the name of the file promises.
fn named(query: &Query) -> Option<Format> {
    let extension = query.output.as_ref()?.extension()?.to_str()?;
    match extension.to_ascii_lowercase().as_str() {
        "csv" => Some(Format::Csv),
        "json" | "jsonl" | "ndjson" => Some(Format::Json),
        "arrow" | "feather" => Some(Format::Arrow),
        "parquet" => Some(Format::Parquet),
        _ => None,
    }
}

fn statement(words: &[String]) -> Result<String, Ending> {
    if words != ["-"] {
        return Ok(words.join(" "));
    }
    let mut sql = String::new();
    io::stdin().lock().read_to_string(&mut sql).map_err(|error| {
        let text = format!("The statement could not be read from standard input: {error}.");
        Error::new(Kind::Syntax, text).caused_by(error)
    })?;
    Ok(sql)
}
