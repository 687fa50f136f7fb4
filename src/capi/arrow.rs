//! The rows of a result as an Arrow C stream, which a program takes over and reads without a copy.

#![allow(unsafe_code, reason = "moving the stream to where the program points to")]

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};

use datafusion::arrow::array::RecordBatchReader;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ffi_stream::FFI_ArrowArrayStream;
use datafusion::arrow::record_batch::RecordBatch;

use tokio_util::sync::CancellationToken;

use crate::engine::Rows;
use crate::engine::runtime::{self, Wait};
use crate::error::{Error, Kind};
use crate::sqlstate::{Phase, SqlState};

use super::boundary::{Call, Completion, warn};
use super::callbacks::{self, Teller};
use super::failure::Failure;
use super::memory;
use super::registry::{Node, deadline};
use super::session::Open;
use super::statement::{Outcome, Statement};
use super::types::lk_status;

/// Gives the rows of the statement to a stream.
pub fn stream(call: &mut Call<'_, Statement>, out: *mut FFI_ArrowArrayStream) -> Completion {
    memory::check(out)?;
    let (rows, teller) = match std::mem::replace(&mut call.state.outcome, Outcome::Streamed) {
        Outcome::Rows(cursor) if cursor.is_unread() => cursor.into_rows(),
        other => {
            call.state.outcome = other;
            return Err(not_now());
        }
    };
    let schema = call.state.schema()?;
    // Not that of the execution, which ends with the statement.
    let work = CancellationToken::new();
    *call.node.common.streaming.lock() = work.clone();
    let reader = Reader {
        schema,
        rows,
        teller,
        open: call.state.open.clone(),
        statement: Arc::downgrade(call.node),
        work,
        timeout: call.node.common.timeout(),
    };
    // SAFETY: the program passes a place for a stream, as the header asks for. What is there is not read.
    unsafe { out.write(FFI_ArrowArrayStream::new(Box::new(reader))) };
    Ok(lk_status::LK_OK)
}

fn not_now() -> Failure {
    Failure::new(
        SqlState::Sequence,
        "A stream takes the rows of a query that was executed and of which no row was read; execute the statement first.",
    )
}

/// Reads the rows for the stream, which may live longer than the statement and the session.
struct Reader {
    schema: SchemaRef,
    /// The rest; none at its end and behind an error.
    rows: Option<Rows>,
    teller: Option<Arc<Teller>>,
    open: Arc<Open>,
    /// Takes the warnings while it lives.
    statement: Weak<Node<Statement>>,
    work: CancellationToken,
    timeout: u64,
}

impl Reader {
    fn read(&mut self) -> Result<Option<RecordBatch>, Error> {
        if callbacks::is_inside() {
            let text = "A stream was read from within a callback; let the callback return first";
            return Err(Error::new(Kind::Internal, text));
        }
        let Some(rows) = self.rows.take() else {
            return Ok(None);
        };
        let wait = Wait {
            cancel: self.work.clone(),
            deadline: deadline(self.timeout),
            meanwhile: callbacks::meanwhile(&self.open.prompts, self.teller.as_ref()),
        };
        let ending = rows.ending();
        let read = runtime::run(&wait, rows.next());
        if let Some(teller) = &self.teller {
            teller.tell();
        }
        let read = read?;
        let warnings = match &read {
            Some((_, rows)) => rows.warnings(),
            None => ending.warning().into_iter().collect(),
        };
        if let Some(statement) = self.statement.upgrade() {
            warn(&statement.common, warnings, Phase::Later);
        }
        Ok(read.map(|(batch, rows)| {
            self.rows = Some(rows);
            batch
        }))
    }
}

impl Iterator for Reader {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = catch_unwind(AssertUnwindSafe(|| self.read()));
        let read = read.unwrap_or_else(|_| Err(Error::new(Kind::Internal, "The library met a fault of its own")));
        read.map_err(|error| told(&error)).transpose()
    }
}

impl RecordBatchReader for Reader {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}

/// An error for `get_last_error`: its SQLSTATE in brackets and its message. The kind of it becomes the number that
/// `get_next` answers.
fn told(error: &Error) -> ArrowError {
    let failure = Failure::of(error, Phase::Later);
    let text = format!("[{}] {}", failure.state.code(false), failure.message).replace('\0', " ");
    match error.kind() {
        Kind::Unreachable | Kind::Timeout | Kind::Cancelled => {
            ArrowError::IoError(text, io::Error::from(io::ErrorKind::Interrupted))
        }
        Kind::Memory => ArrowError::MemoryError(text),
        Kind::Unsupported => ArrowError::NotYetImplemented(text),
        _ => ArrowError::ExternalError(text.into()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use datafusion::arrow::array::{Array, ArrayRef, StringArray};
    use datafusion::arrow::ffi_stream::ArrowArrayStreamReader;

    use super::*;
    use crate::capi::session::{self, Session};
    use crate::capi::{boundary, registry};

    fn opened() -> Arc<Open> {
        let token = registry::insert(Session::default(), 0).unwrap();
        let mut open = None;
        let status = boundary::enter::<Session>(token.handle(), |call| {
            session::open(call, c"Verbosity=1".as_ptr())?;
            open = Some(call.state.opened()?);
            Ok(lk_status::LK_OK)
        });
        assert_eq!(status, lk_status::LK_OK);
        session::free(token.handle().cast());
        open.unwrap()
    }

    /// The stream of a program, over these rows.
    fn stream(rows: Rows, work: CancellationToken) -> ArrowArrayStreamReader {
        let reader = Reader {
            schema: rows.schema(),
            rows: Some(rows),
            teller: None,
            open: opened(),
            statement: Weak::new(),
            work,
            timeout: 0,
        };
        ArrowArrayStreamReader::try_new(FFI_ArrowArrayStream::new(Box::new(reader))).unwrap()
    }

    fn addresses(values: &ArrayRef) -> Vec<*const u8> {
        let data = values.to_data();
        data.buffers().iter().map(|buffer| buffer.as_ptr()).collect()
    }

    fn rows() -> (Rows, ArrayRef) {
        let texts: ArrayRef = Arc::new(StringArray::from(vec!["one", "two"]));
        let batch = RecordBatch::try_from_iter([("text", texts.clone())]).unwrap();
        (Rows::of(batch), texts)
    }

    #[test]
    fn a_stream_hands_out_the_buffers_themselves() {
        let (rows, texts) = rows();
        let mut stream = stream(rows, CancellationToken::new());
        let read = stream.next().unwrap().unwrap();
        assert_eq!(addresses(read.column(0)), addresses(&texts));
        assert!(stream.next().is_none() && stream.next().is_none());
    }

    #[test]
    fn a_stream_that_is_cancelled_says_so_and_ends() {
        let (rows, _) = rows();
        let work = CancellationToken::new();
        work.cancel();
        let mut stream = stream(rows, work);
        let error = stream.next().unwrap().unwrap_err().to_string();
        assert!(error.contains("[HY008] The operation was cancelled"), "{error}");
        assert!(stream.next().is_none());
    }
}
