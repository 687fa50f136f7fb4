//! Properties to everything sign-in needs to know.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::{Error, Kind, Result};
use crate::oauth::assertion::{CertType, Signer};
use crate::oauth::authorize::Wishes;
use crate::oauth::loopback::Files;
use crate::oauth::provider::{ClientAuth, Direct, GENERIC, Pkce, Provider};
use crate::oauth::settings::{Given, KEY_FILE_VARIABLE, KEY_VARIABLE, Keys, Location};
use crate::oauth::token::Timestamp;
use crate::oauth::{Config, Initiate, Overrides, Prompting, Scheme};
use crate::secret::Secret;
use crate::source::uri::Place;

use super::properties::{Id, Properties, Property};

/// The provider of a connection that names none and whose documents imply none.
const DEFAULT_PROVIDER: &str = "Dropbox";

/// Parameters of token requests that the protocol sets itself.
const RESERVED: &[&str] = &[
    "grant_type",
    "code",
    "code_verifier",
    "refresh_token",
    "device_code",
    "assertion",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "redirect_uri",
];

/// The configuration of a connection's sign-in; `login_timeout` may shorten how long a person has. Reads key files; sends
/// nothing.
pub fn config(
    properties: &Properties,
    place: Option<Place>,
    login_timeout: Option<Duration>,
    prompting: Prompting,
    http: reqwest::Client,
) -> Result<Config> {
    let owned = |id| properties.some_text(id).map(str::to_owned);
    let initiate = initiate(properties);
    let scheme = scheme(properties);
    let provider = provider(properties, place)?;
    check_offered(&provider, scheme)?;
    let login = Duration::from_secs(properties.number(Id::OAuthLoginTimeout));
    let callback_url = match properties.is_given(Id::CallbackUrl) {
        true => properties.text(Id::CallbackUrl).to_owned(),
        false => provider
            .callback_url
            .clone()
            .unwrap_or_else(|| properties.text(Id::CallbackUrl).to_owned()),
    };
    Ok(Config {
        issuer: owned(Id::OAuthIssuer),
        overrides: overrides(properties),
        scheme,
        initiate,
        client_id: owned(Id::OAuthClientId).or_else(|| provider.embedded_client_id.clone()),
        client_secret: properties.secret(Id::OAuthClientSecret),
        signer: signer(properties)?,
        user: owned(Id::Uid),
        password: properties.secret(Id::Pwd),
        callback_url,
        include_callback_url: !is(properties, Id::OAuthIncludeCallbackUrl, "false"),
        callback_certificate: callback_certificate(properties)?,
        scope: owned(Id::Scope).or_else(|| shared_links_scope(&provider, place)),
        wishes: Wishes {
            state: owned(Id::State),
            prompt: properties.some_text(Id::Prompt).map(Wishes::prompt_of),
            access_type: properties.some_text(Id::AccessType).and_then(Wishes::access_type_of),
        },
        resources: words(properties.text(Id::OAuthResource)),
        token_params: token_params(properties)?,
        access_token: properties.secret(Id::OAuthAccessToken),
        access_token_life: access_token_life(properties),
        refresh_token: properties.secret(Id::OAuthRefreshToken),
        verifier: properties.secret(Id::OAuthVerifier),
        pkce_verifier: properties.secret(Id::PkceVerifier),
        location: settings_location(properties.some_text(Id::OAuthSettingsLocation), initiate)?,
        keys: settings_keys(properties)?,
        http,
        login_deadline: login_timeout.map_or(login, |timeout| timeout.min(login)),
        prompting,
        provider,
    })
}

/// The scopes that shared links need besides those of the provider's row.
fn shared_links_scope(provider: &Provider, place: Option<Place>) -> Option<String> {
    let is_link = place == Some(Place::DropboxLink);
    is_link.then(|| format!("{} sharing.read", provider.default_scope))
}

fn is(properties: &Properties, id: Id, word: &str) -> bool {
    properties.text(id).eq_ignore_ascii_case(word)
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// `InitiateOAuth`
pub fn initiate(properties: &Properties) -> Initiate {
    match properties.text(Id::InitiateOAuth).to_ascii_uppercase().as_str() {
        "GETANDREFRESH" => Initiate::GetAndRefresh,
        "REFRESH" => Initiate::Refresh,
        _ => Initiate::Off,
    }
}

/// `AuthScheme`, else what `OAuthGrantType` meant before there was one.
pub fn scheme(properties: &Properties) -> Scheme {
    let scheme = properties.text(Id::AuthScheme).to_ascii_uppercase();
    let grant = properties.text(Id::OAuthGrantType).to_ascii_uppercase();
    match (scheme.as_str(), grant.as_str()) {
        ("OAUTHCLIENT", _) | ("", "CLIENT") => Scheme::Direct(Direct::ClientCredentials),
        ("OAUTHPASSWORD", _) | ("", "PASSWORD") => Scheme::Direct(Direct::Password),
        ("OAUTHJWT", _) => Scheme::Direct(Direct::JwtBearer),
        ("OAUTHDEVICE", _) => Scheme::Device,
        _ => Scheme::Code,
    }
}

/// The row that `OAuthProvider` names or the properties imply, with its variables filled in.
pub fn provider(properties: &Properties, place: Option<Place>) -> Result<Provider> {
    let name = properties.some_text(Id::OAuthProvider);
    let implied = match (place, properties.some_text(Id::OAuthIssuer)) {
        (Some(Place::Web), _) | (_, Some(_)) => GENERIC,
        _ => DEFAULT_PROVIDER,
    };
    let variables = pairs(properties.text(Id::OAuthUrlVariables), Id::OAuthUrlVariables)?;
    Provider::named(name.unwrap_or(implied))?.with_variables(&variables)
}

/// A scheme that the provider is known not to have is refused before anything is sent.
fn check_offered(provider: &Provider, scheme: Scheme) -> Result<()> {
    let offered = match scheme {
        Scheme::Direct(direct) => provider.direct.contains(&direct),
        // The endpoint may still be discovered or set.
        Scheme::Code | Scheme::Device => true,
    };
    if offered {
        return Ok(());
    }
    let mut schemes = vec![Scheme::Code.name()];
    schemes.extend(provider.device_url.iter().map(|_| Scheme::Device.name()));
    schemes.extend(provider.direct.iter().map(|direct| Scheme::Direct(*direct).name()));
    let text = format!(
        "AuthScheme is {}, which {} does not offer; it must be one of {}. For another server set OAuthProvider.",
        scheme.name(),
        provider.name,
        schemes.join(", ")
    );
    Err(Error::new(Kind::Property, text))
}

fn overrides(properties: &Properties) -> Overrides {
    let owned = |id| properties.some_text(id).map(str::to_owned);
    let grant_mode = properties.some_text(Id::OAuthPasswordGrantMode);
    Overrides {
        authorize: owned(Id::OAuthAuthorizationUrl),
        token: owned(Id::OAuthAccessTokenUrl),
        refresh: owned(Id::OAuthRefreshTokenUrl),
        revoke: owned(Id::OAuthRevokeUrl),
        device: owned(Id::OAuthDeviceUrl),
        client_auth: grant_mode.map(|mode| match mode.eq_ignore_ascii_case("BASIC") {
            true => ClientAuth::Basic,
            false => ClientAuth::Body,
        }),
        pkce: is(properties, Id::AuthScheme, "OAuthPKCE").then_some(Pkce::S256),
    }
}

/// `OAuthJWTCert` and what its assertions say.
fn signer(properties: &Properties) -> Result<Option<Signer>> {
    let Some(cert) = properties.secret(Id::OAuthJwtCert) else {
        return Ok(None);
    };
    let kind = properties.some_text(Id::OAuthJwtCertType);
    let kind = kind.map(|kind| match kind.to_ascii_uppercase().ends_with("BLOB") {
        true => CertType::Text,
        false => CertType::File,
    });
    let owned = |id| properties.some_text(id).map(str::to_owned);
    let mut signer = Signer::read(&cert, kind)?;
    // A service account's file names its key and itself.
    signer.key_id = owned(Id::OAuthJwtPublicKeyId).or(signer.key_id);
    signer.issuer = owned(Id::OAuthJwtIssuer).or(signer.issuer);
    signer.subject = owned(Id::OAuthJwtSubject).or_else(|| owned(Id::Uid));
    signer.subject_type = owned(Id::OAuthJwtSubjectType);
    signer.audience = owned(Id::OAuthJwtAudience);
    signer.validity = properties.number(Id::OAuthJwtValidityTime);
    Ok(Some(signer))
}

/// `OAuthParams`, none of which may take the place of a parameter of the protocol.
fn token_params(properties: &Properties) -> Result<Vec<(String, Secret)>> {
    let Some(text) = properties.secret(Id::OAuthParams) else {
        return Ok(Vec::new());
    };
    let pairs = pairs(text.expose(), Id::OAuthParams)?;
    if let Some((name, _)) = pairs.iter().find(|(name, _)| RESERVED.contains(&name.as_str())) {
        let text = format!("OAuthParams sets '{name}', which has a property of its own or is the driver's to set.");
        return Err(Error::new(Kind::Property, text));
    }
    Ok(pairs
        .into_iter()
        .map(|(name, value)| (name, Secret::new(value)))
        .collect())
}

/// `name=value,name=value`. A message shows no value.
fn pairs(text: &str, id: Id) -> Result<Vec<(String, String)>> {
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
            _ => {
                let text = format!(
                    "The property {} has a part that is not name=value; it must be name=value,name=value.",
                    Property::of(id).name
                );
                Err(Error::new(Kind::Property, text))
            }
        })
        .collect()
}

/// Issue and end of `OAuthAccessToken`, when both properties that tell them are set.
fn access_token_life(properties: &Properties) -> Option<(Timestamp, Timestamp)> {
    let lasts = properties.some_text(Id::OAuthExpiresIn)?.parse().ok()?;
    let issued_at = Timestamp(properties.some_text(Id::OAuthTokenTimestamp)?.parse().ok()?);
    Some((issued_at, issued_at.plus_seconds(lasts)))
}

/// `OAuthCallbackCert` and `OAuthCallbackKey`, which are paths: a key that was pasted in gets into no message.
fn callback_certificate(properties: &Properties) -> Result<Option<Files>> {
    let path = |id| {
        let path = properties.some_text(id);
        if path.is_some_and(|path| path.contains("-----BEGIN")) {
            let text = format!(
                "{} is set to PEM text; it must be the path of a PEM file.",
                Property::of(id).name
            );
            return Err(Error::new(Kind::Property, text));
        }
        Ok(path.map(PathBuf::from))
    };
    match (path(Id::OAuthCallbackCert)?, path(Id::OAuthCallbackKey)?) {
        (None, None) => Ok(None),
        (Some(certificate), key) => Ok(Some(Files {
            key: key.unwrap_or_else(|| certificate.clone()),
            certificate,
        })),
        (None, Some(_)) => Err(Error::new(
            Kind::Property,
            "OAuthCallbackKey is set without OAuthCallbackCert. Set both, or neither for a self-signed certificate.",
        )),
    }
}

/// `OAuthSettingsLocation`, or the file in the user's configuration directory.
fn settings_location(given: Option<&str>, initiate: Initiate) -> Result<Location> {
    if let Some(text) = given {
        return Ok(match text.strip_prefix("memory://") {
            Some(name) => Location::Memory(name.to_owned()),
            None => Location::File(PathBuf::from(text)),
        });
    }
    let configuration = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")));
    match configuration {
        Some(folder) => Ok(Location::File(folder.join("latchkey").join("OAuthSettings.txt"))),
        // Nothing is kept under OFF.
        None if initiate == Initiate::Off => Ok(Location::Memory(String::new())),
        None => Err(Error::new(
            Kind::Property,
            "This process has no HOME, so there is no place for OAuth settings. Set OAuthSettingsLocation to a file path, \
             or to memory://name.",
        )),
    }
}

/// `OAuthSettingsKey` and `OAuthSettingsKeyFile`, and what the environment says instead.
pub fn settings_keys(properties: &Properties) -> Result<Keys> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let key = variable(KEY_VARIABLE).map(|value| {
        value.into_string().map(Secret::new).map_err(|_| {
            let text =
                format!("The environment variable {KEY_VARIABLE} is not UTF-8 text. Set it to a passphrase that is.");
            Error::new(Kind::Property, text)
        })
    });
    let given = Given {
        key: properties.secret(Id::OAuthSettingsKey),
        file: properties.some_text(Id::OAuthSettingsKeyFile).map(PathBuf::from),
    };
    let environment = Given {
        key: key.transpose()?,
        file: variable(KEY_FILE_VARIABLE).map(PathBuf::from),
    };
    Keys::new(given, environment)
}
