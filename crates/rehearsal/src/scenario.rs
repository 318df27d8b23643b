//! The scenarios: what is arranged, what is played, and what must then be true. A new scenario is one more
//! entry here and its expectations in `expect.rs`.

use sandbox::Sandbox;
use sandbox::faults::{Mishap, Place};
use sandbox::vercel::Protection;

use crate::check::Check;
use crate::error::Error;
use crate::expect;
use crate::folders::Stage;
use crate::outcome::Outcome;

/// The run of pull-request.yml on the change.
pub(crate) const PULL_REQUEST_RUN: u64 = 1001;
/// The run of release.yml.
pub(crate) const RELEASE_RUN: u64 = 1002;
/// The run of the finale.
pub(crate) const FINALE_RUN: u64 = 1003;

/// How the pull request is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PullRequest {
    /// The whole workflow.
    Play,
    /// From a kept green run where there is one.
    Reuse,
}

/// What is played after the pull request and the release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finale {
    None,
    /// rollback.yml, started by hand.
    RollBack,
    /// publish.yml, started by the end of the pull request's run.
    Publish,
    /// A second push to the pull request, from this folder under tests/apps/scenarios.
    Push(&'static str),
}

/// What is done at the moment a release waits for its approval.
pub(crate) type AtApproval = fn(&Sandbox, &Stage) -> Result<(), Error>;

/// A play.
pub(crate) struct Scenario {
    pub name: &'static str,
    pub about: &'static str,
    /// The folder under tests/apps/scenarios that is the change.
    pub change: &'static str,
    /// Whether the change comes from a fork: a read-only token, no secrets.
    pub fork: bool,
    pub pull_request: PullRequest,
    pub release: bool,
    pub finale: Finale,
    pub approve: bool,
    /// Whether the bypass secret is given to the workflows.
    pub bypass_secret: bool,
    pub rolling: bool,
    pub arrange: fn(&Sandbox),
    pub at_approval: AtApproval,
    pub expect: fn(&Outcome) -> Vec<Check>,
}

/// A release of the harmless change in which nothing goes wrong.
const RELEASE: Scenario = Scenario {
    name: "",
    about: "",
    change: "ship",
    fork: false,
    pull_request: PullRequest::Reuse,
    release: true,
    finale: Finale::None,
    approve: true,
    bypass_secret: true,
    rolling: false,
    arrange: |_| {},
    at_approval: |_, _| Ok(()),
    expect: expect::shipped,
};

/// A pull request that must be stopped.
const STOPPED: Scenario = Scenario {
    pull_request: PullRequest::Play,
    release: false,
    ..RELEASE
};

/// All scenarios; the first is the default.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "ship",
        about: "a pull request through every gate to production; all green",
        pull_request: PullRequest::Play,
        expect: expect::ship,
        ..RELEASE
    },
    Scenario {
        name: "broken-health",
        about: "the health check fails once promoted: rolled back, the old version answers again",
        arrange: |sandbox| {
            sandbox.vercel.add_mishap(Mishap::BrokenPath {
                path: "/api/health".to_owned(),
                status: 500,
                body: None,
                place: Place::ProductionAfterPromote,
            });
        },
        expect: expect::rolled_back,
        ..RELEASE
    },
    Scenario {
        name: "oversized-bundle",
        about: "a page grows beyond its budget: the pull request is stopped",
        change: "oversized-bundle",
        expect: expect::oversized_bundle,
        ..STOPPED
    },
    Scenario {
        name: "rejected",
        about: "the release manager rejects: nothing reaches production",
        approve: false,
        expect: expect::rejected,
        ..RELEASE
    },
    Scenario {
        name: "vercel-5xx",
        about: "uploads fail now and then: ships all the same",
        arrange: |sandbox| sandbox.vercel.add_mishap(Mishap::UploadErrors { every: 5 }),
        expect: expect::vercel_5xx,
        ..RELEASE
    },
    Scenario {
        name: "alias-error",
        about: "Vercel accepts the promotion and moves nothing: red, production unchanged",
        at_approval: |sandbox, _| {
            sandbox.vercel.add_mishap(Mishap::AliasError);
            Ok(())
        },
        expect: expect::alias_error,
        ..RELEASE
    },
    Scenario {
        name: "rolling",
        about: "promoted by rolling release, 10 -> 50 -> 100 %, sampled between the stages",
        rolling: true,
        arrange: |sandbox| sandbox.vercel.enable_rolling_release(&[10, 50, 100]),
        expect: expect::rolling,
        ..RELEASE
    },
    Scenario {
        name: "rolling-abort",
        about: "the canary answers with errors at 10 %: aborted, the old version keeps all traffic",
        rolling: true,
        arrange: |sandbox| {
            sandbox.vercel.enable_rolling_release(&[10, 50, 100]);
            sandbox.vercel.add_mishap(Mishap::CanaryErrors { every: 2 });
        },
        expect: expect::rolling_abort,
        ..RELEASE
    },
    Scenario {
        name: "wrong-bytes",
        about: "the build changes after its approval: refused, production unchanged",
        at_approval: alter_build,
        expect: expect::wrong_bytes,
        ..RELEASE
    },
    Scenario {
        name: "stale-edge",
        about: "the old version answers for a while after the promotion: passes only on the new one",
        at_approval: |sandbox, _| {
            sandbox.vercel.add_mishap(Mishap::StaleEdge { requests: 6 });
            Ok(())
        },
        expect: expect::stale_edge,
        ..RELEASE
    },
    Scenario {
        name: "sso-wall",
        about: "deployments are protected and the bypass secret is missing: named, nothing promoted",
        bypass_secret: false,
        arrange: |sandbox| sandbox.vercel.set_protection(Protection::Previews),
        expect: expect::sso_wall,
        ..RELEASE
    },
    Scenario {
        name: "lying-health",
        about: "the health document says healthy over a service that is down: the pull request is stopped",
        change: "lying-health",
        expect: expect::lying_health,
        ..STOPPED
    },
    Scenario {
        name: "heavy-import",
        about: "the chart is loaded up front: stopped, naming module and route; made lazy again, it passes",
        change: "heavy-import",
        finale: Finale::Push("heavy-import-mended"),
        expect: expect::heavy_import,
        ..STOPPED
    },
    Scenario {
        name: "slow-page",
        about: "the home page blocks the browser: stopped by Lighthouse, naming the metric",
        change: "slow-page",
        expect: expect::slow_page,
        ..STOPPED
    },
    Scenario {
        name: "protected-preview",
        about: "previews ask for a login: with the secret Lighthouse measures the app, and not the wall",
        arrange: |sandbox| sandbox.vercel.set_protection(Protection::Previews),
        expect: expect::protected_preview,
        ..STOPPED
    },
    Scenario {
        name: "deleted-chunk",
        about: "a chunk that a page loads is missing from the build: stopped as not whole",
        change: "deleted-chunk",
        expect: expect::deleted_chunk,
        ..STOPPED
    },
    Scenario {
        name: "manual-rollback",
        about: "shipped, then taken back by hand with rollback.yml",
        finale: Finale::RollBack,
        expect: expect::manual_rollback,
        ..RELEASE
    },
    Scenario {
        name: "fork",
        about: "an oversized change from a fork: checked without secrets, and publish.yml says so on the pull request",
        change: "oversized-bundle",
        fork: true,
        finale: Finale::Publish,
        expect: expect::fork,
        ..STOPPED
    },
];

/// Changes a byte of the build artifact, as somebody with write access to artifacts could.
fn alter_build(_sandbox: &Sandbox, stage: &Stage) -> Result<(), Error> {
    let page = stage
        .artifacts()
        .join(PULL_REQUEST_RUN.to_string())
        .join("build/static/index.html");
    let mut bytes = std::fs::read(&page).map_err(Error::file("read", &page))?;
    bytes.push(b' ');
    std::fs::write(&page, bytes).map_err(Error::file("write", &page))
}
