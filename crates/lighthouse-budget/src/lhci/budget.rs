//! budget.json: Lighthouse's own format, validated as Lighthouse validates it and converted to assertions as
//! lighthouse-ci converts it.

use super::js::Js;

const RESOURCES: [&str; 9] = [
    "total",
    "document",
    "script",
    "stylesheet",
    "image",
    "media",
    "font",
    "other",
    "third-party",
];

const TIMINGS: [&str; 8] = [
    "first-contentful-paint",
    "interactive",
    "first-meaningful-paint",
    "max-potential-fid",
    "total-blocking-time",
    "speed-index",
    "largest-contentful-paint",
    "cumulative-layout-shift",
];

/// Converts the content of a budget.json to the options of `lhci assert`.
///
/// # Errors
/// In words, when Lighthouse would refuse the file.
pub(crate) fn options(budgets: &Js) -> Result<Js, String> {
    let budgets = budgets
        .items()
        .filter(|budgets| budgets.iter().all(|budget| budget.entries().is_some()))
        .ok_or("Budget file is not defined as an array of budgets.")?;
    let entries: Result<Vec<Js>, String> = budgets
        .iter()
        .enumerate()
        .map(|(index, budget)| entry(budget, index))
        .collect();
    Ok(Js::Object(vec![(
        "assertMatrix".to_owned(),
        Js::Array(entries?),
    )]))
}

fn entry(budget: &Js, index: usize) -> Result<Js, String> {
    no_others(
        budget,
        &[
            "path",
            "options",
            "resourceSizes",
            "resourceCounts",
            "timings",
        ],
        "Budget",
    )?;
    let pattern = pattern(path(budget.get("path"))?);
    hostnames(budget.get("options"), index)?;
    // In the order they are validated, which decides which mistake is told first.
    let sizes = rows(budget, "resourceSizes", index)?;
    let counts = rows(budget, "resourceCounts", index)?;
    let timings = rows(budget, "timings", index)?;
    let mut assertions = Js::Object(Vec::new());
    let mut assert = |key: &str, limit: f64| {
        let limits = Js::Object(vec![("maxNumericValue".to_owned(), Js::Number(limit))]);
        assertions.set(key, Js::Array(vec![Js::Text("error".to_owned()), limits]));
    };
    for (metric, limit) in timings {
        assert(&metric, limit);
    }
    for (kind, limit) in counts {
        assert(&format!("resource-summary:{kind}:count"), limit);
    }
    for (kind, limit) in sizes {
        assert(&format!("resource-summary:{kind}:size"), limit * 1024.0);
    }
    Ok(Js::Object(vec![
        ("matchingUrlPattern".to_owned(), Js::Text(pattern)),
        ("assertions".to_owned(), assertions),
    ]))
}

fn no_others(object: &Js, known: &[&str], name: &str) -> Result<(), String> {
    let others: Vec<&str> = object
        .entries()
        .unwrap_or_default()
        .iter()
        .map(|(key, _)| key.as_str())
        .filter(|key| !known.contains(key))
        .collect();
    if others.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "{name} has unrecognized properties: [{}]",
            others.join(", ")
        ))
    }
}

/// Rows of resource type or metric and limit.
fn rows(budget: &Js, key: &str, index: usize) -> Result<Vec<(String, f64)>, String> {
    let Some(written) = budget.get(key) else {
        return Ok(Vec::new());
    };
    let items = written
        .items()
        .filter(|items| items.iter().all(|item| item.entries().is_some()))
        .ok_or_else(|| format!("Invalid {key} entry in budget at index {index}"))?;
    let (name, field, known, what) = if key == "timings" {
        (
            "Timing Budget",
            "metric",
            TIMINGS.as_slice(),
            "timing metric",
        )
    } else {
        (
            "Resource Budget",
            "resourceType",
            RESOURCES.as_slice(),
            "resource type",
        )
    };
    let mut rows: Vec<(String, f64)> = Vec::new();
    for item in items {
        no_others(item, &[field, "budget"], name)?;
        let kind = item
            .get(field)
            .and_then(Js::text)
            .filter(|kind| known.contains(kind))
            .ok_or_else(|| {
                let written = item.get(field).and_then(Js::text).unwrap_or("undefined");
                format!(
                    "Invalid {what}: {written}. Valid {what}s are: {}",
                    known.join(", ")
                )
            })?;
        let Some(Js::Number(limit)) = item.get("budget") else {
            return Err(format!("Invalid budget of {kind}: a number is needed"));
        };
        rows.push((kind.to_owned(), *limit));
    }
    for (at, (kind, _)) in rows.iter().enumerate() {
        if rows.iter().take(at).any(|(earlier, _)| earlier == kind) {
            return Err(format!(
                "budgets[{index}].{key} has duplicate entry of type '{kind}'"
            ));
        }
    }
    Ok(rows)
}

fn path(written: Option<&Js>) -> Result<Option<&str>, String> {
    let Some(written) = written else {
        return Ok(None);
    };
    let invalid = |why: &str| {
        format!(
            "Invalid path {}. {why}",
            written.text().unwrap_or(written.kind())
        )
    };
    let path = written
        .text()
        .ok_or_else(|| invalid("Path should be a string."))?;
    if !path.starts_with('/') {
        return Err(invalid("Path should start with '/'."));
    }
    if path.matches('*').count() > 1 {
        return Err(invalid("Path should only contain one '*'."));
    }
    if path.matches('$').count() > 1 {
        return Err(invalid("Path should only contain one '$' character."));
    }
    if path.contains('$') && !path.ends_with('$') {
        return Err(invalid("'$' character should only occur at end of path."));
    }
    Ok(Some(path))
}

/// The path as the text of a regular expression. `$` at the end stays an anchor.
fn pattern(path: Option<&str>) -> String {
    let Some(path) = path.filter(|path| *path != "/") else {
        return ".*".to_owned();
    };
    // The source of a RegExp has its slashes escaped.
    let mut pattern = "https?:\\/\\/[^/]+".to_owned();
    for letter in path.chars() {
        match letter {
            '*' => pattern.push_str(".*"),
            '/' => pattern.push_str("\\/"),
            '-' | '[' | ']' | '{' | '}' | '(' | ')' | '+' | '?' | '.' | ',' | '\\' | '^' | '|'
            | '#' => {
                pattern.push('\\');
                pattern.push(letter);
            }
            letter if letter.is_whitespace() => {
                pattern.push('\\');
                pattern.push(letter);
            }
            letter => pattern.push(letter),
        }
    }
    pattern
}

fn hostnames(options: Option<&Js>, index: usize) -> Result<(), String> {
    let Some(options) = options else {
        return Ok(());
    };
    if options.entries().is_none() {
        return Err(format!(
            "Invalid options property in budget at index {index}"
        ));
    }
    no_others(options, &["firstPartyHostnames"], "Options property")?;
    let Some(hosts) = options.get("firstPartyHostnames") else {
        return Ok(());
    };
    let hosts: Option<Vec<&str>> = hosts
        .items()
        .and_then(|hosts| hosts.iter().map(Js::text).collect());
    for host in hosts.ok_or("firstPartyHostnames should be defined as an array of strings.")? {
        let stars = host.contains('*') && (!host.starts_with("*.") || host.rfind('*') > Some(0));
        if host.is_empty() || host.contains(['/', ':']) || stars {
            return Err(format!("{host} is not a valid hostname."));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Js, options};

    fn error(text: &str) -> String {
        options(&serde_json::from_str(text).unwrap()).unwrap_err()
    }

    #[test]
    fn what_lighthouse_refuses_is_refused() {
        let mistakes = [
            r#"{}"#,
            r#"[3]"#,
            r#"[{"paths": "/"}]"#,
            r#"[{"path": "a"}]"#,
            r#"[{"path": "/*/*"}]"#,
            r#"[{"path": "/$a"}]"#,
            r#"[{"timings": [{"metric": "lcp", "budget": 1}]}]"#,
            r#"[{"timings": [{"metric": "interactive", "budget": "1"}]}]"#,
            r#"[{"timings": [{"metric": "interactive", "budget": 1, "tolerance": 2}]}]"#,
            r#"[{"resourceSizes": [{"resourceType": "js", "budget": 1}]}]"#,
            r#"[{"resourceCounts": [{"resourceType": "font", "budget": 1}, {"resourceType": "font", "budget": 2}]}]"#,
            r#"[{"resourceCounts": {}}]"#,
            r#"[{"options": {"firstPartyHostnames": ["a/b"]}}]"#,
        ];
        let messages: Vec<_> = mistakes.into_iter().map(error).collect();
        insta::assert_snapshot!(messages.join("\n"));
    }

    #[test]
    fn sizes_are_kibibytes_and_paths_are_expressions() {
        let budgets = r#"[{"path": "/a.b*$", "resourceSizes": [{"resourceType": "script", "budget": 2}], "timings": [{"metric": "interactive", "budget": 5}]}]"#;
        let expected: Js = serde_json::from_str(
            r#"{"assertMatrix": [{"matchingUrlPattern": "https?:\\/\\/[^/]+\\/a\\.b.*$", "assertions": {"interactive": ["error", {"maxNumericValue": 5}], "resource-summary:script:size": ["error", {"maxNumericValue": 2048}]}}]}"#,
        )
        .unwrap();
        assert_eq!(
            options(&serde_json::from_str(budgets).unwrap()).unwrap(),
            expected
        );
    }
}
