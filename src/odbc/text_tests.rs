//! Text in and out of buffers of every size.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::string_slice,
    clippy::panic
)]

use super::*;

const SAMPLES: [&str; 6] = ["", "a", "plain ascii", "grüße", "日本語", "a👩‍🚀é\u{301}𝄞z"];

/// A buffer with a guard behind it.
fn written(encoding: Encoding, text: &str, capacity: usize) -> (Written, Vec<u8>) {
    const GUARD: u8 = 0xAA;
    let mut buffer = vec![GUARD; capacity * encoding.unit() + 8];
    let written = encoding.write(text, Address::from(buffer.as_mut_ptr()), capacity);
    assert!(
        buffer[capacity * encoding.unit()..].iter().all(|byte| *byte == GUARD),
        "wrote past the buffer"
    );
    buffer.truncate(capacity * encoding.unit());
    (written, buffer)
}

fn decoded(encoding: Encoding, buffer: &[u8]) -> String {
    match encoding {
        Encoding::Narrow => {
            let end = buffer.iter().position(|byte| *byte == 0).expect("no terminator");
            String::from_utf8(buffer[..end].to_vec()).expect("half a character")
        }
        Encoding::Wide => {
            let units: Vec<u16> = buffer
                .chunks(2)
                .map(|unit| u16::from_ne_bytes([unit[0], unit[1]]))
                .collect();
            let end = units.iter().position(|unit| *unit == 0).expect("no terminator");
            String::from_utf16(&units[..end]).expect("half a character")
        }
        Encoding::Ucs4 => {
            let units = buffer
                .chunks(4)
                .map(|unit| u32::from_ne_bytes(unit.try_into().unwrap()));
            let text: Vec<u32> = units.take_while(|unit| *unit != 0).collect();
            assert!(text.len() < buffer.len() / 4, "no terminator");
            text.into_iter()
                .map(|unit| char::from_u32(unit).expect("no character"))
                .collect()
        }
    }
}

#[test]
fn text_is_cut_between_characters_and_its_full_length_told() {
    for encoding in [Encoding::Narrow, Encoding::Wide, Encoding::Ucs4] {
        for text in SAMPLES {
            let full = match encoding {
                Encoding::Narrow => text.len(),
                Encoding::Wide => text.encode_utf16().count(),
                Encoding::Ucs4 => text.chars().count(),
            };
            for capacity in 0..full + 3 {
                let (told, buffer) = written(encoding, text, capacity);
                assert_eq!(
                    told,
                    Written {
                        full_length: full,
                        truncated: capacity <= full
                    }
                );
                if capacity > 0 {
                    let copy = decoded(encoding, &buffer);
                    assert!(text.starts_with(&copy));
                    let missing = text[copy.len()..].chars().next();
                    let next = missing.map_or(usize::MAX, |next| encoding.length(next.encode_utf8(&mut [0; 4])));
                    assert!(
                        encoding.length(&copy).saturating_add(next) >= capacity,
                        "room was left unused"
                    );
                }
            }
        }
    }
}

#[test]
fn no_buffer_is_a_question_for_the_length() {
    let told = Encoding::Wide.write("𝄞", Address::NULL, 0);
    assert_eq!(
        told,
        Written {
            full_length: 2,
            truncated: false
        }
    );
}

#[test]
fn arguments_are_read_by_length_or_terminator() {
    for text in SAMPLES {
        let narrow: Vec<u8> = text.bytes().chain([0]).collect();
        let wide: Vec<u16> = text.encode_utf16().chain([0]).collect();
        for (encoding, address, length) in [
            (Encoding::Narrow, Address::of(narrow.as_ptr()), narrow.len() - 1),
            (Encoding::Wide, Address::of(wide.as_ptr()), wide.len() - 1),
        ] {
            let length = isize::try_from(length).unwrap();
            assert_eq!(encoding.read(address, odbc_sys::NTS), Ok(Some(text.to_owned())));
            assert_eq!(encoding.read(address, length), Ok(Some(text.to_owned())));
            // Some programs count the terminator in.
            assert_eq!(encoding.read(address, length + 1), Ok(Some(text.to_owned())));
        }
    }
}

#[test]
fn a_wide_argument_need_not_be_aligned() {
    let bytes = [0_u8, b'a', 0, b'b', 0, 0, 0];
    let odd = Address::of(bytes.as_ptr()).forward(1);
    assert_eq!(Encoding::Wide.read(odd, odbc_sys::NTS), Ok(Some("ab".to_owned())));
}

#[test]
fn bad_arguments_are_told_apart() {
    let text = [b'a', 0xFF, b'b', 0];
    let address = Address::of(text.as_ptr());
    assert_eq!(
        Encoding::Narrow.read(address, odbc_sys::NTS),
        Ok(Some("a\u{FFFD}b".to_owned()))
    );
    assert_eq!(Encoding::Narrow.read(address, -1), Err(TextError::Length));
    assert_eq!(Encoding::Narrow.read(Address::NULL, odbc_sys::NTS), Ok(None));
    assert_eq!(Encoding::Wide.read(Address::NULL, 5), Ok(None));
    assert_eq!(Encoding::Narrow.read(address, 0), Ok(Some(String::new())));
    let lone = [0xD83D_u16, 0];
    assert_eq!(
        Encoding::Wide.read(Address::of(lone.as_ptr()), odbc_sys::NTS),
        Ok(Some("\u{FFFD}".to_owned()))
    );
}

#[test]
fn four_bytes_hold_any_character() {
    let mut buffer = [7_u32; 5];
    let written = Encoding::Ucs4.write("a🖥é", Address::of(buffer.as_mut_ptr()), 5);
    assert_eq!((written.full_length, written.truncated), (3, false));
    assert_eq!(buffer, [0x61, 0x1F5A5, 0xE9, 0, 7]);
    let read = Encoding::Ucs4.read(Address::of(buffer.as_ptr()), odbc_sys::NTS);
    assert_eq!(read, Ok(Some("a🖥é".to_owned())));
    let cut = Encoding::Ucs4.write("a🖥é", Address::of(buffer.as_mut_ptr()), 2);
    assert_eq!((cut.full_length, cut.truncated, buffer[1]), (3, true, 0));
    let wrong = [0xD800_u32, 0];
    let read = Encoding::Ucs4.read(Address::of(wrong.as_ptr()), 1);
    assert_eq!(read, Ok(Some("\u{FFFD}".to_owned())));
}
