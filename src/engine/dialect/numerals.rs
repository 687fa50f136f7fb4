//! Numbers written longer than a double holds: they are decimals, so that they are compared digit by digit.

use std::ops::ControlFlow;

use datafusion::arrow::datatypes::DECIMAL128_MAX_PRECISION;
use datafusion::sql::sqlparser::ast::{
    CastKind, DataType, ExactNumberInfo, Expr, Statement, Value, VisitMut, VisitorMut,
};

/// The digits of every fraction that a double holds.
const DIGITS_OF_DOUBLES: usize = 17;

/// Casts the text of every such number to `DECIMAL`; the engine itself would take the nearest double.
pub(super) fn keep_digits(statement: &mut Statement) {
    let _: ControlFlow<()> = statement.visit(&mut LongNumbers);
}

struct LongNumbers;

impl VisitorMut for LongNumbers {
    type Break = ();

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        let Expr::Value(value) = expression else {
            return ControlFlow::Continue(());
        };
        if let Value::Number(number, _) = &value.value
            && let Some(decimal) = decimal(number)
        {
            let text = Value::SingleQuotedString(number.clone());
            *expression = Expr::Cast {
                kind: CastKind::Cast,
                expr: Box::new(Expr::Value(text.into())),
                data_type: DataType::Decimal(decimal),
                array: false,
                format: None,
            };
        }
        ControlFlow::Continue(())
    }
}

fn decimal(number: &str) -> Option<ExactNumberInfo> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_plain = [whole, fraction]
        .iter()
        .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let digits = whole.trim_start_matches('0').len() + fraction.len();
    let is_long = if fraction.is_empty() {
        number.parse::<u64>().is_err()
    } else {
        digits > DIGITS_OF_DOUBLES
    };
    if !is_plain || !is_long || digits > usize::from(DECIMAL128_MAX_PRECISION) {
        return None;
    }
    Some(ExactNumberInfo::PrecisionAndScale(
        DECIMAL128_MAX_PRECISION.into(),
        i64::try_from(fraction.len()).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_decimals() {
        let scale = |number| match decimal(number) {
            Some(ExactNumberInfo::PrecisionAndScale(38, scale)) => Some(scale),
            _ => None,
        };
        for (number, expected) in [
            ("1", None),
            ("0.1", None),
            ("18446744073709551615", None),
            ("18446744073709551616", Some(0)),
            ("99999999999999999999999999999999999999", Some(0)),
            ("100000000000000000000000000000000000000", None),
            ("0.12345678901234567", None),
            ("0.123456789012345678", Some(18)),
            ("1.12345678901234567890123456789012345678", None),
            (".123456789012345678", Some(18)),
            ("1e30", None),
            ("1.5e-300", None),
        ] {
            assert_eq!(scale(number), expected, "{number}");
        }
    }
}
