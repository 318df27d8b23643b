//! Which file of the baseline is which file of today: by content, then by name without its hash, then by what it looks
//! like. A chunk that was renamed is one chunk, not one that is gone and one that is new.

use std::collections::{BTreeMap, BTreeSet};

use super::{BaseFile, Names, Sketch};
use crate::size::{ContentId, Sizes};

/// Two scripts that share less are two scripts.
const ALIKE: f64 = 0.5;
/// Comparing every file with every other grows fast; more than so many are not paired by likeness.
const MOST: usize = 500;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// Its name today, or its last name when it is gone.
    pub path: String,
    /// Its size in the baseline, when it was there.
    pub before: Option<Sizes>,
    /// Its size today, when it is there.
    pub now: Option<Sizes>,
}

/// Today's file.
#[derive(Clone, Debug)]
pub(crate) struct Now<'a> {
    pub(crate) path: &'a str,
    pub(crate) id: ContentId,
    pub(crate) sizes: Sizes,
    pub(crate) sketch: Option<Sketch>,
}

/// Pairs files; those whose content stayed are left out. `now` comes in the order of names.
pub(crate) fn changes(
    base: &BTreeMap<String, BaseFile>,
    now: &[Now<'_>],
    names: &Names,
) -> Vec<Change> {
    let contents_now: BTreeSet<ContentId> = now.iter().map(|file| file.id).collect();
    let contents_then: BTreeSet<ContentId> = base.values().map(|file| file.id).collect();
    let mut open = Open {
        then: base
            .iter()
            .filter(|(_, file)| !contents_now.contains(&file.id))
            .map(|(path, file)| (path.as_str(), file))
            .collect(),
        new: now
            .iter()
            .filter(|file| !contents_then.contains(&file.id))
            .collect(),
        found: Vec::new(),
    };
    open.pair(|file, then| then.get_key_value(file.path).map(|(path, _)| *path));
    let now = only(
        open.new
            .iter()
            .map(|file| (names.stable(file.path), file.path)),
    );
    let then = only(open.then.keys().map(|path| (names.stable(path), *path)));
    open.pair(|file, _| {
        let name = names.stable(file.path);
        now.get(&name).and_then(|_| then.get(&name)).copied()
    });
    if open.new.len() <= MOST && open.then.len() <= MOST {
        open.pair(most_alike);
    }
    open.rest()
}

/// What is not paired yet.
struct Open<'a> {
    then: BTreeMap<&'a str, &'a BaseFile>,
    new: Vec<&'a Now<'a>>,
    found: Vec<Change>,
}

impl<'a> Open<'a> {
    /// Pairs every file with the one that is chosen for it, unless that is taken.
    fn pair(
        &mut self,
        choose: impl Fn(&Now<'a>, &BTreeMap<&'a str, &'a BaseFile>) -> Option<&'a str>,
    ) {
        let (then, found) = (&mut self.then, &mut self.found);
        self.new.retain(|file| {
            let Some(before) = choose(file, then).and_then(|path| then.remove(path)) else {
                return true;
            };
            found.push(Change {
                path: file.path.to_owned(),
                before: Some(before.sizes),
                now: Some(file.sizes),
            });
            false
        });
    }

    /// With what is new and what is gone.
    fn rest(self) -> Vec<Change> {
        let mut found = self.found;
        found.extend(self.new.into_iter().map(|file| Change {
            path: file.path.to_owned(),
            before: None,
            now: Some(file.sizes),
        }));
        found.extend(self.then.into_iter().map(|(path, file)| Change {
            path: path.to_owned(),
            before: Some(file.sizes),
            now: None,
        }));
        found
    }
}

fn most_alike<'a>(file: &Now<'_>, then: &BTreeMap<&'a str, &'a BaseFile>) -> Option<&'a str> {
    let own = file.sketch.as_ref()?;
    let alike = then
        .iter()
        .filter_map(|(path, before)| Some((own.likeness(before.sketch.as_ref()?), *path)));
    let (likeness, path) = alike.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))?;
    (likeness >= ALIKE).then_some(path)
}

/// Names that stand for one file; one that stands for several says nothing.
fn only<'a>(names: impl Iterator<Item = (String, &'a str)>) -> BTreeMap<String, &'a str> {
    let mut found: BTreeMap<String, Option<&str>> = BTreeMap::new();
    for (name, path) in names {
        found
            .entry(name)
            .and_modify(|path| *path = None)
            .or_insert(Some(path));
    }
    found
        .into_iter()
        .filter_map(|(name, path)| Some((name, path?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{BaseFile, Change, Names, Now, Sketch, changes};
    use crate::policy::Compression;
    use crate::size::{ContentId, Sizes};

    fn id(number: u8) -> ContentId {
        ContentId::parse(&format!("{number:032x}")).unwrap()
    }

    fn sizes(bytes: u64) -> Sizes {
        Sizes::default().with(Compression::Raw, bytes)
    }

    fn sketch(seed: usize) -> Option<Sketch> {
        let text: String = (seed..seed + 300)
            .map(|word| format!("property{word} "))
            .collect();
        Sketch::of(text.as_bytes())
    }

    fn base(files: &[(&str, u8, Option<Sketch>)]) -> BTreeMap<String, BaseFile> {
        let file = |(path, content, sketch): &(&str, u8, Option<Sketch>)| {
            let file = BaseFile {
                id: id(*content),
                sizes: sizes(100),
                sketch: sketch.clone(),
            };
            ((*path).to_owned(), file)
        };
        files.iter().map(file).collect()
    }

    fn now<'a>(files: &[(&'a str, u8, Option<Sketch>)]) -> Vec<Now<'a>> {
        let file = |(path, content, sketch): &(&'a str, u8, Option<Sketch>)| Now {
            path,
            id: id(*content),
            sizes: sizes(160),
            sketch: sketch.clone(),
        };
        files.iter().map(file).collect()
    }

    fn changed(path: &str) -> Change {
        Change {
            path: path.to_owned(),
            before: Some(sizes(100)),
            now: Some(sizes(160)),
        }
    }

    #[test]
    fn a_renamed_chunk_is_one_chunk() {
        let names = Names::default();
        let then = base(&[
            ("static/0abc.js", 1, sketch(0)),
            ("static/kept.js", 2, None),
            ("assets/index-Dm1v2ZMn.js", 3, None),
        ]);
        let today = now(&[
            ("assets/index-C9phDneD.js", 13, None),
            ("static/9xyz.js", 11, sketch(10)),
            ("static/moved.js", 2, None),
        ]);
        assert_eq!(
            changes(&then, &today, &names),
            [
                changed("assets/index-C9phDneD.js"),
                changed("static/9xyz.js")
            ],
            "by name without its hash, by likeness, and by content"
        );
    }

    #[test]
    fn what_is_not_alike_is_gone_and_new() {
        let found = changes(
            &base(&[("a.js", 1, sketch(0))]),
            &now(&[("b.js", 2, sketch(5000))]),
            &Names::default(),
        );
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].before, found[1].now), (None, None));
    }

    #[test]
    fn a_name_of_several_files_pairs_none() {
        let then = base(&[("p-aaaaaaa1.js", 1, None), ("p-bbbbbbb2.js", 2, None)]);
        assert_eq!(
            changes(
                &then,
                &now(&[("p-ccccccc3.js", 3, None)]),
                &Names::default()
            )
            .len(),
            3
        );
    }
}
