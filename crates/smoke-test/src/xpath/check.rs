//! What can be said of an expression before there is a page: its length, its depth, its functions.

use xpath_eval::{Expr, FilterExpr, FunctionCall, LocationPath, PathExpr, PrimaryExpr};

/// The longest expression, in bytes.
const LONGEST: usize = 500;
/// The deepest nesting of brackets and operators.
const DEEPEST: usize = 50;

/// Functions of XPath 1.0 with how many arguments they take at least and at most.
const FUNCTIONS: [(&str, usize, usize); 27] = [
    ("last", 0, 0),
    ("position", 0, 0),
    ("count", 1, 1),
    ("id", 1, 1),
    ("local-name", 0, 1),
    ("namespace-uri", 0, 1),
    ("name", 0, 1),
    ("string", 0, 1),
    ("concat", 2, LONGEST),
    ("starts-with", 2, 2),
    ("contains", 2, 2),
    ("substring-before", 2, 2),
    ("substring-after", 2, 2),
    ("substring", 2, 3),
    ("string-length", 0, 1),
    ("normalize-space", 0, 1),
    ("translate", 3, 3),
    ("boolean", 1, 1),
    ("not", 1, 1),
    ("true", 0, 0),
    ("false", 0, 0),
    ("lang", 1, 1),
    ("number", 0, 1),
    ("sum", 1, 1),
    ("floor", 1, 1),
    ("ceiling", 1, 1),
    ("round", 1, 1),
];

/// Refuses what a parser that calls itself for each bracket should not see.
pub(super) fn length(text: &str) -> Result<(), String> {
    if text.len() > LONGEST {
        return Err(format!(
            "the expression is longer than {LONGEST} characters"
        ));
    }
    let (mut depth, mut minus) = (0_usize, 0_usize);
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '-' => minus += 1,
            _ => {}
        }
        if depth > DEEPEST || minus > 2 * DEEPEST {
            return Err(too_deep());
        }
    }
    Ok(())
}

/// Refuses functions and variables that there are not.
pub(super) fn names(expression: &Expr) -> Result<(), String> {
    walk(expression, 0)
}

fn too_deep() -> String {
    format!("more than {DEEPEST} brackets or operators within another")
}

fn walk(expression: &Expr, depth: usize) -> Result<(), String> {
    if depth > DEEPEST {
        return Err(too_deep());
    }
    match expression {
        Expr::Or(left, right)
        | Expr::And(left, right)
        | Expr::Equality(left, _, right)
        | Expr::Relational(left, _, right)
        | Expr::Additive(left, _, right)
        | Expr::Multiplicative(left, _, right)
        | Expr::Union(left, right) => {
            walk(left, depth + 1)?;
            walk(right, depth + 1)
        }
        Expr::Negate(inner) => walk(inner, depth + 1),
        Expr::Path(PathExpr::Location(path)) => steps(path, depth),
        Expr::Path(PathExpr::Filter(filter)) => primary(filter, depth),
        Expr::Path(PathExpr::FilterLocation(filter, path)) => {
            primary(filter, depth)?;
            steps(path, depth)
        }
    }
}

fn steps(path: &LocationPath, depth: usize) -> Result<(), String> {
    let predicates = path.steps.iter().flat_map(|step| &step.predicates);
    all(predicates, depth)
}

fn primary(filter: &FilterExpr, depth: usize) -> Result<(), String> {
    all(&filter.predicates, depth)?;
    match &filter.primary {
        PrimaryExpr::Variable(name) => Err(format!(
            "`${}` is no variable: write it as `{{{{{}}}}}`",
            name.local, name.local
        )),
        PrimaryExpr::Parenthesized(inner) => walk(inner, depth + 1),
        PrimaryExpr::Function(call) => {
            function(call)?;
            all(&call.args, depth)
        }
        PrimaryExpr::Literal(_) | PrimaryExpr::Number(_) => Ok(()),
    }
}

fn all<'e>(expressions: impl IntoIterator<Item = &'e Expr>, depth: usize) -> Result<(), String> {
    let mut expressions = expressions.into_iter();
    expressions.try_for_each(|expression| walk(expression, depth + 1))
}

fn function(call: &FunctionCall) -> Result<(), String> {
    let name = &call.name.local;
    let known = FUNCTIONS
        .iter()
        .find(|(known, ..)| known == name && call.name.prefix.is_none());
    match known {
        None => Err(format!("XPath 1.0 has no function `{name}`")),
        Some((_, least, most)) if !(*least..=*most).contains(&call.args.len()) => Err(format!(
            "`{name}` does not take {} arguments",
            call.args.len()
        )),
        Some(_) => Ok(()),
    }
}
