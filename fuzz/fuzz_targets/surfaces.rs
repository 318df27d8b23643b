//! Whatever is read as a verdict is shown on every surface within its limits.

#![no_main]

use libfuzzer_sys::fuzz_target;
use report_render::{COMMENT_LIMIT, CommentContext, TerminalStyle};
use verdict::Verdict;

fuzz_target!(|bytes: &[u8]| {
    let Ok(verdict) = Verdict::from_json(bytes) else {
        return;
    };
    let one = [&verdict];
    let style = TerminalStyle {
        colour: false,
        links: false,
        width: Some(80),
    };
    let terminal = report_render::terminal(&verdict, style);
    assert!(!terminal.contains('\u{1b}') && !terminal.contains("##["));
    assert!(
        !terminal
            .lines()
            .any(|line| line.trim_start().starts_with("::"))
    );
    assert!(report_render::summary(&verdict).len() <= 512 * 1024);
    let comment = report_render::comment(&one, &CommentContext::default(), 0);
    assert!(comment.chars().count() <= COMMENT_LIMIT);
    assert_eq!(
        comment.matches("<details>").count(),
        comment.matches("</details>").count()
    );
    assert!(report_render::annotations(&verdict, 10, None).shown.len() <= 30);
    assert!(
        report_render::check_run(&one, &CommentContext::default())
            .summary
            .chars()
            .count()
            <= 65_535
    );
    assert!(report_render::sarif(&one).ends_with("}\n"));
    assert!(report_render::junit(&one).ends_with("</testsuites>\n"));
    let page = report_render::html(&one);
    assert!(page.ends_with("</html>\n") && !page.contains("<script"));
});
