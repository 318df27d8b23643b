//! What a warmed path showed, and what a sitemap lists. Pure.

use std::{collections::BTreeSet, time::Duration};

use http_client::Url;
use quick_xml::{Reader, events::Event};
use verdict::{Finding, Table};

/// Rows of the table.
const SHOWN: usize = 200;

/// One answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Visit {
    /// `None` when there was no answer.
    pub(crate) status: Option<u16>,
    /// `x-vercel-cache`, in upper case; empty where the answer has none.
    pub(crate) cache: String,
    /// The edge region that `x-vercel-id` begins with.
    pub(crate) region: String,
    /// To the last byte.
    pub(crate) took: Duration,
}

impl Visit {
    fn cached(&self) -> bool {
        matches!(self.cache.as_str(), "HIT" | "STALE" | "PRERENDER")
    }

    fn sound(&self) -> bool {
        self.status.is_some_and(|status| status < 400)
    }
}

/// Whether a further request can still find it cached: the edge keeps an answer a moment after it gave it.
pub(crate) fn worth_another_look(visit: &Visit) -> bool {
    visit.sound() && visit.cache == "MISS"
}

/// A path, asked for twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Warmed {
    /// Host and path.
    pub(crate) address: String,
    pub(crate) cold: Visit,
    pub(crate) warm: Visit,
}

/// What all paths together showed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    /// 0 to 1.
    pub(crate) hit_rate: f64,
    pub(crate) cold: Duration,
    pub(crate) warm: Duration,
    pub(crate) regions: String,
    pub(crate) findings: Vec<Finding>,
    pub(crate) table: Table,
}

/// Sums up. A path that fails is an error; one that is not cached is an error below `min_hit_rate` and a warning above.
pub(crate) fn outcome(all: &[Warmed], min_hit_rate: f64) -> Outcome {
    let count = |yes: fn(&Warmed) -> bool| all.iter().filter(|warmed| yes(warmed)).count();
    let hits = count(|warmed| warmed.warm.sound() && warmed.warm.cached());
    #[expect(clippy::cast_precision_loss, reason = "at most some thousand paths")]
    let hit_rate = if all.is_empty() {
        0.0
    } else {
        hits as f64 / all.len() as f64
    };
    // Written so that nothing warmed fails, whatever the limit.
    let enough = !all.is_empty() && hit_rate >= min_hit_rate;
    let mut findings = Vec::new();
    for warmed in all {
        let Warmed { address, warm, .. } = warmed;
        match warm.status {
            None => findings.push(Finding::error(
                "warm-silent",
                format!("{address} does not answer"),
            )),
            Some(status) if status >= 400 => {
                findings.push(Finding::error(
                    "warm-broken",
                    format!("{address} answers {status}"),
                ));
            }
            Some(_) if warm.cached() => {}
            Some(_) => {
                let said = if warm.cache.is_empty() {
                    "nothing"
                } else {
                    &warm.cache
                };
                let text = format!("{address} is not cached: the second answer says {said}");
                let fix = "check its Cache-Control (s-maxage), cookies and query, or leave it out of the paths";
                let finding = if enough {
                    Finding::warning("not-cached", text)
                } else {
                    Finding::error("not-cached", text)
                };
                findings.push(finding.fix(fix));
            }
        }
    }
    let middle = |of: fn(&Warmed) -> Duration| {
        let mut times: Vec<Duration> = all.iter().map(of).collect();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    };
    let regions: BTreeSet<&str> = all
        .iter()
        .map(|warmed| warmed.warm.region.as_str())
        .filter(|region| !region.is_empty())
        .collect();
    let mut table = Table::new(
        "Warmed",
        [
            "path",
            "first",
            "#first ms",
            "second",
            "#second ms",
            "region",
        ],
    );
    let ms = |took: Duration| format!("{:.0}", took.as_secs_f64() * 1e3);
    table.rows = all
        .iter()
        .take(SHOWN)
        .map(
            |Warmed {
                 address,
                 cold,
                 warm,
             }| {
                vec![
                    address.clone(),
                    cold.cache.clone(),
                    ms(cold.took),
                    warm.cache.clone(),
                    ms(warm.took),
                    warm.region.clone(),
                ]
            },
        )
        .collect();
    Outcome {
        hit_rate,
        cold: middle(|warmed| warmed.cold.took),
        warm: middle(|warmed| warmed.warm.took),
        regions: regions.into_iter().collect::<Vec<_>>().join(", "),
        findings,
        table,
    }
}

/// What a sitemap lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sitemap {
    /// Paths of pages, with their queries.
    pub(crate) pages: Vec<String>,
    /// Paths of further sitemaps, of an index.
    pub(crate) sitemaps: Vec<String>,
    /// Addresses of other hosts than the first one, and what is no address.
    pub(crate) skipped: usize,
}

/// Reads a sitemap or an index of sitemaps, at most `most` addresses. Only paths count: they are asked for on the domain
/// that is warmed, whichever host the site calls its own.
pub(crate) fn sitemap(xml: &[u8], most: usize) -> Result<Sitemap, String> {
    let mut reader = Reader::from_reader(xml);
    reader.config_mut().trim_text(true);
    let (mut found, mut host, mut buffer) = (Sitemap::default(), None, Vec::new());
    let (mut index, mut known, mut loc, mut text) = (false, false, false, String::new());
    loop {
        match reader
            .read_event_into(&mut buffer)
            .map_err(|error| error.to_string())?
        {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "sitemapindex" => (index, known) = (true, true),
                "urlset" => known = true,
                "loc" => loc = true,
                _ => loc = false,
            },
            Event::Text(part) if loc => text += part.as_ref(),
            Event::GeneralRef(part) if loc && part.as_ref() == "amp" => text.push('&'),
            Event::End(tag) if loc && tag.local_name().as_ref() == "loc" => {
                loc = false;
                let address = std::mem::take(&mut text).trim().parse::<Url>().ok();
                let own = address.filter(|url| {
                    let this = url.host_str().map(str::to_owned);
                    *host.get_or_insert_with(|| this.clone()) == this
                });
                match own {
                    Some(url) => {
                        let path = match url.query() {
                            Some(query) => format!("{}?{query}", url.path()),
                            None => url.path().to_owned(),
                        };
                        if index {
                            &mut found.sitemaps
                        } else {
                            &mut found.pages
                        }
                        .push(path);
                    }
                    None => found.skipped += 1,
                }
                if found.pages.len() + found.sitemaps.len() >= most {
                    break;
                }
            }
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    if known {
        Ok(found)
    } else {
        Err("it has neither <urlset> nor <sitemapindex>".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warmed(path: &str, status: Option<u16>, cache: &str) -> Warmed {
        let visit = |cache: &str| Visit {
            status,
            cache: cache.to_owned(),
            region: "fra1".to_owned(),
            took: Duration::from_millis(7),
        };
        Warmed {
            address: format!("a.example{path}"),
            cold: visit("MISS"),
            warm: visit(cache),
        }
    }

    #[test]
    fn what_counts_as_warm() {
        for (status, cache, rule) in [
            (Some(200), "HIT", None),
            (Some(200), "STALE", None),
            (Some(200), "PRERENDER", None),
            (Some(304), "HIT", None),
            (Some(200), "MISS", Some("not-cached")),
            (Some(200), "BYPASS", Some("not-cached")),
            (Some(200), "REVALIDATED", Some("not-cached")),
            (Some(200), "", Some("not-cached")),
            (Some(404), "HIT", Some("warm-broken")),
            (Some(500), "MISS", Some("warm-broken")),
            (None, "", Some("warm-silent")),
        ] {
            let outcome = outcome(&[warmed("/", status, cache)], 1.0);
            let rules: Vec<&str> = outcome
                .findings
                .iter()
                .map(|finding| &*finding.rule)
                .collect();
            assert_eq!(rules, Vec::from_iter(rule), "{status:?} {cache}");
            assert_eq!(
                outcome.hit_rate == 1.0,
                rule.is_none(),
                "{status:?} {cache}"
            );
        }
    }

    #[test]
    fn a_miss_above_the_limit_is_a_warning_and_nothing_warmed_is_no_proof() {
        let all = [
            warmed("/", Some(200), "HIT"),
            warmed("/cart", Some(200), "BYPASS"),
        ];
        let level = |limit: f64| outcome(&all, limit).findings[0].level;
        assert_eq!(level(0.5), verdict::Level::Warning);
        assert_eq!(level(0.51), verdict::Level::Error);
        assert_eq!(outcome(&[], 0.0).hit_rate, 0.0);
        assert_eq!(outcome(&all, 0.5).regions, "fra1");
    }

    #[test]
    fn sitemaps() {
        let xml = r#"<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="x">
            <url><loc>https://a.example/</loc><image:image><image:loc>https://cdn.example/i.png</image:loc></image:image></url>
            <url><loc> https://a.example/b?x=1&amp;y=2 </loc></url><url><loc>https://b.example/c</loc></url><url><loc>nonsense</loc></url></urlset>"#;
        let found = sitemap(xml.as_bytes(), 100).unwrap();
        assert_eq!(found.pages, ["/", "/b?x=1&y=2"]);
        assert_eq!(found.skipped, 3, "the image, another host, no address");
        assert_eq!(sitemap(xml.as_bytes(), 1).unwrap().pages, ["/"], "bounded");
        let index =
            "<sitemapindex><sitemap><loc>https://a.example/one.xml</loc></sitemap></sitemapindex>";
        assert_eq!(sitemap(index.as_bytes(), 9).unwrap().sitemaps, ["/one.xml"]);
        for broken in [
            "<html><loc>https://a.example/</loc></html>",
            "",
            "<urlset><url></urlset>",
        ] {
            assert!(sitemap(broken.as_bytes(), 9).is_err(), "{broken}");
        }
    }
}
