//! THE table of stored procedures: inputs, result columns, description, body.

mod call;
mod oauth;
mod schema;
#[cfg(test)]
mod tests;

pub(super) use call::{Call, parse};
pub(super) use oauth::signed_in_by;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::error::Result;
use crate::json::model::FORMATS;
use crate::secret::Secret;

use super::inventory::Inventory;

/// One procedure. `SQLProcedures`, `SQLProcedureColumns`, the call checker and the manual read this and nothing else.
#[derive(Debug)]
pub struct Procedure {
    /// The name users write, matched without regard to case.
    pub name: &'static str,
    /// One line for people.
    pub description: &'static str,
    /// Inputs in positional order.
    pub inputs: &'static [Input],
    /// Columns of the one result set, all text.
    pub results: &'static [ResultColumn],
    /// What it does; inputs are checked before. Answers one row.
    body: fn(Arc<Inventory>, Inputs) -> BoxFuture<'static, Result<Row>>,
}

/// An input of a procedure; all inputs are text.
#[derive(Debug)]
pub struct Input {
    /// Name, matched without regard to case and without a leading `@`.
    pub name: &'static str,
    /// Whether a call without it is refused before any I/O.
    pub required: bool,
    /// Used when the call does not give it.
    pub default: Option<&'static str>,
    /// The only values allowed, when there is such a list.
    pub values: &'static [&'static str],
    /// One line for people.
    pub description: &'static str,
}

/// A column of a procedure's result set.
#[derive(Debug)]
pub struct ResultColumn {
    /// Name.
    pub name: &'static str,
    /// One line for people.
    pub description: &'static str,
}

/// The values of a result's columns, in their order; none is NULL.
type Row = Vec<Option<String>>;

/// The inputs of a call, checked, with defaults; blank ones are absent. Any of them may be a secret.
struct Inputs(Vec<(&'static str, Secret)>);

impl Inputs {
    fn secret(&self, name: &str) -> Option<&Secret> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.secret(name).map(|value| value.expose().as_str())
    }
}

/// What a procedure answers, by column. Any of it may be a secret.
pub type Answer = BTreeMap<&'static str, Option<Secret>>;

/// Runs a procedure by its name in the table, with inputs by theirs.
pub(super) async fn run(inventory: Arc<Inventory>, name: &str, inputs: Vec<(&str, Secret)>) -> Result<Answer> {
    let call = Call::of(name, inputs)?;
    let row = call.answer(inventory, &[]).await?;
    let columns = call.procedure().results.iter().map(|column| column.name);
    Ok(columns
        .zip(row.into_iter().map(|value| value.map(Secret::new)))
        .collect())
}

/// Every procedure.
pub fn all() -> &'static [Procedure] {
    PROCEDURES
}

const CALLBACK_URL: Input = Input {
    name: "CallbackURL",
    required: false,
    default: None,
    values: &[],
    description: "The redirect URI; the connection's CallbackURL when it is not given.",
};

const SCOPE: Input = Input {
    name: "Scope",
    required: false,
    default: None,
    values: &[],
    description: "The scopes to ask for, separated by spaces; the connection's Scope when it is not given.",
};

const PROMPT: Input = Input {
    name: "Prompt",
    required: false,
    default: None,
    values: &["NONE", "LOGIN", "CONSENT", "SELECT_ACCOUNT"],
    description: "What the provider asks the person; the connection's Prompt when it is not given.",
};

const ACCESS_TYPE: Input = Input {
    name: "AccessType",
    required: false,
    default: None,
    values: &["ONLINE", "OFFLINE"],
    description: "Whether a refresh token is asked for; the connection's AccessType when it is not given.",
};

const TOKENS: &[ResultColumn] = &[
    ResultColumn {
        name: "OAuthAccessToken",
        description: "The access token.",
    },
    ResultColumn {
        name: "OAuthRefreshToken",
        description: "The refresh token; NULL when the provider issued none.",
    },
    ResultColumn {
        name: "ExpiresIn",
        description: "Seconds until the access token expires; -1 when it never does or the provider does not say.",
    },
];

static PROCEDURES: &[Procedure] = &[
    Procedure {
        name: "CreateSchema",
        description: "Looks into documents and writes a schema file, which pins the columns of their table, into the folder of Location.",
        inputs: &[
            Input {
                name: "TableName",
                required: true,
                default: None,
                values: &[],
                description: "What the table is to be called; of several tables that the documents make it is the one of this name.",
            },
            Input {
                name: "URI",
                required: false,
                default: None,
                values: &[],
                description: "Where the documents of the table are; without it they are those of the connection, whichever it is.",
            },
            Input {
                name: "JSONFormat",
                required: false,
                default: None,
                values: FORMATS,
                description: "As the property; the connection's when it is not given.",
            },
            Input {
                name: "JSONPath",
                required: false,
                default: None,
                values: &[],
                description: "The path to the records, as in the property; the connection's when neither this nor JSONFormat is given.",
            },
            Input {
                name: "WriteToFile",
                required: false,
                default: Some("true"),
                values: &["true", "false"],
                description: "false: nothing is written, and FileData has the text.",
            },
            Input {
                name: "FileName",
                required: false,
                default: None,
                values: &[],
                description: "The name of the file in the folder of Location; by default that of the table, with .schema behind it.",
            },
            Input {
                name: "Overwrite",
                required: false,
                default: Some("false"),
                values: &["true", "false"],
                description: "Whether a file that is there is replaced; otherwise it is an error that there is one.",
            },
        ],
        results: &[
            ResultColumn {
                name: "Result",
                description: "Success; what fails is an error.",
            },
            ResultColumn {
                name: "FileName",
                description: "The path of the file; NULL with WriteToFile=false.",
            },
            ResultColumn {
                name: "FileData",
                description: "The text of the file in Base64 with WriteToFile=false; else NULL.",
            },
        ],
        body: schema::create,
    },
    Procedure {
        name: "GetOAuthAccessToken",
        description: "Exchanges a verifier for tokens (AuthMode=WEB), signs in through the browser (AuthMode=APP), or obtains tokens by a grant that needs no browser.",
        inputs: &[
            Input {
                name: "AuthMode",
                required: false,
                default: Some("WEB"),
                values: &["WEB", "APP"],
                description: "WEB: the caller gives the Verifier. APP: the driver opens the browser and waits for it.",
            },
            Input {
                name: "Verifier",
                required: false,
                default: None,
                values: &[],
                description: "The code from the redirected URL, or the whole redirected URL; needed with AuthMode=WEB and GrantType=CODE.",
            },
            CALLBACK_URL,
            Input {
                name: "Scope",
                required: false,
                default: None,
                values: &[],
                description: "The scopes to ask for, separated by spaces; only with AuthMode=APP.",
            },
            Input {
                name: "State",
                required: false,
                default: None,
                values: &[],
                description: "The State that GetOAuthAuthorizationURL answered; compared when the Verifier is a whole URL.",
            },
            Input {
                name: "PKCEVerifier",
                required: false,
                default: None,
                values: &[],
                description: "The PKCEVerifier that GetOAuthAuthorizationURL answered; only with AuthMode=WEB.",
            },
            Input {
                name: "GrantType",
                required: false,
                default: None,
                values: &["CODE", "CLIENT", "PASSWORD", "JWT", "DEVICE", "REFRESH"],
                description: "The grant; by default the one of the connection's AuthScheme. With DEVICE the Verifier is the DeviceCode of GetOAuthDeviceCode, with REFRESH it is the refresh token.",
            },
            PROMPT,
            ACCESS_TYPE,
        ],
        results: TOKENS,
        body: oauth::access_token,
    },
    Procedure {
        name: "GetOAuthAuthorizationURL",
        description: "Makes the URL to sign in at, for the caller to open in a browser. Sends nothing.",
        inputs: &[
            CALLBACK_URL,
            SCOPE,
            Input {
                name: "State",
                required: false,
                default: None,
                values: &[],
                description: "A text that comes back in the redirected URL; the connection's State, or a random one, when it is not given.",
            },
            PROMPT,
            ACCESS_TYPE,
        ],
        results: &[
            ResultColumn {
                name: "URL",
                description: "The URL to open in a browser.",
            },
            ResultColumn {
                name: "PKCEVerifier",
                description: "To be given to GetOAuthAccessToken, or as the property PKCEVerifier beside OAuthVerifier; NULL where the URL has no PKCE: with InitiateOAuth=OFF and an OAuthClientSecret, or where the provider has none.",
            },
            ResultColumn {
                name: "State",
                description: "The text that the redirected URL must carry.",
            },
        ],
        body: oauth::authorization_url,
    },
    Procedure {
        name: "GetOAuthDeviceCode",
        description: "Asks for a code that somebody enters on another device; the one that still waits for it, if there is one.",
        inputs: &[],
        results: &[
            ResultColumn {
                name: "VerificationURL",
                description: "Where the code is entered, on any device with a browser.",
            },
            ResultColumn {
                name: "VerificationURLComplete",
                description: "The same URL with the code in it; NULL when the provider has none.",
            },
            ResultColumn {
                name: "UserCode",
                description: "The code to enter.",
            },
            ResultColumn {
                name: "DeviceCode",
                description: "To be given to GetOAuthAccessToken as Verifier, with GrantType=DEVICE.",
            },
            ResultColumn {
                name: "ExpiresIn",
                description: "Seconds until the codes are of no more use.",
            },
            ResultColumn {
                name: "Interval",
                description: "Seconds that the provider wants between two questions.",
            },
        ],
        body: oauth::device_code,
    },
    Procedure {
        name: "GetOAuthStatus",
        description: "Tells how the sign-in stands, without a token and without asking the provider.",
        inputs: &[],
        results: &[
            ResultColumn {
                name: "Provider",
                description: "The provider's name.",
            },
            ResultColumn {
                name: "Account",
                description: "The account that signed in, as the provider calls it; NULL when it has not said.",
            },
            ResultColumn {
                name: "ClientId",
                description: "The application; NULL when none is set.",
            },
            ResultColumn {
                name: "Scopes",
                description: "The granted scopes where the provider said, else the ones asked for.",
            },
            ResultColumn {
                name: "State",
                description: "signed in; expired; signed out; revoked or refused, with the reason; managed by the caller.",
            },
            ResultColumn {
                name: "ExpiresAt",
                description: "When the access token ends, in UTC; NULL when that is not known.",
            },
            ResultColumn {
                name: "LastRefresh",
                description: "When the access token was obtained or last refreshed, in UTC; NULL when there was none.",
            },
            ResultColumn {
                name: "HasRefreshToken",
                description: "true when the driver can refresh the access token, else false.",
            },
            ResultColumn {
                name: "StoredIn",
                description: "The settings file, or memory://name; NULL for tokens that the driver does not keep.",
            },
            ResultColumn {
                name: "ProtectedBy",
                description: "What keeps others from reading the tokens there.",
            },
        ],
        body: oauth::status,
    },
    Procedure {
        name: "RefreshOAuthAccessToken",
        description: "Exchanges a refresh token for a new access token.",
        inputs: &[Input {
            name: "OAuthRefreshToken",
            required: false,
            default: None,
            values: &[],
            description: "The refresh token; the one the connection has stored when it is not given.",
        }],
        results: TOKENS,
        body: oauth::refresh,
    },
    Procedure {
        name: "RevokeOAuthAccessToken",
        description: "Ends a sign-in at the provider and removes it here: its access tokens and its refresh token.",
        inputs: &[
            Input {
                name: "OAuthAccessToken",
                required: false,
                default: None,
                values: &[],
                description: "An access token of the sign-in; without both inputs, the connection's own sign-in is ended.",
            },
            Input {
                name: "OAuthRefreshToken",
                required: false,
                default: None,
                values: &[],
                description: "The refresh token of the sign-in; needed when the access token has expired.",
            },
        ],
        results: &[
            ResultColumn {
                name: "Revoked",
                description: "true; false when the provider refused, and the sign-in was removed only here.",
            },
            ResultColumn {
                name: "Remarks",
                description: "What happened.",
            },
        ],
        body: oauth::revoke,
    },
];
