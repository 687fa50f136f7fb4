//! The header `Link` (RFC 8288): which URL is related as `next`.

use reqwest::header::{HeaderMap, LINK};
use url::Url;

/// The next page after the one at `url`; none when no link of that relation is there. The error is the middle of a
/// sentence that begins with the header.
///
/// ```text
/// link      = "<" URI ">" *(";" parameter)      ; links are separated by commas
/// parameter = name ["=" (token / quoted)]       ; of several `rel` the first counts
/// ```
pub(super) fn next(headers: &HeaderMap, url: &Url) -> Result<Option<Url>, &'static str> {
    for header in headers.get_all(LINK) {
        let mut rest = header.to_str().map_err(|_| "is no text")?;
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            if rest.is_empty() {
                break;
            }
            let inside = rest.strip_prefix('<').ok_or("has a link without its `<`")?;
            let (target, after) = inside.split_once('>').ok_or("has a link without its `>`")?;
            let (is_next, after) = is_next(after)?;
            if is_next {
                return url
                    .join(target.trim())
                    .map(Some)
                    .map_err(|_| "has a link that is no URL");
            }
            rest = after;
        }
    }
    Ok(None)
}

/// Whether the parameters of a link make it the next page; and what follows them.
fn is_next(parameters: &str) -> Result<(bool, &str), &'static str> {
    let mut rest = parameters;
    let mut relations: Option<String> = None;
    let mut is_about_another = false;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        let Some(parameter) = rest.strip_prefix(';') else { break };
        let parameter = parameter.trim_start_matches([' ', '\t']);
        let (name, after) = parameter.split_at(parameter.find(['=', ';', ',']).unwrap_or(parameter.len()));
        let (value, after) = match after.strip_prefix('=') {
            None => (String::new(), after),
            Some(value) => parameter_value(value.trim_start_matches([' ', '\t']))?,
        };
        match name.trim().to_ascii_lowercase().as_str() {
            "rel" if relations.is_none() => relations = Some(value),
            "anchor" => is_about_another = true,
            _ => {}
        }
        rest = after;
    }
    if !(rest.is_empty() || rest.starts_with(',')) {
        return Err("has something behind a link that is no parameter");
    }
    let relations = relations.unwrap_or_default();
    let mut relations = relations.split_ascii_whitespace();
    let is_next = relations.any(|relation| relation.eq_ignore_ascii_case("next"));
    Ok((is_next && !is_about_another, rest))
}

/// A value, quoted or not, and what follows it.
fn parameter_value(text: &str) -> Result<(String, &str), &'static str> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (token, after) = text.split_at(text.find([';', ',']).unwrap_or(text.len()));
        return Ok((token.trim().to_owned(), after));
    };
    let mut value = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return Ok((value, characters.as_str())),
            '\\' => value.extend(characters.next()),
            character => value.push(character),
        }
    }
    Err("has a quote without its end")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn found(headers: &[&str]) -> Result<Option<String>, &'static str> {
        let headers = headers.iter().map(|text| (LINK, HeaderValue::from_str(text).unwrap()));
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, value);
        }
        let url = Url::parse("https://h.test/a/b?page=1").unwrap();
        Ok(next(&map, &url)?.map(Into::into))
    }

    #[test]
    fn the_next_link_is_found_in_every_spelling() {
        for (headers, expected) in [
            (
                &["<https://h.test/c?page=2>; rel=\"next\""][..],
                Some("https://h.test/c?page=2"),
            ),
            (&["</c>; rel=next"], Some("https://h.test/c")),
            (&["<?page=2>;rel=next"], Some("https://h.test/a/b?page=2")),
            (&["<c>; rel=\"prev  NEXT\" ; title=x"], Some("https://h.test/a/c")),
            (&["<p>; rel=prev, <n>; rel=next"], Some("https://h.test/a/n")),
            (&["<p>; rel=prev", ",, <n>;x; rel=next"], Some("https://h.test/a/n")),
            (
                &["<n,1;2>; title=\"a, \\\"b; <c>\"; rel=\"next\""],
                Some("https://h.test/a/n,1;2"),
            ),
            (&["<n>; REL = next"], Some("https://h.test/a/n")),
            (&["<http://other.test/>; rel=next"], Some("http://other.test/")),
            (&["<n>; rel=prev; rel=next"], None),
            (&["<n>; rel=next; anchor=\"/x\""], None),
            (&["<n>; rel=\"nextish\"", "<n>; rev=next", "<n>"], None),
            (&[""], None),
            (&[], None),
        ] {
            assert_eq!(found(headers).unwrap().as_deref(), expected, "{headers:?}");
        }
    }

    #[test]
    fn a_header_that_cannot_be_read_is_no_end_of_the_pages() {
        for header in [
            "n; rel=next",
            "<n; rel=next",
            "<n>; rel=\"next",
            "<n> rel=next",
            "<http://[>; rel=next",
        ] {
            assert!(found(&[header]).is_err(), "{header}");
        }
    }
}
