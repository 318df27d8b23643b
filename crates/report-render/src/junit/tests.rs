use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;
use verdict::{Conclusion, Finding};

use super::junit;
use crate::samples::{empty, ends, failing, huge, passing};

/// The names of all elements, in order; panics on what is no XML.
fn elements(text: &str) -> Vec<String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut names = Vec::new();
    loop {
        match reader.read_event().expect("XML") {
            Event::Start(element) | Event::Empty(element) => {
                for attribute in element.attributes() {
                    attribute.expect("an attribute, once");
                }
                names.push(element.name().0.to_owned());
            }
            Event::Eof => return names,
            _ => {}
        }
    }
}

#[test]
fn a_document_reads_well() {
    insta::assert_snapshot!(junit(&[&failing(), &passing(), &empty()]));
}

#[test]
fn each_conclusion_has_its_outcome_and_a_test_case() {
    let cases = [
        (
            Conclusion::Pass,
            "failures=\"0\" errors=\"0\" skipped=\"0\"",
        ),
        (
            Conclusion::Pending,
            "failures=\"0\" errors=\"0\" skipped=\"1\"",
        ),
        (
            Conclusion::Fail,
            "failures=\"1\" errors=\"0\" skipped=\"0\"",
        ),
        (
            Conclusion::Error,
            "failures=\"0\" errors=\"1\" skipped=\"0\"",
        ),
    ];
    for (conclusion, counts) in cases {
        let mut verdict = passing();
        verdict.conclusion = conclusion;
        let text = junit(&[&verdict]);
        assert!(text.contains(&format!("tests=\"1\" {counts}")), "{text}");
    }
}

#[test]
fn a_huge_document_is_bounded_and_says_so() {
    let text = junit(&[&huge(100_000)]);
    assert!(text.len() < 8_000_000, "{}", text.len());
    // The verdict, two numbers, the worst findings and how many more there are.
    assert!(text.contains("tests=\"10004\""));
    assert!(text.contains("90000 more findings are in the verdict file"));
    insta::assert_snapshot!(ends(&text));
}

proptest! {
    #[test]
    fn any_text_is_xml(text in any::<String>()) {
        let mut verdict = passing();
        verdict.title.clone_from(&text);
        verdict.instance = Some(text.clone());
        verdict.findings = vec![Finding::error(text.clone(), text.clone()).at(verdict::Place::file(text))];
        let elements = elements(&junit(&[&verdict]));
        prop_assert_eq!(elements.iter().filter(|name| *name == "testcase").count(), 2);
    }
}
