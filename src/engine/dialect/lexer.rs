//! SQL text to tokens, losslessly: every byte of the text belongs to exactly one token.

use std::ops::Range;

use crate::error::{Error, Kind, Result};

/// What a token is. The text of a token is `&sql[token.span]`, delimiters included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum TokenKind {
    /// White space.
    Space,
    /// `-- …` to the end of the line, or `/* … */`, which nests.
    Comment,
    /// `'…'`, with its prefix if any (`N'…'`, `E'…'`, `X'…'`), `q'[…]'`, or `$tag$…$tag$`.
    Text,
    /// `"…"` or `` `…` ``.
    QuotedName,
    /// `[…]` that stands where a name may stand.
    BracketedName,
    /// A keyword, a plain name, `@name`, `$1`.
    Word,
    /// A number without its sign.
    Number,
    /// `?`.
    Marker,
    /// One character of anything else.
    Punctuation(char),
}

/// A piece of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Token {
    pub(in crate::engine) kind: TokenKind,
    pub(in crate::engine) span: Range<usize>,
}

impl Token {
    /// The token's text.
    pub(in crate::engine) fn text<'a>(&self, sql: &'a str) -> &'a str {
        sql.get(self.span.clone()).unwrap_or_default()
    }

    /// Whether the token says nothing: white space or a comment.
    pub(in crate::engine) fn is_blank(&self) -> bool {
        matches!(self.kind, TokenKind::Space | TokenKind::Comment)
    }

    /// Whether the token is this one character.
    pub(in crate::engine) fn is(&self, punctuation: char) -> bool {
        self.kind == TokenKind::Punctuation(punctuation)
    }
}

/// Cuts `sql` into tokens.
///
/// `Kind::Syntax` with line and column when a text, name or comment has no end.
pub(in crate::engine) fn tokens(sql: &str) -> Result<Vec<Token>> {
    let mut lexer = Lexer {
        sql,
        at: 0,
        subscripts: Vec::new(),
        before: Before::Start,
    };
    let mut tokens = Vec::new();
    while lexer.at < sql.len() {
        let start = lexer.at;
        let kind = lexer.next_kind()?;
        let token = Token {
            kind,
            span: start..lexer.at,
        };
        lexer.remember(&token);
        tokens.push(token);
    }
    Ok(tokens)
}

/// The text of tokens, with one blank where there is white space or a comment between them.
pub(in crate::engine) fn spoken(sql: &str, tokens: &[Token]) -> String {
    let pieces = tokens.split(Token::is_blank).filter(|piece| !piece.is_empty());
    let piece = |tokens: &[Token]| tokens.iter().map(|token| token.text(sql)).collect::<String>();
    pieces.map(piece).collect::<Vec<_>>().join(" ")
}

/// An error of `kind` that ends with where in the text it is.
pub(in crate::engine) fn error_at(kind: Kind, sql: &str, offset: usize, message: &str) -> Error {
    let (line, column) = line_and_column(sql, offset);
    Error::new(kind, format!("{message} (line {line}, column {column})"))
}

/// Line and column, both from 1 and in characters.
pub(in crate::engine) fn line_and_column(sql: &str, offset: usize) -> (usize, usize) {
    let before = sql.get(..offset).unwrap_or(sql);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (line, column)
}

/// The name inside the quotes of a [`TokenKind::QuotedName`] or [`TokenKind::BracketedName`]; any other text as it is.
pub(in crate::engine) fn unquoted(text: &str) -> String {
    let Some(close) = text.chars().next().and_then(closing) else {
        return text.to_owned();
    };
    let mut inner = text.chars();
    inner.next();
    inner.next_back();
    let doubled: String = [close, close].iter().collect();
    inner.as_str().replace(&doubled, close.encode_utf8(&mut [0; 4]))
}

/// The text inside the quotes of a plain [`TokenKind::Text`]; none for one with a prefix or between dollars.
pub(in crate::engine) fn literal(text: &str) -> Option<String> {
    let text = text.strip_prefix(['N', 'n']).unwrap_or(text);
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.replace("''", "'"))
}

fn closing(open: char) -> Option<char> {
    match open {
        '"' => Some('"'),
        '`' => Some('`'),
        '[' => Some(']'),
        _ => None,
    }
}

/// What came before the place the lexer is at, as far as `[` needs to know.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing, an operator, or a keyword that an operand follows: `[` begins a name.
    Start,
    /// A value: `[` directly after it is a subscript.
    Value,
    /// The word `ARRAY`: `[` begins its elements.
    Array,
    /// A value and white space: `[` is a subscript only when a number follows.
    ValueApart,
}

struct Lexer<'a> {
    sql: &'a str,
    at: usize,
    /// Round and square brackets that are open; true for the elements of an array literal.
    subscripts: Vec<bool>,
    before: Before,
}

impl Lexer<'_> {
    fn next_kind(&mut self) -> Result<TokenKind> {
        let Some(first) = self.peek() else {
            return Ok(TokenKind::Space);
        };
        match first {
            c if c.is_whitespace() => {
                self.skip_while(char::is_whitespace);
                Ok(TokenKind::Space)
            }
            '-' if self.rest().starts_with("--") => {
                self.skip_while(|c| c != '\n');
                Ok(TokenKind::Comment)
            }
            '/' if self.rest().starts_with("/*") => self.block_comment(),
            '\'' => self.text('\'', false),
            '"' | '`' => self.quoted(first, TokenKind::QuotedName, "quoted name"),
            '[' if self.begins_a_name() => self.quoted(']', TokenKind::BracketedName, "bracketed name"),
            '?' => {
                self.skip(1);
                Ok(TokenKind::Marker)
            }
            '$' => self.dollar(),
            c if c.is_ascii_digit() => Ok(self.number()),
            '.' if self.rest().chars().nth(1).is_some_and(|c| c.is_ascii_digit()) && self.before != Before::Value => {
                Ok(self.number())
            }
            c if begins_a_word(c) => self.word(),
            c => {
                self.skip(c.len_utf8());
                Ok(TokenKind::Punctuation(c))
            }
        }
    }

    fn rest(&self) -> &str {
        self.sql.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    fn skip_while(&mut self, wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.skip(length);
    }

    fn unterminated(&self, start: usize, what: &str) -> Error {
        error_at(Kind::Syntax, self.sql, start, &format!("The {what} is not closed"))
    }

    fn block_comment(&mut self) -> Result<TokenKind> {
        let start = self.at;
        let mut depth = 0usize;
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") {
                depth += 1;
                self.skip(2);
            } else if rest.starts_with("*/") {
                depth -= 1;
                self.skip(2);
                if depth == 0 {
                    return Ok(TokenKind::Comment);
                }
            } else if let Some(c) = rest.chars().next() {
                self.skip(c.len_utf8());
            } else {
                return Err(self.unterminated(start, "comment"));
            }
        }
    }

    /// From the opening delimiter to `close`; `close` twice stands for itself.
    fn quoted(&mut self, close: char, kind: TokenKind, what: &str) -> Result<TokenKind> {
        let start = self.at;
        self.skip(1);
        while let Some(c) = self.peek() {
            self.skip(c.len_utf8());
            if c == close {
                if self.peek() != Some(close) {
                    return Ok(kind);
                }
                self.skip(close.len_utf8());
            }
        }
        Err(self.unterminated(start, what))
    }

    fn text(&mut self, close: char, backslashes: bool) -> Result<TokenKind> {
        if !backslashes {
            return self.quoted(close, TokenKind::Text, "text");
        }
        let start = self.at;
        self.skip(1);
        while let Some(c) = self.peek() {
            self.skip(c.len_utf8());
            if c == '\\' {
                self.skip(self.peek().map_or(0, char::len_utf8));
            } else if c == close {
                if self.peek() != Some(close) {
                    return Ok(TokenKind::Text);
                }
                self.skip(1);
            }
        }
        Err(self.unterminated(start, "text"))
    }

    /// `$1`, `$name`, `$$text$$` or `$tag$text$tag$`.
    fn dollar(&mut self) -> Result<TokenKind> {
        let start = self.at;
        self.skip(1);
        self.skip_while(|c| c.is_alphanumeric() || c == '_');
        if self.peek() != Some('$') {
            return Ok(TokenKind::Word);
        }
        self.skip(1);
        let tag = self.sql.get(start..self.at).unwrap_or_default();
        let Some(length) = self.rest().find(tag) else {
            return Err(self.unterminated(start, "text"));
        };
        self.skip(length + tag.len());
        Ok(TokenKind::Text)
    }

    fn number(&mut self) -> TokenKind {
        self.skip_while(|c| c.is_ascii_digit());
        if self.peek() == Some('.') {
            self.skip(1);
            self.skip_while(|c| c.is_ascii_digit());
        }
        let rest = self.rest();
        if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.starts_with(|c: char| c.is_ascii_digit()) {
                self.skip(rest.len() - digits.len());
                self.skip_while(|c| c.is_ascii_digit());
            }
        }
        TokenKind::Number
    }

    fn word(&mut self) -> Result<TokenKind> {
        let start = self.at;
        self.skip_while(continues_a_word);
        let word = self.sql.get(start..self.at).unwrap_or_default();
        if self.peek() != Some('\'') {
            return Ok(TokenKind::Word);
        }
        if ["n", "x", "b", "r"]
            .iter()
            .any(|prefix| word.eq_ignore_ascii_case(prefix))
        {
            return self.text('\'', false);
        }
        if word.eq_ignore_ascii_case("e") {
            return self.text('\'', true);
        }
        if word.eq_ignore_ascii_case("q") || word.eq_ignore_ascii_case("nq") {
            return self.quote_delimited(start);
        }
        Ok(TokenKind::Word)
    }

    /// `q'[…]'`: nothing inside is special but the closing bracket before a quote.
    fn quote_delimited(&mut self, start: usize) -> Result<TokenKind> {
        self.skip(1);
        let Some(open) = self.peek() else {
            return Err(self.unterminated(start, "text"));
        };
        self.skip(open.len_utf8());
        let close = match open {
            '[' => ']',
            '(' => ')',
            '{' => '}',
            '<' => '>',
            same => same,
        };
        let end: String = [close, '\''].iter().collect();
        let Some(length) = self.rest().find(&end) else {
            return Err(self.unterminated(start, "text"));
        };
        self.skip(length + end.len());
        Ok(TokenKind::Text)
    }

    /// Whether the `[` here begins a name; otherwise it is a subscript or an array literal.
    fn begins_a_name(&self) -> bool {
        match self.before {
            Before::Array | Before::Value => false,
            Before::Start => self.subscripts.last() != Some(&true),
            Before::ValueApart => {
                let inside = self.rest().split([']', '\n']).next().unwrap_or_default();
                !inside
                    .chars()
                    .skip(1)
                    .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | ':'))
            }
        }
    }

    fn remember(&mut self, token: &Token) {
        let text = token.text(self.sql);
        match token.kind {
            TokenKind::Punctuation('[') => self.subscripts.push(self.before != Before::Value),
            TokenKind::Punctuation('(') => self.subscripts.push(false),
            TokenKind::Punctuation(']' | ')') => {
                self.subscripts.pop();
            }
            _ => {}
        }
        self.before = match token.kind {
            TokenKind::Space | TokenKind::Comment if self.before == Before::Value => Before::ValueApart,
            TokenKind::Space | TokenKind::Comment => self.before,
            TokenKind::Word if text.eq_ignore_ascii_case("array") => Before::Array,
            TokenKind::Word if precedes_an_operand(text) => Before::Start,
            TokenKind::Punctuation(')' | ']') => Before::Value,
            TokenKind::Punctuation(_) => Before::Start,
            _ => Before::Value,
        };
    }
}

fn begins_a_word(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '@' | '#')
}

fn continues_a_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '@' | '#' | '$')
}

/// Keywords that a name may follow directly, as in `SELECT[name]`.
fn precedes_an_operand(word: &str) -> bool {
    const KEYWORDS: [&str; 26] = [
        "all",
        "and",
        "as",
        "asc",
        "between",
        "by",
        "case",
        "desc",
        "distinct",
        "else",
        "escape",
        "except",
        "from",
        "having",
        "in",
        "intersect",
        "is",
        "join",
        "like",
        "not",
        "on",
        "or",
        "select",
        "then",
        "when",
        "where",
    ];
    KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}
