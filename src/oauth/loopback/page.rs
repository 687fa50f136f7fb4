//! What the browser shows: one small page without scripts, styles or anything from elsewhere.

/// A page and its status.
#[derive(Debug)]
pub struct Page {
    /// Status code and reason.
    pub status: &'static str,
    /// The heading.
    pub title: &'static str,
    /// A sentence or two; escaped when written.
    pub text: String,
}

impl Page {
    /// The whole response. `with_body` is false for `HEAD`.
    pub fn response(&self, with_body: bool) -> Vec<u8> {
        // The icon is given so that the browser asks for none: that request would carry code and state as Referer.
        let html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<link rel=\"icon\" href=\"data:,\">\n\
             <title>{title}</title>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{text}</p>\n</body>\n</html>\n",
            title = escape(self.title),
            text = escape(&self.text),
        );
        let mut response = format!(
            "HTTP/1.1 {}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n{HEADERS}\r\n",
            self.status,
            html.len()
        );
        if with_body {
            response.push_str(&html);
        }
        response.into_bytes()
    }
}

/// The answer to `OPTIONS`.
pub fn options() -> Vec<u8> {
    format!("HTTP/1.1 204 No Content\r\nAllow: GET, HEAD, OPTIONS, POST\r\n{HEADERS}\r\n").into_bytes()
}

const HEADERS: &str = "Cache-Control: no-store\r\n\
    Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\
    Referrer-Policy: no-referrer\r\n\
    X-Content-Type-Options: nosniff\r\n\
    Connection: close\r\n";

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}
