//! Procedure calls in all their spellings.
//!
//! ```text
//! call      = [ "{" ] ( "EXEC" | "EXECUTE" | "CALL" ) name arguments [ "}" ] [ ";" ]
//! name      = [ part "." [ part "." ] ] part
//! arguments = list | "(" list ")"
//! list      = [ argument *( "," argument ) ]
//! argument  = [ [ "@" ] input "=" ] value
//! value     = text | number | "NULL" | "?" | "@" word
//! ```

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::ScalarValue;

use crate::engine::dialect::lexer::{self, Token, TokenKind};
use crate::engine::errors;
use crate::engine::inventory::Inventory;
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

use super::{Input, Inputs, Procedure, Row, all};

/// A call whose procedure and inputs exist. Prints no value.
#[derive(Debug)]
pub(in crate::engine) struct Call {
    procedure: &'static Procedure,
    arguments: Vec<(&'static Input, Value)>,
    markers: usize,
}

#[derive(Clone, Debug)]
enum Value {
    Text(Secret),
    Null,
    /// The value of a marker, counted from 0.
    Marker(usize),
}

/// Reads a procedure call; none when the statement is something else.
///
/// `Kind::Syntax` for a call that cannot be read, names an unknown input or gives one twice; `Kind::TableNotFound` for
/// a procedure that does not exist.
pub(in crate::engine) fn parse(sql: &str) -> Result<Option<Call>> {
    let tokens = match lexer::tokens(sql) {
        Ok(tokens) => tokens,
        // Whatever it is, the reader of queries says the same about it.
        Err(_) => return Ok(None),
    };
    let mut parser = Parser {
        sql,
        tokens: tokens.iter().filter(|token| !token.is_blank()).collect(),
        at: 0,
        markers: HashMap::new(),
        count: 0,
    };
    let braces = parser.take('{');
    if braces && parser.kind() == Some(TokenKind::Marker) {
        return Err(Error::new(
            Kind::Syntax,
            "A procedure has no return value; write {call name(…)} instead of {? = call name(…)}",
        ));
    }
    if !parser.take_word(&["EXEC", "EXECUTE", "CALL"]) {
        return Ok(None);
    }
    let call = parser.call()?;
    if braces && !parser.take('}') {
        return Err(parser.error("The call is not closed by a }"));
    }
    while parser.take(';') {}
    match parser.kind() {
        None => Ok(Some(call)),
        Some(_) => Err(parser.error("Something follows the procedure call")),
    }
}

impl Call {
    /// The columns of the result; known without running the procedure.
    pub(in crate::engine) fn schema(&self) -> SchemaRef {
        let fields: Vec<_> = self
            .procedure
            .results
            .iter()
            .map(|column| Field::new(column.name, DataType::Utf8, true))
            .collect();
        Arc::new(Schema::new(fields))
    }

    /// What is called.
    pub(super) fn procedure(&self) -> &'static Procedure {
        self.procedure
    }

    /// How many values an execution needs.
    pub(in crate::engine) fn markers(&self) -> usize {
        self.markers
    }

    /// A call that nobody wrote as SQL.
    pub(super) fn of(name: &str, inputs: Vec<(&str, Secret)>) -> Result<Self> {
        let unknown = || {
            Error::new(
                Kind::Internal,
                format!("{name} was called with inputs that it does not have"),
            )
        };
        let procedure = all()
            .iter()
            .find(|procedure| procedure.name == name)
            .ok_or_else(unknown)?;
        let argument = |(name, value): (&str, Secret)| {
            let input = procedure.inputs.iter().find(|input| input.name == name);
            Ok((input.ok_or_else(unknown)?, Value::Text(value)))
        };
        Ok(Self {
            procedure,
            arguments: inputs.into_iter().map(argument).collect::<Result<_>>()?,
            markers: 0,
        })
    }

    /// Checks the inputs, then runs the procedure.
    ///
    /// `Kind::Syntax` for a required input that is missing or blank, and for a value that is not in the input's list.
    pub(in crate::engine) async fn run(
        &self,
        inventory: Arc<Inventory>,
        parameters: Vec<ScalarValue>,
    ) -> Result<RecordBatch> {
        let columns = self
            .answer(inventory, &parameters)
            .await?
            .into_iter()
            .map(|value| Arc::new(StringArray::from(vec![value])) as ArrayRef)
            .collect();
        RecordBatch::try_new(self.schema(), columns).map_err(errors::from_arrow)
    }

    /// As [`Call::run`], without the form of a table.
    pub(super) async fn answer(&self, inventory: Arc<Inventory>, parameters: &[ScalarValue]) -> Result<Row> {
        let inputs = self.inputs(parameters)?;
        tracing::info!(procedure = self.procedure.name, "procedure called");
        (self.procedure.body)(inventory, inputs).await.map_err(refused)
    }

    /// The inputs of a call with these values for its markers.
    pub(super) fn inputs(&self, parameters: &[ScalarValue]) -> Result<Inputs> {
        if parameters.len() != self.markers {
            return Err(Error::new(
                Kind::Syntax,
                format!(
                    "The call has {} parameter markers, and {} values were given",
                    self.markers,
                    parameters.len()
                ),
            ));
        }
        let mut inputs = Vec::new();
        for input in self.procedure.inputs {
            let given = match self.arguments.iter().find(|(known, _)| known.name == input.name) {
                Some((_, value)) => value.resolve(parameters, input)?,
                None => None,
            };
            let value = given
                .filter(|value| !value.expose().trim().is_empty())
                .or_else(|| input.default.map(Secret::from));
            match value {
                Some(value) => inputs.push((input.name, listed(self.procedure, input, value)?)),
                None if input.required => {
                    return Err(Error::new(
                        Kind::Syntax,
                        format!("{} needs the input {}", self.procedure.name, input.name),
                    ));
                }
                None => {}
            }
        }
        Ok(Inputs(inputs))
    }
}

/// A sign-in that a procedure was called for and that failed says nothing about the connection it was called on.
fn refused(error: Error) -> Error {
    match error.kind() {
        Kind::SignIn => Error::new(Kind::Refused, error.message()),
        _ => error,
    }
}

/// The value as the input's list of values spells it.
fn listed(procedure: &Procedure, input: &Input, value: Secret) -> Result<Secret> {
    if input.values.is_empty() {
        return Ok(value);
    }
    let known = input
        .values
        .iter()
        .find(|known| known.eq_ignore_ascii_case(value.expose().trim()));
    known.map(|known| Secret::from(*known)).ok_or_else(|| {
        Error::new(
            Kind::Syntax,
            format!(
                "The input {} of {} has a value that is not allowed; it is one of {}",
                input.name,
                procedure.name,
                input.values.join(", ")
            ),
        )
    })
}

impl Value {
    fn resolve(&self, parameters: &[ScalarValue], input: &Input) -> Result<Option<Secret>> {
        let value = match self {
            Self::Text(text) => return Ok(Some(text.clone())),
            Self::Null => return Ok(None),
            Self::Marker(at) => parameters.get(*at),
        };
        match value {
            Some(value) if !value.is_null() => match value.cast_to(&DataType::Utf8) {
                Ok(ScalarValue::Utf8(Some(text))) => Ok(Some(Secret::new(text))),
                _ => Err(Error::new(
                    Kind::Conversion,
                    format!("The value of the input {} is not a text", input.name),
                )),
            },
            _ => Ok(None),
        }
    }
}

struct Parser<'a> {
    sql: &'a str,
    /// Without white space and comments.
    tokens: Vec<&'a Token>,
    at: usize,
    /// `@p` and the number of its marker; a name that occurs twice is one marker.
    markers: HashMap<String, usize>,
    count: usize,
}

impl<'a> Parser<'a> {
    fn call(&mut self) -> Result<Call> {
        let procedure = self.procedure()?;
        let parentheses = self.take('(');
        let mut arguments: Vec<(&'static Input, Value)> = Vec::new();
        let ends = |parser: &Self| match parser.kind() {
            None => true,
            Some(TokenKind::Punctuation(c)) => matches!(c, ')' | '}' | ';'),
            Some(_) => false,
        };
        while !ends(self) {
            let (input, value) = self.argument(procedure, arguments.len())?;
            if arguments.iter().any(|(known, _)| known.name == input.name) {
                return Err(self.error(&format!("The input {} is given twice", input.name)));
            }
            arguments.push((input, value));
            if !self.take(',') && !ends(self) {
                return Err(self.error("A comma is missing between two inputs"));
            }
        }
        if parentheses && !self.take(')') {
            return Err(self.error("The list of inputs is not closed by a )"));
        }
        Ok(Call {
            procedure,
            arguments,
            markers: self.count,
        })
    }

    fn procedure(&mut self) -> Result<&'static Procedure> {
        let mut name = self.name().ok_or_else(|| self.error("The call names no procedure"))?;
        while self.take('.') {
            name = self
                .name()
                .ok_or_else(|| self.error("The name of the procedure ends with a point"))?;
        }
        all()
            .iter()
            .find(|procedure| procedure.name.eq_ignore_ascii_case(&name))
            .ok_or_else(|| {
                let known: Vec<_> = all().iter().map(|procedure| procedure.name).collect();
                Error::new(
                    Kind::TableNotFound,
                    format!("{name} is not a stored procedure; there are: {}", known.join(", ")),
                )
            })
    }

    fn argument(&mut self, procedure: &'static Procedure, position: usize) -> Result<(&'static Input, Value)> {
        let named = self.tokens.get(self.at + 1).is_some_and(|token| token.is('='));
        if !named {
            let input = procedure.inputs.get(position).ok_or_else(|| {
                self.error(&format!(
                    "{} has no more than {} inputs",
                    procedure.name,
                    procedure.inputs.len()
                ))
            })?;
            return Ok((input, self.value()?));
        }
        let name = self
            .name()
            .ok_or_else(|| self.error("The name of an input is expected before the ="))?;
        let name = name.trim_start_matches('@');
        let input = procedure
            .inputs
            .iter()
            .find(|input| input.name.eq_ignore_ascii_case(name))
            .ok_or_else(|| {
                let known: Vec<_> = procedure.inputs.iter().map(|input| input.name).collect();
                self.error(&format!(
                    "{} has no input {name}; it has: {}",
                    procedure.name,
                    known.join(", ")
                ))
            })?;
        self.take('=');
        Ok((input, self.value()?))
    }

    fn value(&mut self) -> Result<Value> {
        let negative = self.take('-');
        let Some(token) = self.tokens.get(self.at) else {
            return Err(self.error("The value of an input is missing"));
        };
        let text = token.text(self.sql);
        let value = match token.kind {
            TokenKind::Number => {
                let sign = if negative { "-" } else { "" };
                Some(Value::Text(Secret::new(format!("{sign}{text}"))))
            }
            _ if negative => None,
            TokenKind::Text => lexer::literal(text).map(|text| Value::Text(Secret::new(text))),
            TokenKind::Marker => {
                self.count += 1;
                Some(Value::Marker(self.count - 1))
            }
            TokenKind::Word if text.eq_ignore_ascii_case("NULL") => Some(Value::Null),
            TokenKind::Word if text.starts_with('@') => {
                let count = &mut self.count;
                let at = self.markers.entry(text.to_lowercase()).or_insert_with(|| {
                    *count += 1;
                    *count - 1
                });
                Some(Value::Marker(*at))
            }
            _ => None,
        };
        // What stands there may be a secret that lost its quotes: the place is told, not the text.
        let value =
            value.ok_or_else(|| self.error("The value of an input is a text in quotes, a number, NULL or ?"))?;
        self.at += 1;
        Ok(value)
    }

    fn name(&mut self) -> Option<String> {
        let token = self.tokens.get(self.at)?;
        let name = match token.kind {
            TokenKind::Word | TokenKind::QuotedName | TokenKind::BracketedName => lexer::unquoted(token.text(self.sql)),
            _ => return None,
        };
        self.at += 1;
        Some(name)
    }

    fn kind(&self) -> Option<TokenKind> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    fn take(&mut self, punctuation: char) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|token| token.is(punctuation));
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, words: &[&str]) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|token| {
            token.kind == TokenKind::Word && words.iter().any(|word| token.text(self.sql).eq_ignore_ascii_case(word))
        });
        self.at += usize::from(found);
        found
    }

    fn error(&self, message: &str) -> Error {
        let offset = self
            .tokens
            .get(self.at)
            .map_or(self.sql.len(), |token| token.span.start);
        lexer::error_at(Kind::Syntax, self.sql, offset, message)
    }
}
