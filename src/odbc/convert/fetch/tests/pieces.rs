//! SQLGetData: a value in pieces, in buffers of every size.

use proptest::prelude::*;

use super::*;

#[test]
fn fixed_values_are_delivered_once() {
    let mut buffers = Buffers::new(ROOM);
    let target = buffers.target(c::SLONG);
    let converter = converter(&integer(5), c::SLONG).unwrap();
    let mut progress = Progress::default();
    assert_eq!(converter.piece(0, &target, &mut progress), Ok(Outcome::Exact));
    assert_eq!(converter.piece(0, &target, &mut progress), Ok(Outcome::NoData));
    assert_eq!(
        converter.piece(0, &target, &mut Progress::default()),
        Ok(Outcome::Exact)
    );
}

#[test]
fn empty_text_is_delivered_once() {
    let mut buffers = Buffers::new(8);
    let target = buffers.target(c::WCHAR);
    let converter = converter(&text(""), c::WCHAR).unwrap();
    let mut progress = Progress::default();
    assert_eq!(converter.piece(0, &target, &mut progress), Ok(Outcome::Exact));
    assert_eq!((buffers.length, &buffers.data[..3]), (0, &[0, 0, GUARD][..]));
    assert_eq!(converter.piece(0, &target, &mut progress), Ok(Outcome::NoData));
}

#[test]
fn a_buffer_without_room_asks_for_the_length() {
    for array in [text("grüße"), integer(12_345)] {
        let mut buffers = Buffers::new(0);
        let converter = converter(&array, c::CHAR).unwrap();
        let mut progress = Progress::default();
        let probe = buffers.target(c::CHAR);
        assert_eq!(converter.piece(0, &probe, &mut progress), Ok(Outcome::Truncated));
        let length = buffers.length as usize;
        let mut buffers = Buffers::new(length + 1);
        let target = buffers.target(c::CHAR);
        assert_eq!(converter.piece(0, &target, &mut progress), Ok(Outcome::Exact));
        assert_eq!(buffers.length as usize, length);
    }
}

#[test]
fn another_c_type_begins_the_value_again() {
    let array = text("abcdef");
    let mut progress = Progress::default();
    let mut buffers = Buffers::new(4);
    let narrow = buffers.target(c::CHAR);
    converter(&array, c::CHAR)
        .unwrap()
        .piece(0, &narrow, &mut progress)
        .unwrap();
    let mut buffers = Buffers::new(ROOM);
    let wide = buffers.target(c::WCHAR);
    assert_eq!(
        converter(&array, c::WCHAR).unwrap().piece(0, &wide, &mut progress),
        Ok(Outcome::Exact)
    );
    assert_eq!(buffers.length, 12);
}

/// Fetches a value in pieces of `capacity` bytes until it ends or a buffer has no room for a unit.
fn pieces(array: &ArrayRef, c_type: i16, capacity: usize) -> (Vec<u8>, bool) {
    let unit = if c_type == c::WCHAR { 2 } else { 1 };
    let terminator = if c_type == c::BINARY { 0 } else { unit };
    let converter = converter(array, c_type).unwrap();
    let mut progress = Progress::default();
    let mut whole = Vec::new();
    let mut left = None;
    loop {
        let mut buffers = Buffers::new(capacity);
        let target = buffers.target(c_type);
        let result = converter.piece(0, &target, &mut progress);
        let seen = buffers.seen(result);
        match seen.result.unwrap() {
            Outcome::NoData => return (whole, true),
            outcome => {
                let length = seen.length as usize;
                assert_eq!(*left.get_or_insert(length), length, "the length is what remains");
                if capacity < terminator || capacity == 0 {
                    assert_eq!(
                        outcome,
                        if length + terminator == 0 {
                            Outcome::Exact
                        } else {
                            Outcome::Truncated
                        }
                    );
                    return (whole, length + terminator == 0);
                }
                let room = (capacity - terminator) / unit * unit;
                let end = if c_type == c::BINARY {
                    length.min(room)
                } else {
                    (0..=room)
                        .step_by(unit)
                        .find(|at| seen.buffer[*at..*at + unit].iter().all(|byte| *byte == 0))
                        .unwrap()
                };
                whole.extend_from_slice(&seen.buffer[..end]);
                left = Some(length - end);
                assert_eq!(outcome == Outcome::Exact, length == end);
                if end == 0 && length > 0 {
                    return (whole, false);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn pieces_put_together_are_the_value(value in "([a-z]|é|日|👩|\u{200D}|\u{301}|𝄞){0,20}") {
        for (c_type, encoded) in [
            (c::CHAR, value.clone().into_bytes()),
            (c::WCHAR, value.encode_utf16().flat_map(u16::to_ne_bytes).collect()),
            (c::BINARY, value.clone().into_bytes()),
        ] {
            for capacity in 0..encoded.len() + 5 {
                let (whole, complete) = pieces(&text(&value), c_type, capacity);
                prop_assert!(encoded.starts_with(&whole));
                // One unit and a terminator are enough to go on.
                prop_assert!(complete || capacity < 4, "stuck with {capacity} bytes");
                prop_assert!(!complete || whole == encoded);
            }
        }
    }

    #[test]
    fn pieces_of_binary_put_together_are_the_value(value in proptest::collection::vec(1_u8.., 0..200)) {
        let array: ArrayRef = Arc::new(BinaryArray::from(vec![value.as_slice()]));
        let digits: String = value.iter().map(|byte| format!("{byte:02X}")).collect();
        for capacity in [1, 2, 3, 4, 5, 63, 64, 65, 66, 130, 200, 300, 500, 1000] {
            let (whole, complete) = pieces(&array, c::BINARY, capacity);
            prop_assert!(complete && whole == value);
            let (whole, complete) = pieces(&array, c::CHAR, capacity);
            prop_assert!(digits.as_bytes().starts_with(&whole));
            prop_assert!((complete && whole == digits.as_bytes()) || (capacity == 1 && !value.is_empty()));
            let (whole, complete) = pieces(&array, c::WCHAR, capacity);
            let wide: Vec<u8> = digits.encode_utf16().flat_map(u16::to_ne_bytes).collect();
            prop_assert!((complete && whole == wide) || (capacity < 4 && wide.starts_with(&whole)));
        }
    }
}
