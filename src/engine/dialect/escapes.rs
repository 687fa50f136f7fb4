//! ODBC escapes, bracketed names and parameter markers, rewritten token by token.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::engine::session::TEMP;
use crate::error::{Error, Kind, Result};

use super::intervals;
use super::lexer::{self, Token, TokenKind};

/// Nesting of escapes and rewritten calls past which a statement is refused.
const DEEPEST: usize = 64;

/// A statement in the engine's SQL.
#[derive(Clone, Debug)]
pub(super) struct Rewritten {
    /// The statement, without trailing semicolons.
    pub(super) sql: String,
    /// How many `?` it had; they are now `$1`, `$2`, ….
    pub(super) markers: usize,
    /// Where pieces of `sql` come from: offset here, offset in the user's text; ascending.
    pub(super) origins: Vec<(usize, usize)>,
    /// Where the user's text has calls of functions that `sql` has something else for.
    pub(super) calls: Vec<Range<usize>>,
}

/// What braces in a statement are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Braces {
    /// Escapes of ODBC.
    Escapes,
    /// The engine's own, around structures.
    Engine,
}

/// Rewrites a whole statement.
///
/// `Kind::Syntax` with line and column for an escape that is malformed or not supported.
pub(super) fn rewrite(sql: &str, braces: Braces) -> Result<Rewritten> {
    let tokens = lexer::tokens(sql)?;
    let mut rewriter = Rewriter {
        sql,
        tokens: &tokens,
        braces,
        instead: BTreeMap::new(),
        markers: 0,
        depth: 0,
    };
    let end = tokens
        .iter()
        .rposition(|token| !token.is_blank() && !token.is(';'))
        .map_or(0, |last| last + 1);
    let mut out = String::with_capacity(sql.len() + 16);
    let mut origins = Vec::new();
    let mut calls = Vec::new();
    rewriter.instead = rewriter.delete_from_another(end).unwrap_or_default();
    rewriter.instead.extend(rewriter.json_tables(end));
    let mut at = 0;
    while at < end {
        let Some(token) = tokens.get(at) else { break };
        origins.push((out.len(), token.span.start));
        let next = rewriter.token(at, end, &mut out)?;
        if next > at + 1
            && let Some(last) = tokens.get(next - 1)
        {
            calls.push(token.span.start..last.span.end);
        }
        at = next;
    }
    if rewriter.markers > 0 && tokens.iter().any(|token| is_numbered_marker(token.text(sql))) {
        return Err(Error::new(
            Kind::Syntax,
            "The statement mixes ? with numbered parameter markers; use one of them",
        ));
    }
    Ok(Rewritten {
        sql: out,
        markers: rewriter.markers,
        origins,
        calls,
    })
}

fn is_numbered_marker(text: &str) -> bool {
    text.strip_prefix('$')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// An escape that holds one text of a fixed form.
struct Literal {
    word: &'static str,
    form: &'static str,
    valid: fn(&str) -> bool,
    before: &'static str,
    after: &'static str,
}

const LITERALS: &[Literal] = &[
    Literal {
        word: "d",
        form: "{d 'yyyy-mm-dd'}",
        valid: is_date,
        before: "DATE ",
        after: "",
    },
    Literal {
        word: "t",
        form: "{t 'hh:mm:ss'}",
        valid: is_time,
        before: "TIME ",
        after: "",
    },
    // Microseconds, the unit of the documents' timestamps: nanoseconds end in the year 2262.
    Literal {
        word: "ts",
        form: "{ts 'yyyy-mm-dd hh:mm:ss[.f…]'}",
        valid: is_timestamp,
        before: "CAST(",
        after: " AS TIMESTAMP(6))",
    },
    Literal {
        word: "guid",
        form: "{guid 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'}",
        valid: is_guid,
        before: "",
        after: "",
    },
    Literal {
        word: "escape",
        form: "{escape 'c'}",
        valid: |text| text.chars().count() == 1,
        before: "ESCAPE ",
        after: "",
    },
];

pub(super) struct Rewriter<'a> {
    sql: &'a str,
    tokens: &'a [Token],
    braces: Braces,
    /// What stands for a token in the engine's SQL, where that is another word.
    instead: BTreeMap<usize, &'static str>,
    markers: usize,
    depth: usize,
}

impl<'a> Rewriter<'a> {
    /// Rewrites the token or escape at `at`; answers where the next one is.
    fn token(&mut self, at: usize, end: usize, out: &mut String) -> Result<usize> {
        let Some(token) = self.tokens.get(at) else {
            return Ok(end);
        };
        let text = token.text(self.sql);
        if let Some(word) = self.instead.get(&at) {
            out.push_str(word);
            return Ok(at + 1);
        }
        match token.kind {
            TokenKind::Marker => {
                self.markers += 1;
                out.push('$');
                out.push_str(&self.markers.to_string());
            }
            TokenKind::BracketedName => {
                out.push('"');
                out.push_str(&lexer::unquoted(text).replace('"', "\"\""));
                out.push('"');
            }
            // A national text is a text: everything is Unicode here.
            TokenKind::Text if text.starts_with("N'") || text.starts_with("n'") => {
                out.push_str(text.get(1..).unwrap_or_default());
            }
            // The parser would take it for the keyword of `SELECT … INTO TEMP name`.
            TokenKind::Word if self.is_schema_after_into(at) => {
                out.push('"');
                out.push_str(TEMP);
                out.push('"');
            }
            TokenKind::Word if let Some(function) = self.bare_call(at, end) => {
                return self.call(at, function, end, out);
            }
            TokenKind::Punctuation('{') if self.braces == Braces::Escapes => return self.escape(at, end, out),
            TokenKind::Punctuation('}') if self.braces == Braces::Escapes => {
                return Err(self.error(at, "There is a } without its {"));
            }
            _ => out.push_str(text),
        }
        Ok(at + 1)
    }

    /// The words of `DELETE n FROM …` and `DELETE FROM n FROM …` that the parser has others for: `DELETE FROM n USING …`.
    fn delete_from_another(&self, end: usize) -> Option<BTreeMap<usize, &'static str>> {
        let is = |at: usize, word: &str| self.text_at(at).eq_ignore_ascii_case(word);
        let delete = self.solid(0, end).filter(|at| is(*at, "delete"))?;
        let first = self.solid(delete + 1, end)?;
        let mut name = if is(first, "from") {
            self.solid(first + 1, end)?
        } else {
            first
        };
        let mut next = self.solid(name + 1, end)?;
        while self.tokens.get(next)?.is('.') {
            name = self.solid(next + 1, end)?;
            next = self.solid(name + 1, end)?;
        }
        let begins = if is(first, "from") { "DELETE" } else { "DELETE FROM" };
        is(next, "from").then(|| BTreeMap::from([(delete, begins), (next, "USING")]))
    }

    /// The words of `JSONTABLE(json, path) WITH (name type PATH 'path', …)` that the parser has others for: those of OPENJSON.
    fn json_tables(&self, end: usize) -> BTreeMap<usize, &'static str> {
        let is = |at: usize, word: &str| self.text_at(at).eq_ignore_ascii_case(word);
        let mut words = BTreeMap::new();
        for at in (0..end).filter(|at| is(*at, "jsontable")) {
            let Some((_, close)) = self.arguments(at, end) else {
                continue;
            };
            words.insert(at, "OPENJSON");
            let with = self.solid(close + 1, end).filter(|with| is(*with, "with"));
            let Some((with, (_, close))) = with.and_then(|with| Some((with, self.arguments(with, end)?))) else {
                continue;
            };
            let paths = (with..close).filter(|at| {
                let next = self.solid(at + 1, close).and_then(|next| self.tokens.get(next));
                is(*at, "path") && next.is_some_and(|next| next.kind == TokenKind::Text)
            });
            words.extend(paths.map(|at| (at, "")));
        }
        words
    }

    /// Whether the token is the first word of `temp.name` in `INTO temp.name`.
    fn is_schema_after_into(&self, at: usize) -> bool {
        self.text_at(at).eq_ignore_ascii_case(TEMP)
            && self.tokens.get(at + 1).is_some_and(|token| token.is('.'))
            && self
                .before(at)
                .next()
                .is_some_and(|(_, token)| token.text(self.sql).eq_ignore_ascii_case("into"))
    }

    pub(super) fn range(&mut self, range: Range<usize>) -> Result<String> {
        let mut out = String::new();
        let mut at = range.start;
        while at < range.end {
            at = self.token(at, range.end, &mut out)?;
        }
        Ok(out.trim().to_owned())
    }

    /// `{word …}`
    fn escape(&mut self, open: usize, end: usize, out: &mut String) -> Result<usize> {
        self.deeper(open)?;
        let close = self
            .matching(open, end)
            .ok_or_else(|| self.error(open, "The escape is not closed by a }"))?;
        let Some(word) = self.solid(open + 1, close) else {
            return Err(self.error(open, "The escape {} is empty"));
        };
        let body = word + 1..close;
        let called = self.text_at(word).to_ascii_lowercase();
        match called.as_str() {
            "fn" => self.function(word, body, out)?,
            "oj" => out.push_str(&self.range(body)?),
            "interval" => {
                let written = self.spoken(body);
                let interval = intervals::engine_literal(&written).map_err(|message| self.error(word, &message))?;
                out.push_str(&interval);
            }
            "call" | "?" => return Err(self.error(open, "A procedure call must be the whole statement")),
            _ => {
                let Some(literal) = LITERALS.iter().find(|literal| literal.word == called) else {
                    let message = format!("The escape {{{} …}} is not supported", self.text_at(word));
                    return Err(self.error(open, &message));
                };
                self.literal(literal, word, body, out)?;
            }
        }
        self.shallower();
        Ok(close + 1)
    }

    /// Goes into an escape or a call that is rewritten; `depth` goes back down at its end.
    pub(super) fn deeper(&mut self, at: usize) -> Result<()> {
        if self.depth == DEEPEST {
            return Err(self.error(at, "Escapes and calls of functions are nested too deeply"));
        }
        self.depth += 1;
        Ok(())
    }

    pub(super) fn shallower(&mut self) {
        self.depth -= 1;
    }

    fn literal(&self, literal: &Literal, word: usize, body: Range<usize>, out: &mut String) -> Result<()> {
        let text = self
            .solid(body.start, body.end)
            .filter(|at| self.solid(at + 1, body.end).is_none())
            .and_then(|at| lexer::literal(self.text_at(at)))
            .filter(|text| (literal.valid)(text));
        let Some(text) = text else {
            return Err(self.error(word, &format!("The escape does not have the form {}", literal.form)));
        };
        out.push_str(literal.before);
        out.push('\'');
        out.push_str(&text.replace('\'', "''"));
        out.push('\'');
        out.push_str(literal.after);
        Ok(())
    }

    /// The `}` that closes the `{` at `open`.
    fn matching(&self, open: usize, end: usize) -> Option<usize> {
        let mut depth = 0usize;
        self.tokens
            .iter()
            .enumerate()
            .take(end)
            .skip(open)
            .find(|(_, token)| {
                if token.is('{') {
                    depth += 1;
                } else if token.is('}') {
                    depth = depth.saturating_sub(1);
                    return depth == 0;
                }
                false
            })
            .map(|(at, _)| at)
    }

    /// The first token of `from..end` that is not blank.
    pub(super) fn solid(&self, from: usize, end: usize) -> Option<usize> {
        (from..end).find(|at| self.tokens.get(*at).is_some_and(|token| !token.is_blank()))
    }

    pub(super) fn token_at(&self, at: usize) -> Option<&'a Token> {
        self.tokens.get(at)
    }

    /// The tokens before `at` that are not blank, the nearest first, with their places.
    pub(super) fn before(&self, at: usize) -> impl Iterator<Item = (usize, &'a Token)> {
        let before = self.tokens.get(..at).unwrap_or_default();
        before.iter().enumerate().rev().filter(|(_, token)| !token.is_blank())
    }

    /// The user's text from one token to another, with one blank for white space and comments.
    pub(super) fn spoken(&self, range: Range<usize>) -> String {
        let tokens = self.tokens.get(range).unwrap_or_default();
        lexer::spoken(self.sql, tokens)
    }

    pub(super) fn text_at(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| token.text(self.sql))
    }

    pub(super) fn error(&self, at: usize, message: &str) -> Error {
        let offset = self.tokens.get(at).map_or(self.sql.len(), |token| token.span.start);
        lexer::error_at(Kind::Syntax, self.sql, offset, message)
    }
}

/// Whether `text` is digits where `form` has `0`, and the same character everywhere else.
fn has_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(c, wanted)| match wanted {
            b'0' => c.is_ascii_digit(),
            b'x' => c.is_ascii_hexdigit(),
            _ => c == wanted,
        })
}

fn is_date(text: &str) -> bool {
    has_form(text, "0000-00-00")
}

fn is_time(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    has_form(whole, "00:00:00") && is_fraction(fraction)
}

fn is_timestamp(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    has_form(whole, "0000-00-00 00:00:00") && is_fraction(fraction)
}

fn is_fraction(text: &str) -> bool {
    (1..=9).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit())
}

fn is_guid(text: &str) -> bool {
    has_form(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
}
