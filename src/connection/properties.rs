//! THE table of connection properties. Parser, DSN look-up, system tables, C header and manual read it; nothing else
//! lists property names.

use crate::engine::FORMATS;
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

use super::string::{Attribute, same_key};

/// What values a property takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Any text.
    Text,
    /// A whole number from `min` to `max`.
    Number {
        /// Smallest value.
        min: i64,
        /// Largest value.
        max: i64,
    },
    /// One of these words, compared without regard to case.
    Choice(&'static [&'static str]),
    /// An `https` URL, or `http` to this machine.
    Endpoint,
}

/// The headings properties are listed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// Where documents are.
    Data,
    /// Signing in.
    OAuth,
    /// Getting through to the server.
    Network,
    /// Log files.
    Logging,
    /// Ways around what a program cannot do.
    Programs,
    /// Read by the driver manager.
    DriverManager,
}

impl Category {
    /// The heading as people read it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Data => "Data",
            Self::OAuth => "OAuth",
            Self::Network => "Network",
            Self::Logging => "Logging",
            Self::Programs => "Programs",
            Self::DriverManager => "Driver Manager",
        }
    }
}

/// One line of the table.
#[derive(Debug)]
pub struct Property {
    /// Which property.
    pub id: Id,
    /// The name users write.
    pub name: &'static str,
    /// Other names it answers to.
    pub aliases: &'static [&'static str],
    /// What it takes.
    pub values: Values,
    /// Its value when it is not given; empty for none.
    pub default: &'static str,
    /// Whether its value may never be shown.
    pub secret: bool,
    /// Its heading.
    pub category: Category,
    /// One line for people.
    pub description: &'static str,
}

macro_rules! properties {
    ($($id:ident: $name:literal $(or $alias:literal)*, $values:expr, $default:literal, $secret:ident, $category:ident,
       $description:literal;)*) => {
        /// Every property by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Id {
            $(#[doc = $description] $id,)*
        }

        impl Property {
            /// The line of a property.
            pub const fn of(id: Id) -> &'static Self {
                match id {
                    $(Id::$id => &Property {
                        id: Id::$id,
                        name: $name,
                        aliases: &[$($alias),*],
                        values: $values,
                        default: $default,
                        secret: secrecy!($secret),
                        category: Category::$category,
                        description: $description,
                    },)*
                }
            }
        }

        /// The table.
        pub const TABLE: &[&Property] = &[$(Property::of(Id::$id)),*];
    };
}

macro_rules! secrecy {
    (open) => {
        false
    };
    (secret) => {
        true
    };
}

const INITIATE: &[&str] = &["OFF", "REFRESH", "GETANDREFRESH"];
const SCHEMES: &[&str] = &[
    "OAuth",
    "OAuthPKCE",
    "OAuthClient",
    "OAuthPassword",
    "OAuthJWT",
    "OAuthDevice",
    "Basic",
    "None",
];
const DATA_MODELS: &[&str] = &["Document", "FlattenedDocuments", "Relational"];
const TYPE_DETECTION: &[&str] = &["RowScan", "None"];
const ON_BAD_DOCUMENT: &[&str] = &["error", "skip"];
const GENERATE: &[&str] = &["Never", "OnUse", "OnStart", "OnCreate"];
const PAGING: &[&str] = &["none", "link", "url", "token", "page", "offset"];
/// The values of a property that is on or off.
pub const BOOLEAN: &[&str] = &["true", "false"];

properties! {
    Uri: "URI", Values::Text, "", open, Data,
        "The documents: dropbox://folder/file.json, dropbox://folder/, a mask such as dropbox://folder/2026-*/*.json, https://host/file.json, a shared link of Dropbox, a local path, or file://; several of one place as a list";
    UriSeparator: "URISeparator", Values::Text, ",", open, Data,
        "What stands between the URIs of a list; a web URL goes on over it unless another URL follows, and with an empty one URI is no list";
    IncludeSubdirectories: "IncludeSubdirectories", Values::Choice(BOOLEAN), "false", open, Data,
        "Whether a folder or a mask means the files in the folders in it, too";
    DirectoryRetrievalDepth: "DirectoryRetrievalDepth", Values::Number { min: -1, max: 4_294_967_295 }, "-1", open, Data,
        "How many levels of folders IncludeSubdirectories and ** go down; -1 goes down all";
    IncludeFiles: "IncludeFiles", Values::Text, "json,ndjson,jsonl", open, Data,
        "The extensions of the files that a folder means, also with .gz, .zst, .bz2 or .xz behind them; NOEXT for names without an extension, * for every file. A mask says by itself what it means";
    ExcludeFiles: "ExcludeFiles", Values::Text, "", open, Data,
        "Masks, separated by commas, of files that folders and masks do not mean: by name (*.tmp.json), or with a / by path below the folder (archive/**)";
    AggregateFiles: "AggregateFiles", Values::Choice(BOOLEAN), "true", open, Data,
        "Whether the files of a folder, a mask or a list are one table; false makes a table of each, called as the file is";
    DataModel: "DataModel", Values::Choice(DATA_MODELS), "Document", open, Data,
        "Which tables the documents are. Document: one, of the topmost array of objects, with arrays in it as JSON. FlattenedDocuments: one, where arrays in arrays are joined to rows. Relational: one for every array of objects, with keys that join them";
    JsonPath: "JSONPath", Values::Text, "", open, Data,
        "The values that become rows, as paths like $.people or $.people.vehicles, separated by semicolons (so in braces); by default they are found. $ is the whole document";
    JsonFormat: "JSONFormat", Values::Choice(FORMATS), "JSON", open, Data,
        "JSON: arrays of records, and values one behind the other, are told apart by content. JSONRows: columns are listed in one place and rows are arrays in another, which JSONPath says as column:$.columns;row:$.rows (in braces). LDJSON: every line is a document of its own";
    FlattenObjects: "FlattenObjects", Values::Choice(BOOLEAN), "true", open, Data,
        "Whether the members of objects are columns of their own; false leaves objects as JSON";
    FlattenArrays: "FlattenArrays", Values::Number { min: -1, max: 4_294_967_295 }, "", open, Data,
        "How many elements of an array are columns of their own, as in tags.0 and tags.1; -1 makes columns of all";
    QualifyColumns: "QualifyColumns", Values::Choice(&["None", "Parent", "Full"]), "None", open, Data,
        "What stands before the names of columns: nothing, the name of the array that the rows are in, or all names from the top of the document";
    PathSeparator: "PathSeparator", Values::Text, ".", open, Data,
        "What joins the names of members in each other to the name of a column";
    RowScanDepth: "RowScanDepth", Values::Number { min: 0, max: 4_294_967_295 }, "20000", open, Data,
        "Records looked at in each document to find columns and types, among its first 64 MB; 0 looks at all of it";
    MetadataDiscoveryUri: "MetadataDiscoveryURI", Values::Text, "", open, Data,
        "The one document that tables and columns are found in, as sys_files lists it, or First or Last; by default all documents are looked into";
    TypeDetectionScheme: "TypeDetectionScheme", Values::Choice(TYPE_DETECTION), "RowScan", open, Data,
        "RowScan: columns have the types of the values looked at. None: every column is text";
    Tables: "Tables", Values::Text, "", open, Data,
        "The only tables of documents that there are, separated by commas; by default all";
    Location: "Location", Values::Text, "", open, Data,
        "The folder of schema files (*.schema), each of which says the columns of a table, so that they are not looked for in documents";
    GenerateSchemaFiles: "GenerateSchemaFiles", Values::Choice(GENERATE), "Never", open, Data,
        "When tables without a schema file get one in the folder of Location. OnUse: when their columns are first looked for. OnStart: when the connection opens. OnCreate, and Never: only by CreateSchema, as documents are not created";
    UserDefinedViews: "UserDefinedViews", Values::Text, "", open, Data,
        "The path of a JSON file with queries to be read as tables: an object with a member for each view, its name, and in it query, a SELECT";
    Views: "Views", Values::Text, "", open, Data,
        "The only views of UserDefinedViews that there are, separated by commas; by default all";
    MaxRows: "MaxRows", Values::Number { min: -1, max: 4_294_967_295 }, "-1", open, Data,
        "The most rows of a query over documents whose outermost SELECT has no aggregate and no LIMIT or TOP of its own; -1 for no such limit";
    Readonly: "Readonly", Values::Choice(BOOLEAN), "false", open, Data,
        "Whether scratch tables can be neither made nor changed. Documents are read-only always";
    PseudoColumns: "PseudoColumns", Values::Text, "", open, Data,
        "Hidden columns that are shown as columns like any other: Table=Column,Column;Table=*, with * for every table or column; in braces, as it holds semicolons";
    OnBadDocument: "OnBadDocument", Values::Choice(ON_BAD_DOCUMENT), "error", open, Data,
        "error: a document that cannot be read as JSON ends the statement. skip: it is left out of a table of several, with a warning";
    CustomHeaders: "CustomHeaders", Values::Text, "", secret, Data,
        "Headers of every request to a web URL, as Name: value; several on lines of their own, or with bars between them";
    CustomUrlParams: "CustomUrlParams", Values::Text, "", secret, Data,
        "Parameters of every request to a web URL that does not have them itself, as in a URL: name=value&name=value";
    Cookies: "Cookies", Values::Text, "", secret, Data,
        "Cookies of every request to a web URL, as name=value; several as {a=1; b=2}";
    Paging: "Paging", Values::Choice(PAGING), "none", open, Data,
        "How an answer of a web API goes on. link: by the header Link. url: by the URL at PagingPath. token: by the token at PagingPath, sent as PagingParam. page, offset: by counting pages or records with PagingParam, until PagingPath is empty";
    PagingPath: "PagingPath", Values::Text, "", open, Data,
        "Where a page holds the next page's URL or token, as in $.next; with page and offset where it holds its records, as in $.data, by default the page itself";
    PagingParam: "PagingParam", Values::Text, "", open, Data,
        "The parameter that the token, the page or the offset is sent as; by default page or offset. Counting begins where URI says, else at page 1 or offset 0";
    PagingLimit: "PagingLimit", Values::Number { min: 0, max: 4_294_967_295 }, "10000", open, Data,
        "The most pages of an answer, beyond which there is an error; 0 for as many as there are";
    ScratchMemory: "ScratchMemory", Values::Number { min: 0, max: 1_099_511_627_776 }, "536870912", open, Data,
        "Bytes that the scratch tables of the connection may hold together";
    CacheMemory: "CacheMemory", Values::Number { min: 0, max: 1_099_511_627_776 }, "67108864", open, Data,
        "Bytes of documents and listings in Dropbox that the process keeps in memory, so that they are not downloaded again; of several connections the largest value counts";
    CacheLocation: "CacheLocation", Values::Text, "", open, Data,
        "A folder that keeps documents and listings in Dropbox on the disk as well, for other programs and later runs; encrypted like the file of OAuthSettingsLocation, with the same keys";
    AutoCache: "AutoCache", Values::Choice(BOOLEAN), "false", open, Data,
        "true: without CacheLocation it is the folder latchkey in the user's cache directory";
    CacheSize: "CacheSize", Values::Number { min: 0, max: 1_152_921_504_606_846_976 }, "1073741824", open, Data,
        "Bytes that CacheLocation may hold; what was not used for longest goes first";
    CacheTolerance: "CacheTolerance", Values::Number { min: 0, max: 86400 }, "5", open, Data,
        "Seconds that a connection takes a listing of the documents for the present";
    Offline: "Offline", Values::Choice(BOOLEAN), "false", open, Data,
        "true: answer from what is kept in CacheLocation alone, without a request and without a sign-in";
    AuthScheme: "AuthScheme", Values::Choice(SCHEMES), "", open, OAuth,
        "How to sign in. OAuth: in the browser. OAuthPKCE: the same, with PKCE whatever the provider. OAuthClient: as the application itself. OAuthPassword: with UID and PWD, where the provider allows it. OAuthJWT: with a signed assertion. OAuthDevice: with a code typed in on another device. Basic: UID and PWD with every request. None: no sign-in. By default OAuth, and None for a place that needs no sign-in when no OAuth property is set";
    OAuthProvider: "OAuthProvider", Values::Text, "", open, OAuth,
        "The provider whose endpoints and ways are used: Dropbox (implied by dropbox://), Google, Microsoft, Box, GitHub, Salesforce, Slack, Notion, Atlassian, Zoho, Reddit, or Generic for one that OAuthIssuer or the endpoint properties describe";
    OAuthIssuer: "OAuthIssuer", Values::Endpoint, "", open, OAuth,
        "The issuer URL of an authorization server whose endpoints are discovered from its metadata (RFC 8414 or OpenID Connect)";
    OAuthUrlVariables: "OAuthURLVariables", Values::Text, "", open, OAuth,
        "Values for the variables in a provider's endpoints, as name=value,name=value: tenant for Microsoft, domain for Salesforce, dc for Zoho";
    InitiateOAuth: "InitiateOAuth", Values::Choice(INITIATE), "OFF", open, OAuth,
        "OFF: you manage tokens. REFRESH: refresh silently, never open a browser. GETANDREFRESH: also sign in through the browser when needed";
    OAuthClientId: "OAuthClientId", Values::Text, "", open, OAuth,
        "The client id (Dropbox: App key) of the OAuth app you registered";
    OAuthClientSecret: "OAuthClientSecret", Values::Text, "", secret, OAuth,
        "The client secret (Dropbox: App secret); not needed with PKCE";
    CallbackUrl: "CallbackURL", Values::Text, "http://localhost:33333", open, OAuth,
        "The redirect URI registered for the app, sent exactly as written; empty when the provider shows the code on a page. Several, separated by spaces, are tried in order when a port is taken; port 0 stands for any free port";
    OAuthCallbackCert: "OAuthCallbackCert", Values::Text, "", open, OAuth,
        "The PEM file with the certificate for an https CallbackURL on this machine; by default a self-signed one is made and kept beside the settings file";
    OAuthCallbackKey: "OAuthCallbackKey", Values::Text, "", open, OAuth,
        "The PEM file with the private key of OAuthCallbackCert, when it is not in the same file";
    OAuthAccessToken: "OAuthAccessToken", Values::Text, "", secret, OAuth,
        "An access token you manage yourself (OFF), or the first one (REFRESH)";
    OAuthRefreshToken: "OAuthRefreshToken", Values::Text, "", secret, OAuth,
        "A refresh token that seeds the settings file";
    OAuthExpiresIn: "OAuthExpiresIn", Values::Number { min: 0, max: 4_294_967_295 }, "", open, OAuth,
        "Seconds that OAuthAccessToken lasts, counted from OAuthTokenTimestamp; without both it is used until the server refuses it";
    OAuthTokenTimestamp: "OAuthTokenTimestamp", Values::Number { min: 0, max: 9_999_999_999_999 }, "", open, OAuth,
        "When OAuthAccessToken was issued, in milliseconds since 1970-01-01 UTC";
    OAuthSettingsLocation: "OAuthSettingsLocation", Values::Text, "", open, OAuth,
        "The encrypted file that keeps tokens, or memory://name; by default latchkey/OAuthSettings.txt in the user's configuration directory";
    OAuthSettingsKey: "OAuthSettingsKey", Values::Text, "", secret, OAuth,
        "A passphrase to encrypt the settings file with, instead of the built-in key; by default LATCHKEY_OAUTH_SETTINGS_KEY of the environment";
    OAuthSettingsKeyFile: "OAuthSettingsKeyFile", Values::Text, "", open, OAuth,
        "A file with 32 random bytes, in Base64 or hexadecimal, to encrypt the settings file with; by default LATCHKEY_OAUTH_SETTINGS_KEY_FILE of the environment";
    OAuthVerifier: "OAuthVerifier", Values::Text, "", secret, OAuth,
        "The authorization code from a browser on another machine, or the whole URL it was redirected to";
    PkceVerifier: "PKCEVerifier", Values::Text, "", secret, OAuth,
        "The verifier GetOAuthAuthorizationURL returned, when OAuthVerifier is redeemed with another settings file";
    Scope: "Scope", Values::Text, "", open, OAuth,
        "The scopes to ask for, separated by spaces; by default the provider's read-only ones";
    OAuthResource: "OAuthResource", Values::Text, "", open, OAuth,
        "The resources the tokens are for, as absolute URIs separated by spaces (RFC 8707)";
    State: "State", Values::Text, "", open, OAuth,
        "The state in the URL of GetOAuthAuthorizationURL; a sign-in of the driver itself always makes a random one";
    Prompt: "Prompt", Values::Text, "", open, OAuth,
        "What the provider asks the person: NONE, LOGIN, CONSENT or SELECT_ACCOUNT; by default what the provider needs for a refresh token";
    AccessType: "AccessType", Values::Choice(&["ONLINE", "OFFLINE"]), "", open, OAuth,
        "OFFLINE asks for a refresh token, ONLINE for none, at providers that tell them apart (Google, Zoho, Dropbox); by default OFFLINE";
    OAuthParams: "OAuthParams", Values::Text, "", secret, OAuth,
        "Further parameters of token requests, as name=value,name=value";
    OAuthPasswordGrantMode: "OAuthPasswordGrantMode", Values::Choice(&["POST", "BASIC"]), "", open, OAuth,
        "How OAuthClientId and OAuthClientSecret are sent to the token endpoint: POST in the body, BASIC in the header; by default as the provider wants it";
    OAuthGrantType: "OAuthGrantType", Values::Choice(&["CODE", "CLIENT", "PASSWORD"]), "", open, OAuth,
        "The older way to say AuthScheme: CODE is OAuth, CLIENT is OAuthClient, PASSWORD is OAuthPassword; AuthScheme wins";
    OAuthIncludeCallbackUrl: "OAuthIncludeCallbackURL", Values::Choice(BOOLEAN), "true", open, OAuth,
        "Whether the redirect URI is repeated in the token request, as RFC 6749 wants it";
    OAuthJwtCert: "OAuthJWTCert", Values::Text, "", secret, OAuth,
        "The private key that signs assertions (RFC 7523): the path of a PEM file or of a Google service account's JSON file, or its text. With AuthScheme=OAuthJWT it is the sign-in; otherwise it takes the place of OAuthClientSecret";
    OAuthJwtCertType: "OAuthJWTCertType", Values::Choice(&["PEMKEY_FILE", "PEMKEY_BLOB", "GOOGLEJSON", "GOOGLEJSONBLOB"]), "", open, OAuth,
        "What OAuthJWTCert holds: a path (PEMKEY_FILE, GOOGLEJSON) or the text itself (PEMKEY_BLOB, GOOGLEJSONBLOB); by default it is told from the value";
    OAuthJwtIssuer: "OAuthJWTIssuer", Values::Text, "", open, OAuth,
        "Who signs the assertion (iss); by default OAuthClientId, or the service account of the key file";
    OAuthJwtSubject: "OAuthJWTSubject", Values::Text, "", open, OAuth,
        "For whom the assertion asks (sub): a user or an account; by default UID, else the issuer of the assertion";
    OAuthJwtSubjectType: "OAuthJWTSubjectType", Values::Text, "", open, OAuth,
        "What OAuthJWTSubject is, at providers that ask (Box: enterprise or user)";
    OAuthJwtAudience: "OAuthJWTAudience", Values::Text, "", open, OAuth,
        "For whom the assertion is meant (aud); by default the token endpoint";
    OAuthJwtPublicKeyId: "OAuthJWTPublicKeyId", Values::Text, "", open, OAuth,
        "The id under which the provider knows the public key (kid)";
    OAuthJwtValidityTime: "OAuthJWTValidityTime", Values::Number { min: 30, max: 3600 }, "300", open, OAuth,
        "Seconds that an assertion is valid";
    OAuthAuthorizationUrl: "OAuthAuthorizationURL", Values::Endpoint, "", open, OAuth,
        "The authorization endpoint, instead of the provider's";
    OAuthAccessTokenUrl: "OAuthAccessTokenURL", Values::Endpoint, "", open, OAuth,
        "The token endpoint, instead of the provider's";
    OAuthRefreshTokenUrl: "OAuthRefreshTokenURL", Values::Endpoint, "", open, OAuth,
        "The endpoint that refreshes tokens, when it is not the token endpoint";
    OAuthRevokeUrl: "OAuthRevokeURL", Values::Endpoint, "", open, OAuth,
        "The endpoint that revokes tokens, instead of the provider's; needed for RevokeOAuthAccessToken when OAuthAccessTokenURL is set";
    OAuthDeviceUrl: "OAuthDeviceURL", Values::Endpoint, "", open, OAuth,
        "The device authorization endpoint (RFC 8628), instead of the provider's";
    OAuthLoginTimeout: "OAuthLoginTimeout", Values::Number { min: 1, max: 3600 }, "300", open, OAuth,
        "Seconds a person may take to sign in; SQL_ATTR_LOGIN_TIMEOUT may shorten it";
    DropboxRoot: "DropboxRoot", Values::Text, "home", open, Data,
        "Where paths in Dropbox start: home is the person's own folder, root the team's folder where there is one, and anything else the id of a namespace";
    SharedLinkPassword: "SharedLinkPassword", Values::Text, "", secret, Data,
        "The password of the shared links of Dropbox in URI, where they have one";
    DropboxApiUrl: "DropboxAPIURL", Values::Endpoint, "https://api.dropboxapi.com", open, Network,
        "The host of Dropbox's RPC calls";
    DropboxContentUrl: "DropboxContentURL", Values::Endpoint, "https://content.dropboxapi.com", open, Network,
        "The host of Dropbox's downloads";
    SslServerCert: "SSLServerCert", Values::Text, "", open, Network,
        "A CA certificate to trust besides the platform's: PEM text, or the path of a PEM file";
    ProxyServer: "ProxyServer", Values::Text, "", open, Network,
        "The proxy's host or URL; by default the environment's HTTPS_PROXY, HTTP_PROXY and NO_PROXY apply";
    ProxyPort: "ProxyPort", Values::Number { min: 1, max: 65535 }, "80", open, Network, "The proxy's port";
    ProxyUser: "ProxyUser", Values::Text, "", open, Network, "The user name for the proxy";
    ProxyPassword: "ProxyPassword", Values::Text, "", secret, Network, "The password for the proxy";
    ProxyExceptions: "ProxyExceptions", Values::Text, "", open, Network,
        "Hosts reached without the proxy, separated by semicolons";
    Timeout: "Timeout", Values::Number { min: 0, max: 86400 }, "60", open, Network,
        "Seconds to wait for a server to begin or go on with an answer; 0 waits without limit";
    Logfile: "Logfile", Values::Text, "", open, Logging, "The file to append the driver's log to";
    Verbosity: "Verbosity", Values::Number { min: 1, max: 5 }, "1", open, Logging,
        "1 errors and warnings, 2 connections and sign-ins, 3 requests and statements, 4 and 5 every call";
    MapToWVarchar: "MapToWVarchar", Values::Choice(BOOLEAN), "true", open, Programs,
        "Whether text is SQL_WVARCHAR and SQL_WLONGVARCHAR; false: SQL_VARCHAR and SQL_LONGVARCHAR, in the encoding of the program, for one that does not know the others";
    MapToLongVarchar: "MapToLongVarchar", Values::Number { min: -1, max: 4_294_967_295 }, "-1", open, Programs,
        "Text columns of more characters than this are SQL_WLONGVARCHAR (or SQL_LONGVARCHAR); -1 for those of more than 4000, 0 for all";
    MaximumColumnSize: "MaximumColumnSize", Values::Number { min: 0, max: 4_294_967_295 }, "0", open, Programs,
        "The most characters or bytes that a column is said to have, for a program that makes room for them all; longer values come whole to one that asks for their pieces, and else are cut with a warning. 0 for no such limit";
    MapToInt: "MapToInt", Values::Choice(BOOLEAN), "false", open, Programs,
        "Whether SQL_BIGINT is SQL_INTEGER; a number that does not fit is an error";
    MapBigintToVarchar: "MapBigintToVarchar", Values::Choice(BOOLEAN), "false", open, Programs,
        "Whether SQL_BIGINT is text; comes before MapToInt";
    UpperCaseIdentifiers: "UpperCaseIdentifiers", Values::Choice(BOOLEAN), "false", open, Programs,
        "Whether names of tables and columns are shown in capitals; in SQL they have no regard to case in any way";
    IncludeDualTable: "IncludeDualTable", Values::Choice(BOOLEAN), "false", open, Programs,
        "Whether there is a view DUAL with one row, as programs for Oracle expect it";
    Dsn: "DSN", Values::Text, "", open, DriverManager, "The data source name to take further properties from";
    FileDsn: "FILEDSN", Values::Text, "", open, DriverManager, "The file to take further properties from";
    Driver: "Driver", Values::Text, "", open, DriverManager, "The driver's name in odbcinst.ini";
    SaveFile: "SAVEFILE", Values::Text, "", open, DriverManager, "Where the driver manager saves a file data source";
    Uid: "UID" or "User", Values::Text, "", open, OAuth,
        "The user's name, for OAuthPassword and Basic. With the other schemes it keeps the sign-ins of several accounts apart, and providers that can are told it";
    Pwd: "PWD" or "Password", Values::Text, "", secret, OAuth,
        "The user's password, for OAuthPassword and Basic; not used otherwise";
}

impl Property {
    /// The property a key names, whatever its case and spaces.
    pub fn named(key: &str) -> Option<&'static Self> {
        TABLE
            .iter()
            .copied()
            .find(|property| same_key(property.name, key) || property.aliases.iter().any(|alias| same_key(alias, key)))
    }

    /// The other property without one of whose values this one means nothing, where there is one.
    pub const fn matters_with(&self) -> Option<(Id, &'static [&'static str])> {
        match self.id {
            Id::OAuthVerifier | Id::PkceVerifier => Some((Id::InitiateOAuth, &["REFRESH", "GETANDREFRESH"])),
            Id::PagingPath => Some((Id::Paging, &["url", "token", "page", "offset"])),
            Id::PagingParam => Some((Id::Paging, &["token", "page", "offset"])),
            Id::PagingLimit => Some((Id::Paging, &["link", "url", "token", "page", "offset"])),
            _ => None,
        }
    }

    /// Checks a value against the table. The message shows it unless it is secret.
    fn check(&self, value: &str) -> Result<()> {
        let allowed = match self.values {
            Values::Text => return Ok(()),
            Values::Number { min, max } => {
                if value.parse::<i64>().is_ok_and(|number| (min..=max).contains(&number)) {
                    return Ok(());
                }
                format!("a whole number from {min} to {max}")
            }
            Values::Choice(words) => {
                if words.iter().any(|word| word.eq_ignore_ascii_case(value)) {
                    return Ok(());
                }
                format!("one of {}", words.join(", "))
            }
            Values::Endpoint => return crate::source::http::check_endpoint(self.name, value).map(drop),
        };
        let shown = if self.secret { "…" } else { value };
        Err(Error::new(
            Kind::Property,
            format!("The property {} is \"{shown}\"; it must be {allowed}.", self.name),
        ))
    }
}

/// The properties of one connection, checked.
#[derive(Debug, Default)]
pub struct Properties {
    given: Vec<(Id, Secret)>,
    /// Keys that name no property.
    pub unknown: Vec<String>,
}

impl Properties {
    /// Adds attributes; those that are there already stay (string > DSN > default).
    pub fn add(&mut self, attributes: Vec<Attribute>) -> Result<()> {
        for Attribute { key, value } in attributes {
            match Property::named(&key) {
                None => self.unknown.push(key),
                Some(property) if self.given.iter().any(|(id, _)| *id == property.id) => {}
                Some(property) => {
                    if !value.expose().is_empty() {
                        property.check(value.expose())?;
                    }
                    self.given.push((property.id, value));
                }
            }
        }
        Ok(())
    }

    /// These properties with others before them.
    pub fn behind(&self, first: Vec<Attribute>) -> Result<Self> {
        let mut all = Self::default();
        all.add(first)?;
        let rest = self.given.iter().filter(|(id, _)| all.given(*id).is_none());
        let rest: Vec<_> = rest.cloned().collect();
        all.given.extend(rest);
        Ok(all)
    }

    /// Whether a property was given, even as an empty text.
    pub fn is_given(&self, id: Id) -> bool {
        self.given(id).is_some()
    }

    /// The properties that were given, in order.
    pub fn given_ids(&self) -> impl Iterator<Item = Id> {
        self.given.iter().map(|(id, _)| *id)
    }

    /// The text of a property that is not secret: given, else its default.
    pub fn text(&self, id: Id) -> &str {
        self.given(id).map_or(Property::of(id).default, |value| value.expose())
    }

    /// A text that is not empty.
    pub fn some_text(&self, id: Id) -> Option<&str> {
        Some(self.text(id)).filter(|text| !text.is_empty())
    }

    /// A secret that is not empty.
    pub fn secret(&self, id: Id) -> Option<Secret> {
        self.given(id).filter(|value| !value.expose().is_empty()).cloned()
    }

    /// The value of a number property.
    pub fn number(&self, id: Id) -> u64 {
        let default = Property::of(id).default;
        let text = self.some_text(id).unwrap_or(default);
        text.parse().or_else(|_| default.parse()).unwrap_or_default()
    }

    fn given(&self, id: Id) -> Option<&Secret> {
        self.given
            .iter()
            .find(|(given, _)| *given == id)
            .map(|(_, value)| value)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::connection::string;

    fn properties(text: &str) -> Result<Properties> {
        let mut properties = Properties::default();
        properties.add(string::parse(text)?)?;
        Ok(properties)
    }

    #[test]
    fn every_property_is_found_by_its_names_and_by_its_id() {
        for property in TABLE {
            assert_eq!(Property::of(property.id).name, property.name);
            assert_eq!(Property::named(&property.name.to_uppercase()).unwrap().id, property.id);
            assert!(TABLE.iter().filter(|other| same_key(other.name, property.name)).count() == 1);
        }
    }

    #[test]
    fn every_default_is_allowed() {
        for property in TABLE.iter().filter(|property| !property.default.is_empty()) {
            if property.values != Values::Endpoint {
                property.check(property.default).unwrap();
            }
        }
    }

    #[test]
    fn a_bad_value_names_the_property_the_value_and_what_is_allowed() {
        let message = properties("InitiateOAuth=maybe").unwrap_err().message().to_owned();
        assert_eq!(
            message,
            "The property InitiateOAuth is \"maybe\"; it must be one of OFF, REFRESH, GETANDREFRESH."
        );
        let message = properties("Timeout=-1").unwrap_err().message().to_owned();
        assert_eq!(
            message,
            "The property Timeout is \"-1\"; it must be a whole number from 0 to 86400."
        );
    }

    #[test]
    fn an_earlier_source_wins_and_unknown_keys_are_kept_for_a_warning() {
        let mut properties = properties("timeout=5;Colour=blue").unwrap();
        properties.add(string::parse("Timeout=9;Verbosity=3").unwrap()).unwrap();
        assert_eq!(properties.number(Id::Timeout), 5);
        assert_eq!(properties.number(Id::Verbosity), 3);
        assert_eq!(properties.number(Id::RowScanDepth), 20_000);
        assert_eq!(properties.unknown, ["Colour"]);
    }

    /// The row of the README's table.
    fn row(property: &Property) -> String {
        let values = match property.values {
            Values::Text => "text".to_owned(),
            Values::Number { min, max } => format!("{min} to {max}"),
            Values::Choice(words) => words.join(", "),
            Values::Endpoint => "URL".to_owned(),
        };
        let names: Vec<_> = [property.name]
            .iter()
            .chain(property.aliases)
            .map(|name| format!("`{name}`"))
            .collect();
        let default = Some(property.default)
            .filter(|text| !text.is_empty())
            .map(|text| format!("`{text}`"));
        format!(
            "| {} | {values} | {} | {} |",
            names.join(", "),
            default.unwrap_or_default(),
            property.description
        )
    }

    #[test]
    fn the_readme_has_this_table() {
        let table: Vec<_> = TABLE.iter().copied().map(row).collect();
        let table = table.join("\n");
        assert!(
            include_str!("../../README.md").contains(&table),
            "the README's table should be\n{table}"
        );
    }

    #[test]
    fn an_empty_callback_url_is_not_the_default() {
        assert_eq!(properties("").unwrap().text(Id::CallbackUrl), "http://localhost:33333");
        assert_eq!(properties("CallbackURL=").unwrap().text(Id::CallbackUrl), "");
    }
}
