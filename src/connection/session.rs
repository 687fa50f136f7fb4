//! Properties to sign-in to source to engine session.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::runtime::{self, Wait};
use crate::engine::{Options, Rules, Session, Standard};
use crate::error::{Error, Kind, Result};
use crate::oauth::{Manager, Prompt, Prompting};
use crate::source::http::{self, HttpOptions};
use crate::source::uri::{Place, Uri};

use super::logging::{self, Log};
use super::places::Neighbours;
use super::properties::{Id, Properties, Property};
use super::string::{self, Attribute};
use super::{documents, dsn, place, shown, sign_in, types, views};

/// What a program asks of a connection beside its connection string.
#[derive(Clone, Debug)]
pub struct Terms {
    /// `SQL_ATTR_LOGIN_TIMEOUT`, when set and not zero.
    pub login_timeout: Option<Duration>,
    /// The standard that the program speaks.
    pub standard: &'static dyn Standard,
    /// How the program shows where to sign in; none for the browser.
    pub prompt: Option<Prompt>,
}

/// An open connection.
#[derive(Debug)]
pub struct Opened {
    /// The SQL session.
    pub session: Arc<Session>,
    /// The connection string as completed, without any secret.
    pub completed: String,
    /// Unknown properties (`Kind::UnknownProperty`) and other things worth telling (`Kind::Warning`).
    pub warnings: Vec<Error>,
    /// The DSN, or empty.
    pub data_source: String,
    /// The host the documents come from.
    pub server: String,
    /// Keeps the log file open as long as the connection.
    pub log: Option<Arc<Log>>,
}

/// Opens a connection by `Key=Value;…`. Touches the network only when `InitiateOAuth` asks for it.
///
/// The string of `SQLConnect` is built by [`super::string::append`] from DSN, UID and PWD.
pub fn open(connection_string: &str, terms: Terms, wait: &Wait) -> Result<Opened> {
    open_with(string::parse(connection_string)?, terms, wait)
}

/// As [`open`], by the attributes of a connection string.
pub fn open_with(given: Vec<Attribute>, terms: Terms, wait: &Wait) -> Result<Opened> {
    let mut properties = Properties::default();
    properties.add(given)?;
    let completed = completed(&properties);
    add_data_source(&mut properties)?;

    let log = match properties.some_text(Id::Logfile) {
        Some(path) => Some(logging::open(
            path,
            u8::try_from(properties.number(Id::Verbosity)).unwrap_or(1),
        )?),
        None => None,
    };
    let documents = documents::options(&properties)?;
    let schemas = documents::schemas(&properties, &documents)?;
    let on_start = properties.text(Id::GenerateSchemaFiles).eq_ignore_ascii_case("OnStart");
    let separator = properties.text(Id::UriSeparator);
    let uri = properties.some_text(Id::Uri).map(|uri| Uri::parse(uri, separator));
    let uri = uri.transpose()?;
    let place = uri.as_ref().map(|uri| uri.place);
    tracing::info!(place = ?place, initiate = properties.text(Id::InitiateOAuth), "connecting");

    let http = http::client(&http_options(&properties))?;
    let oauth = match place::signs_in(&properties, place)? {
        true => Some(Arc::new(Manager::new(sign_in::config(
            &properties,
            place,
            terms.login_timeout,
            terms.prompt.map_or(Prompting::Browser, Prompting::Program),
            http.clone(),
        )?))),
        false => None,
    };
    let source = uri
        .as_ref()
        .map(|uri| place::source(uri, &properties, http.clone(), oauth.as_ref()));
    let source = source.transpose()?;

    let mut warnings = unknown_properties(&properties);
    let signs_in_now = !place::is(&properties, Id::Offline);
    if let Some(oauth) = oauth.as_ref().filter(|_| signs_in_now) {
        let oauth = Arc::clone(oauth);
        warnings.extend(runtime::run(wait, async move { oauth.establish().await })?);
    }
    let data_source = properties.text(Id::Dsn).to_owned();
    let server = server(place, &properties);
    let session = Session::new(Options {
        source,
        documents,
        rules: Rules {
            // The property has -1 for none.
            max_rows: properties.text(Id::MaxRows).parse().ok(),
            read_only: place::is(&properties, Id::Readonly),
            types: types::rules(&properties),
        },
        views: views::of(&properties)?,
        schemas,
        scratch_memory: usize::try_from(properties.number(Id::ScratchMemory)).unwrap_or(usize::MAX),
        properties: shown::entries(&properties),
        standard: terms.standard,
        places: Some(Arc::new(Neighbours {
            properties,
            own: uri,
            http,
            oauth: oauth.clone(),
        })),
        oauth,
    });
    session.read_schemas()?;
    if on_start {
        runtime::run(wait, session.clone().write_schemas())?;
    }
    tracing::info!("connected");
    Ok(Opened {
        session,
        completed,
        warnings,
        data_source,
        server,
        log,
    })
}

/// Adds what the data source says, where the connection string says nothing.
pub fn add_data_source(properties: &mut Properties) -> Result<()> {
    if let Some(file) = properties.some_text(Id::FileDsn) {
        let attributes = dsn::file_data_source(file)?;
        properties.add(attributes)?;
    }
    if let Some(name) = properties.some_text(Id::Dsn) {
        let attributes = dsn::data_source(name)?;
        properties.add(attributes)?;
    }
    Ok(())
}

/// The attributes of the string itself that are no secrets: a program may store and reuse what it gets back.
fn completed(properties: &Properties) -> String {
    let mut text = String::new();
    for id in properties.given_ids() {
        let property = Property::of(id);
        if !property.secret {
            string::append(&mut text, property.name, properties.text(id));
        }
    }
    text
}

/// A warning for each key that names no property.
pub fn unknown_properties(properties: &Properties) -> Vec<Error> {
    properties
        .unknown
        .iter()
        .map(|key| {
            Error::new(
                Kind::UnknownProperty,
                format!(
                    "Latchkey has no property \"{key}\"; it is ignored. Check its spelling against the README's table."
                ),
            )
        })
        .collect()
}

/// How requests of the connection leave this machine.
pub(super) fn http_options(properties: &Properties) -> HttpOptions {
    let owned = |id| properties.some_text(id).map(str::to_owned);
    let seconds = properties.number(Id::Timeout);
    HttpOptions {
        extra_roots: owned(Id::SslServerCert),
        proxy_server: owned(Id::ProxyServer),
        proxy_port: u16::try_from(properties.number(Id::ProxyPort)).ok(),
        proxy_user: owned(Id::ProxyUser),
        proxy_password: properties.secret(Id::ProxyPassword),
        proxy_exceptions: owned(Id::ProxyExceptions),
        timeout: (seconds > 0).then(|| Duration::from_secs(seconds)),
    }
}

fn server(place: Option<Place>, properties: &Properties) -> String {
    let url = match place {
        Some(Place::Local) => return "localhost".to_owned(),
        Some(Place::Web) => properties.text(Id::Uri),
        Some(Place::Dropbox | Place::DropboxLink) | None => properties.text(Id::DropboxApiUrl),
    };
    let url = url::Url::parse(url.trim()).ok();
    url.and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default()
}
