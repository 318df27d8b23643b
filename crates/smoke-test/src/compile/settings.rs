//! What a run has once, and where the version is read.

use gate::Problem;
use http_client::HeaderName;
use pipeline_config::Located;

use super::{Compiler, check::address};
use crate::{
    plan::VersionProbe,
    policy::{Policy, VersionPolicy},
    suite::SuiteSection,
    target::Target,
    version::VersionSource,
};

pub(super) fn version_probe(
    written: &Located<VersionPolicy>,
    compiler: &mut Compiler<'_>,
    target: &Target,
) -> Option<VersionProbe> {
    let policy = &written.value;
    let slash = Located::nowhere("/".to_owned());
    let path = policy.path.as_ref().unwrap_or(&slash);
    let url = address(path, compiler, target)?;
    let (source, at) = match (&policy.header, &policy.json, &policy.html_meta) {
        (Some(at), None, None) => {
            let name = compiler.accept(at, "no header name", at.value.parse::<HeaderName>())?;
            (VersionSource::Header(name), at)
        }
        (None, Some(at), None) => (VersionSource::Json(compiler.json_path(at, &at.value)?), at),
        (None, None, Some(at)) => (VersionSource::HtmlMeta(at.value.clone()), at),
        _ => {
            compiler.refuse(
                written,
                "`version` needs exactly one of `header`, `json` and `html-meta`",
            );
            return None;
        }
    };
    let place = compiler.place(at);
    Some(VersionProbe { url, source, place })
}

/// A value of which a run has one. Suite files win over the config file; two of them may not both set it.
pub(crate) fn setting<'a, T>(
    base: &'a SuiteSection,
    files: &'a [SuiteSection],
    key: &str,
    pick: impl Fn(&Policy) -> Option<&T>,
    problems: &mut Vec<Problem>,
) -> Option<(&'a SuiteSection, &'a T)>
where
    T: 'a,
{
    let mut set = files
        .iter()
        .filter_map(|section| Some((section, pick_in(section, &pick)?)));
    let first = set.next();
    if let (Some((one, _)), Some((two, _))) = (first, set.next()) {
        let name = |section: &SuiteSection| section.file.clone().unwrap_or_default();
        problems.push(Problem::new(format!(
            "both {} and {} set `{key}`; keep one",
            name(one),
            name(two)
        )));
    }
    first.or_else(|| Some((base, pick_in(base, &pick)?)))
}

fn pick_in<'a, T>(
    section: &'a SuiteSection,
    pick: impl Fn(&'a Policy) -> Option<&'a T>,
) -> Option<&'a T> {
    pick(&section.values)
}
