//! The build log: one stream, taken up where it broke, and never a reason to fail.

use fake_runner::Ended;
use sandbox::{
    faults::{Action, Fault, Side},
    vercel::{Build, Outcome, Timings},
};

use crate::support::Play;

const LINES: usize = 30;
const EVENTS: &str = "/v3/deployments/*/events";

/// A source build that says thirty lines while it is polled.
async fn building() -> Play {
    let play = Play::start().await;
    let built = play.runner.path("elsewhere");
    play.runner
        .write("elsewhere/config.json", r#"{"version":3}"#);
    play.runner.write("elsewhere/static/index.html", "built");
    play.runner.write("app/package.json", "{}");
    let build = Build {
        log: (0..LINES)
            .map(|number| format!("step {number:03}"))
            .collect(),
        outcome: Outcome::Output(built),
    };
    play.sandbox.vercel.script_build(Some(build)).unwrap();
    play.sandbox.vercel.set_timings(Timings {
        building: 6,
        ..Timings::instant()
    });
    play
}

/// The numbers of the lines that were shown, in order.
fn shown(outcome: &Ended) -> Vec<usize> {
    let lines = outcome.stderr.lines();
    lines
        .filter_map(|line| line.split_once("| step ")?.1.trim().parse().ok())
        .collect()
}

#[tokio::test]
async fn each_line_is_shown_once_however_often_the_stream_breaks() {
    for action in [
        None,
        Some(Action::Drop),
        Some(Action::CutAnswer(700)),
        Some(Action::Status {
            code: 503,
            headers: Vec::new(),
            body: String::new(),
        }),
    ] {
        let play = building().await;
        if let Some(action) = action.clone() {
            let fault = Fault::on(Side::Vercel, "GET", EVENTS).action(action);
            play.sandbox.vercel.add_fault(fault);
        }
        let outcome = play.run(&["--source-dir", "app"]).await;
        assert_eq!(outcome.code, 0, "{action:?}: {outcome:?}");
        assert_eq!(
            shown(&outcome),
            (0..LINES).collect::<Vec<_>>(),
            "{action:?}: {}",
            outcome.stderr
        );
        // The stream, once more where it broke or ended before the poll, and the rest at the end: no polling.
        assert!(play.asked("GET", "/events") <= 4, "{action:?}");
    }
}

#[tokio::test]
async fn a_log_that_cannot_be_read_changes_nothing() {
    let play = building().await;
    let fault = Fault::on(Side::Vercel, "GET", EVENTS).times(u32::MAX);
    play.sandbox.vercel.add_fault(fault.status(403));
    let outcome = play.run(&["--source-dir", "app"]).await;
    assert_eq!(
        (outcome.code, outcome.output("ready-state")),
        (0, "READY"),
        "{outcome:?}"
    );
    assert!(shown(&outcome).is_empty());
    // Refused is refused: the stream and the rest at the end.
    assert_eq!(play.asked("GET", "/events"), 2);
}
