//! The rules for images over a real build with an optimiser, and over a folder of pages without one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use fake_runner::Runner;
use support::{edit, empty, with_fixture};

/// One image of each format, 30 x 20 pixels.
const IMAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/images");

fn with_rules(repository: &Runner, images: &str) {
    repository.write(
        "stagegate.yml",
        &format!(
            "bundle:\n  images: {{{images}}}\n  routes: [{{route: /**, first-load-js: 1 MB}}]\n"
        ),
    );
}

fn of_images(repository: &Runner) -> Vec<String> {
    let run = repository.run(&[]);
    assert_eq!(run.code, 0, "images are warnings: {:#?}", run.findings());
    let mut found = run.findings();
    found.retain(|text| text.starts_with("im") || text.starts_with("raw-img"));
    found
}

#[test]
fn a_raw_tag_goes_past_the_optimiser_and_the_formats_are_those_it_offers() {
    for build in ["next-15-webpack", "next-16-turbopack"] {
        let repository = with_fixture(build);
        with_rules(
            &repository,
            "max-bytes: 12 kB, max-side: 63, formats: [avif, webp]",
        );
        let found = of_images(&repository).join("\n");
        insta::allow_duplicates! {
            insta::assert_snapshot!(found, @r"
            img-unsized: .next/server/app/about.html: the `<img>` of /big.png has no width and height, so the page moves when it arrives
            raw-img: .next/server/app/about.html shows public/big.png (12.4 kB) by a raw `<img>`, past the optimiser
            image-size: public/big.png has 12.4 kB, over the limit of 12.0 kB
            image-side: public/big.png is 64 x 64, longer than 63 pixels
            image-format: images are offered as image/webp and not as avif
            ");
        }
        // With an optimiser that offers AVIF, or a limit it keeps, nothing is left to say but the missing size.
        edit(&repository, ".next/images-manifest.json", |json| {
            json.replace("\"image/webp\"", "\"image/avif\", \"image/webp\"")
        });
        with_rules(
            &repository,
            "max-bytes: 13 kB, raw-img: 13 kB, formats: [avif, webp]",
        );
        let found = of_images(&repository);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].starts_with("img-unsized"), "{found:#?}");
    }
}

#[test]
fn without_an_optimiser_the_files_themselves_are_what_browsers_get() {
    let repository = empty();
    repository.write(
        "dist/index.html",
        "<!doctype html><script src=\"/a.js\"></script><img src=\"/photo.png\" width=30 height=20>",
    );
    repository.write("dist/a.js", "let a = 1");
    let add = |name: &str, from: &str| {
        std::fs::copy(format!("{IMAGES}/{from}"), repository.path(name)).unwrap();
    };
    add("dist/photo.png", "image.png");
    with_rules(
        &repository,
        "max-bytes: 100 B, max-side: 29, formats: [avif, webp]",
    );
    let run = |flags: &[&str]| {
        let run = repository.run(flags);
        assert_eq!(run.code, 0, "{:#?}", run.findings());
        let mut found = run.findings();
        found.retain(|text| text.starts_with("image-"));
        found.join("\n")
    };
    let flags = ["--framework", "html"];
    insta::assert_snapshot!(run(&flags), @r"
    image-size: dist/photo.png has 118 B, over the limit of 100 B
    image-side: dist/photo.png is 30 x 20, longer than 29 pixels
    image-format: no image of the build is avif, and nothing converts them
    image-format: no image of the build is webp, and nothing converts them
    ");
    add("dist/photo.avif", "image.avif");
    add("dist/photo.webp", "image.webp");
    assert!(!run(&flags).contains("image-format"), "both are there now");
}
