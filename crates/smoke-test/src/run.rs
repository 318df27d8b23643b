//! Carries out a plan: version, checks, version again, watch, version again.

use std::time::Duration;

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use gate::Progress;
use http_client::Deadline;

use crate::{
    attempt::{Again, Attempt, Expected, Failure},
    edge,
    facts::{CheckFacts, Facts, VersionEnd, VersionFacts},
    lane::Walk,
    load::Load,
    loading::{self, Loaded},
    plan::{Form, Plan, VersionProbe},
    probe::Prober,
    repeat::{BACKOFF, End, Settled, persist},
    sampling::{self, Watched},
    world::World,
};

/// The time the version has to be read again after a watch.
const AFTER_WATCH: Duration = Duration::from_secs(10);

/// What a run is asked for, besides its plan.
#[derive(Clone, Debug)]
pub struct Order {
    /// The deployment, and where the suite's files are.
    pub world: World,
    /// Time for version and checks together.
    pub deadline: Duration,
    /// The version that must answer.
    pub expect_version: Option<String>,
    /// Passing answers in a row that each check needs.
    pub samples: u32,
    /// Whether the plan's load is put on the deployment.
    pub load: bool,
    /// How long to watch afterwards.
    pub watch: Option<Duration>,
    /// Whether a bypass secret is sent along.
    pub bypass_sent: bool,
}

/// Runs a plan.
pub async fn run(plan: &Plan, order: &Order, prober: &Prober, progress: &Progress) -> Facts {
    let deadline = Deadline::after(order.deadline);
    let host = order.world.target.host();
    let mut runner = Runner {
        plan,
        order,
        prober,
        progress,
        deadline,
        settled: vec![None; plan.steps().count()],
        version: None,
        flip: None,
    };
    let passed = runner.rounds(&host).await;
    let edge = match &plan.edge {
        Some(wanted) if passed => {
            let place = plan.edge_place.as_ref();
            Some(
                edge::check(
                    wanted,
                    place,
                    &order.world.target,
                    prober.client(),
                    progress,
                )
                .await,
            )
        }
        _ => None,
    };
    let mut loaded = None;
    if let (true, true, Some(load)) = (passed, order.load, &plan.load) {
        loaded = Some((load.clone(), runner.load(&host, load).await));
    }
    let mut watch = None;
    if let (true, Some(length)) = (passed, order.watch) {
        watch = Some(runner.watch(&host, length).await);
    }
    let Runner {
        settled, version, ..
    } = runner;
    let redactor = prober.redactor();
    let checks = plan.steps().zip(settled).map(|(step, settled)| CheckFacts {
        name: step.name.clone(),
        request: match &step.form {
            Form::Ready(check) => {
                format!("{} {}", check.method, redactor.redact_url(&check.url))
            }
            Form::Open(_) => step.request.clone(),
        },
        place: step.place.clone(),
        max_time: step.max_time.map(|limit| limit.value()),
        settled,
    });
    Facts {
        host,
        bypass_sent: order.bypass_sent,
        version,
        checks: checks.collect(),
        budgets: plan.budgets.clone(),
        load: loaded,
        watch,
        edge,
        limits: plan.limits,
        watch_places: plan.watch_places.clone(),
    }
}

struct Runner<'a> {
    plan: &'a Plan,
    order: &'a Order,
    prober: &'a Prober,
    progress: &'a Progress,
    deadline: Deadline,
    settled: Vec<Option<Settled>>,
    version: Option<VersionFacts>,
    /// What was seen when another version answered after the expected one.
    flip: Option<Failure>,
}

impl Runner<'_> {
    /// Rounds of version, checks, version, until a round saw the same version before and after. Gives whether all passed.
    async fn rounds(&mut self, host: &str) -> bool {
        let Some(probe) = &self.plan.version else {
            return self.checks(host).await;
        };
        loop {
            let found = self
                .progress
                .during(
                    &format!("waiting for {}", self.awaited(host)),
                    self.version(probe),
                )
                .await;
            if !self.note(found) || !self.checks(host).await {
                self.blame_flip();
                return false;
            }
            if self.order.expect_version.is_none() {
                return true;
            }
            // Seen again, or nothing that the checks saw counts: an edge may still have answered with the old version.
            let again = self.confirm(probe, self.deadline).await;
            self.flip = match &again.end {
                End::Failed(failure) if failure.version.is_some() => Some(failure.clone()),
                _ => None,
            };
            if self.note(again) {
                return true;
            }
            if self.flip.is_none() {
                return false;
            }
            // An edge that flips answers at once, so without a wait the rounds would be a flood.
            let pause = BACKOFF.delay(self.count_flip(), 1.0);
            if self.deadline.sleep(pause).await.is_err() {
                return false;
            }
            self.progress
                .line("another version answered after the checks: asking again");
        }
    }

    /// The deadline came while everything was asked once more because the version had flipped. That flip says more than that
    /// time ran out, so it is told in place of a round that brought no answer.
    fn blame_flip(&mut self) {
        let unanswered =
            |end: &End| matches!(end, End::Failed(failure) if failure.evidence.is_none());
        let silent = self
            .settled
            .iter()
            .flatten()
            .any(|one| unanswered(&one.end))
            || matches!(
                self.version.as_ref().map(|version| &version.end),
                Some(VersionEnd::Failed(failure)) if failure.version.is_none()
            );
        if !silent || !self.deadline.expired() {
            return;
        }
        if let (Some(version), Some(flip)) = (self.version.as_mut(), self.flip.take()) {
            version.found = flip.version.clone();
            version.end = VersionEnd::Failed(flip);
            self.settled.fill(None);
        }
    }

    /// Another version answered after the expected one had. Gives how often that was.
    fn count_flip(&mut self) -> u32 {
        self.version.as_mut().map_or(0, |version| {
            version.flips += 1;
            version.flips
        })
    }

    fn awaited(&self, host: &str) -> String {
        match &self.order.expect_version {
            Some(version) => format!("version {version} on {host}"),
            None => format!("the version of {host}"),
        }
    }

    async fn version(&self, probe: &VersionProbe) -> Settled {
        let expected = self.order.expect_version.as_deref();
        persist(self.deadline, 1, 0.5, async || {
            self.prober.ask_version(probe, expected).await
        })
        .await
    }

    /// Asks for the version until there is an answer; another version is not waited out.
    async fn confirm(&self, probe: &VersionProbe, deadline: Deadline) -> Settled {
        let expected = self.order.expect_version.as_deref();
        let once = async || match self.prober.ask_version(probe, expected).await {
            Attempt::Failed(failure) if failure.version.is_some() => Attempt::Failed(Failure {
                again: Again::Never,
                ..failure
            }),
            attempt => attempt,
        };
        persist(deadline, 1, 0.5, once).await
    }

    /// Keeps what was seen of the version. Gives whether it is the expected one.
    fn note(&mut self, settled: Settled) -> bool {
        let (found, end) = match settled.end {
            End::Passed(pass) => (pass.version, VersionEnd::Seen),
            End::Failed(failure) => (failure.version.clone(), VersionEnd::Failed(failure)),
            End::Walled(wall) => (None, VersionEnd::Walled(wall)),
        };
        let seen = matches!(end, VersionEnd::Seen);
        let flips = self.version.as_ref().map_or(0, |version| version.flips);
        let expected = self.order.expect_version.clone();
        let redact = |version: String| self.prober.redactor().redact(&version);
        self.version = Some(VersionFacts {
            expected,
            found: found.map(redact),
            end,
            flips,
        });
        seen
    }

    /// Asks all checks. A wall ends them all: it stands before each of them.
    async fn checks(&mut self, host: &str) -> bool {
        let what = format!("{} checks on {host}", self.settled.len());
        let walk = |index| Walk {
            prober: self.prober,
            world: &self.order.world,
            expected: self.expected(),
            deadline: self.deadline,
            samples: self.order.samples,
            spread: spread(index),
        };
        let lanes = &self.plan.lanes;
        let mut under_way: FuturesUnordered<_> = lanes
            .iter()
            .enumerate()
            .map(|(index, lane)| {
                let walk = walk(index);
                async move { (index, walk.along(lane).await) }
            })
            .collect();
        let mut settled: Vec<Vec<Option<Settled>>> = lanes
            .iter()
            .map(|lane| vec![None; lane.steps.len()])
            .collect();
        let walled = |one: &Option<Settled>| {
            matches!(one.as_ref().map(|one| &one.end), Some(End::Walled(_)))
        };
        let all = async {
            while let Some((index, lane)) = under_way.next().await {
                let stop = lane.iter().any(walled);
                settled[index] = lane;
                if stop {
                    break;
                }
            }
        };
        self.progress.during(&what, all).await;
        drop(under_way);
        self.settled = settled.into_iter().flatten().collect();
        self.settled
            .iter()
            .all(|one| matches!(one.as_ref().map(|one| &one.end), Some(End::Passed(_))))
    }

    fn expected(&self) -> Option<Expected<'_>> {
        let (probe, version) = (
            self.plan.version.as_ref()?,
            self.order.expect_version.as_deref()?,
        );
        Some(Expected {
            source: &probe.source,
            version,
        })
    }

    async fn load(&self, host: &str, load: &Load) -> Loaded {
        let what = format!(
            "{} requests to {host}, {} a second",
            load.planned(),
            load.rps
        );
        let put = loading::put(self.prober, self.plan, load, self.expected());
        self.progress.during(&what, put).await
    }

    async fn watch(&mut self, host: &str, length: Duration) -> Watched {
        let what = format!("watching {host} for {} s", length.as_secs_f64());
        let watched = self
            .progress
            .during(
                &what,
                sampling::sample(self.prober, self.plan, self.expected(), length),
            )
            .await;
        if let (Some(probe), Some(_)) = (&self.plan.version, &self.order.expect_version) {
            let again = self.confirm(probe, Deadline::after(AFTER_WATCH)).await;
            let other = matches!(&again.end, End::Failed(failure) if failure.version.is_some());
            self.note(again);
            if other {
                self.count_flip();
            }
        }
        watched
    }
}

/// A number in `0.0..1.0` for each check, far from its neighbours' (multiples of the golden ratio): checks that failed
/// together do not come back together, and every run waits alike.
fn spread(index: usize) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of checks are far below 2^53"
    )]
    let index = index as f64;
    (index * 0.618_033_988_75).fract()
}
