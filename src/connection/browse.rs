//! `SQLBrowseConnect`: what a connection still needs, asked for in levels until it can be opened.
//!
//! ```text
//! result    = *( attribute ";" )
//! attribute = [ "*" ] key ":" label "=" ( "?" / "{" word *( "," word ) "}" )   ; "*": may be left out
//! ```
//!
//! The first level asks where the documents are and how to sign in, the second what that sign-in needs.

use crate::engine::runtime::Wait;
use crate::error::{Error, Kind, Result};
use crate::oauth::{Initiate, Scheme, provider::Direct};
use crate::source::uri::{Place, Uri};

use super::place;
use super::properties::{Id, Properties, Property, Values};
use super::session::{self, Opened, Terms};
use super::sign_in;
use super::string::{self, Attribute, same_key};

/// What the first level lets a person choose besides the place of the documents.
const WAYS_TO_SIGN_IN: &[Id] = &[Id::AuthScheme, Id::InitiateOAuth, Id::OAuthProvider];

/// What the second level lets a person add to what the sign-in needs.
const OF_THE_SIGN_IN: &[Id] = &[
    Id::OAuthClientSecret,
    Id::CallbackUrl,
    Id::Scope,
    Id::Uid,
    Id::OAuthSettingsLocation,
];

/// What was given so far.
#[derive(Debug, Default)]
pub struct Browsing {
    attributes: Vec<Attribute>,
}

/// Where a call of `SQLBrowseConnect` led.
#[derive(Debug)]
pub enum Step {
    /// More is needed: the browse result string, and what is worth telling.
    Asks {
        /// The attributes to choose from.
        result: String,
        /// Keys that name no property.
        warnings: Vec<Error>,
    },
    /// Nothing more is needed.
    Opened(Box<Opened>),
}

/// A call that gave something wrong.
#[derive(Debug)]
pub struct Refusal {
    /// What is wrong.
    pub error: Error,
    /// What is asked again, as in the call before; none when the browsing is over.
    pub again: Option<String>,
}

impl Browsing {
    /// Takes what a call gives; opens the connection once that is enough.
    ///
    /// What a refused call gave is forgotten, and the same is asked again, unless it was the first call.
    pub fn go_on(&mut self, text: &str, terms: Terms, wait: &Wait) -> std::result::Result<Step, Refusal> {
        let before = self.attributes.clone();
        self.step(text, terms, wait).map_err(|error| {
            self.attributes = before;
            let may_be_corrected = matches!(error.kind(), Kind::Property | Kind::SignIn | Kind::Refused);
            let again = match may_be_corrected && !self.attributes.is_empty() {
                true => self.question().ok().flatten(),
                false => None,
            };
            Refusal { error, again }
        })
    }

    fn step(&mut self, text: &str, terms: Terms, wait: &Wait) -> Result<Step> {
        let mut given = Properties::default();
        let attributes = string::parse(text)?;
        given.add(attributes.clone())?;
        for attribute in attributes {
            // The later call corrects the earlier one.
            self.attributes
                .retain(|earlier| !same_key(&earlier.key, &attribute.key));
            if Property::named(&attribute.key).is_some() {
                self.attributes.push(attribute);
            }
        }
        let warnings = session::unknown_properties(&given);
        match self.question()? {
            Some(result) => Ok(Step::Asks { result, warnings }),
            None => {
                let mut opened = session::open_with(self.attributes.clone(), terms, wait)?;
                opened.warnings.extend(warnings);
                Ok(Step::Opened(Box::new(opened)))
            }
        }
    }

    /// What is asked next; none when all that is needed is there.
    fn question(&self) -> Result<Option<String>> {
        let mut properties = Properties::default();
        properties.add(self.attributes.clone())?;
        session::add_data_source(&mut properties)?;
        let (needed, offered) = match properties.some_text(Id::Uri) {
            None => (vec![Id::Uri], WAYS_TO_SIGN_IN),
            Some(uri) => {
                let place = Uri::parse(uri, properties.text(Id::UriSeparator))?.place;
                (needs_of_sign_in(&properties, place)?, OF_THE_SIGN_IN)
            }
        };
        let missing = |id: &&Id| !properties.is_given(**id);
        let needed: Vec<_> = needed.iter().filter(missing).collect();
        if needed.is_empty() {
            return Ok(None);
        }
        let offered = offered.iter().filter(missing).filter(|id| !needed.contains(id));
        let asked = needed.iter().map(|id| attribute("", **id));
        Ok(Some(asked.chain(offered.map(|id| attribute("*", *id))).collect()))
    }
}

/// What signing in at this place cannot do without.
fn needs_of_sign_in(properties: &Properties, place: Place) -> Result<Vec<Id>> {
    if !place::signs_in(properties, Some(place))? {
        let is_basic = properties.text(Id::AuthScheme).eq_ignore_ascii_case("Basic");
        return Ok(if is_basic { vec![Id::Uid, Id::Pwd] } else { Vec::new() });
    }
    if sign_in::initiate(properties) == Initiate::Off {
        return Ok(vec![Id::OAuthAccessToken]);
    }
    let client = match sign_in::provider(properties, Some(place))?.embedded_client_id {
        Some(_) => None,
        None => Some(Id::OAuthClientId),
    };
    let own: &[Id] = match sign_in::scheme(properties) {
        Scheme::Code | Scheme::Device => &[],
        // The assertion names the application itself.
        Scheme::Direct(Direct::JwtBearer) => return Ok(vec![Id::OAuthJwtCert]),
        Scheme::Direct(Direct::Password) => &[Id::Uid, Id::Pwd],
        Scheme::Direct(Direct::ClientCredentials) if properties.is_given(Id::OAuthJwtCert) => &[],
        Scheme::Direct(Direct::ClientCredentials) => &[Id::OAuthClientSecret],
    };
    Ok(client.into_iter().chain(own.iter().copied()).collect())
}

/// A property as the result string shows it.
fn attribute(mark: &str, id: Id) -> String {
    let property = Property::of(id);
    let label = property.aliases.first().unwrap_or(&property.name);
    let values = match property.values {
        Values::Choice(words) => format!("{{{}}}", words.join(",")),
        Values::Text | Values::Number { .. } | Values::Endpoint => "?".to_owned(),
    };
    format!("{mark}{}:{label}={values};", property.name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<String> {
        let browsing = Browsing {
            attributes: string::parse(text).unwrap(),
        };
        browsing.question().unwrap()
    }

    /// The keys that may not be left out.
    fn needed(text: &str) -> Vec<String> {
        let asked = asked(text).unwrap_or_default();
        let attributes = asked.split_terminator(';').filter(|part| !part.starts_with('*'));
        attributes
            .filter_map(|part| part.split(':').next())
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn the_first_level_asks_for_the_place_and_offers_ways_to_sign_in() {
        assert_eq!(
            asked("Driver=Latchkey;AuthScheme=OAuth").unwrap(),
            "URI:URI=?;*InitiateOAuth:InitiateOAuth={OFF,REFRESH,GETANDREFRESH};*OAuthProvider:OAuthProvider=?;"
        );
    }

    #[test]
    fn the_second_level_asks_for_what_the_sign_in_needs() {
        for (text, keys) in [
            ("URI=/data/a.json", &[][..]),
            ("URI=https://example.com/a.json", &[]),
            ("URI=https://example.com/a.json;AuthScheme=Basic", &["UID", "PWD"]),
            ("URI=https://example.com/a.json;AuthScheme=Basic;User=ada", &["PWD"]),
            ("URI=dropbox:///a.json", &["OAuthAccessToken"]),
            ("URI=dropbox:///a.json;OAuthAccessToken=t", &[]),
            (
                "URI=https://example.com/a.json;InitiateOAuth=REFRESH",
                &["OAuthClientId"],
            ),
            (
                "URI=https://example.com/a.json;InitiateOAuth=REFRESH;OAuthClientId=k",
                &[],
            ),
            (
                "URI=https://example.com/a.json;InitiateOAuth=REFRESH;AuthScheme=OAuthClient",
                &["OAuthClientId", "OAuthClientSecret"],
            ),
            (
                "URI=https://example.com/a.json;InitiateOAuth=REFRESH;AuthScheme=OAuthPassword",
                &["OAuthClientId", "UID", "PWD"],
            ),
            (
                "URI=https://example.com/a.json;InitiateOAuth=REFRESH;AuthScheme=OAuthJWT",
                &["OAuthJWTCert"],
            ),
        ] {
            assert_eq!(needed(text), keys, "{text}");
        }
    }

    #[test]
    fn an_alias_is_the_label() {
        let asked = asked("URI=https://example.com/a.json;AuthScheme=Basic").unwrap();
        assert!(asked.starts_with("UID:User=?;PWD:Password=?;*"), "{asked}");
    }
}
