//! `SELECT TOP n` to `LIMIT n`.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, LimitClause, Query, Select, SetExpr, Statement, Top, TopQuantity, Value, Values, VisitMut, VisitorMut,
};

use crate::error::{Error, Kind, Result};

/// Moves every `TOP` into the `LIMIT` of its query; answers whether there was one.
///
/// `Kind::Unsupported` for `PERCENT` and `WITH TIES`; `Kind::Syntax` beside a `LIMIT`.
pub(super) fn rewrite(statement: &mut Statement) -> Result<bool> {
    let mut visitor = TopToLimit { found: false };
    match statement.visit(&mut visitor) {
        ControlFlow::Continue(()) => Ok(visitor.found),
        ControlFlow::Break(error) => Err(error),
    }
}

struct TopToLimit {
    found: bool,
}

impl VisitorMut for TopToLimit {
    type Break = Error;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Error> {
        match self.query(query) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        }
    }
}

impl TopToLimit {
    fn query(&mut self, query: &mut Query) -> Result<()> {
        let SetExpr::Select(select) = query.body.as_mut() else {
            return self.operands(&mut query.body);
        };
        let Some(limit) = self.take(select)? else {
            return Ok(());
        };
        if query.limit_clause.is_some() || query.fetch.is_some() {
            return Err(Error::new(
                Kind::Syntax,
                "A query has both TOP and LIMIT; keep one of them",
            ));
        }
        query.limit_clause = Some(limit);
        Ok(())
    }

    /// A `TOP` in a branch of `UNION` belongs to the branch, so the branch becomes a query of its own.
    fn operands(&mut self, body: &mut SetExpr) -> Result<()> {
        match body {
            SetExpr::SetOperation { left, right, .. } => {
                self.operands(left)?;
                self.operands(right)
            }
            SetExpr::Select(select) => {
                if let Some(limit) = self.take(select)? {
                    let nothing = Values {
                        explicit_row: false,
                        value_keyword: false,
                        rows: Vec::new(),
                    };
                    let branch = std::mem::replace(body, SetExpr::Values(nothing));
                    *body = SetExpr::Query(Box::new(limited(branch, limit)));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn take(&mut self, select: &mut Select) -> Result<Option<LimitClause>> {
        let Some(top) = select.top.take() else {
            return Ok(None);
        };
        self.found = true;
        let limit = match top {
            Top { percent: true, .. } => return Err(unsupported("TOP … PERCENT")),
            Top { with_ties: true, .. } => return Err(unsupported("TOP … WITH TIES")),
            Top { quantity: None, .. } => return Err(unsupported("TOP without a number")),
            Top {
                quantity: Some(TopQuantity::Constant(rows)),
                ..
            } => Expr::value(Value::Number(rows.to_string(), false)),
            Top {
                quantity: Some(TopQuantity::Expr(rows)),
                ..
            } => rows,
        };
        Ok(Some(LimitClause::LimitOffset {
            limit: Some(limit),
            offset: None,
            limit_by: Vec::new(),
        }))
    }
}

fn unsupported(what: &str) -> Error {
    Error::new(
        Kind::Unsupported,
        format!("{what} is not supported; write TOP n or LIMIT n"),
    )
}

fn limited(body: SetExpr, limit: LimitClause) -> Query {
    Query {
        with: None,
        body: Box::new(body),
        order_by: None,
        limit_clause: Some(limit),
        fetch: None,
        locks: Vec::new(),
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators: Vec::new(),
    }
}
