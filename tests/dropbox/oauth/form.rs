//! Parameters in `application/x-www-form-urlencoded`, read without mercy.

use percent_encoding::percent_decode_str;

/// The parameters of one request, each given once.
#[derive(Debug)]
pub struct Form(Vec<(String, String)>);

/// Why parameters were refused.
#[derive(Debug)]
pub enum FormError {
    /// Not UTF-8, or a `%` that does not begin an escape.
    Malformed,
    /// RFC 6749 section 3.1 forbids to repeat a parameter.
    Repeated(String),
}

impl FormError {
    pub fn description(&self) -> String {
        match self {
            Self::Malformed => "the parameters are not properly form-encoded".to_owned(),
            Self::Repeated(name) => format!("the parameter \"{name}\" is given more than once"),
        }
    }
}

impl Form {
    pub fn parse(encoded: &str) -> Result<Self, FormError> {
        let mut parameters: Vec<(String, String)> = Vec::new();
        for pair in encoded.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name).ok_or(FormError::Malformed)?;
            let value = decode(value).ok_or(FormError::Malformed)?;
            if parameters.iter().any(|(known, _)| *known == name) {
                return Err(FormError::Repeated(name));
            }
            parameters.push((name, value));
        }
        Ok(Self(parameters))
    }

    /// `None` also for an empty value, which RFC 6749 section 3.1 treats as omitted.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }
}

/// One form-encoded name or value.
pub fn decode(encoded: &str) -> Option<String> {
    let mut after_percent = encoded.split('%').skip(1);
    let properly_escaped = after_percent.all(|rest| {
        rest.get(..2)
            .is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
    });
    if !properly_escaped {
        return None;
    }
    percent_decode_str(&encoded.replace('+', " "))
        .decode_utf8()
        .ok()
        .map(String::from)
}
