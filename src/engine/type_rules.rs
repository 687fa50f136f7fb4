//! How a connection wants its columns described, for programs that cannot do with them as they are.

/// The properties that say so. By default a column is described as what it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TypeRules {
    /// `MapToWVarchar=false`: text is described as bytes in the program's own encoding.
    pub narrow_text: bool,
    /// `MapToLongVarchar`: text of more characters than this is long text; none leaves it to the standard.
    pub long_text: Option<usize>,
    /// `MaximumColumnSize`: no text or binary column is described as longer.
    pub maximum_size: Option<usize>,
    /// `MapToInt` and `MapBigintToVarchar`.
    pub bigint: Bigint,
    /// `UpperCaseIdentifiers`: names are shown in capitals.
    pub upper_case: bool,
}

/// What numbers of 64 bits are described as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bigint {
    /// Numbers of 64 bits.
    #[default]
    Bigint,
    /// Numbers of 32 bits; one that is none does not fit.
    Integer,
    /// Text.
    Text,
}

impl TypeRules {
    /// A name of a table or column as it is shown.
    pub fn shown(&self, name: &str) -> String {
        match self.upper_case {
            true => name.chars().map(capital).collect(),
            false => name.to_owned(),
        }
    }
}

/// The capital of a letter, where that is found again without regard to case: that of `ß` are two letters.
fn capital(letter: char) -> char {
    let mut capitals = letter.to_uppercase();
    match (capitals.next(), capitals.next()) {
        (Some(capital), None) if capital.to_lowercase().eq(letter.to_lowercase()) => capital,
        _ => letter,
    }
}
