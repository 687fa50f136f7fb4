//! The properties of a web API: what its requests carry, how its pages are found.

use std::sync::Arc;

use crate::engine::PageValue;
use crate::error::{Error, Kind, Result};
use crate::source::web::{Extras, Paging, Way};

use super::properties::{Id, Properties, Property};

/// What goes along with every request to a web server.
pub fn extras(properties: &Properties) -> Result<Extras> {
    let [headers, parameters, cookies] =
        [Id::CustomHeaders, Id::CustomUrlParams, Id::Cookies].map(|id| properties.secret(id));
    Extras::parse(headers.as_ref(), parameters.as_ref(), cookies.as_ref())
}

/// How the pages of an answer are found; none for an answer of one page.
pub fn paging(properties: &Properties) -> Result<Option<Paging>> {
    let kind = properties.text(Id::Paging).to_ascii_lowercase();
    let (path, parameter) = (properties.text(Id::PagingPath), properties.text(Id::PagingParam));
    let needs = |id: Id, what: &str| {
        let text = format!("Paging={kind} needs {}, {what}.", Property::of(id).name);
        Err(Error::new(Kind::Property, text))
    };
    let named = |default: &str| if parameter.is_empty() { default } else { parameter }.to_owned();
    let way = match kind.as_str() {
        "link" => Way::Link,
        "url" if path.is_empty() => return needs(Id::PagingPath, "the path of the next page's URL, such as $.next"),
        "url" => Way::Url,
        "token" if path.is_empty() => return needs(Id::PagingPath, "the path of the token, such as $.next_cursor"),
        "token" if parameter.is_empty() => return needs(Id::PagingParam, "the parameter that sends the token back"),
        "token" => Way::Token { parameter: named("") },
        "page" => Way::Page {
            parameter: named("page"),
        },
        "offset" => Way::Offset {
            parameter: named("offset"),
        },
        _ => return Ok(None),
    };
    // With a header the page itself tells nothing.
    let path = if way == Way::Link { "" } else { path };
    Ok(Some(Paging {
        way,
        reader: Arc::new(PageValue::parse(Property::of(Id::PagingPath).name, path)?),
        has_path: !path.is_empty(),
        limit: Some(properties.number(Id::PagingLimit)).filter(|limit| *limit > 0),
    }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::connection::string;

    fn paging_of(text: &str) -> Result<Option<Paging>> {
        let mut properties = Properties::default();
        properties.add(string::parse(text)?)?;
        paging(&properties)
    }

    #[test]
    fn each_way_takes_the_properties_it_needs() {
        let parameter = |name: &str| name.to_owned();
        for (text, way, has_path) in [
            ("Paging=LINK;PagingPath=$.x", Way::Link, false),
            ("Paging=url;PagingPath=$.next", Way::Url, true),
            (
                "Paging=token;PagingPath=$.next;PagingParam=cursor",
                Way::Token {
                    parameter: parameter("cursor"),
                },
                true,
            ),
            (
                "Paging=page",
                Way::Page {
                    parameter: parameter("page"),
                },
                false,
            ),
            (
                "Paging=offset;PagingPath=$.data;PagingParam=skip",
                Way::Offset {
                    parameter: parameter("skip"),
                },
                true,
            ),
        ] {
            let paging = paging_of(text).unwrap().unwrap();
            assert_eq!(
                (paging.way, paging.has_path, paging.limit),
                (way, has_path, Some(10_000)),
                "{text}"
            );
        }
        assert!(paging_of("").unwrap().is_none());
        assert!(paging_of("Paging=none;PagingPath=$.x").unwrap().is_none());
        assert_eq!(paging_of("Paging=link;PagingLimit=0").unwrap().unwrap().limit, None);
    }

    #[test]
    fn what_a_way_lacks_is_named() {
        for (text, says) in [
            ("Paging=url", "Paging=url needs PagingPath, the path"),
            ("Paging=token;PagingParam=cursor", "Paging=token needs PagingPath"),
            ("Paging=token;PagingPath=$.next", "Paging=token needs PagingParam"),
            (
                "Paging=page;PagingPath=$..",
                "The property PagingPath has the path '$..'",
            ),
            ("Paging=pages", "must be one of none, link, url, token, page, offset"),
        ] {
            let error = paging_of(text).unwrap_err();
            assert!(
                error.kind() == Kind::Property && error.message().contains(says),
                "{error}"
            );
        }
    }
}
