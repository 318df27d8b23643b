//! Queries, filters and predicates, as a row of `[Captures]` or `[Asserts]` has them.

use serde_json::Value;

use super::{
    cursor::Cursor,
    section::{base64, hex},
    syntax::{
        Comparison, Fault, Filter, Kind, Operand, Part, Pattern, Plain, Predicate, Query, Text,
    },
};

const PARTS: [(&str, Part); 6] = [
    ("status", Part::Status),
    ("url", Part::Url),
    ("body", Part::Body),
    ("bytes", Part::Bytes),
    ("sha256", Part::Sha256),
    ("duration", Part::Duration),
];

/// What of an answer is looked at.
pub(super) fn query(cursor: &mut Cursor<'_>) -> Result<Query, Fault> {
    let start = cursor.clone();
    let word = cursor.word();
    cursor.space();
    if let Some((_, part)) = PARTS.iter().find(|(name, _)| *name == word) {
        return Ok(Query::Part(*part));
    }
    Ok(match word {
        "header" => Query::Header(cursor.quoted()?),
        "cookie" => {
            let name = cursor.quoted()?;
            if name.raw.contains('[') {
                return Err(start.fault(
                    "attributes of cookies are not understood: test `header \"Set-Cookie\"`",
                ));
            }
            Query::Cookie(name)
        }
        "jsonpath" => Query::Jsonpath(cursor.quoted()?),
        "xpath" => Query::Xpath(cursor.quoted()?),
        "regex" => Query::Regex(pattern(cursor)?),
        "variable" => Query::Variable(cursor.quoted()?),
        "certificate" => {
            let attribute = cursor.quoted()?;
            if attribute.raw != "Expire-Date" {
                return Err(start.fault(format!(
                    "certificate `{}` is not understood (accepted: Expire-Date)",
                    attribute.raw
                )));
            }
            Query::Part(Part::CertificateExpires)
        }
        other => {
            return Err(start.fault(format!(
                "query `{other}` is not understood (accepted: status, url, header, cookie, body, bytes, sha256, jsonpath, xpath, regex, variable, duration, certificate)"
            )));
        }
    })
}

/// What is made of it, up to a predicate, the end, or one of these words.
pub(super) fn filters(cursor: &mut Cursor<'_>, until: &[&str]) -> Result<Vec<Filter>, Fault> {
    let mut filters = Vec::new();
    loop {
        cursor.space();
        let mut ahead = cursor.clone();
        let word = ahead.word();
        if word.is_empty() || word == "not" || until.contains(&word) || is_predicate(word) {
            return Ok(filters);
        }
        let start = cursor.clone();
        *cursor = ahead;
        cursor.space();
        filters.push(filter(word, &start, cursor)?);
    }
}

const FILTERS: [(&str, Plain); 13] = [
    ("count", Plain::Count),
    ("first", Plain::First),
    ("last", Plain::Last),
    ("toInt", Plain::ToInt),
    ("toFloat", Plain::ToFloat),
    ("toString", Plain::ToText),
    ("urlEncode", Plain::UrlEncode),
    ("urlDecode", Plain::UrlDecode),
    ("base64Encode", Plain::Base64Encode),
    ("base64Decode", Plain::Base64Decode),
    ("utf8Decode", Plain::Utf8Decode),
    ("daysAfterNow", Plain::DaysAfterNow),
    ("daysBeforeNow", Plain::DaysBeforeNow),
];

fn filter(word: &str, start: &Cursor<'_>, cursor: &mut Cursor<'_>) -> Result<Filter, Fault> {
    if let Some((_, plain)) = FILTERS.iter().find(|(name, _)| *name == word) {
        return Ok(Filter::Plain(*plain));
    }
    Ok(match word {
        "nth" => {
            let number = cursor.token().raw.parse();
            Filter::Nth(number.map_err(|_| start.fault("`nth` needs a whole number"))?)
        }
        "jsonpath" => Filter::Jsonpath(cursor.quoted()?),
        "xpath" => Filter::Xpath(cursor.quoted()?),
        "regex" => Filter::Regex(pattern(cursor)?),
        "split" => Filter::Split(cursor.quoted()?),
        "replace" => {
            let old = cursor.quoted()?;
            cursor.space();
            Filter::Replace(old, cursor.quoted()?)
        }
        other => {
            return Err(start.fault(format!(
                "`{other}` is neither a filter nor a predicate that is understood (filters: count, first, last, nth, jsonpath, xpath, regex, split, replace, toInt, toFloat, toString, urlEncode, urlDecode, base64Encode, base64Decode, utf8Decode, daysAfterNow, daysBeforeNow; predicates: ==, !=, >, >=, <, <=, startsWith, endsWith, contains, matches, exists, isBoolean, isCollection, isEmpty, isFloat, isInteger, isList, isNumber, isObject, isString)"
            )));
        }
    })
}

const COMPARISONS: [(&str, Comparison); 9] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    (">=", Comparison::MoreOrEqual),
    ("<=", Comparison::LessOrEqual),
    (">", Comparison::More),
    ("<", Comparison::Less),
    ("startsWith", Comparison::StartsWith),
    ("endsWith", Comparison::EndsWith),
    ("contains", Comparison::Contains),
];

const KINDS: [(&str, Kind); 9] = [
    ("isBoolean", Kind::Boolean),
    ("isCollection", Kind::Collection),
    ("isEmpty", Kind::Empty),
    ("isFloat", Kind::Float),
    ("isInteger", Kind::Integer),
    ("isList", Kind::List),
    ("isNumber", Kind::Number),
    ("isObject", Kind::Object),
    ("isString", Kind::String),
];

fn is_predicate(word: &str) -> bool {
    matches!(word, "matches" | "exists")
        || COMPARISONS.iter().any(|(name, _)| *name == word)
        || KINDS.iter().any(|(name, _)| *name == word)
}

/// What must hold.
pub(super) fn predicate(cursor: &mut Cursor<'_>) -> Result<Predicate, Fault> {
    let start = cursor.clone();
    if let Some((_, comparison)) = COMPARISONS.iter().find(|(name, _)| cursor.eat(name)) {
        cursor.space();
        return Ok(Predicate::Compare(*comparison, operand(cursor)?));
    }
    match cursor.word() {
        "matches" => {
            cursor.space();
            Ok(Predicate::Matches(pattern(cursor)?))
        }
        "exists" => Ok(Predicate::Exists),
        word => {
            match KINDS.iter().find(|(name, _)| *name == word) {
                Some((_, kind)) => Ok(Predicate::Is(*kind)),
                None => Err(start
                    .fault("a predicate such as `== 1`, `contains \"a\"` or `exists` is needed")),
            }
        }
    }
}

fn pattern(cursor: &mut Cursor<'_>) -> Result<Pattern, Fault> {
    if cursor.rest().starts_with('/') {
        cursor.slashed().map(Pattern::Plain)
    } else {
        cursor.quoted().map(Pattern::Quoted)
    }
}

/// A value to compare with.
fn operand(cursor: &mut Cursor<'_>) -> Result<Operand, Fault> {
    let start = cursor.clone();
    if cursor.rest().starts_with('"') {
        return cursor.quoted().map(Operand::Text);
    }
    if cursor.eat("{{") {
        let (name, _) = cursor
            .rest()
            .split_once("}}")
            .ok_or_else(|| start.fault("`{{` is not closed by `}}`"))?;
        cursor.eat(name);
        cursor.eat("}}");
        return Ok(Operand::Variable(Text {
            raw: name.trim().to_owned(),
            spot: start.spot(),
        }));
    }
    for (kind, read) in [
        ("hex,", hex as fn(&str, &Cursor<'_>) -> _),
        ("base64,", base64),
    ] {
        if cursor.eat(kind) {
            let (written, _) = cursor
                .rest()
                .split_once(';')
                .ok_or_else(|| start.fault("the bytes are not closed by `;`"))?;
            let bytes = read(written, &start)?;
            cursor.eat(written);
            cursor.eat(";");
            return Ok(Operand::Bytes(bytes));
        }
    }
    let token = cursor.token();
    match serde_json::from_str::<Value>(&token.raw) {
        Ok(value @ (Value::Null | Value::Bool(_) | Value::Number(_))) => Ok(Operand::Value(value)),
        _ => Err(start.fault(format!(
            "`{}` is no value: a text in double quotes, a number, true, false, null, a {{{{name}}}}, hex,…; or base64,…; is needed",
            token.raw
        ))),
    }
}
