//! Every fault in every mode: the outcome is stated, production is where the outcome says, and what was not hit by the
//! fault is not done again.

use fake_runner::Ended;
use futures_util::{StreamExt as _, stream};
use sandbox::faults::{Action, Fault, Side};

use crate::support::{Play, SHA};

/// What hits one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hit {
    /// Once, with this status.
    Once(u16),
    /// Always, with this status.
    Always(u16),
    /// The connection is cut, once.
    Cut,
    /// The connection is cut once, in the middle of what is sent.
    CutUpload,
    /// It was done, and the connection is cut once, in the middle of the answer.
    CutAnswer,
    /// It was done, and the answer is lost.
    Lost,
}

const HITS: [Hit; 10] = [
    Hit::Once(408),
    Hit::Once(429),
    Hit::Once(500),
    Hit::Once(503),
    Hit::Cut,
    Hit::CutUpload,
    Hit::CutAnswer,
    Hit::Lost,
    Hit::Always(403),
    Hit::Always(404),
];

impl Hit {
    fn fault(self, side: Side, method: &str, path: &str) -> Fault {
        let fault = Fault::on(side, method, path);
        match self {
            Self::Once(code) => fault.action(Action::Status {
                code,
                headers: vec![("retry-after".to_owned(), "0".to_owned())],
                body: String::new(),
            }),
            Self::Always(code) => fault.times(u32::MAX).status(code),
            Self::Cut => fault.action(Action::Drop),
            Self::CutUpload => fault.action(Action::CutUpload(4)),
            Self::CutAnswer => fault.action(Action::CutAnswer(150)),
            Self::Lost => fault.action(Action::CommitThenStatus(502)),
        }
    }

    /// Refusals that no second try mends.
    fn is_final(self) -> bool {
        matches!(self, Self::Always(_))
    }
}

/// A mode and the request that does its work.
type Case = (&'static str, Side, &'static str, &'static str);

const CASES: [Case; 15] = [
    ("deploy", Side::Vercel, "POST", "/v2/files"),
    ("deploy", Side::Vercel, "POST", "/v13/deployments"),
    ("deploy", Side::Vercel, "GET", "/v13/deployments/*"),
    ("promote", Side::Vercel, "POST", "/v10/projects/*/promote/*"),
    ("promote", Side::Vercel, "GET", "/v4/aliases/*"),
    (
        "rollback",
        Side::Vercel,
        "POST",
        "/v1/projects/*/rollback/*",
    ),
    ("rollback", Side::Vercel, "GET", "/v4/aliases/*"),
    (
        "rolling",
        Side::Vercel,
        "POST",
        "/v1/projects/*/rolling-release/start",
    ),
    (
        "rolling",
        Side::Vercel,
        "POST",
        "/v1/projects/*/rolling-release/complete",
    ),
    ("alias", Side::Vercel, "POST", "/v2/deployments/*/aliases"),
    ("alias", Side::Vercel, "GET", "/v4/aliases/*"),
    ("warm", Side::Edge, "GET", "/"),
    ("warm", Side::Vercel, "GET", "/v9/projects/*/domains"),
    ("status", Side::Vercel, "GET", "/v9/projects/*"),
    ("digest", Side::Vercel, "*", "/**"),
];

/// A domain that is not production's and at which nobody listens.
const DOMAIN: &str = "127.0.0.1:9";

async fn act(play: &Play, mode: &str, deployment: &str) -> Ended {
    let record = play.record(SHA, "production");
    // Time is up soon where nothing else ends a wait.
    let limit = ["--timeout", "4 s"];
    let named = ["--mode", mode, "--deployment", deployment];
    let recorded = ["--record", &record];
    let arguments = match mode {
        "deploy" => vec!["--environment", "production", "--staged"],
        "rollback" => named.to_vec(),
        "alias" => [&named[..], &["--domains", DOMAIN]].concat(),
        "rolling" => [&named[..], &recorded, &["--samples", "2"]].concat(),
        "warm" | "status" | "digest" => vec!["--mode", mode],
        _ => [&named[..], &recorded].concat(),
    };
    play.run(&[&arguments[..], &limit].concat()).await
}

/// A play in which `mode` has something to do: the deployment it is for, and what production serves when that is done.
async fn scene(mode: &str) -> (Play, String, String) {
    let play = Play::start().await;
    let (deployment, wanted) = match mode {
        "promote" | "rolling" => {
            if mode == "rolling" {
                play.sandbox.vercel.enable_rolling_release(&[10]);
            }
            let staged = play.stage().await;
            (staged.clone(), staged)
        }
        "rollback" => {
            let (first, _) = play.second_version().await;
            (first.clone(), first)
        }
        _ => (play.production(), play.production()),
    };
    if mode == "deploy" {
        play.build("third");
    }
    (play, deployment, wanted)
}

/// One cell of the table.
async fn ends_in_a_stated_outcome(case: Case, hit: Hit) {
    let (mode, side, method, path) = case;
    let (play, deployment, wanted) = scene(mode).await;
    let before = play.production();
    let asked = play.snapshot().asked;
    play.sandbox.vercel.add_fault(hit.fault(side, method, path));
    let outcome = act(&play, mode, &deployment).await;
    let case = format!("{case:?}, {hit:?}: {:#?}", outcome.findings());
    let live = play.production();
    assert!(!outcome.verdict.title.is_empty(), "{case}");
    if mode == "digest" {
        assert_eq!((outcome.code, play.snapshot().asked), (0, asked), "{case}");
        return;
    }
    if outcome.code == 0 {
        assert!(
            !hit.is_final() && live == wanted,
            "a success that is none: {case}"
        );
        let alias = play.snapshot().aliases.get(DOMAIN).cloned();
        assert!(
            mode != "alias" || alias == Some(deployment),
            "not pointed: {case}"
        );
        return;
    }
    assert!(outcome.code == 1 || outcome.code == 3, "{case}");
    assert!(!outcome.verdict.findings.is_empty(), "silent: {case}");
    let claimed = outcome.outputs.get("production-deployment-id");
    let claimed = claimed.filter(|id| !id.is_empty());
    assert!(
        claimed.is_none_or(|id| *id == live),
        "claims what is not: {case}"
    );
    if matches!(mode, "deploy" | "alias" | "warm" | "status") {
        assert_eq!(live, before, "production is not its business: {case}");
    }
    if hit.is_final() {
        let unchanged = method == "GET" || live == before;
        assert!(unchanged, "a refused change changed something: {case}");
    }
}

#[tokio::test]
async fn every_fault_in_every_mode_ends_in_a_stated_outcome() {
    // Most of each cell is waiting for another try, so many fit beside each other.
    let cells = CASES.iter().flat_map(|case| HITS.map(|hit| (*case, hit)));
    stream::iter(cells)
        .for_each_concurrent(12, |(case, hit)| ends_in_a_stated_outcome(case, hit))
        .await;
}

#[tokio::test]
async fn a_fault_on_one_file_never_restarts_the_rest() {
    for hit in HITS.into_iter().filter(|hit| !hit.is_final()) {
        let play = Play::start().await;
        for number in 0..40 {
            let name = format!(".vercel/output/static/new/{number}.txt");
            play.runner.write(&name, &format!("new {number}"));
        }
        let fault = hit.fault(Side::Vercel, "POST", "/v2/files");
        play.sandbox.vercel.add_fault(fault.from(20));
        let outcome = play.run(&[]).await;
        assert_eq!(
            (outcome.code, outcome.output("files-uploaded")),
            (0, "41"),
            "{hit:?}: {outcome:?}"
        );
        // 41 contents and the one that was hit once more; one order before and one after.
        assert_eq!(play.asked("POST", "/v2/files"), 42, "{hit:?}");
        assert_eq!(play.asked("POST", "/v13/deployments"), 2, "{hit:?}");
    }
}
