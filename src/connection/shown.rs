//! The properties of a connection as people may see them: no secret, and nothing secret in a value that is not.

use url::Url;

use crate::engine::PropertyEntry;
use crate::source::dropbox::link;

use super::properties::{BOOLEAN, Category, Id, Properties, Property, TABLE, Values};

/// Every property of the table, with its value in this connection.
pub(super) fn entries(properties: &Properties) -> Vec<PropertyEntry> {
    TABLE.iter().map(|property| entry(property, properties)).collect()
}

fn entry(property: &'static Property, properties: &Properties) -> PropertyEntry {
    let values = match property.values {
        Values::Choice(words) => words,
        Values::Text | Values::Number { .. } | Values::Endpoint => &[],
    };
    let data_type = match property.values {
        Values::Number { .. } => "Integer",
        Values::Choice(BOOLEAN) => "Boolean",
        Values::Choice(_) | Values::Text | Values::Endpoint => "String",
    };
    let value = match property.secret {
        true => None,
        false => properties
            .some_text(property.id)
            .map(|text| without_secrets(property.id, text)),
    };
    let hierarchy = property.matters_with();
    PropertyEntry {
        name: property.name,
        display_name: in_words(property.name),
        description: property.description,
        data_type,
        default: property.default,
        values,
        value,
        category: property.category.name(),
        category_ordinal: property.category as i32 + 1,
        is_secret: property.secret,
        hierarchy: hierarchy.map(|(id, values)| format!("{}={}", Property::of(id).name, values.join(","))),
        is_visible: property.category != Category::DriverManager,
    }
}

/// A value without what may be secret in it: the password of a proxy, the key in a query.
fn without_secrets(id: Id, value: &str) -> String {
    if id == Id::ProxyServer && !value.contains("://") {
        return value.rsplit('@').next().unwrap_or_default().to_owned();
    }
    let Ok(mut url) = Url::parse(value.trim()) else {
        return value.to_owned();
    };
    if link::is_shared_link(&url) {
        return link::shown(&url);
    }
    // Of folders in a cloud neither @ nor ? means anything.
    let of_network = url.scheme().starts_with("http") || url.scheme().starts_with("socks");
    let has_name = !url.username().is_empty() || url.password().is_some();
    // A list of URLs looks like one with a long query or fragment.
    if !of_network || !(has_name || url.query().is_some() || url.fragment().is_some()) {
        return value.to_owned();
    }
    // Refused only by a URL without a host, which has neither.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

/// `OAuthClientId` as `OAuth Client Id`.
fn in_words(name: &str) -> String {
    /// Words that capitals alone do not tell.
    const WHOLE: [&str; 2] = ["OAuth", "API"];
    let mut words = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let whole = WHOLE.iter().find(|word| rest.starts_with(**word));
        let length = whole.map_or_else(|| word_length(rest), |word| word.len());
        let Some((word, after)) = rest.split_at_checked(length) else {
            break;
        };
        words.push(word);
        rest = after;
    }
    words.join(" ")
}

/// Capitals and the small letters after them; of several capitals the last begins the next word.
fn word_length(text: &str) -> usize {
    let capitals = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let small = text
        .bytes()
        .skip(capitals)
        .take_while(|byte| !byte.is_ascii_uppercase())
        .count();
    match (capitals, small) {
        (0 | 1, _) | (_, 0) => capitals + small,
        _ => capitals - 1,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::connection::string;

    fn shown(text: &str) -> Vec<PropertyEntry> {
        let mut properties = Properties::default();
        properties.add(string::parse(text).unwrap()).unwrap();
        entries(&properties)
    }

    fn value(text: &str, name: &str) -> Option<String> {
        let entry = shown(text).into_iter().find(|entry| entry.name == name);
        entry.unwrap().value
    }

    #[test]
    fn names_in_words_are_words_and_are_taken_by_connection_strings() {
        for (name, words) in [
            ("OAuthClientId", "OAuth Client Id"),
            ("InitiateOAuth", "Initiate OAuth"),
            ("OAuthJWTCert", "OAuth JWT Cert"),
            ("DropboxAPIURL", "Dropbox API URL"),
            ("PKCEVerifier", "PKCE Verifier"),
            ("URI", "URI"),
            ("Logfile", "Logfile"),
        ] {
            assert_eq!(in_words(name), words);
        }
        for entry in shown("") {
            assert_eq!(Property::named(&entry.display_name).unwrap().name, entry.name);
        }
    }

    #[test]
    fn values_are_those_in_force_and_secrets_are_never_shown() {
        assert_eq!(value("timeout=5", "Timeout").unwrap(), "5");
        assert_eq!(value("", "Timeout").unwrap(), "60");
        assert_eq!(value("", "Logfile"), None);
        let secrets = TABLE.iter().filter(|property| property.secret);
        let given: Vec<_> = secrets.map(|property| format!("{}=hunter2;", property.name)).collect();
        assert!(given.len() > 5);
        for entry in shown(&given.concat()) {
            assert!(!entry.value.unwrap_or_default().contains("hunter2"), "{}", entry.name);
        }
    }

    #[test]
    fn secret_parts_of_open_values_are_left_out() {
        for (text, name, expected) in [
            ("URI=https://host/a.json?key=hunter2", "URI", "https://host/a.json"),
            ("URI=https://host/a#https://host/b?key=hunter2", "URI", "https://host/a"),
            ("URI=https://me:hunter2@host/a.json", "URI", "https://host/a.json"),
            (
                "URI=https://www.dropbox.com/s/hunter2/a.json?dl=0",
                "URI",
                "https://www.dropbox.com/…/a.json",
            ),
            ("URI=dropbox://a@b/c?.json", "URI", "dropbox://a@b/c?.json"),
            (
                "ProxyServer=http://me:hunter2@proxy:3128",
                "ProxyServer",
                "http://proxy:3128/",
            ),
            ("ProxyServer=me:hunter2@proxy:3128", "ProxyServer", "proxy:3128"),
            ("ProxyServer=proxy", "ProxyServer", "proxy"),
            ("CallbackURL=http://localhost:1", "CallbackURL", "http://localhost:1"),
        ] {
            assert_eq!(value(text, name).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn a_hierarchy_names_values_that_its_property_takes() {
        let entries = shown("");
        let with: Vec<_> = entries.iter().filter_map(|entry| entry.hierarchy.as_deref()).collect();
        assert!(!with.is_empty());
        for hierarchy in with {
            let (name, values) = hierarchy.split_once('=').unwrap();
            let entry = entries.iter().find(|entry| entry.name == name).unwrap();
            assert!(
                values.split(',').all(|value| entry.values.contains(&value)),
                "{hierarchy}"
            );
        }
    }

    #[test]
    fn headings_are_numbered_in_the_order_of_the_table() {
        let mut ordinals: Vec<_> = shown("").iter().map(|entry| entry.category_ordinal).collect();
        ordinals.sort_unstable();
        ordinals.dedup();
        assert_eq!(ordinals, (1..=6).collect::<Vec<_>>());
    }
}
