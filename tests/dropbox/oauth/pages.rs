//! The HTML that people see; plain forms, no script.

use super::scopes::Scopes;
use crate::accounts::Account;

/// Asks who is there.
pub fn login(request: &str, csrf: &str, failed: Option<&str>) -> String {
    let alert = failed
        .map(|text| format!("<p class=\"alert\" role=\"alert\">{}</p>", escape(text)))
        .unwrap_or_default();
    let form = format!(
        r#"{alert}
<form method="post" action="/oauth2/authorize_login">
{hidden}
<label>Email <input name="login_email" type="email" autocomplete="username" required autofocus></label>
<label>Password <input name="login_password" type="password" autocomplete="current-password" required></label>
<button type="submit">Sign in</button>
</form>"#,
        hidden = hidden(request, csrf),
    );
    page("Sign in to the Dropbox simulator", &form)
}

/// Asks whether the app may.
pub fn consent(app_key: &str, account: &Account, scopes: &Scopes, request: &str, csrf: &str) -> String {
    let scopes: String = scopes
        .described()
        .map(|(name, meaning)| format!("<li>{} <code>{}</code></li>\n", escape(meaning), escape(name)))
        .collect();
    let form = format!(
        r#"<p>The app <strong>{app}</strong> would like to, for <strong>{email}</strong>:</p>
<ul>
{scopes}</ul>
<form method="post" action="/oauth2/authorize_submit">
{hidden}
<button type="submit" name="decision" value="cancel">Cancel</button>
<button type="submit" name="decision" value="allow">Allow</button>
</form>"#,
        app = escape(app_key),
        email = escape(account.email),
        hidden = hidden(request, csrf),
    );
    page("Allow access?", &form)
}

/// Shows the code to a person whose app has no redirect URI.
pub fn code(code: &str) -> String {
    let body = format!(
        "<p>Enter this code into the app to finish the process.</p>\n\
         <p><input id=\"auth-code\" name=\"auth_code\" readonly size=\"60\" value=\"{}\"></p>",
        escape(code)
    );
    page("Access code generated", &body)
}

pub fn denied() -> String {
    page(
        "Access denied",
        "<p>The app was not given access. You may close this page.</p>",
    )
}

/// A request that no app hears of.
pub fn error(description: &str) -> String {
    let body = format!(
        "<p class=\"alert\">This app sent an illegal request: {}.</p>\n\
         <p>If this keeps happening, please contact the app's developer.</p>",
        escape(description)
    );
    page("Error (400)", &body)
}

fn hidden(request: &str, csrf: &str) -> String {
    format!(
        "<input type=\"hidden\" name=\"request\" value=\"{}\">\n<input type=\"hidden\" name=\"csrf\" value=\"{}\">",
        escape(request),
        escape(csrf)
    )
}

fn page(title: &str, body: &str) -> String {
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; color: #1e1919 }}
label {{ display: block; margin: 1rem 0 }}
input {{ font: inherit; padding: .4rem }}
button {{ font: inherit; padding: .5rem 1.5rem; margin: 1rem 1rem 0 0 }}
.alert {{ color: #a3120a }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"#
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
