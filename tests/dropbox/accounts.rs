//! The people who have a Dropbox here.

use serde_json::{Map, Value, json};

/// One person.
#[derive(Debug)]
pub struct Account {
    /// 40 characters, as the API promises.
    pub account_id: &'static str,
    /// The same person in the older numbering, which token answers still carry.
    pub uid: &'static str,
    pub email: &'static str,
    given_name: &'static str,
    surname: &'static str,
    display_name: &'static str,
    abbreviated_name: &'static str,
    country: &'static str,
    locale: &'static str,
    account_type: &'static str,
    pub home_namespace: &'static str,
    /// Differs from `home_namespace` for a member of a team that has a team space.
    pub root_namespace: &'static str,
    home_path: Option<&'static str>,
}

/// A person with a Dropbox of their own, and a member of a team.
pub static ACCOUNTS: [Account; 2] = [
    Account {
        account_id: "dbid:AAC7Qm2xLw0vTz9hRk3sYp5uJd8fNe1bGiO",
        uid: "41270935",
        email: "ada@example.com",
        given_name: "Ada",
        surname: "Example",
        display_name: "Ada Example",
        abbreviated_name: "AE",
        country: "GB",
        locale: "en",
        account_type: "basic",
        home_namespace: "7100001",
        root_namespace: "7100001",
        home_path: None,
    },
    Account {
        account_id: "dbid:AADk4Wc8ZsXy1Bv6MnQo0TgHr2EjLa7PuFi",
        uid: "58816402",
        email: "haruka@example.com",
        given_name: "遥",
        surname: "高橋",
        display_name: "高橋 遥",
        abbreviated_name: "高遥",
        country: "JP",
        locale: "ja",
        account_type: "business",
        home_namespace: "7200002",
        root_namespace: "7200900",
        home_path: Some("/高橋 遥"),
    },
];

/// The only password that is wrong.
const WRONG_PASSWORD: &str = "wrong";

impl Account {
    /// Who this is, if the password is theirs.
    pub fn sign_in(email: &str, password: &str) -> Option<&'static Self> {
        if password.is_empty() || password == WRONG_PASSWORD {
            return None;
        }
        Self::by_email(email)
    }

    pub fn by_email(email: &str) -> Option<&'static Self> {
        ACCOUNTS
            .iter()
            .find(|account| account.email.eq_ignore_ascii_case(email.trim()))
    }

    pub fn owns_namespace(&self, id: &str) -> bool {
        id == self.home_namespace || id == self.root_namespace
    }

    /// `RootInfo` of the API.
    pub fn root_info(&self) -> Value {
        let tag = if self.home_path.is_some() { "team" } else { "user" };
        let mut info = Map::from_iter([
            (".tag".to_owned(), tag.into()),
            ("root_namespace_id".to_owned(), self.root_namespace.into()),
            ("home_namespace_id".to_owned(), self.home_namespace.into()),
        ]);
        if let Some(home_path) = self.home_path {
            info.insert("home_path".to_owned(), home_path.into());
        }
        info.into()
    }

    /// `FullAccount` of the API.
    pub fn full(&self) -> Value {
        json!({
            "account_id": self.account_id,
            "name": {
                "given_name": self.given_name,
                "surname": self.surname,
                "familiar_name": self.given_name,
                "display_name": self.display_name,
                "abbreviated_name": self.abbreviated_name,
            },
            "email": self.email,
            "email_verified": true,
            "disabled": false,
            "country": self.country,
            "locale": self.locale,
            "referral_link": format!("https://www.dropbox.com/referrals/{}", self.uid),
            "is_paired": false,
            "account_type": {".tag": self.account_type},
            "root_info": self.root_info(),
        })
    }
}
