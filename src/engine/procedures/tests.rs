//! Calls in every spelling, and what is refused before any I/O.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::scalar::ScalarValue;

use super::*;
use crate::engine::runtime::{self, Wait};
use crate::engine::session::{Options, Session};
use crate::engine::tests::bare;
use crate::error::{Error, Kind};
use crate::oauth::{Initiate, Manager, testing};

fn text(value: &str) -> ScalarValue {
    ScalarValue::Utf8(Some(value.to_owned()))
}

fn call(sql: &str) -> Call {
    parse(sql)
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"))
        .unwrap_or_else(|| panic!("{sql} is no call"))
}

/// The inputs that a call gives, defaults included.
fn given(sql: &str, parameters: &[ScalarValue]) -> Vec<(&'static str, String)> {
    let inputs = call(sql)
        .inputs(parameters)
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    inputs
        .0
        .iter()
        .map(|(name, value)| (*name, value.expose().clone()))
        .filter(|(name, value)| (*name, value.as_str()) != ("GrantType", "CODE"))
        .collect()
}

fn refused(sql: &str, parameters: &[ScalarValue]) -> Error {
    match parse(sql) {
        Err(error) => error,
        Ok(None) => panic!("{sql} is no call"),
        Ok(Some(call)) => match call.inputs(parameters) {
            Err(error) => error,
            Ok(_) => panic!("{sql} was accepted"),
        },
    }
}

/// A session that has nothing but this sign-in.
fn session(oauth: Option<Arc<Manager>>) -> Arc<Session> {
    Session::new(Options { oauth, ..bare() })
}

#[test]
fn every_spelling_is_the_same_call() {
    let expected = vec![("AuthMode", "WEB".to_owned()), ("Verifier", "a'b".to_owned())];
    for sql in [
        "EXEC GetOAuthAccessToken AuthMode='WEB', Verifier='a''b'",
        "exec getoauthaccesstoken authmode = 'web' , @VERIFIER = 'a''b' ;",
        "EXECUTE GetOAuthAccessToken @Verifier='a''b', @AuthMode='WEB'",
        "CALL GetOAuthAccessToken('WEB', 'a''b')",
        "{call GetOAuthAccessToken('WEB', 'a''b')}",
        "{ CALL [GetOAuthAccessToken] (N'WEB', Verifier = 'a''b') } ;",
        "EXEC latchkey.json.GetOAuthAccessToken 'WEB', 'a''b'",
        "EXEC \"json\".[GetOAuthAccessToken] Verifier='a''b'",
        "/* first */ EXEC GetOAuthAccessToken -- then\n Verifier='a''b';;",
        "EXEC GetOAuthAccessToken NULL, 'a''b'",
        "EXEC GetOAuthAccessToken AuthMode='  ', Verifier='a''b', Scope=''",
    ] {
        assert_eq!(given(sql, &[]), expected, "{sql}");
    }
}

#[test]
fn markers_are_inputs_in_their_order() {
    let values = [text("WEB"), text("code")];
    for sql in [
        "EXEC GetOAuthAccessToken ?, ?",
        "{call GetOAuthAccessToken(?, ?)}",
        "EXEC GetOAuthAccessToken AuthMode=?, Verifier=?",
        "EXEC GetOAuthAccessToken AuthMode=@p1, Verifier=@p2",
        "EXEC GetOAuthAccessToken @AuthMode=@p1, @Verifier=@p2",
    ] {
        assert_eq!(call(sql).markers(), 2, "{sql}");
        assert_eq!(
            given(sql, &values),
            [("AuthMode", "WEB".to_owned()), ("Verifier", "code".to_owned())],
            "{sql}"
        );
    }
    let same = "EXEC GetOAuthAccessToken Verifier=@p, State=@P";
    assert_eq!(call(same).markers(), 1);
    let number = "EXEC GetOAuthAuthorizationURL State=?";
    assert_eq!(
        given(number, &[ScalarValue::Int64(Some(7))]),
        [("State", "7".to_owned())]
    );
    assert_eq!(
        given("EXEC GetOAuthAuthorizationURL State=-7.5", &[]),
        [("State", "-7.5".to_owned())]
    );
    assert_eq!(refused(number, &[]).kind(), Kind::Syntax);
}

#[test]
fn what_is_wrong_with_a_call_is_told_before_anything_happens() {
    let cases = [
        (
            "EXEC NoSuch",
            Kind::TableNotFound,
            "NoSuch is not a stored procedure; there are: CreateSchema, GetOAuthAccessToken, ",
        ),
        ("EXEC", Kind::Syntax, "names no procedure"),
        ("EXEC json.", Kind::Syntax, "ends with a point"),
        (
            "EXEC GetOAuthAccessToken Code='x'",
            Kind::Syntax,
            "has no input Code; it has: AuthMode, Verifier",
        ),
        (
            "EXEC GetOAuthAccessToken Verifier='x', @verifier='y'",
            Kind::Syntax,
            "given twice",
        ),
        (
            "EXEC GetOAuthAccessToken 'WEB', AuthMode='APP'",
            Kind::Syntax,
            "given twice",
        ),
        (
            "EXEC RefreshOAuthAccessToken 'x', 'y'",
            Kind::Syntax,
            "no more than 1 inputs",
        ),
        (
            "EXEC GetOAuthAccessToken AuthMode='DESKTOP'",
            Kind::Syntax,
            "one of WEB, APP",
        ),
        ("EXEC GetOAuthAccessToken Verifier=x", Kind::Syntax, "line 1, column 35"),
        (
            "EXEC GetOAuthAccessToken Verifier='x' State='y'",
            Kind::Syntax,
            "comma is missing",
        ),
        (
            "EXEC GetOAuthAccessToken Verifier=",
            Kind::Syntax,
            "value of an input is missing",
        ),
        ("CALL GetOAuthAccessToken('x'", Kind::Syntax, "closed by a )"),
        ("{call GetOAuthAccessToken('WEB', 'x')", Kind::Syntax, "closed by a }"),
        (
            "EXEC GetOAuthAccessToken 'WEB', 'x'; SELECT 1",
            Kind::Syntax,
            "Something follows",
        ),
        ("{? = call GetOAuthAccessToken('WEB')}", Kind::Syntax, "no return value"),
    ];
    for (sql, kind, part) in cases {
        let error = refused(sql, &[]);
        assert_eq!(error.kind(), kind, "{sql}: {error:?}");
        assert!(error.message().contains(part), "{sql}: {error:?}");
    }
}

#[test]
fn a_query_is_no_call() {
    for sql in [
        "SELECT 1",
        "",
        "{fn ABS(1)}",
        "call_me",
        "'EXEC x",
        "SELECT 'EXEC GetOAuthAccessToken'",
    ] {
        assert!(parse(sql).unwrap().is_none(), "{sql}");
    }
}

#[test]
fn no_value_of_an_input_is_printed() {
    let secret = "hunter2";
    let call = call(&format!(
        "EXEC GetOAuthAccessToken Verifier='{secret}', State='{secret}'"
    ));
    assert!(!format!("{call:?}").contains(secret));
    for sql in [
        format!("EXEC GetOAuthAccessToken AuthMode='{secret}'"),
        format!("EXEC GetOAuthAccessToken Verifier={secret}"),
        format!("EXEC GetOAuthAccessToken Verifier='{secret}' '{secret}'"),
        format!("EXEC RefreshOAuthAccessToken 'x', '{secret}'"),
    ] {
        assert!(!refused(&sql, &[]).message().contains(secret), "{sql}");
    }
}

#[test]
fn the_columns_are_known_without_running() {
    let session = session(None);
    let prepare = session.clone().prepare("EXEC RefreshOAuthAccessToken ?".to_owned());
    let prepared = runtime::run(&Wait::default(), prepare).unwrap();
    let schema = prepared.schema();
    let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(names, ["OAuthAccessToken", "OAuthRefreshToken", "ExpiresIn"]);
    assert_eq!(prepared.parameters(), [Some(DataType::Utf8)]);

    let error = runtime::run(&Wait::default(), prepared.execute(vec![text("x")])).unwrap_err();
    assert_eq!(error.kind(), Kind::Property);
    assert!(error.message().contains("URI"));
}

#[test]
fn the_table_of_procedures_is_in_order_and_complete() {
    let names: Vec<_> = all().iter().map(|procedure| procedure.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    for procedure in all() {
        assert!(!procedure.description.is_empty() && !procedure.results.is_empty());
        for input in procedure.inputs {
            assert!(!input.description.is_empty());
            assert!(
                input
                    .default
                    .is_none_or(|value| input.values.is_empty() || input.values.contains(&value))
            );
            assert!(!input.required || input.default.is_none());
        }
    }
}

#[test]
fn a_manager_without_a_verifier_is_not_asked() {
    let inputs = call("EXEC GetOAuthAccessToken").inputs(&[]).unwrap();
    assert_eq!(inputs.text("AuthMode"), Some("WEB"));
    assert!(inputs.secret("Verifier").is_none());
    let error = runtime::run(&Wait::default(), async {
        let prepared = session(None).prepare("EXEC GetOAuthAccessToken".to_owned()).await?;
        prepared.execute(vec![]).await.map(drop)
    });
    assert_eq!(error.unwrap_err().kind(), Kind::Property);
}

#[test]
fn an_authorization_url_comes_with_what_the_exchange_needs() {
    let config = testing::config(testing::dropbox(), Initiate::Off, testing::memory());
    let session = session(Some(Arc::new(Manager::new(config))));
    let sql = "{call GetOAuthAuthorizationURL(?, State='mine')}";
    let batch = runtime::run(&Wait::default(), async move {
        let prepared = session.prepare(sql.to_owned()).await?;
        let rows = prepared.execute(vec![text("http://localhost:4444")]).await?;
        Ok(rows.next().await?.unwrap().0)
    })
    .unwrap();
    let value = |column: &str| {
        let column = batch.column_by_name(column).unwrap();
        array_value_to_string(column, 0).unwrap()
    };
    assert_eq!(batch.num_rows(), 1);
    assert_eq!(value("State"), "mine");
    assert!(value("PKCEVerifier").len() >= 43);
    let url = url::Url::parse(&value("URL")).unwrap();
    let redirect = url.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1;
    assert_eq!(redirect, "http://localhost:4444");
}

#[test]
fn a_moment_is_written_in_utc() {
    let moment = crate::oauth::token::Timestamp(1_700_000_000_999);
    assert_eq!(super::oauth::utc(moment).as_deref(), Some("2023-11-14T22:13:20Z"));
    assert_eq!(super::oauth::utc(crate::oauth::token::Timestamp(u64::MAX)), None);
}

#[test]
fn a_redirected_url_of_another_sign_in_is_refused() {
    assert!(super::oauth::carries_another(
        "http://localhost:33333/?code=x&state=b",
        "a"
    ));
    assert!(!super::oauth::carries_another(
        "http://localhost:33333/?code=x&state=a",
        "a"
    ));
    assert!(!super::oauth::carries_another("barecode", "a"));
}

#[test]
fn the_readme_has_this_table() {
    let rows: Vec<_> = all()
        .iter()
        .map(|procedure| {
            let inputs: Vec<_> = procedure.inputs.iter().map(|it| format!("`{}`", it.name)).collect();
            let results: Vec<_> = procedure.results.iter().map(|it| format!("`{}`", it.name)).collect();
            format!(
                "| `{}` | {} | {} | {} |",
                procedure.name,
                inputs.join(", "),
                results.join(", "),
                procedure.description
            )
        })
        .collect();
    let table = rows.join("\n");
    assert!(
        include_str!("../../../README.md").contains(&table),
        "the README's table should be\n{table}"
    );
}
