//! Foreign text is one paragraph of text to a CommonMark parser, and triggers nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use report_render::markdown;

fuzz_target!(|foreign: &str| {
    let options = Options::all()
        .difference(Options::ENABLE_SMART_PUNCTUATION)
        .difference(Options::ENABLE_DEFINITION_LIST);
    let text = markdown::text(foreign);
    for event in Parser::new_ext(&text, options) {
        match event {
            Event::Text(part) => assert!(
                !part.contains("://") && !part.to_lowercase().contains("www."),
                "{text:?}"
            ),
            Event::Code(_) | Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
            other => panic!("{other:?} in {text:?}"),
        }
    }
    let page = format!("| h |\n|---|\n| {} |\n", markdown::code(foreign));
    let cells = Parser::new_ext(&page, options)
        .filter(|event| matches!(event, Event::Start(Tag::TableCell)))
        .count();
    assert_eq!(cells, 2, "{page:?}");
    assert!(!markdown::html(foreign).contains(['<', '>', '"']));
});
