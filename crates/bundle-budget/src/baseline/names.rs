//! Names without the part that changes with the content.

use regress::Regex;

/// Takes hashes out of names: by the user's expression, or as bundlers write them.
#[derive(Debug, Default)]
pub(crate) struct Names(Option<Regex>);

impl Names {
    /// With a JavaScript expression; the error is the expression's.
    pub(crate) fn new(expression: Option<&str>) -> Result<Self, String> {
        expression
            .map(|text| Regex::new(text).map_err(|error| error.text))
            .transpose()
            .map(Self)
    }

    /// The name that stays. As other tools do: what groups match becomes stars, and without groups the match goes.
    pub(crate) fn stable(&self, path: &str) -> String {
        let Some(regex) = &self.0 else {
            return without_hash(path);
        };
        let Some(found) = regex.find(path) else {
            return path.to_owned();
        };
        let mut groups: Vec<_> = found.groups().skip(1).flatten().collect();
        if groups.is_empty() {
            let (before, after) = (path.get(..found.start()), path.get(found.end()..));
            return format!(
                "{}{}",
                before.unwrap_or_default(),
                after.unwrap_or_default()
            );
        }
        groups.sort_by_key(|group| std::cmp::Reverse(group.start));
        let mut name = path.to_owned();
        for group in groups {
            // Groups may lie in each other; what is gone already is passed over.
            if name.is_char_boundary(group.start)
                && name.is_char_boundary(group.end)
                && group.end <= name.len()
            {
                name.replace_range(group, "*");
            }
        }
        name
    }
}

/// `assets/index-Dm1v2ZMn.js` is `assets/index-*.js`: the last part of a name that looks like no word.
fn without_hash(path: &str) -> String {
    let (folder, file) = path
        .rsplit_once('/')
        .map_or(("", path), |(folder, file)| (folder, file));
    let (stem, extensions) = file
        .split_once('.')
        .map_or((file, ""), |(stem, rest)| (stem, rest));
    let is_hash = |text: &str| {
        text.len() >= 8
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && (text.bytes().any(|byte| byte.is_ascii_digit())
                || text.bytes().skip(1).any(|byte| byte.is_ascii_uppercase()))
    };
    let dot = extensions.split_once('.').filter(|(hash, _)| is_hash(hash));
    let name = match (stem.rsplit_once('-'), dot) {
        (_, Some((_, rest))) => format!("{stem}.*.{rest}"),
        (Some((name, hash)), None) if is_hash(hash) => format!("{name}-*.{extensions}"),
        _ => file.to_owned(),
    };
    if folder.is_empty() {
        name
    } else {
        format!("{folder}/{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn hashes_are_found_as_bundlers_write_them() {
        let names = Names::default();
        for (path, stable) in [
            ("assets/index-Dm1v2ZMn.js", "assets/index-*.js"),
            (
                "static/chunks/763.ec2e9f46bb13adc7.js",
                "static/chunks/763.*.js",
            ),
            (
                "_astro/signals.module.voE2lrwj.js",
                "_astro/signals.module.voE2lrwj.js",
            ),
            ("assets/date-formatter.js", "assets/date-formatter.js"),
            ("my-settings.js", "my-settings.js"),
        ] {
            assert_eq!(names.stable(path), stable);
        }
    }

    #[test]
    fn an_expression_works_as_in_other_tools() {
        let stable =
            |expression: &str, path: &str| Names::new(Some(expression)).unwrap().stable(path);
        assert_eq!(
            stable(r"\b\w{8}\.", "assets/index-Dm1v2ZMn.js"),
            "assets/index-js"
        );
        assert_eq!(
            stable(r"-(\w{8})\.js$", "assets/index-Dm1v2ZMn.js"),
            "assets/index-*.js"
        );
        assert_eq!(stable(r"^.+?(\.\w+)?\.(\w+)$", "a.b.js"), "a*.*");
        assert!(Names::new(Some("(")).is_err());
    }
}
