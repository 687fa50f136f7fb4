//! Where rows go, and in which form.

mod table;

pub use table::{Table, shown};

use std::io::{self, BufWriter, Write};
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow_ipc::writer::FileWriter;
use arrow_json::LineDelimitedWriter;
use latchkey::error::Kind;
use latchkey::whole_file::WholeFile;

use super::ending::Ending;

/// A form of rows that this command writes.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// For people.
    Table,
    /// Comma-separated values.
    Csv,
    /// JSON lines.
    Json,
    /// An Arrow IPC file.
    Arrow,
}

/// Where rows go.
#[derive(Debug)]
pub enum Destination {
    /// Standard output.
    Standard,
    /// A file that takes its name when it is whole.
    File(Unfinished),
}

/// A file that is being written.
#[derive(Debug)]
pub struct Unfinished {
    file: WholeFile,
    replaces: bool,
}

/// Rows on their way.
pub struct Writer {
    rows: Rows,
    file: Option<Unfinished>,
}

enum Rows {
    Table(Box<Table>, Output),
    Csv(Box<arrow_csv::Writer<Output>>),
    Json(Box<LineDelimitedWriter<Output>>),
    Arrow(Box<FileWriter<Output>>),
}

type Output = BufWriter<Box<dyn Write>>;

impl Destination {
    /// A file, or standard output. A file that is there already is replaced only when that is wanted.
    pub fn new(file: Option<&Path>, replaces: bool) -> Result<Self, Ending> {
        let Some(place) = file else { return Ok(Self::Standard) };
        if !replaces && place.symlink_metadata().is_ok() {
            return Err(exists(place));
        }
        // The file behind a link, not the link.
        let place = place.canonicalize().unwrap_or_else(|_| place.to_owned());
        if place.metadata().is_ok_and(|metadata| !metadata.is_file()) {
            let text = format!(
                "'{}' is not a regular file, so it cannot be replaced. Leave --output out, and redirect standard output there.",
                place.display()
            );
            return Err(Ending::refused(Kind::Property, text));
        }
        // As the umask allows, like any other output.
        let file = WholeFile::beside(&place, 0o666).map_err(|error| unwritable(&place, &error))?;
        Ok(Self::File(Unfinished { file, replaces }))
    }

    /// Begins to write rows of these columns.
    pub fn writer(self, form: Form, schema: &SchemaRef) -> Result<Writer, Ending> {
        let (output, file): (Box<dyn Write>, _) = match self {
            Self::Standard => (Box::new(io::stdout()), None),
            Self::File(mut unfinished) => {
                let handle = unfinished.file.file().try_clone();
                let handle = handle.map_err(|error| unwritable(unfinished.file.place(), &error))?;
                (Box::new(handle), Some(unfinished))
            }
        };
        let output = BufWriter::new(output);
        let rows = match form {
            Form::Table => Rows::Table(Box::new(Table::new(schema)), output),
            Form::Csv => Rows::Csv(Box::new(
                arrow_csv::WriterBuilder::new().with_header(true).build(output),
            )),
            Form::Json => {
                let builder = arrow_json::WriterBuilder::new().with_explicit_nulls(true);
                Rows::Json(Box::new(builder.build(output)))
            }
            Form::Arrow => Rows::Arrow(Box::new(FileWriter::try_new(output, schema).map_err(failed)?)),
        };
        let mut writer = Writer { rows, file };
        // The heading, also of a result without rows.
        writer.write(&RecordBatch::new_empty(schema.clone()))?;
        Ok(writer)
    }
}

impl Writer {
    /// Writes some rows.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), Ending> {
        match &mut self.rows {
            Rows::Table(table, _) => table.add(batch),
            Rows::Csv(writer) => writer.write(batch),
            Rows::Json(writer) => writer.write(batch),
            Rows::Arrow(writer) => writer.write(batch),
        }
        .map_err(failed)
    }

    /// Ends the output; a file takes its name.
    pub fn finish(self) -> Result<(), Ending> {
        let mut output = match self.rows {
            Rows::Table(table, mut output) => {
                writeln!(output, "{table}")?;
                output
            }
            Rows::Csv(writer) => writer.into_inner(),
            Rows::Json(mut writer) => {
                writer.finish().map_err(failed)?;
                writer.into_inner()
            }
            Rows::Arrow(writer) => writer.into_inner().map_err(failed)?,
        };
        output.flush()?;
        match self.file {
            Some(file) => file.take_place(),
            None => Ok(()),
        }
    }
}

impl Unfinished {
    fn take_place(self) -> Result<(), Ending> {
        let place = self.file.place().to_owned();
        self.file.take_place(self.replaces).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => exists(&place),
            _ => unwritable(&place, &error),
        })
    }
}

fn exists(place: &Path) -> Ending {
    let text = format!(
        "The file '{}' exists already. Choose another name, or replace it with --force.",
        place.display()
    );
    Ending::refused(Kind::Property, text)
}

fn unwritable(place: &Path, error: &io::Error) -> Ending {
    let text = format!("The file '{}' cannot be written: {error}.", place.display());
    Ending::refused(Kind::Property, text)
}

fn failed(error: ArrowError) -> Ending {
    match error {
        ArrowError::IoError(_, error) => error.into(),
        ArrowError::CsvError(text) if text.contains("Broken pipe") => Ending::Unread,
        error => Ending::refused(
            Kind::Conversion,
            format!("The rows cannot be written in this form: {error}."),
        ),
    }
}
