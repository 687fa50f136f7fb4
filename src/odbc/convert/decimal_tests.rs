//! Exact decimal numbers.

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

fn exact(text: &str) -> Decimal {
    match Number::parse(text) {
        Some(Number::Exact(decimal)) => decimal,
        other => panic!("{text}: {other:?}"),
    }
}

fn shown(decimal: Decimal) -> (String, usize) {
    let mut scratch = Scratch::new();
    let before_point = decimal.write(&mut scratch);
    (scratch.text().to_owned(), before_point)
}

#[test]
fn literals_are_read_exactly() {
    for (text, unscaled, scale) in [
        ("0", 0, 0),
        ("-0", 0, 0),
        (" 12 ", 12, 0),
        ("+1.50", 150, 2),
        ("-.5", -5, 1),
        ("7.", 7, 0),
        ("1e3", 1, -3),
        ("1.25E-2", 125, 4),
        ("00000000000000000000000000000000000000000001", 1, 0),
    ] {
        assert_eq!(exact(text), Decimal { unscaled, scale }, "{text}");
    }
    assert_eq!(Number::parse("1e400").map(Number::to_f64), Some(f64::INFINITY));
    assert_eq!(Number::parse("1e-400").map(Number::to_f64), Some(0.0));
    for text in [
        "", " ", "-", ".", "1.2.3", "1e", "1e+", "12a", "0x10", "NaN", "inf", "1 2", "--1", "1e5.0",
    ] {
        assert_eq!(Number::parse(text), None, "{text}");
    }
}

#[test]
fn decimals_are_written_with_all_their_digits() {
    for (unscaled, scale, text, before_point) in [
        (0, 0, "0", 1),
        (0, 2, "0.00", 1),
        (5, 2, "0.05", 1),
        (-5, 2, "-0.05", 2),
        (12345, 2, "123.45", 3),
        (-12345, 5, "-0.12345", 2),
        (12, -3, "12000", 5),
        (0, -3, "0", 1),
    ] {
        assert_eq!(shown(Decimal { unscaled, scale }), (text.to_owned(), before_point));
    }
}

#[test]
fn rescaling_cuts_towards_zero() {
    let decimal = Decimal {
        unscaled: -1259,
        scale: 2,
    };
    assert_eq!(decimal.rescale(0), Some((-12, true)));
    assert_eq!(decimal.rescale(1), Some((-125, true)));
    assert_eq!(decimal.rescale(4), Some((-125_900, false)));
    assert_eq!(
        Decimal {
            unscaled: 1200,
            scale: 2
        }
        .rescale(0),
        Some((12, false))
    );
    assert_eq!(
        Decimal {
            unscaled: i128::MAX,
            scale: 0
        }
        .rescale(1),
        None
    );
}

#[test]
fn doubles_come_from_the_nearest() {
    for text in [
        "0.1",
        "1.10",
        "123456789.123456789",
        "99999999999999999999999999999999999999",
        "-2.5e-10",
    ] {
        assert_eq!(exact(text).to_f64(), text.parse::<f64>().unwrap(), "{text}");
    }
}

#[test]
fn numeric_structures_carry_sign_and_little_endian_digits() {
    let (numeric, cut) = exact("-123.45").to_numeric(5, 2).unwrap();
    assert!(!cut);
    assert_eq!((numeric.precision, numeric.scale, numeric.sign), (5, 2, 0));
    assert_eq!(numeric.val[..3], [0x39, 0x30, 0]);
    assert_eq!(Decimal::of_numeric(&numeric), Some(exact("-123.45")));
    assert!(exact("-123.45").to_numeric(38, 1).unwrap().1);
    assert_eq!(exact("-123.45").to_numeric(4, 2), None);
    let most = exact("99999999999999999999999999999999999999");
    assert_eq!(Decimal::of_numeric(&most.to_numeric(38, 0).unwrap().0), Some(most));
}
