//! SQLBrowseConnect: a connection found step by step.

use std::ptr::null_mut;

use crate::driver::*;

/// One call; the whole result string comes with its code.
fn browse(dbc: Handle, input: &str) -> (i16, String) {
    let mut out = [0_u8; 2048];
    let mut length = 0_i16;
    let code = driver().SQLBrowseConnect(
        dbc,
        input.as_ptr(),
        input.len() as i16,
        out.as_mut_ptr(),
        2048,
        &mut length,
    );
    let written = String::from_utf8(out[..length as usize].to_vec()).unwrap();
    (code, written)
}

const FIRST: &str = "URI:URI=?;\
                     *AuthScheme:AuthScheme={OAuth,OAuthPKCE,OAuthClient,OAuthPassword,OAuthJWT,OAuthDevice,Basic,None};\
                     *InitiateOAuth:InitiateOAuth={OFF,REFRESH,GETANDREFRESH};*OAuthProvider:OAuthProvider=?;";

#[test]
fn a_connection_is_found_in_steps_and_its_secrets_do_not_come_back() {
    let closed = Closed::new();
    let dbc = closed.dbc;
    assert_eq!(browse(dbc, "Driver=Latchkey"), (NEED_DATA, FIRST.to_owned()));
    assert_eq!(state(DBC, dbc), "");
    let (code, asked) = browse(dbc, "URI=dropbox:///people.json");
    assert_eq!(code, NEED_DATA);
    assert!(asked.starts_with("OAuthAccessToken:OAuthAccessToken=?;*"), "{asked}");

    // Neither open nor closed: no statement, no other way in, no freeing.
    let mut statement = null_mut();
    assert_eq!(driver().SQLAllocHandle(STMT, dbc, &mut statement), ERROR);
    assert_eq!(state(DBC, dbc), "08003");
    let connect = |text: &str| {
        let (input, length) = (text.as_ptr(), text.len() as i16);
        driver().SQLDriverConnect(dbc, null_mut(), input, length, null_mut(), 0, null_mut(), 0)
    };
    assert_eq!(connect("URI=/a.json"), ERROR);
    assert_eq!(state(DBC, dbc), "08002");
    assert_eq!(driver().SQLFreeHandle(DBC, dbc), ERROR);
    assert_eq!(state(DBC, dbc), "HY010");

    let (code, completed) = browse(dbc, "OAuthAccessToken=sl.very-secret");
    assert_eq!(code, SUCCESS);
    assert_eq!(completed, "Driver=Latchkey;URI=dropbox:///people.json;");
    allocate(STMT, dbc);
    assert_eq!(browse(dbc, "URI=/a.json").0, ERROR);
    assert_eq!(state(DBC, dbc), "08002");
}

#[test]
fn one_step_is_enough_when_all_is_there() {
    let closed = Closed::new();
    let (code, completed) = browse(closed.dbc, "URI=/data/people.json;Nonsense=1");
    assert_eq!((code, completed.as_str()), (WITH_INFO, "URI=/data/people.json;"));
    assert_eq!(state(DBC, closed.dbc), "01S00");
}

#[test]
fn what_is_wrong_is_told_and_asked_again() {
    let closed = Closed::new();
    let dbc = closed.dbc;
    // Nothing was asked yet that could be asked again.
    assert_eq!(browse(dbc, "InitiateOAuth=perhaps").0, ERROR);
    assert_eq!(state(DBC, dbc), "08001");
    assert_eq!(driver().SQLDisconnect(dbc), ERROR);
    assert_eq!(state(DBC, dbc), "08003");

    assert_eq!(browse(dbc, "Driver=Latchkey"), (NEED_DATA, FIRST.to_owned()));
    assert_eq!(browse(dbc, "Colour=blue"), (NEED_DATA, FIRST.to_owned()));
    assert_eq!(state(DBC, dbc), "01S00");
    assert_eq!(browse(dbc, "InitiateOAuth=perhaps"), (NEED_DATA, FIRST.to_owned()));
    assert_eq!(state(DBC, dbc), "08001");
    assert_eq!(browse(dbc, "no attribute"), (NEED_DATA, FIRST.to_owned()));
    assert_eq!(state(DBC, dbc), "08001");
    assert_eq!(
        driver().SQLBrowseConnect(dbc, NO_TEXT, 0, null_mut(), 0, null_mut()),
        ERROR
    );
    assert_eq!(state(DBC, dbc), "HY009");
    assert_eq!(
        driver().SQLBrowseConnect(dbc, b"x".as_ptr(), -7, null_mut(), 0, null_mut()),
        ERROR
    );
    assert_eq!(state(DBC, dbc), "HY090");
    assert_eq!(browse(dbc, "URI=/data/people.json").0, SUCCESS);
}

#[test]
fn disconnecting_ends_the_browsing() {
    let closed = Closed::new();
    let dbc = closed.dbc;
    assert_eq!(browse(dbc, "URI=dropbox:///a.json").0, NEED_DATA);
    assert_eq!(driver().SQLDisconnect(dbc), SUCCESS);
    // From the beginning: the place is asked for again.
    assert_eq!(browse(dbc, ""), (NEED_DATA, FIRST.to_owned()));
    assert_eq!(driver().SQLDisconnect(dbc), SUCCESS);
    assert_eq!(driver().SQLDisconnect(dbc), ERROR);
    assert_eq!(state(DBC, dbc), "08003");
}

#[test]
fn a_result_that_is_cut_has_its_whole_length_and_can_be_asked_for_again() {
    let closed = Closed::new();
    let dbc = closed.dbc;
    let input: Vec<u16> = "Driver=Latchkey".encode_utf16().collect();
    let mut out = [0xffff_u16; 10];
    let mut length = 0_i16;
    let code = driver().SQLBrowseConnectW(
        dbc,
        input.as_ptr(),
        input.len() as i16,
        out.as_mut_ptr(),
        10,
        &mut length,
    );
    assert_eq!(code, NEED_DATA);
    assert_eq!(state(DBC, dbc), "01004");
    assert_eq!(usize::try_from(length).unwrap(), FIRST.len());
    assert_eq!(String::from_utf16(&out).unwrap(), "URI:URI=?\0");
    assert_eq!(browse(dbc, ""), (NEED_DATA, FIRST.to_owned()));
}
