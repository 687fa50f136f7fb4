//! What is followed, against a reading byte by byte; both ways of following.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

/// Where the first array or object ends, read byte by byte: or at which byte it is broken.
fn plainly(bytes: &[u8]) -> Result<Option<usize>, usize> {
    let (mut open, mut in_string, mut escaped) = (Vec::new(), false, false);
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            0..=0x1F if in_string => return Err(at),
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'\\' => return Err(at),
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => open.push(byte + 2),
            b'}' | b']' if !in_string => {
                if open.pop() != Some(byte) {
                    return Err(at);
                }
                if open.is_empty() {
                    return Ok(Some(at + 1));
                }
            }
            _ => {}
        }
    }
    Ok(None)
}

type Follow = fn(&mut Nesting, &[u8], &mut Outline) -> Result<Option<usize>, Malformed>;

const WAYS: [Follow; 4] = [
    |nesting, bytes, _| nesting.follow(bytes),
    Nesting::follow_members::<{ Outline::OUTER }>,
    Nesting::follow_members::<{ Outline::INNER }>,
    |nesting, bytes, outline| {
        nesting.follow_by::<{ Outline::INNER }>(bytes, outline, portable::marks, portable::within)
    },
];

fn in_pieces(follow: Follow, bytes: &[u8], cuts: &[usize]) -> Result<Option<usize>, usize> {
    let mut nesting = Nesting::default();
    let mut from = 0;
    for to in cuts.iter().copied().chain([bytes.len()]) {
        let end = follow(&mut nesting, &bytes[from..to], &mut Outline::default())
            .map_err(|malformed| from + malformed.offset)?;
        if let Some(end) = end {
            return Ok(Some(from + end));
        }
        from = to;
    }
    Ok(None)
}

/// Text that is dense in what matters, long enough for several lanes.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => r#"[\[\]{}"\\a:, ]{1,12}"#.prop_map(String::into_bytes),
        4 => r#""[\[\]{}a ]{0,20}""#.prop_map(String::into_bytes),
        1 => r"\\{1,70}".prop_map(String::into_bytes),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
        2 => "[a-z0-9 ]{0,90}".prop_map(String::into_bytes),
        4 => prop_oneof![Just("[["), Just("{[{"), Just("]]"), Just("]}"), Just("[]"), Just("{}")]
            .prop_map(|brackets| brackets.as_bytes().to_vec()),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| [b"[[[".to_vec(), pieces.concat()].concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn brackets_are_followed_as_a_reading_byte_by_byte_does(
        text in text(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let expected = plainly(&text);
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
        cuts.sort_unstable();
        for follow in WAYS {
            prop_assert_eq!(in_pieces(follow, &text, &[]), expected);
            prop_assert_eq!(in_pieces(follow, &text, &cuts), expected);
        }
    }

    #[test]
    fn the_members_of_the_outermost_value_are_noted(
        members in prop::collection::vec(
            (r#""[a:{}]{0,40}""#, prop_oneof!["1|\"\\{\\}:\"|\\[\\{\"a\":\\{\\}\\}\\]|\":\\\\\":\"".prop_map(Err),
            prop::collection::vec((r#""[a:{}]{0,9}""#, r#"\{":":":"\}|2|\[\{"a":\{\}\}\]"#), 0..5).prop_map(Ok)]), 1..20),
    ) {
        let mut text = String::from("{");
        let mut expected = Outline::default();
        for (name, value) in members {
            text.push_str(&name);
            expected.colons.push(text.len());
            text.push(':');
            match value {
                Ok(members) => {
                    text.push('{');
                    for (name, value) in members {
                        text.push_str(&name);
                        expected.inner.push(text.len());
                        text.push_str(&format!(":{value},"));
                    }
                    text.push('}');
                    expected.ends.push(text.len());
                }
                Err(value) => {
                    text.push_str(&value);
                    if value.starts_with('[') {
                        expected.ends.push(text.len());
                    }
                }
            }
            text.push(',');
        }
        text.push('}');
        for (number, follow) in WAYS.iter().enumerate().skip(1) {
            let mut outline = Outline::default();
            prop_assert_eq!(follow(&mut Nesting::default(), text.as_bytes(), &mut outline), Ok(Some(text.len())));
            prop_assert_eq!(&outline.colons, &expected.colons);
            if number > 1 {
                prop_assert_eq!((&outline.inner, &outline.ends), (&expected.inner, &expected.ends), "{}", text);
            }
        }
    }

    #[test]
    fn every_processor_finds_the_same_plain_content(text in prop::collection::vec(any::<u8>(), 0..100)) {
        for from in 0..text.len() {
            let expected = text[from..].iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F));
            let expected = expected.unwrap_or(text.len() - from);
            prop_assert_eq!(plain_length(&text[from..]), expected);
            prop_assert_eq!(portable::plain_length(&text[from..]), expected);
        }
    }
}

#[test]
fn the_end_of_plain_content_is_found_at_every_place() {
    for length in 0..40 {
        for special in ["\"", "\\", "\n", "\u{0}", "\u{1f}"] {
            for follows in ["", "\"", "!\"\\\u{0} #[]"] {
                let text = format!(
                    "{}{special}{follows}",
                    "é !#[]^\u{7f}\u{ff}".chars().cycle().take(length).collect::<String>()
                );
                for plain_length in [plain_length, portable::plain_length] {
                    assert_eq!(Some(plain_length(text.as_bytes())), text.find(special), "{text:?}");
                }
            }
        }
    }
}

#[test]
fn depth_costs_neither_stack_nor_much_memory() {
    let depth = 1_000_000;
    let text = format!("{}{}", "[{".repeat(depth), "}]".repeat(depth));
    for follow in WAYS {
        assert_eq!(in_pieces(follow, text.as_bytes(), &[]), Ok(Some(text.len())));
        assert_eq!(in_pieces(follow, &text.as_bytes()[..text.len() - 1], &[]), Ok(None));
    }
}
