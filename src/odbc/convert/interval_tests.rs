//! Intervals in text and in structures.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

const DAY_TO_SECOND: i16 = 110;
const PLENTY: Digits = Digits {
    leading: 9,
    fraction: 9,
};

fn fields(number: i16) -> Fields {
    Fields::of(number).unwrap()
}

fn written(number: i16, span: Span) -> String {
    let mut scratch = Scratch::new();
    fields(number).write(span, &mut scratch);
    scratch.text().to_owned()
}

#[test]
fn values_and_literals_are_read_in_the_fields_of_the_type() {
    const SECOND: i128 = NANOS_PER_SECOND;
    for (number, text, span) in [
        (101, "3", Span::Months(36)),
        (102, "-3", Span::Months(-3)),
        (107, "1-2", Span::Months(14)),
        (101, "INTERVAL '1-2' YEAR TO MONTH", Span::Months(14)),
        (103, "2", Span::Nanos(2 * 86_400 * SECOND)),
        (106, "1.5", Span::Nanos(3 * SECOND / 2)),
        (110, "1 02:03:04.5", Span::Nanos(93_784 * SECOND + SECOND / 2)),
        (110, "02:03:04", Span::Nanos(7_384 * SECOND)),
        (113, "3:04", Span::Nanos(184 * SECOND)),
        (112, "3:04", Span::Nanos(184 * 60 * SECOND)),
        (112, "3:04.0", Span::Nanos(184 * SECOND)),
        (110, "interval -'2' hour(3)", Span::Nanos(-7_200 * SECOND)),
    ] {
        assert_eq!(fields(number).parse(text), Ok(span), "{number} {text}");
    }
    for (number, text) in [
        (101, "1 02:03"),
        (110, "1-2"),
        (110, "1 25:00"),
        (107, "1-12"),
        (103, "1.5"),
        (103, "x"),
        (103, ""),
        (103, "INTERVAL '1' FORTNIGHT"),
        (103, "INTERVAL '1' MINUTE TO DAY"),
    ] {
        assert_eq!(
            fields(number).parse(text),
            Err(Failure::BadCharacter),
            "{number} {text}"
        );
    }
}

#[test]
fn trailing_fields_are_cut_and_the_leading_one_must_fit() {
    let day_and_a_half = Span::Nanos(129_600 * NANOS_PER_SECOND);
    let (made, outcome) = fields(103).to_struct(day_and_a_half, PLENTY).unwrap();
    assert_eq!((made.code, made.fields[0], outcome), (3, 1, Outcome::FractionTruncated));
    let two = Digits {
        leading: 2,
        fraction: 6,
    };
    assert_eq!(
        fields(106).to_struct(day_and_a_half, two),
        Err(Failure::IntervalOverflow)
    );
    let (made, outcome) = fields(106).to_struct(Span::Nanos(-1_250_000_000), two).unwrap();
    assert_eq!(
        (made.sign, made.fields, outcome),
        (1, [0, 0, 0, 1, 250_000], Outcome::Exact)
    );
    assert_eq!(fields(101).to_struct(day_and_a_half, two), Err(Failure::Restricted));
    assert_eq!(fields(103).check(day_and_a_half), Err(Failure::IntervalOverflow));
    assert_eq!(fields(104).check(day_and_a_half), Ok(()));
}

#[test]
fn a_structure_with_a_field_out_of_range_is_refused() {
    let given = IntervalStruct {
        code: 8,
        sign: 0,
        fields: [1, 24, 0, 0, 0],
    };
    assert_eq!(fields(108).of_struct(&given, 6), Err(Failure::IntervalOverflow));
    assert_eq!(fields(103).of_struct(&given, 6), Ok(Span::Nanos(Field::Day.unit())));
}

proptest! {
    #[test]
    fn what_is_written_is_read_and_fits_its_structure(code in 0..13_i16, amount in -10_i128.pow(17)..10_i128.pow(17)) {
        let number = FIRST + code;
        let fields = fields(number);
        // As much as the fields hold.
        let smallest = if fields.last == Field::Second { 1 } else { fields.last.unit() };
        let span = fields.span(amount / smallest * smallest);
        prop_assert_eq!(fields.parse(&written(number, span)), Ok(span));
        let digits = Digits { leading: 18, fraction: 9 };
        if let Ok((made, outcome)) = fields.to_struct(span, digits) {
            prop_assert_eq!(outcome, Outcome::Exact);
            prop_assert_eq!(fields.of_struct(&made, 9), Ok(span));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[-+0-9 :.'INTERVALDYto()]*") {
        let _ = fields(DAY_TO_SECOND).parse(&text);
    }
}
