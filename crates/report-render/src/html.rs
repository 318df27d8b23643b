//! One self-contained HTML page for any number of verdicts: no script, no request, charts as inline SVG.
//! It follows the reader's light or dark scheme, prints, and filters its findings by style alone.

mod chart;
mod findings;
mod gate;
mod numbers;
mod overview;
mod svg;
mod text;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use verdict::{Conclusion, Verdict};

use crate::comment::headline;
use crate::rank::by_conclusion;
use text::escape;

const STYLE: &str = include_str!("html/style.css");

/// Renders verdicts as one HTML page, the worst first.
pub fn html(verdicts: &[&Verdict]) -> String {
    let sorted = by_conclusion(verdicts);
    let overall = Conclusion::worst(verdicts.iter().map(|verdict| verdict.conclusion));
    let title = match sorted.as_slice() {
        [only] => format!("{}: {}", only.display_name(), only.title),
        _ => headline(verdicts),
    };
    let mut ids = Ids::default();
    let sections: Vec<_> = sorted
        .iter()
        .enumerate()
        .map(|(index, verdict)| gate::section(verdict, index, &mut ids))
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>{name}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         {head}<main>\n{overview}{filter}{sections}</main>\n{foot}</body>\n</html>\n",
        policy = policy(),
        name = escape(&title),
        head = overview::head(&sorted, overall, &title),
        overview = overview::table(&sorted, &mut ids),
        filter = findings::filter(&sorted),
        sections = sections.concat(),
        foot = overview::foot(&sorted),
    )
}

/// Nothing is loaded and nothing runs; the one style that applies is known by its hash.
fn policy() -> String {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
}

/// Numbers for the ids that tie a chart to its title.
#[derive(Default)]
struct Ids(usize);

impl Ids {
    fn next(&mut self) -> usize {
        self.0 += 1;
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use verdict::{Figure, Finding, Metric, Place};

    use super::html;
    use crate::samples::{empty, ends, failing, huge, passing};

    #[test]
    fn a_page_reads_well() {
        let page = html(&[&passing(), &failing()]);
        let (_, body) = page.split_once("<body>").unwrap();
        insta::assert_snapshot!(body);
    }

    #[test]
    fn an_empty_page_reads_well() {
        let page = html(&[&empty()]);
        let (_, body) = page.split_once("<body>").unwrap();
        insta::assert_snapshot!(body);
        assert!(html(&[]).contains("no gate gave a verdict"));
    }

    #[test]
    fn the_page_asks_for_nothing_and_runs_nothing() {
        let mut verdict = failing();
        verdict.findings[1].url = Some("javascript:alert(1)".to_owned());
        let page = html(&[&verdict]);
        assert!(page.contains("default-src 'none'; style-src 'sha256-"));
        for loading in [
            "<script",
            " src=",
            "url(",
            "@import",
            "javascript:",
            " style=",
            " on",
        ] {
            let own = page.replace("<img src=x", "").replace("&lt;img src=x", "");
            let tags: String = own
                .split('<')
                .filter_map(|part| part.split_once('>'))
                .map(|(tag, _)| tag)
                .collect();
            assert!(!tags.contains(loading), "{loading}");
        }
        assert!(!super::STYLE.contains("url(") && !super::STYLE.contains("@import"));
    }

    #[test]
    fn a_huge_page_is_bounded_and_says_so() {
        let page = html(&[&huge(100_000)]);
        assert!(page.len() < 2_000_000, "{}", page.len());
        assert!(page.contains("more in the verdict file"));
        assert!(page.contains("33334"), "all are counted");
        // Past the styles, which change with every taste.
        let (_, body) = page.split_once("<body").unwrap();
        insta::assert_snapshot!(ends(body));
    }

    #[test]
    fn numbers_that_make_no_sense_still_make_a_page() {
        let mut verdict = failing();
        for value in [0.0, -5.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE] {
            verdict
                .metrics
                .push(Metric::new("m", value, "ms").at_most(-value));
            for figure in &mut verdict.figures {
                match figure {
                    Figure::Table(_) => {}
                    Figure::Treemap(map) => map.areas[0].value = value,
                    Figure::Dots(dots) => dots.series[0].values.push(value),
                    Figure::Histogram(histogram) => {
                        histogram.ranges[0].up_to = value;
                        histogram.ranges[1].count = u64::MAX;
                        histogram.ranges[2].count = u64::MAX;
                    }
                    Figure::Bars(bars) => bars.bars[0].value = value,
                }
            }
            let page = html(&[&verdict]);
            for broken in ["NaN", "inf\"", "\"-inf"] {
                assert!(!page.contains(broken), "{value}: {broken}");
            }
        }
    }

    proptest! {
        #[test]
        fn foreign_text_adds_no_element(foreign in "[<>&\"'/a-z=! -]{0,40}") {
            let count = |page: &str| page.matches('<').count();
            let with = |text: &str| {
                let mut verdict = passing();
                verdict.title = format!("t{text}");
                verdict.instance = Some(format!("i{text}"));
                verdict.findings = vec![Finding::error(format!("r{text}"), format!("m{text}")).at(Place::file(format!("p{text}")))];
                html(&[&verdict])
            };
            prop_assert_eq!(count(&with(&foreign)), count(&with("")));
        }
    }
}
