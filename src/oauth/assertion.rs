//! Signed assertions (RFC 7523): a JSON Web Token in the place of a person, or of a client secret.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::SignatureScheme;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::SigningKey;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

use super::authorize;
use super::provider::Provider;
use super::token::Timestamp;

/// Far more than any key file.
const LONGEST_FILE: u64 = 1 << 20;
/// Half of an ES256 signature, in bytes (RFC 7518 3.4).
const P256: usize = 32;

/// `OAuthJWTCertType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertType {
    /// A path of either kind of file.
    File,
    /// The text of either kind.
    Text,
}

/// A private key, and what its assertions say besides what the grant makes them say.
#[derive(Clone)]
pub struct Signer {
    key: Arc<dyn SigningKey>,
    algorithm: Algorithm,
    /// `kid` of the header.
    pub key_id: Option<String>,
    /// `iss`, when it is not the client id.
    pub issuer: Option<String>,
    /// `sub`, when it is not the issuer.
    pub subject: Option<String>,
    /// What the subject is, where the provider asks.
    pub subject_type: Option<String>,
    /// `aud`, when it is not the provider's.
    pub audience: Option<String>,
    /// Seconds until `exp`.
    pub validity: u64,
}

/// RFC 7518 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Rs256,
    Es256,
}

/// The key file of a Google service account.
#[derive(Deserialize)]
struct ServiceAccount {
    client_email: String,
    private_key: String,
    private_key_id: Option<String>,
}

impl Signer {
    /// Reads `OAuthJWTCert`: a PEM private key or a service account's JSON, as text or in a file. `Kind::Property` says
    /// what is wrong with it, and never what is in it.
    pub fn read(cert: &Secret, kind: Option<CertType>) -> Result<Self> {
        let looks_like_text = |text: &str| text.contains("-----BEGIN") || text.trim_start().starts_with('{');
        let kind = kind.unwrap_or(match looks_like_text(cert.expose()) {
            true => CertType::Text,
            false => CertType::File,
        });
        match kind {
            CertType::Text => Self::from_text(cert, "OAuthJWTCert"),
            // A pasted key gets into no message.
            CertType::File if looks_like_text(cert.expose()) => Err(unusable(
                "OAuthJWTCert",
                "is the text of a key, but OAuthJWTCertType says that it is a path",
            )),
            CertType::File => {
                let path = Path::new(cert.expose());
                let name = format!("The file '{}' of OAuthJWTCert", path.display());
                Self::from_text(&contents(path, &name)?, &name)
            }
        }
    }

    fn from_text(text: &Secret, name: &str) -> Result<Self> {
        if !text.expose().trim_start().starts_with('{') {
            return Self::from_pem(text.expose(), name);
        }
        let account: ServiceAccount = serde_json::from_str(text.expose())
            .map_err(|_| unusable(name, "is JSON, but not the key file of a service account"))?;
        let private_key = Secret::new(account.private_key);
        Ok(Self {
            issuer: Some(account.client_email),
            key_id: account.private_key_id,
            ..Self::from_pem(private_key.expose(), name)?
        })
    }

    fn from_pem(pem: &str, name: &str) -> Result<Self> {
        if pem.contains("-----BEGIN ENCRYPTED") {
            return Err(unusable(
                name,
                "is encrypted. Write it without a passphrase, as `openssl pkey -in KEY -out NEWKEY` does, readable by you \
                 alone",
            ));
        }
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| {
            unusable(
                name,
                "holds no private key in PEM (PKCS#8, PKCS#1 or SEC1); a certificate alone cannot sign",
            )
        })?;
        let key = any_supported_type(&key).map_err(|_| unusable(name, KEYS))?;
        let algorithm = [Algorithm::Rs256, Algorithm::Es256]
            .into_iter()
            .find(|algorithm| key.choose_scheme(&[algorithm.scheme()]).is_some())
            .ok_or_else(|| unusable(name, KEYS))?;
        Ok(Self {
            key,
            algorithm,
            key_id: None,
            issuer: None,
            subject: None,
            subject_type: None,
            audience: None,
            validity: 300,
        })
    }

    /// The assertion of the grant `urn:ietf:params:oauth:grant-type:jwt-bearer` (RFC 7523 2.1).
    pub fn grant(&self, provider: &Provider, client_id: Option<&str>, scope: &str) -> Result<Secret> {
        let issuer = self.issuer.as_deref().or(client_id).ok_or_else(|| {
            let text = "The assertion of AuthScheme=OAuthJWT needs an issuer: set OAuthClientId or OAuthJWTIssuer.";
            Error::new(Kind::Property, text)
        })?;
        let row = &provider.assertion;
        let mut claims = self.claims(
            issuer,
            self.subject.as_deref().unwrap_or(issuer),
            row.audience.as_deref().unwrap_or(&provider.token_url),
        )?;
        if row.scope_claim && !scope.is_empty() {
            claims.insert("scope".to_owned(), json!(provider.written_scope(scope)));
        }
        if let (Some(claim), Some(kind)) = (&row.subject_type_claim, &self.subject_type) {
            claims.insert(claim.clone(), json!(kind));
        }
        self.sign(claims)
    }

    /// The assertion that stands for a client secret (RFC 7523 2.2).
    pub fn client(&self, provider: &Provider, client_id: &str) -> Result<Secret> {
        let claims = self.claims(client_id, client_id, &provider.token_url)?;
        self.sign(claims)
    }

    fn claims(&self, issuer: &str, subject: &str, audience: &str) -> Result<Map<String, Value>> {
        let now = Timestamp::now().0 / 1000;
        let claims = [
            ("iss", json!(issuer)),
            ("sub", json!(subject)),
            ("aud", json!(self.audience.as_deref().unwrap_or(audience))),
            ("iat", json!(now)),
            ("exp", json!(now.saturating_add(self.validity))),
            ("jti", json!(authorize::state()?)),
        ];
        Ok(claims
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect())
    }

    /// The compact serialisation (RFC 7515 3.1).
    fn sign(&self, claims: Map<String, Value>) -> Result<Secret> {
        let mut header = json!({ "alg": self.algorithm.name(), "typ": "JWT" });
        if let (Some(id), Some(header)) = (&self.key_id, header.as_object_mut()) {
            header.insert("kid".to_owned(), json!(id));
        }
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let mut token = format!("{}.{}", encode(&header), encode(&Value::Object(claims)));
        let signature = self
            .key
            .choose_scheme(&[self.algorithm.scheme()])
            .and_then(|signer| signer.sign(token.as_bytes()).ok())
            .and_then(|signature| self.algorithm.written(&signature))
            .ok_or_else(|| Error::new(Kind::Internal, "The assertion could not be signed with OAuthJWTCert."))?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(Secret::new(token))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("algorithm", &self.algorithm)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl Algorithm {
    fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }

    fn scheme(self) -> SignatureScheme {
        match self {
            Self::Rs256 => SignatureScheme::RSA_PKCS1_SHA256,
            Self::Es256 => SignatureScheme::ECDSA_NISTP256_SHA256,
        }
    }

    /// A signature as a token carries it; TLS writes that of an elliptic curve as DER instead.
    fn written(self, signature: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Rs256 => Some(signature.to_vec()),
            Self::Es256 => fixed(signature),
        }
    }
}

/// `SEQUENCE { r INTEGER, s INTEGER }` as r and s of 32 bytes each (RFC 7518 3.4). Lengths stay below 128.
fn fixed(der: &[u8]) -> Option<Vec<u8>> {
    let (&[0x30, length], body) = der.split_first_chunk::<2>()? else {
        return None;
    };
    let body = body.get(..usize::from(length))?;
    let (r, rest) = integer(body)?;
    let (s, _) = integer(rest)?;
    let mut signature = vec![0; P256 - r.len()];
    signature.extend_from_slice(r);
    signature.resize(2 * P256 - s.len(), 0);
    signature.extend_from_slice(s);
    Some(signature)
}

/// An `INTEGER` without its leading zeros, at most 32 bytes long, and what follows it.
fn integer(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[0x02, length], body) = der.split_first_chunk::<2>()? else {
        return None;
    };
    let (number, rest) = body.split_at_checked(usize::from(length))?;
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let number = number.get(zeros..)?;
    (number.len() <= P256).then_some((number, rest))
}

fn contents(path: &Path, name: &str) -> Result<Secret> {
    let failed = |error: std::io::Error| unusable(name, &format!("cannot be read: {error}")).caused_by(error);
    let metadata = path.metadata().map_err(failed)?;
    if !metadata.is_file() || metadata.len() > LONGEST_FILE {
        return Err(unusable(name, "is no key file"));
    }
    std::fs::read_to_string(path).map(Secret::new).map_err(failed)
}

const KEYS: &str = "holds a key that cannot sign assertions; RSA of 2048 bits or more (RS256) and P-256 (ES256) can";

fn unusable(name: &str, problem: &str) -> Error {
    Error::new(Kind::Property, format!("{name} {problem}. Check OAuthJWTCert."))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// A fresh P-256 key as PKCS#8 PEM.
    fn p256() -> Secret {
        Secret::new(rcgen::KeyPair::generate().unwrap().serialize_pem())
    }

    fn part(token: &Secret, index: usize) -> Value {
        let part = token.expose().split('.').nth(index).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    fn provider() -> Provider {
        Provider {
            token_url: "https://as.test/token".to_owned(),
            ..Provider::default()
        }
    }

    #[test]
    fn a_grant_holds_the_claims_of_rfc_7523_and_verifies_with_the_public_key() {
        let pair = rcgen::KeyPair::generate().unwrap();
        let signer = Signer {
            subject: Some("ada@example.com".to_owned()),
            key_id: Some("k1".to_owned()),
            ..Signer::read(&Secret::new(pair.serialize_pem()), None).unwrap()
        };
        let token = signer.grant(&provider(), Some("app"), "a b").unwrap();
        assert_eq!(part(&token, 0), json!({"alg": "ES256", "typ": "JWT", "kid": "k1"}));
        let claims = part(&token, 1);
        assert_eq!(claims["iss"], "app");
        assert_eq!(claims["sub"], "ada@example.com");
        assert_eq!(claims["aud"], "https://as.test/token");
        assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 300);
        assert!(claims.get("scope").is_none(), "the scope is a parameter of the request");
        assert_ne!(
            claims["jti"],
            part(&signer.grant(&provider(), Some("app"), "").unwrap(), 1)["jti"]
        );

        let (signed, signature) = token.expose().rsplit_once('.').unwrap();
        let public = ring_key(pair.public_key_raw());
        public
            .verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap())
            .unwrap();
    }

    fn ring_key(raw: &[u8]) -> ring::signature::UnparsedPublicKey<Vec<u8>> {
        ring::signature::UnparsedPublicKey::new(&ring::signature::ECDSA_P256_SHA256_FIXED, raw.to_vec())
    }

    #[test]
    fn the_rows_own_claims_are_added() {
        let signer = Signer {
            subject_type: Some("enterprise".to_owned()),
            ..Signer::read(&p256(), None).unwrap()
        };
        let google = Provider::named("Google").unwrap();
        assert_eq!(
            part(&signer.grant(&google, Some("app"), "a b").unwrap(), 1)["scope"],
            "a b"
        );
        let r#box = Provider::named("Box").unwrap();
        assert_eq!(
            part(&signer.grant(&r#box, Some("app"), "").unwrap(), 1)["box_sub_type"],
            "enterprise"
        );
    }

    #[test]
    fn a_service_account_brings_its_own_issuer_and_key_id() {
        let account = json!({
            "type": "service_account", "client_email": "robot@project.test", "private_key_id": "k7",
            "private_key": p256().expose(),
        });
        let signer = Signer::read(&Secret::new(account.to_string()), None).unwrap();
        let token = signer.grant(&provider(), None, "").unwrap();
        assert_eq!(part(&token, 0)["kid"], "k7");
        assert_eq!(part(&token, 1)["iss"], "robot@project.test");
        assert_eq!(part(&token, 1)["sub"], "robot@project.test");
    }

    #[test]
    fn a_client_assertion_names_the_client_twice() {
        let token = Signer::read(&p256(), None).unwrap().client(&provider(), "app").unwrap();
        let claims = part(&token, 1);
        assert_eq!((&claims["iss"], &claims["sub"]), (&json!("app"), &json!("app")));
    }

    #[test]
    fn what_is_no_key_is_named_and_not_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing.pem");
        let missing = missing.to_str().unwrap();
        let canary = "MIIcanary";
        let texts = [
            (
                format!("-----BEGIN CERTIFICATE-----\n{canary}\n-----END CERTIFICATE-----"),
                "no private key",
            ),
            (
                format!("-----BEGIN ENCRYPTED PRIVATE KEY-----\n{canary}\n"),
                "is encrypted",
            ),
            (
                format!("{{\"private_key\": \"{canary}\"}}"),
                "not the key file of a service account",
            ),
            (missing.to_owned(), missing),
        ];
        for (text, says) in texts {
            let error = Signer::read(&Secret::new(text), None).unwrap_err();
            assert!(
                error.message().contains(says) && error.message().contains("OAuthJWTCert"),
                "{error}"
            );
            assert!(!error.message().contains(canary), "{error}");
        }
        let pasted = Signer::read(&p256(), Some(CertType::File)).unwrap_err();
        assert!(
            pasted.message().contains("OAuthJWTCertType") && !pasted.message().contains("BEGIN"),
            "{pasted}"
        );
    }

    #[test]
    fn short_and_long_integers_of_a_signature_fill_their_places() {
        let der = [&[0x30, 39, 0x02, 2, 0, 0x81][..], &[0x02, 33, 0], &[7; 32]].concat();
        let signature = fixed(&der).unwrap();
        assert_eq!(signature.len(), 64);
        assert_eq!(signature[..32], [&[0; 31][..], &[0x81]].concat());
        assert_eq!(signature[32..], [7; 32]);
        assert_eq!(fixed(&[0x30, 2, 0x02]), None);
    }
}
