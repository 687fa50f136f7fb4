//! The name arguments of catalog functions: patterns, ordinary names, identifiers and lists of table types.

use super::{Argument, Style};

/// `SEARCH_PATTERN_ESCAPE`
pub(crate) const ESCAPE: char = '\\';

/// Matches any run of characters.
const ANY: &str = "%";

/// Which names an argument lets through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    /// The argument was not given.
    Any,
    /// This name, letter for letter; the empty name means objects that have none.
    Name(String),
    /// This name as an identifier without quotes: case is not heeded.
    Identifier(String),
    /// A search pattern.
    Pattern(Vec<Token>),
}

/// A part of a search pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// This character.
    Character(char),
    /// `_`
    One,
    /// `%`
    Many,
}

impl Filter {
    /// An argument that may be a search pattern.
    pub(super) fn pattern(argument: &Argument, style: Style) -> Self {
        match argument {
            None => Self::Any,
            Some(text) if style.metadata_id => Self::identifier(text),
            Some(text) => Self::Pattern(tokens(text)),
        }
    }

    /// An argument that is a name. A lone `%` is let through as a pattern, since programs pass it and nothing has
    /// that name.
    pub(super) fn ordinary(argument: &Argument, style: Style) -> Self {
        match argument.as_deref() {
            None | Some(ANY) => Self::Any,
            Some(text) if style.metadata_id => Self::identifier(text),
            Some(text) => Self::Name(text.to_owned()),
        }
    }

    /// An identifier as in a statement: in quotes it is meant to the letter, otherwise case folds and trailing blanks go.
    fn identifier(text: &str) -> Self {
        let text = text.trim();
        match text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')) {
            Some(quoted) => Self::Name(quoted.replace("\"\"", "\"")),
            None => Self::Identifier(text.to_lowercase()),
        }
    }

    /// Whether a name passes.
    pub(super) fn matches(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Name(wanted) => wanted == name,
            Self::Identifier(wanted) => *wanted == name.to_lowercase(),
            Self::Pattern(tokens) => pattern_matches(tokens, name),
        }
    }
}

fn tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        tokens.push(match character {
            '%' => Token::Many,
            '_' => Token::One,
            // The escape is itself where nothing needs escaping.
            ESCAPE => match characters.next_if(|next| matches!(*next, '%' | '_' | ESCAPE)) {
                Some(escaped) => Token::Character(escaped),
                None => Token::Character(ESCAPE),
            },
            other => Token::Character(other),
        });
    }
    tokens
}

/// Walks both; after a mismatch the latest `%` takes one character more, so the time is at most their product.
fn pattern_matches(tokens: &[Token], name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let (mut token, mut at) = (0, 0);
    let mut latest_many = None;
    while let Some(character) = name.get(at) {
        match tokens.get(token) {
            Some(Token::Many) => {
                latest_many = Some((token, at));
                token += 1;
                continue;
            }
            Some(Token::One) => {}
            Some(Token::Character(wanted)) if wanted == character => {}
            _ => {
                let Some((many, taken)) = latest_many else {
                    return false;
                };
                latest_many = Some((many, taken + 1));
                (token, at) = (many + 1, taken + 1);
                continue;
            }
        }
        token += 1;
        at += 1;
    }
    tokens
        .get(token..)
        .unwrap_or_default()
        .iter()
        .all(|token| *token == Token::Many)
}

/// The table types asked for; none stands for all of them.
///
/// Values may stand in quotes or not (`'TABLE','VIEW'` and `TABLE, VIEW`); one that does not exist matches nothing.
pub(super) fn table_types(argument: &Argument) -> Option<Vec<String>> {
    let list = argument.as_deref()?.trim();
    if list.is_empty() || list == ANY {
        return None;
    }
    let bare = |kind: &str| kind.trim().trim_matches(['\'', '"']).trim().to_uppercase();
    let kinds: Vec<_> = list.split(',').map(bare).filter(|kind| !kind.is_empty()).collect();
    if kinds.iter().any(|kind| kind == ANY) {
        None
    } else {
        Some(kinds)
    }
}

/// Whether an argument is given as the empty string.
pub(super) fn is_empty(argument: &Argument) -> bool {
    argument.as_deref() == Some("")
}

/// Whether an argument is a lone `%`.
pub(super) fn is_any(argument: &Argument) -> bool {
    argument.as_deref() == Some(ANY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Filter {
        Filter::pattern(&Some(text.to_owned()), Style::default())
    }

    #[test]
    fn patterns_match_as_the_standard_says() {
        for (text, name, matches) in [
            ("people", "people", true),
            ("people", "People", false),
            ("people", "peoples", false),
            ("", "people", false),
            ("", "", true),
            ("%", "", true),
            ("%", "people", true),
            ("p%", "people", true),
            ("%e", "people", true),
            ("%eo%", "people", true),
            ("%eo%x", "people", false),
            ("p_ople", "people", true),
            ("p_ple", "people", false),
            ("______", "people", true),
            ("_", "ü", true),
            (r"a\_b", "a_b", true),
            (r"a\_b", "axb", false),
            (r"100\%", "100%", true),
            (r"100\%", "1000", false),
            (r"a\\b", r"a\b", true),
            (r"a\b", r"a\b", true),
            ("%a%a%a%b", "aaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            assert_eq!(pattern(text).matches(name), matches, "{text} on {name}");
        }
    }

    #[test]
    fn no_argument_matches_everything() {
        assert!(Filter::pattern(&None, Style::default()).matches("anything"));
        assert!(Filter::ordinary(&None, Style::default()).matches("anything"));
    }

    #[test]
    fn ordinary_names_are_no_patterns() {
        let filter = |text: &str| Filter::ordinary(&Some(text.to_owned()), Style::default());
        assert!(!filter("a_c").matches("abc"));
        assert!(filter("a_c").matches("a_c"));
        assert!(filter("%").matches("abc"));
        assert!(!filter("").matches("abc"));
    }

    #[test]
    fn identifiers_fold_unless_quoted() {
        let style = Style {
            metadata_id: true,
            ..Style::default()
        };
        let filter = |text: &str| Filter::pattern(&Some(text.to_owned()), style);
        assert!(filter("PEOPLE ").matches("people"));
        assert!(filter("people").matches("People"));
        assert!(!filter("p%").matches("people"));
        assert!(filter("\"People\"").matches("People"));
        assert!(!filter("\"People\"").matches("people"));
        assert!(filter("\"a\"\"b\"").matches("a\"b"));
    }

    #[test]
    fn type_lists_may_be_quoted() {
        let kinds = |text: &str| table_types(&Some(text.to_owned()));
        let both = Some(vec!["TABLE".to_owned(), "VIEW".to_owned()]);
        for list in [
            "TABLE,VIEW",
            "'TABLE','VIEW'",
            "'TABLE', 'VIEW'",
            "table , view",
            "\"TABLE\",VIEW,",
        ] {
            assert_eq!(kinds(list), both, "{list}");
        }
        assert_eq!(kinds("'SYSTEM TABLE'"), Some(vec!["SYSTEM TABLE".to_owned()]));
        for list in ["", "%", " ", "TABLE,%"] {
            assert_eq!(kinds(list), None, "{list}");
        }
        assert_eq!(table_types(&None), None);
    }
}
