use proptest::prelude::*;

use super::*;

#[path = "../tests/support/zip.rs"]
mod zip;

use zip::{Entry, claiming, zip};

const BUDGET: u64 = 1 << 20;
const LIMIT: u64 = 5 << 20;

/// What was read, by name, and what was refused.
fn open(bytes: &[u8], mut budget: u64) -> (Vec<(String, Vec<u8>)>, Vec<String>) {
    let mut found = Vec::new();
    let refused = unpack(bytes, LIMIT, &mut budget, |name, bytes| {
        found.push((name.to_owned(), bytes.to_vec()));
    });
    (found, refused)
}

fn good() -> Entry {
    Entry::deflated("good.json", b"{\"good\": true}")
}

#[test]
fn every_kind_of_mischief_is_refused_by_name_and_the_rest_is_read() {
    let json = |name: &str| Entry::stored(name, b"{}");
    let long = format!("{}.json", "n".repeat(MAX_NAME));
    let over = usize::try_from(LIMIT).unwrap() + 1;
    let table = [
        (json("/etc/passwd.json"), "has an absolute name"),
        (json("C:/x.json"), "has an absolute name"),
        (json("c:x.json"), "has an absolute name"),
        (json("../x.json"), "has a name that leads elsewhere"),
        (json("a/../../x.json"), "has a name that leads elsewhere"),
        (json("a/./x.json"), "has a name that leads elsewhere"),
        (json("a//x.json"), "has a name that leads elsewhere"),
        (json(""), "has a name that leads elsewhere"),
        (json("..\\x.json"), "has a backslash in its name"),
        (json("a\nb.json"), "has control characters in its name"),
        (json("a\0.json"), "has control characters in its name"),
        (json(&long), "has a name that is too long"),
        (
            json("").with(|entry| entry.name = b"\xff.json".to_vec()),
            "has a name that is no UTF-8",
        ),
        (
            json("link.json").with(|entry| entry.mode = 0o120_777),
            "is a link, a device",
        ),
        (
            json("device.json").with(|entry| entry.mode = 0o020_644),
            "is a link, a device",
        ),
        (
            json("pipe.json").with(|entry| entry.mode = 0o010_644),
            "is a link, a device",
        ),
        (
            json("folder.json").with(|entry| entry.mode = 0o040_755),
            "is a link, a device",
        ),
        (json("folder/"), "is a link, a device"),
        (
            json("folder/").with(|entry| entry.mode = 0),
            "is a folder with content",
        ),
        (
            json("locked.json").with(|entry| entry.flags = 1),
            "is encrypted",
        ),
        (
            json("strong.json").with(|entry| entry.flags = 1 << 6),
            "is encrypted",
        ),
        (
            json("masked.json").with(|entry| entry.flags = 1 << 13),
            "is encrypted",
        ),
        (json("nested.zip"), "is an archive within the archive"),
        (json("NESTED.ZIP"), "is an archive within the archive"),
        (
            json("lzma.json").with(|entry| entry.method = 14),
            "is compressed by method 14",
        ),
        (
            json("crc.json").with(|entry| entry.crc ^= 1),
            "is broken: Invalid checksum",
        ),
        (
            json("more.json").with(|entry| entry.size = 1),
            "holds more than the 1 bytes it claims",
        ),
        (
            json("less.json").with(|entry| entry.size = 3),
            "is broken: Invalid size",
        ),
        (
            Entry::deflated("bomb.json", &vec![b' '; over]).with(|entry| entry.size = 2),
            "holds more than the 2 bytes it claims",
        ),
        (
            Entry::deflated("huge.json", &vec![b' '; over]),
            "over the limit of 5242880",
        ),
        (
            Entry::deflated("much.json", &vec![b' '; 2 << 20]),
            "more than is unpacked of one run",
        ),
        (
            json("noise.json").with(|entry| entry.method = 8),
            "is broken: ",
        ),
        (
            json("two.json").with(|entry| entry.local_name = Some(b"one.json".to_vec())),
            "is described in two ways",
        ),
        (
            json("two.json").with(|entry| entry.local_method = Some(8)),
            "is described in two ways",
        ),
    ];
    for (bad, why) in table {
        let shown = String::from_utf8_lossy(&bad.name).into_owned();
        let bytes = zip(&[good(), bad, Entry::stored("notes.txt", b"unread")]);
        let (found, refused) = open(&bytes, BUDGET);
        assert_eq!(found.len(), 1, "{shown:?}: {found:?}");
        assert_eq!(found[0].0, "good.json", "{shown:?}");
        assert_eq!(refused.len(), 1, "{shown:?}: {refused:?}");
        assert!(refused[0].contains(why), "{shown:?}: {refused:?}");
        assert!(refused[0].len() < MAX_NAME + 100, "{shown:?}");
    }
}

#[test]
fn of_entries_with_one_name_none_is_believed() {
    let twins = [
        Entry::stored("a.json", b"{}"),
        good(),
        Entry::stored("a.json", b"[]"),
    ];
    let (found, refused) = open(&zip(&twins), BUDGET);
    assert_eq!(found.len(), 1);
    assert_eq!(refused, ["`a.json` is there more than once"]);
}

#[test]
fn what_is_no_archive_is_refused_whole() {
    let many: Vec<_> = (0..=MAX_ENTRIES)
        .map(|number| Entry::stored(&format!("{number}.json"), b"{}"))
        .collect();
    let whole = zip(&[good()]);
    for (bytes, why) in [
        (b"<html>".to_vec(), "is no zip archive"),
        (Vec::new(), "is no zip archive"),
        (whole[..whole.len() - 30].to_vec(), "is no zip archive"),
        (zip(&many), "has 101 entries, over the limit of 100"),
        (claiming(1, &[good(), good()]), "claims 1 entries"),
        (claiming(3, &[good()]), "claims 3 entries"),
        (claiming(0, &many), "claims 0 entries"),
    ] {
        let (found, refused) = open(&bytes, BUDGET);
        assert!(found.is_empty(), "{why}");
        assert_eq!(refused.len(), 1, "{why}");
        assert!(refused[0].contains(why), "{why}: {refused:?}");
    }
}

#[test]
fn the_budget_is_shared_by_all_entries() {
    let half = vec![b' '; 600];
    let entries = ["a.json", "b.json"].map(|name| Entry::deflated(name, &half));
    let mut budget = 1000;
    let mut read = 0;
    let refused = unpack(&zip(&entries), LIMIT, &mut budget, |_, bytes| {
        read += bytes.len()
    });
    assert_eq!((read, budget), (600, 400));
    assert!(refused[0].contains("`b.json` would be more"), "{refused:?}");
}

#[test]
fn what_upload_artifact_packs_is_read() {
    let real = include_bytes!("../../../tests/fixtures/artifact/verdict-answer.zip");
    // Streamed: sizes and checksums come after the data, and there is an entry for the empty folder.
    assert_eq!(real[6] & 8, 8, "the fixture has data descriptors");
    let (found, refused) = open(real, BUDGET);
    assert_eq!(refused, Vec::<String>::new());
    let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["answer.json"],
        "notes.txt and logs/ are passed over"
    );
    let verdict: serde_json::Value = serde_json::from_slice(&found[0].1).unwrap();
    assert_eq!(verdict["gate"], "answer");
}

/// Whatever the bytes are: no panic, and no more is read than the budget.
fn holds(bytes: &[u8]) -> Result<(), TestCaseError> {
    const SMALL: u64 = 4096;
    let (mut budget, mut total) = (SMALL, 0);
    unpack(bytes, LIMIT, &mut budget, |_, bytes| {
        total += bytes.len() as u64
    });
    prop_assert!(total <= SMALL && total + budget == SMALL);
    Ok(())
}

proptest! {
    #[test]
    fn noise_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        holds(&bytes)?;
        // The same, found by its end.
        let mut ended = bytes;
        ended.extend(&zip(&[good()])[20..]);
        holds(&ended)?;
    }

    #[test]
    fn archives_with_some_bytes_changed_are_survived(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        real: bool,
        shorten: bool,
    ) {
        let mut bytes = if real {
            include_bytes!("../../../tests/fixtures/artifact/verdict-answer.zip").to_vec()
        } else {
            zip(&[good(), Entry::stored("b.json", b"[]"), Entry::deflated("c.json", &[b'x'; 3000])])
        };
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if shorten {
            bytes.truncate(cut.index(bytes.len()));
        }
        holds(&bytes)?;
    }
}
