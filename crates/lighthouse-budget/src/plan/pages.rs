//! Which pages are measured, or which reports are judged in their place.

use gate::Problem;
use url::Url;

use crate::inputs::Inputs;
use crate::policy::Policy;

/// Settled; there are pages or reports, or neither in `compat: lhci`, which knows where its reports are.
#[derive(Debug)]
pub(super) struct Pages {
    /// Pages to measure; none when there are reports.
    pub urls: Vec<Url>,
    /// Globs of reports.
    pub reports: Vec<String>,
    /// The deployment to compare with.
    pub base: Option<Url>,
}

/// Inputs win over the section, and the section over `theirs`, the pages of a lighthouserc. Paths of the section are
/// pages of every deployment that is given as input.
pub(super) fn settle(
    inputs: &Inputs,
    policy: &Policy,
    theirs: Vec<String>,
    compat: bool,
    problems: &mut Vec<Problem>,
) -> Pages {
    let (paths, absolute): (Vec<String>, Vec<String>) = policy
        .urls
        .iter()
        .cloned()
        .partition(|url| url.starts_with('/'));
    let mut say = |message: String, fix: &str| problems.push(Problem::new(message).fix(fix));
    if !inputs.report.is_empty() && !inputs.url.is_empty() {
        say(
            "both report and url are given".to_owned(),
            "judge reports and measure pages in two steps",
        );
    }
    if !absolute.is_empty() && !policy.reports.is_empty() {
        say(
            "the section has both urls and reports".to_owned(),
            "write pages to measure, or globs of reports that exist",
        );
    }
    let reports = [&inputs.report, &policy.reports]
        .into_iter()
        .find(|globs| !globs.is_empty())
        .cloned()
        .unwrap_or_default();
    let written = [inputs.url.clone(), absolute, theirs]
        .into_iter()
        .find(|urls| !urls.is_empty())
        .filter(|_| inputs.report.is_empty() || !inputs.url.is_empty())
        .unwrap_or_default();
    if reports.is_empty() && written.is_empty() && !compat {
        if paths.is_empty() {
            say(
                "neither report nor url is given".to_owned(),
                "give reports to judge, or pages to measure",
            );
        } else {
            say(
                format!("urls are paths ({}), and no url is given", paths.join(", ")),
                "give the deployment that they are pages of as `url`",
            );
        }
    }
    if written.is_empty() && !inputs.skip_audit.is_empty() {
        say(
            "skip-audit is given with reports that exist already".to_owned(),
            "leave audits out where Lighthouse runs",
        );
    }
    if written.is_empty() && inputs.base_url.is_some() {
        say(
            "base-url is given with reports that exist already".to_owned(),
            "give the base's reports as `baseline`, or the pages as `url`",
        );
    }
    if inputs.base_url.is_some() && !inputs.baseline.is_empty() {
        say(
            "both base-url and baseline are given".to_owned(),
            "compare with one of them",
        );
    }
    let mut kept = |page: Result<Url, Problem>| match page {
        Ok(url) => Some(url),
        Err(problem) => {
            problems.push(problem);
            None
        }
    };
    let deployments: Vec<Url> = written
        .iter()
        .filter_map(|text| kept(address(text)))
        .collect();
    let urls = if inputs.url.is_empty() || paths.is_empty() {
        deployments
    } else {
        let all = deployments
            .iter()
            .flat_map(|url| paths.iter().map(move |path| page_of(url, path)));
        all.filter_map(&mut kept).collect()
    };
    let base = inputs
        .base_url
        .as_ref()
        .and_then(|text| kept(address(text)));
    Pages {
        urls,
        reports,
        base,
    }
}

/// A page of a deployment. `//other.example` looks like a path and leads elsewhere.
fn page_of(deployment: &Url, path: &str) -> Result<Url, Problem> {
    let page = deployment.join(path).ok();
    page.filter(|page| page.origin() == deployment.origin())
        .ok_or_else(|| {
            Problem::new(format!("urls: `{path}` is no path")).fix("write it like `/artists`")
        })
}

fn address(text: &str) -> Result<Url, Problem> {
    match Url::parse(&with_scheme(text)) {
        Ok(url)
            if matches!(url.scheme(), "http" | "https")
                && url.username().is_empty()
                && url.password().is_none() =>
        {
            Ok(url)
        }
        Ok(_) => Err(Problem::new(format!(
            "url `{text}` is no page: http or https without user and password is needed"
        ))),
        Err(error) => Err(Problem::new(format!("url `{text}`: {error}"))
            .fix("write it like `https://app.example/page`")),
    }
}

/// Vercel names deployments without a scheme: https then, and http on this machine.
fn with_scheme(text: &str) -> String {
    if text.contains("://") {
        return text.to_owned();
    }
    let http =
        Url::parse(&format!("http://{text}")).is_ok_and(|url| http_client::is_loopback(&url));
    format!("{}://{text}", if http { "http" } else { "https" })
}

#[cfg(test)]
mod tests {
    use super::{page_of, with_scheme};

    #[test]
    fn a_deployment_may_be_named_without_scheme() {
        for (text, expected) in [
            ("app-1.vercel.app", "https://app-1.vercel.app"),
            ("127.0.0.1:3000/a", "http://127.0.0.1:3000/a"),
            ("[::1]:3000", "http://[::1]:3000"),
            ("localhost:3000", "http://localhost:3000"),
            ("localhost.example", "https://localhost.example"),
            ("http://app.example", "http://app.example"),
            ("file:///etc/passwd", "file:///etc/passwd"),
        ] {
            assert_eq!(with_scheme(text), expected);
        }
    }

    #[test]
    fn a_path_is_a_page_of_its_deployment_and_of_no_other() {
        let deployment = "https://app-1.vercel.app/".parse().unwrap();
        let page = page_of(&deployment, "/artists/a?x=1").unwrap();
        assert_eq!(page.as_str(), "https://app-1.vercel.app/artists/a?x=1");
        for path in ["//b.example/", "/\\b.example/", "/http://["] {
            let page = page_of(&deployment, path);
            assert!(
                page.is_err() || page.unwrap().host_str() == deployment.host_str(),
                "{path}"
            );
        }
        assert!(page_of(&deployment, "//b.example/").is_err());
    }
}
