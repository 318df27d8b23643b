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
    /// It was done, and the answer is lost.
    Lost,
}

const HITS: [Hit; 8] = [
    Hit::Once(408),
    Hit::Once(429),
    Hit::Once(500),
    Hit::Once(503),
    Hit::Cut,
    Hit::Lost,
    Hit::Always(403),
    Hit::Always(404),
];

impl Hit {
    fn fault(self, method: &str, path: &str) -> Fault {
        let fault = Fault::on(Side::Vercel, method, path);
        match self {
            Self::Once(code) => fault.action(Action::Status {
                code,
                headers: vec![("retry-after".to_owned(), "0".to_owned())],
                body: String::new(),
            }),
            Self::Always(code) => fault.times(u32::MAX).status(code),
            Self::Cut => fault.action(Action::Drop),
            Self::Lost => fault.action(Action::CommitThenStatus(502)),
        }
    }

    /// Refusals that no second try mends.
    fn is_final(self) -> bool {
        matches!(self, Self::Always(_))
    }
}

/// A mode and the request that does its work.
struct Case {
    mode: &'static str,
    method: &'static str,
    path: &'static str,
}

const CASES: [Case; 8] = [
    Case {
        mode: "deploy",
        method: "POST",
        path: "/v2/files",
    },
    Case {
        mode: "deploy",
        method: "POST",
        path: "/v13/deployments",
    },
    Case {
        mode: "deploy",
        method: "GET",
        path: "/v13/deployments/*",
    },
    Case {
        mode: "promote",
        method: "POST",
        path: "/v10/projects/*/promote/*",
    },
    Case {
        mode: "promote",
        method: "GET",
        path: "/v4/aliases/*",
    },
    Case {
        mode: "rollback",
        method: "POST",
        path: "/v1/projects/*/rollback/*",
    },
    Case {
        mode: "rolling",
        method: "POST",
        path: "/v1/projects/*/rolling-release/start",
    },
    Case {
        mode: "status",
        method: "GET",
        path: "/v9/projects/*",
    },
];

async fn act(play: &Play, mode: &str, deployment: &str) -> Ended {
    let record = play.record(SHA, "production");
    // Time is up soon where nothing else ends a wait.
    let limit = ["--timeout", "4 s"];
    let arguments: Vec<&str> = match mode {
        "deploy" => vec!["--environment", "production", "--staged"],
        "rollback" => vec!["--mode", "rollback", "--deployment", deployment],
        "status" => vec!["--mode", "status"],
        "rolling" => vec![
            "--mode",
            "rolling",
            "--samples",
            "2",
            "--deployment",
            deployment,
            "--record",
            &record,
        ],
        mode => vec![
            "--mode",
            mode,
            "--deployment",
            deployment,
            "--record",
            &record,
        ],
    };
    play.run(&[&arguments[..], &limit].concat()).await
}

/// One cell of the table.
async fn ends_in_a_stated_outcome(case: &Case, hit: Hit) {
    let Case { mode, method, path } = case;
    let play = Play::start().await;
    let (deployment, wanted) = match *mode {
        "promote" | "rolling" => {
            if *mode == "rolling" {
                play.sandbox.vercel.enable_rolling_release(&[10]);
            }
            let staged = play.stage().await;
            (staged.clone(), staged)
        }
        "rollback" => {
            let (first, _) = play.second_version().await;
            (first.clone(), first)
        }
        _ => (String::new(), play.production()),
    };
    if *mode == "deploy" {
        play.build("third");
    }
    let before = play.production();
    play.sandbox.vercel.add_fault(hit.fault(method, path));
    let outcome = act(&play, mode, &deployment).await;
    let case = format!(
        "{mode}, {method} {path}, {hit:?}: {:#?}",
        outcome.findings()
    );
    let live = play.production();
    assert!(!outcome.verdict.title.is_empty(), "{case}");
    if outcome.code == 0 {
        assert!(
            !hit.is_final() && live == wanted,
            "a success that is none: {case}"
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
    if hit.is_final() {
        assert!(
            *method == "GET" || live == before,
            "a refused change changed something: {case}"
        );
    }
}

#[tokio::test]
async fn every_fault_in_every_mode_ends_in_a_stated_outcome() {
    // Most of each cell is waiting for another try, so many fit beside each other.
    let cells = CASES.iter().flat_map(|case| HITS.map(|hit| (case, hit)));
    stream::iter(cells)
        .for_each_concurrent(8, |(case, hit)| ends_in_a_stated_outcome(case, hit))
        .await;
}

#[tokio::test]
async fn a_fault_on_one_file_never_restarts_the_rest() {
    for hit in [
        Hit::Once(408),
        Hit::Once(429),
        Hit::Once(500),
        Hit::Once(503),
        Hit::Cut,
        Hit::Lost,
    ] {
        let play = Play::start().await;
        for number in 0..40 {
            let name = format!(".vercel/output/static/new/{number}.txt");
            play.runner.write(&name, &format!("new {number}"));
        }
        play.sandbox
            .vercel
            .add_fault(hit.fault("POST", "/v2/files").from(20));
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
