//! Reading diagnostics: repeatable, whole lengths, every field in its width.

use std::ptr::null_mut;

use crate::driver::*;

/// A connection whose last call failed with 08003.
fn failed() -> Closed {
    let closed = Closed::new();
    assert_eq!(driver().SQLDisconnect(closed.dbc), ERROR);
    closed
}

#[test]
fn reading_neither_clears_nor_posts() {
    let closed = failed();
    for _ in 0..3 {
        assert_eq!(record(DBC, closed.dbc, 1).unwrap().0, "08003");
        assert_eq!(record(DBC, closed.dbc, 2), None);
    }
    let code = driver().SQLGetDiagRec(DBC, closed.dbc, 2, null_mut(), null_mut(), null_mut(), 0, null_mut());
    assert_eq!(code, NO_DATA);
    for number in [0, -1] {
        let code = driver().SQLGetDiagRec(
            DBC,
            closed.dbc,
            number,
            null_mut(),
            null_mut(),
            null_mut(),
            0,
            null_mut(),
        );
        assert_eq!(code, ERROR);
    }
    let code = driver().SQLGetDiagRec(DBC, closed.dbc, 1, null_mut(), null_mut(), null_mut(), -1, null_mut());
    assert_eq!(code, ERROR);
    assert_eq!(state(DBC, closed.dbc), "08003");
}

#[test]
fn the_next_call_clears() {
    let closed = failed();
    let mut supported = 0_u16;
    assert_eq!(driver().SQLGetFunctions(closed.dbc, 13, &mut supported), SUCCESS);
    assert_eq!(record(DBC, closed.dbc, 1), None);
}

#[test]
fn a_short_buffer_is_told_the_whole_length() {
    let closed = failed();
    let (_, message) = record(DBC, closed.dbc, 1).unwrap();
    assert!(message.starts_with("[Latchkey]"), "{message}");

    let mut short = [0xff_u8; 12];
    let mut length = 0_i16;
    let code = driver().SQLGetDiagRec(
        DBC,
        closed.dbc,
        1,
        null_mut(),
        null_mut(),
        short.as_mut_ptr(),
        8,
        &mut length,
    );
    assert_eq!((code, length as usize), (WITH_INFO, message.len()));
    assert_eq!(&short[..7], &message.as_bytes()[..7]);
    assert_eq!(&short[7..], [0, 0xff, 0xff, 0xff, 0xff]);

    let mut wide = [0xffff_u16; 513];
    let mut state = [0_u16; 6];
    let mut length = 0_i16;
    let code = driver().SQLGetDiagRecW(
        DBC,
        closed.dbc,
        1,
        state.as_mut_ptr(),
        null_mut(),
        wide.as_mut_ptr(),
        513,
        &mut length,
    );
    assert_eq!(code, SUCCESS);
    assert_eq!(String::from_utf16(&state[..5]).unwrap(), "08003");
    assert_eq!(String::from_utf16(&wide[..length as usize]).unwrap(), message);
}

#[test]
fn header_fields_are_in_their_width() {
    let closed = failed();
    let mut small = [0xff_u8; 8];
    let field = |id: i16, buffer: &mut [u8]| {
        driver().SQLGetDiagField(DBC, closed.dbc, 0, id, buffer.as_mut_ptr().cast(), 8, null_mut())
    };
    assert_eq!(field(1, &mut small), SUCCESS);
    assert_eq!(small, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    assert_eq!(field(2, &mut small), SUCCESS);
    assert_eq!(small, [1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
    // The row count is a statement's.
    assert_eq!(field(3, &mut small), ERROR);
    assert_eq!(field(4711, &mut small), ERROR);
}

#[test]
fn record_fields_tell_state_and_origin() {
    let closed = failed();
    let field = |number: i16, id: i16| {
        let mut buffer = [0_u8; 64];
        let mut length = 0_i16;
        let code = driver().SQLGetDiagField(DBC, closed.dbc, number, id, buffer.as_mut_ptr().cast(), 64, &mut length);
        (code, String::from_utf8(buffer[..length as usize].to_vec()).unwrap())
    };
    assert_eq!(field(1, 4), (SUCCESS, "08003".to_owned()));
    assert_eq!(field(1, 8), (SUCCESS, "ISO 9075".to_owned()));
    assert_eq!(field(1, 9), (SUCCESS, "ISO 9075".to_owned()));
    assert_eq!(field(1, 10).0, SUCCESS);
    assert_eq!(field(1, 11).0, SUCCESS);
    assert_eq!(field(2, 4).0, NO_DATA);
    assert_eq!(field(0, 4).0, ERROR);
}

#[test]
fn an_odbc_2_program_reads_its_own_states() {
    let closed = Closed::of_version(2);
    assert_eq!(driver().SQLSetConnectAttr(closed.dbc, 4711, word(0), 0), ERROR);
    assert_eq!(state(DBC, closed.dbc), "S1092");
}
