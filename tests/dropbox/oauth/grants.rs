//! Codes and tokens: what was issued, and what it is still good for.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde::Serialize;

use super::error::TokenError;
use super::pkce::Challenge;
use super::request::AccessType;
use super::scopes::Scopes;
use crate::accounts::Account;
use crate::counts::Counts;
use crate::random;
use crate::settings::Settings;

/// What a person agreed to.
#[derive(Clone, Debug)]
pub struct Approval {
    pub account: &'static Account,
    pub scopes: Scopes,
    pub access_type: AccessType,
    pub challenge: Option<Challenge>,
    pub redirect_uri: Option<String>,
}

/// What came with a code to the token endpoint.
#[derive(Debug)]
pub struct Redemption<'a> {
    pub code: &'a str,
    pub redirect_uri: Option<&'a str>,
    pub verifier: Option<&'a str>,
    /// Whether the client proved to know the app secret.
    pub secret_shown: bool,
}

/// A successful answer of the token endpoint.
#[derive(Debug)]
pub struct Tokens {
    pub account: &'static Account,
    pub access_token: String,
    pub scopes: Scopes,
    /// `None`: does not expire.
    pub expires_in: Option<u64>,
    pub refresh_token: Option<String>,
}

/// What a valid access token allows.
#[derive(Debug)]
pub struct Bearer {
    pub account: &'static Account,
    pub scopes: Scopes,
}

/// Why an access token is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum BearerError {
    Invalid,
    Expired,
}

/// What must not be seen anywhere.
#[derive(Debug, Serialize)]
pub struct Secrets {
    codes: Vec<String>,
    access_tokens: Vec<String>,
    refresh_tokens: Vec<String>,
    code_verifiers: Vec<String>,
}

/// Everything ever issued; nothing is forgotten, so that what is dead can be told from what never was.
#[derive(Default)]
pub struct Grants(Mutex<Records>);

#[derive(Default)]
struct Records {
    families: Vec<Family>,
    codes: HashMap<String, Code>,
    access_tokens: HashMap<String, AccessToken>,
    refresh_tokens: HashMap<String, RefreshToken>,
    verifiers: Vec<String>,
}

/// All tokens that descend from one approval; an index into `Records::families`.
type FamilyId = usize;

struct Family {
    account: &'static Account,
    scopes: Scopes,
    /// Whether a refresh must show the app secret, as the exchange had to.
    needs_secret: bool,
    revoked: bool,
}

struct Code {
    approval: Approval,
    expires: Instant,
    used: bool,
    /// What was issued for it.
    family: Option<FamilyId>,
}

struct AccessToken {
    family: FamilyId,
    scopes: Scopes,
    expires: Option<Instant>,
}

struct RefreshToken {
    family: FamilyId,
    expires: Option<Instant>,
    revoked: bool,
    /// Another token has taken its place.
    replaced: bool,
}

impl Grants {
    pub fn issue_code(&self, approval: Approval, settings: &Settings) -> String {
        let code = random::text::<32>();
        let record = Code {
            approval,
            expires: in_seconds(settings.code_lifetime),
            used: false,
            family: None,
        };
        self.0.lock().codes.insert(code.clone(), record);
        code
    }

    /// Issues tokens without a code, as if a public client had just signed this person in.
    pub fn issue(
        &self,
        account: &'static Account,
        scopes: Scopes,
        access_type: AccessType,
        settings: &Settings,
    ) -> Tokens {
        let family = Family {
            account,
            scopes,
            needs_secret: false,
            revoked: false,
        };
        self.0.lock().first_tokens(family, access_type, settings).1
    }

    /// The authorization code grant. Any attempt uses the code up: whoever guesses a verifier guesses once.
    pub fn redeem(&self, redemption: &Redemption, settings: &Settings, counts: &Counts) -> Result<Tokens, TokenError> {
        let mut records = self.0.lock();
        records.verifiers.extend(redemption.verifier.map(str::to_owned));
        let code = records
            .codes
            .get_mut(redemption.code)
            .filter(|code| Instant::now() < code.expires)
            .ok_or_else(|| TokenError::invalid_grant("code doesn't exist or has expired"))?;
        if code.used {
            // Someone has seen this code who should not have (RFC 6749 section 4.1.2).
            if let Some(family) = code.family {
                records.revoke_family(family, counts);
            }
            return Err(TokenError::invalid_grant("code has already been used"));
        }
        code.used = true;
        let approval = code.approval.clone();
        if approval.redirect_uri.as_deref() != redemption.redirect_uri {
            return Err(TokenError::invalid_grant(
                "redirect_uri does not match the one of the authorization request",
            ));
        }
        match (&approval.challenge, redemption.verifier) {
            (Some(challenge), Some(verifier)) if challenge.is_met_by(verifier) => {}
            (Some(_), Some(_)) => return Err(TokenError::invalid_grant("invalid code verifier")),
            (Some(_), None) => return Err(TokenError::invalid_grant("code_verifier is missing")),
            (None, Some(_)) => {
                return Err(TokenError::invalid_grant(
                    "the code was not issued with a code challenge",
                ));
            }
            (None, None) if redemption.secret_shown => {}
            (None, None) => return Err(TokenError::invalid_client()),
        }

        let family = Family {
            account: approval.account,
            scopes: approval.scopes,
            needs_secret: approval.challenge.is_none(),
            revoked: false,
        };
        let (family, tokens) = records.first_tokens(family, approval.access_type, settings);
        if let Some(code) = records.codes.get_mut(redemption.code) {
            code.family = Some(family);
        }
        Ok(tokens)
    }

    /// The refresh token grant.
    pub fn refresh(
        &self,
        refresh_token: &str,
        scope: Option<&str>,
        secret_shown: bool,
        settings: &Settings,
        counts: &Counts,
    ) -> Result<Tokens, TokenError> {
        if !is_refresh_token_shaped(refresh_token) {
            return Err(TokenError::invalid_grant("refresh token is malformed"));
        }
        let dead = || TokenError::invalid_grant("refresh token is invalid or revoked");
        let mut records = self.0.lock();
        let record = records.refresh_tokens.get(refresh_token).ok_or_else(dead)?;
        let id = record.family;
        if record.replaced {
            records.revoke_family(id, counts);
            return Err(dead());
        }
        let expired = record.expires.is_some_and(|expires| expires <= Instant::now());
        let unusable = record.revoked || expired;
        let family = records
            .families
            .get(id)
            .filter(|family| !family.revoked && !unusable)
            .ok_or_else(dead)?;
        if family.needs_secret && !secret_shown {
            return Err(TokenError::invalid_client());
        }
        let account = family.account;
        let scopes = match scope {
            None => family.scopes.clone(),
            Some(list) => Scopes::parse(list)
                .ok()
                .filter(|narrower| narrower.is_subset_of(&family.scopes))
                .ok_or_else(|| TokenError::invalid_scope("scope is not a subset of the scopes that were granted"))?,
        };

        let access_token = records.new_access_token(id, scopes.clone(), Some(settings.access_token_lifetime));
        let refresh_token = settings.rotate.then(|| {
            if let Some(old) = records.refresh_tokens.get_mut(refresh_token) {
                old.replaced = true;
            }
            records.new_refresh_token(id, settings)
        });
        Ok(Tokens {
            account,
            access_token,
            scopes,
            expires_in: Some(settings.access_token_lifetime),
            refresh_token,
        })
    }

    pub fn bearer(&self, access_token: &str) -> Result<Bearer, BearerError> {
        let records = self.0.lock();
        let token = records.access_tokens.get(access_token).ok_or(BearerError::Invalid)?;
        let family = records
            .families
            .get(token.family)
            .filter(|family| !family.revoked)
            .ok_or(BearerError::Invalid)?;
        if token.expires.is_some_and(|expires| expires <= Instant::now()) {
            return Err(BearerError::Expired);
        }
        Ok(Bearer {
            account: family.account,
            scopes: token.scopes.clone(),
        })
    }

    /// Ends this access token, its refresh token and every sibling.
    pub fn revoke(&self, access_token: &str) {
        let mut records = self.0.lock();
        let family = records.access_tokens.get(access_token).map(|token| token.family);
        if let Some(family) = family.and_then(|family| records.families.get_mut(family)) {
            family.revoked = true;
        }
    }

    pub fn expire_access_tokens(&self) {
        let now = Instant::now();
        for token in self.0.lock().access_tokens.values_mut() {
            token.expires = Some(now);
        }
    }

    /// Access tokens stay valid.
    pub fn revoke_refresh_tokens(&self) {
        for token in self.0.lock().refresh_tokens.values_mut() {
            token.revoked = true;
        }
    }

    /// The scopes this person has granted so far.
    pub fn granted_scopes(&self, account: &Account) -> Option<Scopes> {
        let records = self.0.lock();
        let own = records
            .families
            .iter()
            .filter(|family| family.account.account_id == account.account_id);
        own.map(|family| family.scopes.clone())
            .reduce(|all, scopes| all.union(&scopes))
    }

    /// Every secret string ever issued or received, dead or alive.
    pub fn secrets(&self) -> Secrets {
        let records = self.0.lock();
        Secrets {
            codes: records.codes.keys().cloned().collect(),
            access_tokens: records.access_tokens.keys().cloned().collect(),
            refresh_tokens: records.refresh_tokens.keys().cloned().collect(),
            code_verifiers: records.verifiers.clone(),
        }
    }
}

impl Records {
    fn first_tokens(&mut self, family: Family, access_type: AccessType, settings: &Settings) -> (FamilyId, Tokens) {
        let id = self.families.len();
        let account = family.account;
        let scopes = family.scopes.clone();
        self.families.push(family);
        let expires_in = (access_type != AccessType::Legacy).then_some(settings.access_token_lifetime);
        let access_token = self.new_access_token(id, scopes.clone(), expires_in);
        let refresh_token = (access_type == AccessType::Offline).then(|| self.new_refresh_token(id, settings));
        (
            id,
            Tokens {
                account,
                access_token,
                scopes,
                expires_in,
                refresh_token,
            },
        )
    }

    fn new_access_token(&mut self, family: FamilyId, scopes: Scopes, lifetime: Option<u64>) -> String {
        let token = format!("sl.u.{}", random::text::<99>());
        let record = AccessToken {
            family,
            scopes,
            expires: lifetime.map(in_seconds),
        };
        self.access_tokens.insert(token.clone(), record);
        token
    }

    fn new_refresh_token(&mut self, family: FamilyId, settings: &Settings) -> String {
        let token = random::text::<48>();
        let expires = settings.refresh_token_lifetime.map(in_seconds);
        self.refresh_tokens.insert(
            token.clone(),
            RefreshToken {
                family,
                expires,
                revoked: false,
                replaced: false,
            },
        );
        token
    }

    fn revoke_family(&mut self, id: FamilyId, counts: &Counts) {
        if let Some(family) = self.families.get_mut(id).filter(|family| !family.revoked) {
            family.revoked = true;
            counts.add("families_revoked");
        }
    }
}

/// 64 characters of base64url; a code is shorter, so that one pasted as a refresh token is recognised.
fn is_refresh_token_shaped(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn in_seconds(seconds: u64) -> Instant {
    let now = Instant::now();
    // A lifetime beyond what the clock can express is cut to ten years.
    now.checked_add(Duration::from_secs(seconds))
        .unwrap_or(now + Duration::from_secs(315_360_000))
}
