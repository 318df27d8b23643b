//! Reading one gate's section, strictly.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeOwned, Error as _, IgnoredAny, MapAccess, Visitor};
use verdict::Place;

use crate::{ConfigError, ConfigFile, Located};

/// The sections of `stagegate.yml`, in the order a pipeline meets them.
pub const SECTIONS: [&str; 8] = [
    "quality",
    "bundle",
    "lighthouse",
    "security",
    "smoke",
    "approval",
    "deploy",
    "report",
];

/// A gate's section: its values, or their defaults when the file or the section is absent.
#[derive(Clone, Debug)]
pub struct Section<T> {
    /// The values.
    pub values: T,
    /// The file they come from; `None` when nobody wrote them.
    pub file: Option<String>,
    /// The section's name, for messages.
    pub name: &'static str,
}

impl<T> Section<T> {
    /// Values nobody wrote.
    pub const fn absent(name: &'static str, values: T) -> Self {
        Self {
            values,
            file: None,
            name,
        }
    }

    /// Where a value was written, for an annotation.
    pub fn place<V>(&self, located: &Located<V>) -> Option<Place> {
        let position = located.position?;
        let path = self.file.as_ref()?;
        Some(Place::line(path, position.line).column(position.column))
    }
}

impl ConfigFile {
    /// Reads one section; keys that no gate knows are errors, as is a file that is no mapping.
    ///
    /// # Errors
    /// With file, line, column and the nearest accepted word.
    pub fn section<T: DeserializeOwned + Default>(
        &self,
        name: &'static str,
    ) -> Result<Section<T>, ConfigError> {
        let empty = self.text.lines().all(|line| {
            let line = line.trim();
            line.is_empty() || line.starts_with('#')
        });
        if empty {
            return Ok(Section::absent(name, T::default()));
        }
        let found = serde_saphyr::with_deserializer_from_str(&self.text, |deserializer| {
            deserializer.deserialize_map(Document::<T> {
                section: name,
                values: std::marker::PhantomData,
            })
        });
        match found {
            Ok(Some(values)) => Ok(Section {
                values,
                file: Some(self.path.clone()),
                name,
            }),
            Ok(None) => Ok(Section::absent(name, T::default())),
            Err(error) => Err(ConfigError::content(&self.path, &error)),
        }
    }
}

struct Document<T> {
    section: &'static str,
    values: std::marker::PhantomData<T>,
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Document<T> {
    type Value = Option<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a mapping with one section per gate")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<T>, A::Error> {
        let mut values = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == self.section {
                values = Some(map.next_value()?);
            } else if key == "$schema" || SECTIONS.contains(&key.as_str()) {
                map.next_value::<IgnoredAny>()?;
            } else {
                return Err(A::Error::unknown_field(&key, &SECTIONS));
            }
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::Deserialize;

    use crate::{ByteSize, ConfigFile, Located};

    #[derive(Debug, Default, Deserialize, JsonSchema)]
    #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
    struct Bundle {
        routes: Vec<Route>,
        compression: Compression,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case")]
    struct Route {
        route: String,
        first_load_js: Located<ByteSize>,
    }

    #[derive(Debug, Default, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    enum Compression {
        #[default]
        Gzip,
        Raw,
    }

    fn error(text: &str) -> String {
        let file = ConfigFile::from_text("stagegate.yml", text);
        file.section::<Bundle>("bundle").unwrap_err().to_string()
    }

    #[test]
    fn a_value_knows_its_line() {
        let text = "# budgets\nbundle:\n  routes:\n    - route: /**\n      first-load-js: 170 kB\n";
        let section = ConfigFile::from_text("stagegate.yml", text)
            .section::<Bundle>("bundle")
            .unwrap();
        let route = &section.values.routes[0];
        assert_eq!(route.route, "/**");
        assert_eq!(route.first_load_js.value.bytes(), 170_000);
        let place = section.place(&route.first_load_js).unwrap();
        assert_eq!(place.to_string(), "stagegate.yml:5:22");
    }

    #[test]
    fn mistakes_name_file_line_and_the_nearest_key() {
        let mistakes = [
            "bundle:\n  rotues: []\n",
            "bundel:\n  routes: []\n",
            "bundle:\n  compression: gzpi\n",
            "bundle:\n  routes:\n    - route: /\n",
            "bundle:\n  routes:\n    - route: /\n      first-load-js: 170\n",
            "bundle: 3\n",
            "- a\n",
            "bundle:\n  routes: []\nbundle:\n  routes: []\n",
            "bundle: [\n",
        ];
        let messages: Vec<_> = mistakes.into_iter().map(error).collect();
        insta::assert_snapshot!(messages.join("\n"));
    }

    #[test]
    fn an_absent_section_has_its_defaults() {
        for text in ["", "# nothing\n", "smoke: {}\n", "$schema: https://x\n"] {
            let file = ConfigFile::from_text("stagegate.yml", text);
            let section = file.section::<Bundle>("bundle").unwrap();
            assert!(
                section.file.is_none() && section.values.routes.is_empty(),
                "{text:?}"
            );
        }
    }
}
