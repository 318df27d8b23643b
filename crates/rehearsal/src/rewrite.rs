//! The one place where a shipped workflow differs from what act gets. Two things GitHub's server does and
//! act cannot:
//!
//! 1. `environment: {deployment: false}`: act's schema refuses the key, so the line is left out. It only
//!    stops GitHub from making a deployment record of its own.
//! 2. A job with `environment:` waits for the environment's reviewers: the job gets a first step that asks
//!    the sandbox until they have decided.
//!
//! Nothing else is changed.

/// The step put in front of a job that names an environment.
const WAIT: &str = "      - name: Wait for the reviewers of the environment\n        uses: rehearsal/environment@v1\n        with:\n          name: ";

/// The workflow as act gets it.
pub(crate) fn for_act(workflow: &str) -> String {
    let mut out = String::with_capacity(workflow.len() + 512);
    let mut environment: Option<String> = None;
    let mut in_environment = false;
    for line in workflow.split_inclusive('\n') {
        let text = line.trim_end();
        let indent = text.len() - text.trim_start().len();
        if indent <= 2 && !text.trim().is_empty() {
            environment = None;
        }
        if indent <= 4 {
            in_environment = text == "    environment:";
        }
        if in_environment {
            if let Some(name) = text.strip_prefix("      name: ") {
                environment = Some(name.to_owned());
            }
            if text.trim_start().starts_with("deployment:") {
                continue;
            }
        }
        if let Some(name) = text.strip_prefix("    environment: ") {
            environment = Some(name.to_owned());
        }
        out.push_str(line);
        if text == "    steps:"
            && let Some(name) = environment.take()
        {
            out.push_str(&format!("{WAIT}{name}\n"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::for_act;

    /// Lines of `b` that are not in `a`, in order, and the other way round.
    fn changes(a: &str, b: &str) -> (Vec<String>, Vec<String>) {
        let only = |x: &str, y: &str| {
            let mut rest: Vec<&str> = y.lines().collect();
            x.lines()
                .filter(|line| match rest.iter().position(|other| other == line) {
                    Some(index) => {
                        rest.remove(index);
                        false
                    }
                    None => true,
                })
                .map(str::to_owned)
                .collect()
        };
        (only(a, b), only(b, a))
    }

    #[test]
    fn a_shipped_file_changes_in_the_two_listed_ways_only() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../workflows");
        for (name, environments) in [
            ("pull-request", 0),
            ("release", 1),
            ("rollback", 0),
            ("publish", 0),
        ] {
            let shipped = std::fs::read_to_string(format!("{root}/{name}.yml")).unwrap();
            let (removed, added) = changes(&shipped, &for_act(&shipped));
            assert_eq!(
                removed,
                vec!["      deployment: false"; environments],
                "{name}"
            );
            assert_eq!(added.len(), 4 * environments, "{name}: {added:?}");
        }
    }

    #[test]
    fn the_wait_comes_first_and_only_where_an_environment_is_named() {
        let source = "jobs:\n  a:\n    environment: staging\n    steps:\n      - run: x\n  b:\n    steps:\n      - run: y\n  c:\n    environment:\n      name: production\n      deployment: false\n    steps:\n      - run: z\n";
        let out = for_act(source);
        assert_eq!(out.matches("Wait for the reviewers").count(), 2);
        assert!(out.contains("          name: staging\n      - run: x"));
        assert!(out.contains("          name: production\n      - run: z"));
        assert!(!out.contains("deployment: false"));
    }
}
