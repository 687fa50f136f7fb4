//! Calls of functions, in `{fn …}` and bare, rewritten from tables of templates.

use std::ops::Range;

use crate::engine::functions::{self as engine, Part};
use crate::error::Result;

use super::escapes::Rewriter;
use super::functions::{self, Form};
use super::lexer::{self, TokenKind};
use super::tsql;

/// Longest text of one call: a template may have an argument twice, and calls nest.
const LONGEST: usize = 1 << 20;

/// A function that may be called, by its name in the standard or in SQL Server.
#[derive(Clone, Copy)]
pub(super) struct Called {
    name: &'static str,
    form: &'static Form,
}

impl Rewriter<'_> {
    /// `{fn NAME(argument, …)}`
    pub(super) fn function(&mut self, word: usize, body: Range<usize>, out: &mut String) -> Result<()> {
        let Some(name) = self.solid(body.start, body.end) else {
            return Err(self.error(word, "The escape {fn …} names no function"));
        };
        let called = self.text_at(name);
        let Some(function) = functions::find(called) else {
            let message = format!("The scalar function {called} is not supported in {{fn …}}");
            return Err(self.error(name, &message));
        };
        let wrong = "A function in {fn …} is written NAME(argument, …)";
        let (arguments, close) = self.arguments(name, body.end).ok_or_else(|| self.error(name, wrong))?;
        if self.solid(close + 1, body.end).is_some() {
            return Err(self.error(name, wrong));
        }
        let function = Called {
            name: function.name,
            form: &function.form,
        };
        self.fill(name, function, arguments, out)
    }

    /// The function that the word at `at` calls, when it is one that has another form here.
    pub(super) fn bare_call(&self, at: usize, end: usize) -> Option<Called> {
        let (name, form) = tsql::find(self.text_at(at))?;
        let open = self.solid(at + 1, end)?;
        if !self.token_at(open)?.is('(') || !self.may_begin_an_expression(at) {
            return None;
        }
        // `WITH a AS (…), year (n) AS (…)` names a query.
        let (_, close) = self.arguments(at, end)?;
        let names_a_query = self.solid(close + 1, end).is_some_and(|next| {
            let after = self.solid(next + 1, end).and_then(|after| self.token_at(after));
            self.text_at(next).eq_ignore_ascii_case("as") && after.is_some_and(|token| token.is('('))
        });
        (!names_a_query).then_some(Called { name, form })
    }

    /// `NAME(argument, …)`; answers where the next token is.
    pub(super) fn call(&mut self, at: usize, function: Called, end: usize, out: &mut String) -> Result<usize> {
        self.deeper(at)?;
        let (arguments, close) = self
            .arguments(at, end)
            .ok_or_else(|| self.error(at, "The parenthesis of the function is not closed"))?;
        self.fill(at, function, arguments, out)?;
        self.shallower();
        Ok(close + 1)
    }

    /// Whether what stands before `at` is followed by an expression, and not by the name of a table, column or type.
    fn may_begin_an_expression(&self, at: usize) -> bool {
        let mut before = self.before(at);
        let Some((place, token)) = before.next() else {
            return false;
        };
        // `TOP 5 f(x)`, `TOP (5) f(x)`
        match token.kind {
            TokenKind::Word => return tsql::precedes_an_expression(self.text_at(place)),
            TokenKind::Number | TokenKind::Marker => {}
            TokenKind::Punctuation(')') => {
                let mut depth = 1_usize;
                for (_, token) in before.by_ref() {
                    match token.kind {
                        TokenKind::Punctuation(')') => depth += 1,
                        TokenKind::Punctuation('(') => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
            TokenKind::Punctuation('.' | ':' | ']' | '}' | ';') => return false,
            TokenKind::Punctuation(_) => return true,
            _ => return false,
        }
        before
            .next()
            .is_some_and(|(top, _)| self.text_at(top).eq_ignore_ascii_case("top"))
    }

    /// The arguments in the parentheses after the name of a function, and where these close.
    pub(super) fn arguments(&self, name: usize, end: usize) -> Option<(Vec<Range<usize>>, usize)> {
        let open = self
            .solid(name + 1, end)
            .filter(|at| self.token_at(*at).is_some_and(|token| token.is('(')))?;
        let mut arguments = Vec::new();
        let mut start = open + 1;
        let mut depth = 0usize;
        for at in open..end {
            match self.token_at(at)?.kind {
                TokenKind::Punctuation('(' | '[' | '{') => depth += 1,
                TokenKind::Punctuation(')' | ']' | '}') => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        if !arguments.is_empty() || self.solid(start, at).is_some() {
                            arguments.push(start..at);
                        }
                        return Some((arguments, at));
                    }
                }
                TokenKind::Punctuation(',') if depth == 1 => {
                    arguments.push(start..at);
                    start = at + 1;
                }
                _ => {}
            }
        }
        None
    }

    /// Writes the call at `name` in the engine's SQL.
    fn fill(&mut self, name: usize, function: Called, arguments: Vec<Range<usize>>, out: &mut String) -> Result<()> {
        let written = match function.form {
            Form::Verbatim => {
                let whole = arguments.first().map_or(name + 1, |first| first.start)
                    ..arguments.last().map_or(name + 1, |last| last.end);
                format!("{}({})", function.name, self.range(whole)?)
            }
            Form::Convert => self.cast(name, &arguments)?,
            Form::ConvertTo { tries } => self.convert(name, *tries, &arguments)?,
            Form::Choose => self.choose(name, arguments)?,
            Form::Templates(forms) => {
                let template = self.template(name, function, forms, arguments.len())?;
                let arguments = self.rewritten(arguments)?;
                filled(template, &arguments)
            }
            Form::OfPart(forms) => {
                let template = self.template(name, function, forms, arguments.len())?;
                let mut arguments = arguments.into_iter();
                let part = arguments.next().unwrap_or(name..name);
                let mut filling = vec![self.part(part, function.name)?];
                filling.extend(self.rewritten(arguments.collect())?);
                filled(template, &filling)
            }
        };
        if written.len() > LONGEST {
            return Err(self.error(name, "The arguments of the function are too long"));
        }
        out.push_str(&written);
        Ok(())
    }

    fn template(
        &self,
        name: usize,
        function: Called,
        forms: &[(usize, &'static str)],
        count: usize,
    ) -> Result<&'static str> {
        let found = forms.iter().find(|(arguments, _)| *arguments == count);
        found.map(|(_, template)| *template).ok_or_else(|| {
            let message = format!("{} does not take {count} arguments", function.name);
            self.error(name, &message)
        })
    }

    fn rewritten(&mut self, arguments: Vec<Range<usize>>) -> Result<Vec<String>> {
        arguments.into_iter().map(|range| self.range(range)).collect()
    }

    /// A part of a date, bare or as a text, as a text with its full name.
    fn part(&self, argument: Range<usize>, function: &str) -> Result<String> {
        let at = self.solid(argument.start, argument.end).unwrap_or(argument.start);
        let written = self.text_at(at);
        let named = lexer::literal(written).unwrap_or_else(|| lexer::unquoted(written));
        match Part::named(&named) {
            Some(part) if self.solid(at + 1, argument.end).is_none() => Ok(format!("'{}'", part.name())),
            _ => {
                let message = format!(
                    "{function} does not know the part {}; it takes one such as year, month, day or hour",
                    self.spoken(argument)
                );
                Err(self.error(at, &message))
            }
        }
    }

    /// ODBC's `CONVERT(value, SQL_type)`
    fn cast(&mut self, name: usize, arguments: &[Range<usize>]) -> Result<String> {
        let [value, kind] = arguments else {
            return Err(self.error(name, "CONVERT takes a value and an SQL_ data type"));
        };
        let kind = self.solid(kind.start, kind.end).map_or("", |at| self.text_at(at));
        let Some(sql_type) = functions::conversion_type(kind) else {
            let message = format!("CONVERT does not know the data type {kind}; it takes one such as SQL_VARCHAR");
            return Err(self.error(name, &message));
        };
        Ok(format!("CAST({} AS {sql_type})", self.range(value.clone())?))
    }

    /// SQL Server's `CONVERT(type, value [, style])`
    fn convert(&mut self, name: usize, tries: bool, arguments: &[Range<usize>]) -> Result<String> {
        let (kind, value, style) = match arguments {
            [kind, value] => (kind, value, None),
            [kind, value, style] => (kind, value, Some(style)),
            _ => return Err(self.error(name, "CONVERT takes a data type, a value and perhaps a style")),
        };
        let style = match style {
            None => None,
            Some(style) => {
                let written = self.spoken(style.clone());
                match written.parse().ok().filter(|number| engine::is_style(*number)) {
                    Some(number) => Some(number),
                    None => {
                        let message = format!("CONVERT does not know the style {written}; it takes one such as 120");
                        return Err(self.error(name, &message));
                    }
                }
            }
        };
        let kind = self.spoken(kind.clone());
        let Some(target) = tsql::Target::named(&kind) else {
            let message = format!("CONVERT does not know the data type {kind}; it takes one such as VARCHAR(30)");
            return Err(self.error(name, &message));
        };
        let value = self.range(value.clone())?;
        let cast = if tries { "TRY_CAST" } else { "CAST" };
        let try_word = if tries { "try_" } else { "" };
        Ok(match (target, style) {
            (tsql::Target::Text(length), style) => {
                let style = style.unwrap_or(engine::DEFAULT_STYLE);
                format!("convert_to_text({value}, {style}, {})", length.unwrap_or(-1))
            }
            (tsql::Target::Moment(sql_type), Some(style)) => {
                format!("CAST({try_word}convert_to_timestamp({value}, {style}) AS {sql_type})")
            }
            (tsql::Target::Moment(sql_type), None) => format!("{cast}({value} AS {sql_type})"),
            // The style of a number is how it is written, not how it is read.
            (tsql::Target::Other(sql_type), _) => format!("{cast}({value} AS {sql_type})"),
        })
    }

    /// `CHOOSE(index, first, second, …)`
    fn choose(&mut self, name: usize, arguments: Vec<Range<usize>>) -> Result<String> {
        if arguments.len() < 2 {
            return Err(self.error(name, "CHOOSE takes an index and the values to choose from"));
        }
        let mut arguments = self.rewritten(arguments)?.into_iter();
        let index = arguments.next().unwrap_or_default();
        let choices: String = arguments
            .enumerate()
            .map(|(at, value)| format!(" WHEN {} THEN {value}", at + 1))
            .collect();
        Ok(format!("CASE CAST({index} AS BIGINT){choices} END"))
    }
}

/// The template with the arguments where it has their numbers in braces.
fn filled(template: &str, arguments: &[String]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((number, after)) = after.split_once('}') else {
            break;
        };
        let argument = number.parse().ok().and_then(|at: usize| arguments.get(at));
        out.push_str(argument.map_or("", String::as_str));
        rest = after;
    }
    out.push_str(rest);
    out
}
