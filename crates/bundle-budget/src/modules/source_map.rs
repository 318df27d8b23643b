//! Source maps (ECMA-426), of which only the names of the sources are read.

use serde::Deserialize;

use super::ModuleName;
use crate::site::Chunk;

/// The modules a chunk is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sources(Vec<String>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Map {
    #[serde(default)]
    source_root: Option<String>,
    #[serde(default)]
    sources: Vec<Option<String>>,
    #[serde(default)]
    sections: Vec<Section>,
}

#[derive(Deserialize)]
struct Section {
    map: Map,
}

impl Sources {
    /// Reads a map, in sections or not. A map that names no sources, as Turbopack writes for a chunk of data, tells
    /// nothing about modules: `None`, and the chunk is judged as one without a map.
    pub(crate) fn parse(json: &str) -> Result<Option<Self>, String> {
        let map: Map = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let mut sources = Vec::new();
        collect(map, &mut sources);
        Ok((!sources.is_empty()).then_some(Self(sources)))
    }

    /// Whether the module is part of the chunk.
    pub(crate) fn contains(&self, module: &ModuleName) -> bool {
        self.0.iter().any(|source| module.is(source))
    }

    /// Whether every source is a path in the project. One that is not may stand for any package.
    pub(crate) fn is_complete(&self) -> bool {
        self.0.iter().all(|source| {
            // As Turbopack, webpack (for Next.js) and Vite write them.
            let path = source
                .strip_prefix("turbopack:///[")
                .or_else(|| source.strip_prefix("webpack://_N_E/"))
                .unwrap_or(source);
            !path.contains("://")
        })
    }
}

fn collect(map: Map, sources: &mut Vec<String>) {
    let root = map.source_root.unwrap_or_default();
    sources.extend(
        map.sources
            .into_iter()
            .flatten()
            .map(|source| format!("{root}{source}")),
    );
    for section in map.sections {
        collect(section.map, sources);
    }
}

/// The map a script points at, relative to the build. Turbopack names it by the content of the map, so it cannot be
/// guessed from the name of the script.
pub(crate) fn address(script: &str, chunk: &Chunk) -> Option<String> {
    let (_, after) = script.rsplit_once("sourceMappingURL=")?;
    let file = after.split_whitespace().next()?;
    let map = Chunk::from_site_url(file, chunk.folder()).filter(|_| !file.starts_with('/'))?;
    Some(map.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Sources, address};
    use crate::modules::ModuleName;
    use crate::site::Chunk;

    #[test]
    fn sources_are_found_in_flat_and_in_sectioned_maps() {
        let module = ModuleName::new("chart.js").unwrap();
        let flat = r#"{"version":3,"sources":[null,"turbopack:///[project]/node_modules/chart.js/src/a.js"],"mappings":"AAAA"}"#;
        let sectioned = format!(
            r#"{{"version":3,"sections":[{{"offset":{{"line":0,"column":0}},"map":{flat}}}]}}"#
        );
        for json in [flat, &sectioned] {
            let sources = Sources::parse(json).unwrap().unwrap();
            assert!(sources.contains(&module) && sources.is_complete(), "{json}");
        }
    }

    #[test]
    fn a_map_with_names_of_its_own_proves_no_absence() {
        let foreign =
            r#"{"sources":["turbopack:///[project]/src/a.ts","webpack://Chart/./src/a.js"]}"#;
        assert!(!Sources::parse(foreign).unwrap().unwrap().is_complete());
    }

    #[test]
    fn an_empty_map_proves_nothing_and_a_broken_one_is_an_error() {
        for empty in ["{}", r#"{"sources":[]}"#, r#"{"sources":[null]}"#] {
            assert_eq!(Sources::parse(empty).unwrap(), None, "{empty}");
        }
        for bad in [r#"{"sources":["a""#, "", "[1]"] {
            assert!(Sources::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_address_stays_in_the_build() {
        let chunk = Chunk::from_next("static/chunks/a.js").unwrap();
        let of = |script: &str| address(script, &chunk);
        assert_eq!(
            of("x()\n//# sourceMappingURL=b.js.map\n").as_deref(),
            Some("static/chunks/b.js.map")
        );
        assert_eq!(of("x()\n//# sourceMappingURL=../../../etc/passwd"), None);
        assert_eq!(of("x()"), None);
    }
}
