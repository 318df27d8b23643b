//! What inputs mean together, as tables: which input belongs to which modes, and what no mode can do.

use gate::Problem;

use super::host;
use crate::inputs::{Inputs, Mode, Step};

use Mode::{Alias, Deploy, Digest, Promote, Rollback, Rolling, Status, Warm};

/// Modes that move production.
const SWITCHES: &[Mode] = &[Promote, Rolling, Rollback];

/// Inputs that only some modes read. An input that is given and not read is a misunderstanding.
fn belongings(inputs: &Inputs) -> Vec<(bool, &'static str, &'static [Mode])> {
    // One workflow step promotes or rolls out by a variable, so the limits of a rollout may stand beside a promote.
    let released: &[Mode] = &[Rolling, Promote];
    vec![
        (
            inputs.static_dir.is_some(),
            "static-dir",
            &[Deploy, Digest, Promote],
        ),
        (
            inputs.static_config.is_some(),
            "static-config",
            &[Deploy, Digest, Promote],
        ),
        (inputs.source_dir.is_some(), "source-dir", &[Deploy, Digest]),
        (
            inputs.root_directory.is_some(),
            "root-directory",
            &[Deploy, Digest],
        ),
        (inputs.archive.is_some(), "archive", &[Deploy]),
        (!inputs.meta.is_empty(), "meta", &[Deploy]),
        (inputs.staged, "staged", &[Deploy]),
        (
            inputs.deployment.is_some(),
            "deployment",
            &[Promote, Rolling, Rollback, Alias, Status],
        ),
        (
            inputs.record.is_some(),
            "record",
            &[Deploy, Promote, Rolling],
        ),
        (inputs.allow_rebuild, "allow-rebuild", &[Promote]),
        (inputs.step.is_some(), "step", &[Rolling]),
        (inputs.samples.is_some(), "samples", released),
        (inputs.max_error_rate.is_some(), "max-error-rate", released),
        (inputs.max_p95.is_some(), "max-p95", released),
        (inputs.stage_command.is_some(), "stage-command", released),
        (inputs.sample_path.is_some(), "sample-path", released),
        (inputs.bake.is_some(), "bake", released),
        (!inputs.paths.is_empty(), "paths", &[Warm]),
        (inputs.sitemap.is_some(), "sitemap", &[Warm]),
        (inputs.max_paths.is_some(), "max-paths", &[Warm]),
        (inputs.min_hit_rate.is_some(), "min-hit-rate", &[Warm]),
    ]
}

/// Everything that cannot be meant.
pub(super) fn contradictions(inputs: &Inputs, mode: Mode) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (given, name, modes) in belongings(inputs) {
        if given && !modes.contains(&mode) {
            let modes: Vec<String> = modes.iter().map(|mode| word(*mode)).collect();
            let text = format!("`{name}` belongs to {}", modes.join(", "));
            problems.push(Problem::new(text).fix("leave it out, or set `mode`"));
        }
    }
    let mut refuse = |wrong: bool, message: &str, fix: &str| {
        if wrong {
            problems.push(Problem::new(message).fix(fix));
        }
    };
    let environment = inputs.environment.as_deref();
    let by_hand = !matches!(inputs.step, None | Some(Step::Run | Step::Start));
    refuse(
        SWITCHES.contains(&mode) && environment.is_some_and(|name| name != "production"),
        "promote, rolling and rollback act on production",
        "leave `environment` out, or deploy the same build there with mode deploy",
    );
    refuse(
        inputs.deployment.is_none()
            && (matches!(mode, Promote | Alias) || (mode == Rolling && !by_hand)),
        "no `deployment` is given",
        "pass the output `deployment-id` of the deploy",
    );
    refuse(
        mode == Alias && inputs.domains.is_empty(),
        "no `domains` are given",
        "name the domains to point at the deployment",
    );
    refuse(
        inputs
            .deployment
            .as_deref()
            .is_some_and(|text| host(text).is_none()),
        "`deployment` is neither an id nor a host",
        "write it like `dpl_…` or `app-1.vercel.app`",
    );
    refuse(
        inputs.staged && mode == Deploy && environment != Some("production"),
        "only a production deploy can be `staged`",
        "set `environment: production`",
    );
    let folders = [&inputs.output_dir, &inputs.static_dir, &inputs.source_dir];
    refuse(
        folders.iter().filter(|folder| folder.is_some()).count() > 1,
        "`output-dir`, `static-dir` and `source-dir` exclude each other",
        "name the one folder that is deployed",
    );
    refuse(
        inputs.static_config.is_some() && inputs.static_dir.is_none(),
        "`static-config` needs `static-dir`",
        "a build output has its own config.json",
    );
    refuse(
        inputs.source_dir.is_some() && inputs.record.is_some(),
        "a release record approves a build, and `source-dir` would build another one",
        "deploy the approved build: `output-dir`",
    );
    refuse(
        inputs.allow_rebuild && inputs.record.is_some(),
        "a release record approves a build, and `allow-rebuild` would put another one live",
        "leave one of them out",
    );
    for pair in &inputs.meta {
        let sound = pair
            .split_once('=')
            .is_some_and(|(name, _)| !name.trim().is_empty() && !name.starts_with("stagegate"));
        refuse(
            !sound,
            &format!("meta `{pair}` is not NAME=VALUE"),
            "write it like `ticket=ABC-1`; names that begin with `stagegate` are taken",
        );
    }
    let outside = |path: &str| {
        path.starts_with('/')
            || path
                .split(['/', '\\'])
                .any(|part| part == ".." || part.is_empty())
    };
    refuse(
        inputs.root_directory.as_deref().is_some_and(outside),
        "`root-directory` is not a folder of the repository",
        "write it like `apps/web`",
    );
    problems
}

fn word(mode: Mode) -> String {
    format!("{mode:?}").to_lowercase()
}

/// Modes that act on production when nothing else is said.
pub(super) fn default_environment(mode: Mode) -> &'static str {
    match mode {
        Deploy | Digest | Alias => "preview",
        Promote | Rolling | Rollback | Warm | Status => "production",
    }
}
