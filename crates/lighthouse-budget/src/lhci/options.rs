//! Compiles the options of `lhci assert` to rules, in the order and with the leniency of lighthouse-ci.

use regress::Regex;

use super::js::{Js, kebab_case};
use super::presets;
use crate::rules::{Aggregation, Level, Limits, Rule, RuleSet, Subject};

/// Compiled options.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Every set is held against every page it matches.
    pub sets: Vec<RuleSet>,
    /// Whether passed assertions are in the results.
    pub include_passed: bool,
    /// What the options say and lighthouse-ci does not do; only for people.
    pub ignored: Vec<Ignored>,
}

/// Something that was written and has no effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ignored {
    /// The key it is about, for its line.
    pub key: String,
    /// In words.
    pub message: String,
}

/// Why options cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OptionsError {
    /// lighthouse-ci stops too, with these words.
    #[error("{0}")]
    Thrown(String),
    /// lighthouse-ci would do something with it that nobody can mean.
    #[error("{key}: {message}")]
    Refused {
        /// The key.
        key: String,
        /// What is wrong, with what is accepted.
        message: String,
    },
}

const KNOWN: [&str; 5] = [
    "aggregationMethod",
    "auditRan",
    "maxLength",
    "maxNumericValue",
    "minScore",
];

/// Compiles the options; the budgets file is read already and converted to a matrix.
pub(crate) fn compile(options: &Js) -> Result<Options, OptionsError> {
    let mut ignored = Vec::new();
    let thrown = |message: &str| OptionsError::Thrown(message.to_owned());
    let has = |key: &str| options.get(key).filter(|value| value.truthy());
    let sets = match has("assertMatrix") {
        Some(matrix) => {
            if ["assertions", "preset", "budgetsFile", "aggregationMethod"]
                .iter()
                .any(|key| has(key).is_some())
            {
                return Err(thrown("Cannot use assertMatrix with other options"));
            }
            let entries = matrix.items().ok_or_else(|| {
                refused(
                    "assertMatrix",
                    format!("is {}; a list is needed", matrix.kind()),
                )
            })?;
            let compiled: Result<Vec<_>, _> = entries
                .iter()
                .map(|entry| rule_set(entry, &mut ignored))
                .collect();
            compiled?
        }
        None => vec![rule_set(options, &mut ignored)?],
    };
    Ok(Options {
        sets,
        include_passed: has("includePassedAssertions").is_some(),
        ignored,
    })
}

fn refused(key: &str, message: String) -> OptionsError {
    OptionsError::Refused {
        key: key.to_owned(),
        message,
    }
}

fn rule_set(options: &Js, ignored: &mut Vec<Ignored>) -> Result<RuleSet, OptionsError> {
    let text = |key: &str| match options.get(key) {
        None | Some(Js::Null) => Ok(None),
        Some(Js::Text(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(other) => Err(refused(
            key,
            format!("is {}; a text is needed", other.kind()),
        )),
    };
    let written = match options.get("assertions") {
        None => Js::Object(Vec::new()),
        Some(object @ Js::Object(_)) => object.clone(),
        Some(other) => {
            return Err(refused(
                "assertions",
                format!("is {}; a mapping is needed", other.kind()),
            ));
        }
    };
    let preset = text("preset")?
        .and_then(|preset| preset.split_once("lighthouse:"))
        .map(|(_, name)| name);
    let named: Vec<String> = written
        .entries()
        .unwrap_or_default()
        .iter()
        .map(|(key, _)| kebab_case(key))
        .collect();
    let assertions = match preset {
        Some(name) => presets::assertions(name)
            .ok_or_else(|| {
                OptionsError::Thrown(format!("Cannot find module './presets/{name}.js'"))
            })?
            .merge(written),
        None => written,
    };
    let aggregation = text("aggregationMethod")?;
    let mut keys: Vec<String> = Vec::new();
    let mut rules = Vec::new();
    for (key, _) in assertions.entries().unwrap_or_default() {
        let kebab = kebab_case(key);
        if assertions.get(&kebab).is_none() {
            ignored.push(Ignored {
                key: key.clone(),
                message: format!("`{key}` is off: lighthouse-ci looks for `{kebab}`"),
            });
        }
        if keys.contains(&kebab) {
            continue;
        }
        if let Some(rule) = rule(&kebab, assertions.get(&kebab), aggregation, ignored)? {
            rules.push(rule);
        }
        keys.push(kebab);
    }
    let mut more = Vec::new();
    for (key, majors, level) in preset.into_iter().flat_map(presets::more) {
        let level = Js::Text(level.to_owned());
        // What is written by name is a rule already, or off.
        if !named.iter().any(|named| named == key)
            && let Some(rule) = rule(key, Some(&level), aggregation, &mut Vec::new())?
        {
            more.push((majors, rule));
        }
    }
    let pattern = text("matchingUrlPattern")?.map(|pattern| {
        let regex = Regex::new(pattern).map_err(|error| error.to_string());
        (pattern.to_owned(), regex)
    });
    Ok(RuleSet {
        pattern,
        rules,
        preset: preset.map(str::to_owned),
        named,
        more,
    })
}

fn rule(
    key: &str,
    written: Option<&Js>,
    aggregation: Option<&str>,
    ignored: &mut Vec<Ignored>,
) -> Result<Option<Rule>, OptionsError> {
    let Some(written) = written.filter(|written| written.truthy()) else {
        return Ok(None);
    };
    let not_iterable = Js::Array(vec![Js::Text("error".to_owned())]);
    let (subject, parts) = match written {
        Js::Text(_) => (Subject::of_key(key), std::slice::from_ref(written)),
        Js::Array(parts) => (Subject::of_key(key), parts.as_slice()),
        // Its level is not known before it throws.
        _ => (
            Subject::Thrown(format!("{} is not iterable", written.kind())),
            std::slice::from_ref(&not_iterable)
                .first()
                .and_then(Js::items)
                .unwrap_or_default(),
        ),
    };
    let level = match parts.first() {
        Some(Js::Text(level)) if level == "off" => return Ok(None),
        Some(Js::Text(level)) if level == "error" => Level::Error,
        Some(Js::Text(level)) if level == "warn" => Level::Warn,
        Some(Js::Text(level)) => {
            ignored.push(Ignored {
                key: key.to_owned(),
                message: format!(
                    "`{key}` can never fail: `{level}` is no level; off, warn and error are"
                ),
            });
            Level::Other(level.clone())
        }
        other => {
            let kind = other.map_or("nothing", Js::kind);
            return Err(refused(
                key,
                format!("its level is {kind}; off, warn or error is needed"),
            ));
        }
    };
    let none = Js::Object(Vec::new());
    let limits = match parts.get(1) {
        None | Some(Js::Null) => &none,
        Some(object @ Js::Object(_)) => object,
        Some(other) => {
            return Err(refused(
                key,
                format!("its options are {}; a mapping is needed", other.kind()),
            ));
        }
    };
    let number = |name: &str| match limits.get(name) {
        None => Ok(None),
        Some(Js::Number(value)) => Ok(Some(*value)),
        Some(other) => Err(refused(
            key,
            format!("its {name} is {}; a number is needed", other.kind()),
        )),
    };
    let own = match limits.get("aggregationMethod") {
        None => None,
        Some(Js::Text(word)) => Some(word.as_str()),
        Some(other) => {
            return Err(refused(
                key,
                format!(
                    "its aggregationMethod is {}; a text is needed",
                    other.kind()
                ),
            ));
        }
    };
    for (name, _) in limits.entries().unwrap_or_default() {
        if !KNOWN.contains(&name.as_str()) || name == "auditRan" {
            ignored.push(Ignored {
                key: key.to_owned(),
                message: format!("`{key}`: `{name}` has no effect; maxLength, maxNumericValue, minScore and aggregationMethod have"),
            });
        }
    }
    let word = own.or(aggregation);
    let aggregation = word.map_or(Aggregation::Optimistic, Aggregation::of_word);
    if aggregation == Aggregation::Largest {
        ignored.push(Ignored {
            key: key.to_owned(),
            message: format!(
                "`{key}`: `{}` is no aggregationMethod, and lighthouse-ci takes the largest value; optimistic, pessimistic, median and median-run are",
                word.unwrap_or_default()
            ),
        });
    }
    Ok(Some(Rule {
        key: key.to_owned(),
        subject,
        level,
        limits: Limits {
            max_length: number("maxLength")?,
            max_numeric: number("maxNumericValue")?,
            min_score: number("minScore")?,
        },
        aggregation: (aggregation, word.is_some()),
    }))
}
