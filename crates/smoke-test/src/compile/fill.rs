//! Fills in the values of a check as it is written: every text of it that may hold `{{name}}`.

use std::collections::BTreeMap;

use pipeline_config::Located;
use serde_json::Value;

use super::Compiler;
use crate::{
    expectations::{JsonTest, OneOrMore, Scalar, SelectorTest, TextTest},
    policy::{BasicAuth, BodyPolicy, CheckPolicy, ExpectPolicy},
    strict::Strict,
    variables::{FillError, Variables},
};

/// Fills in texts and keeps the mistakes it meets.
pub(super) struct Filler<'a, 'c> {
    pub(super) variables: &'a Variables,
    pub(super) used: &'a mut dyn FnMut(&str),
    pub(super) compiler: &'a mut Compiler<'c>,
}

impl Filler<'_, '_> {
    /// The check with its values. Mistakes are with the compiler.
    pub(super) fn check(&mut self, policy: &CheckPolicy) -> CheckPolicy {
        CheckPolicy {
            name: policy.name.clone(),
            path: self.option(policy.path.as_ref()),
            url: self.option(policy.url.as_ref()),
            query: self.scalars(&policy.query),
            headers: self.texts(&policy.headers),
            cookies: self.texts(&policy.cookies),
            basic_auth: policy.basic_auth.as_ref().map(|at| {
                self.at(at, |filler, auth| {
                    Ok(BasicAuth {
                        user: filler.text(&auth.user)?,
                        password: filler.text(&auth.password)?,
                    })
                })
            }),
            bearer: self.option(policy.bearer.as_ref()),
            body: self.option(policy.body.as_ref()),
            json: self.json(policy.json.as_ref()),
            form: self.scalars(&policy.form),
            file: self.option(policy.file.as_ref()),
            expect: Strict(self.expect(&policy.expect)),
            ..policy.clone()
        }
    }

    fn expect(&mut self, policy: &ExpectPolicy) -> ExpectPolicy {
        ExpectPolicy {
            headers: self.map(&policy.headers, Self::text_test),
            cookies: self.map(&policy.cookies, Self::text_test),
            redirect: policy
                .redirect
                .as_ref()
                .map(|at| self.at(at, Self::text_test)),
            body: BodyPolicy {
                contains: policy
                    .body
                    .contains
                    .as_ref()
                    .map(|at| self.at(at, Self::list)),
                not_contains: policy
                    .body
                    .not_contains
                    .as_ref()
                    .map(|at| self.at(at, Self::list)),
                matches: self.option(policy.body.matches.as_ref()),
                sha256: self.option(policy.body.sha256.as_ref()),
            },
            json: self.map(&policy.json, Self::json_test),
            selector: self.map(&policy.selector, Self::selector_test),
            xpath: self.map(&policy.xpath, Self::selector_test),
            ..policy.clone()
        }
    }

    fn text(&mut self, text: &str) -> Result<String, FillError> {
        self.variables.fill(text, &mut *self.used)
    }

    fn value(&mut self, value: &Value) -> Result<Value, FillError> {
        self.variables.fill_value(value, self.used)
    }

    fn list(&mut self, texts: &OneOrMore) -> Result<OneOrMore, FillError> {
        let filled: Result<_, _> = texts.0.iter().map(|text| self.text(text)).collect();
        Ok(OneOrMore(filled?))
    }

    fn text_test(&mut self, test: &TextTest) -> Result<TextTest, FillError> {
        let mut filled = test.clone();
        filled.0.equals = self.maybe(test.0.equals.as_ref())?;
        filled.0.matches = self.maybe(test.0.matches.as_ref())?;
        if let Some(texts) = &test.0.contains {
            filled.0.contains = Some(self.list(texts)?);
        }
        Ok(filled)
    }

    fn selector_test(&mut self, test: &SelectorTest) -> Result<SelectorTest, FillError> {
        let mut filled = test.clone();
        filled.0.equals = self.maybe(test.0.equals.as_ref())?;
        filled.0.matches = self.maybe(test.0.matches.as_ref())?;
        if let Some(texts) = &test.0.contains {
            filled.0.contains = Some(self.list(texts)?);
        }
        Ok(filled)
    }

    fn json_test(&mut self, test: &JsonTest) -> Result<JsonTest, FillError> {
        let mut filled = test.clone();
        filled.matches = self.maybe(test.matches.as_ref())?;
        if let Some(value) = &test.equals {
            filled.equals = Some(self.value(value)?);
        }
        if let Some(value) = &test.contains {
            filled.contains = Some(self.value(value)?);
        }
        Ok(filled)
    }

    fn maybe(&mut self, text: Option<&String>) -> Result<Option<String>, FillError> {
        text.map(|text| self.text(text)).transpose()
    }

    fn option(&mut self, at: Option<&Located<String>>) -> Option<Located<String>> {
        at.map(|at| self.at(at, |filler, text| filler.text(text)))
    }

    fn json(&mut self, at: Option<&Located<Value>>) -> Option<Located<Value>> {
        at.map(|at| self.at(at, Self::value))
    }

    fn texts(
        &mut self,
        map: &BTreeMap<String, Located<String>>,
    ) -> BTreeMap<String, Located<String>> {
        self.map(map, |filler, text| filler.text(text))
    }

    fn scalars(
        &mut self,
        map: &BTreeMap<String, Located<Scalar>>,
    ) -> BTreeMap<String, Located<Scalar>> {
        self.map(map, |filler, scalar| Ok(Scalar(filler.value(&scalar.0)?)))
    }

    fn map<T: Clone>(
        &mut self,
        map: &BTreeMap<String, Located<T>>,
        fill: impl Fn(&mut Self, &T) -> Result<T, FillError>,
    ) -> BTreeMap<String, Located<T>> {
        map.iter()
            .map(|(key, at)| (key.clone(), self.at(at, &fill)))
            .collect()
    }

    /// A located value filled in, or as it is with its mistake noted.
    fn at<T: Clone>(
        &mut self,
        at: &Located<T>,
        fill: impl FnOnce(&mut Self, &T) -> Result<T, FillError>,
    ) -> Located<T> {
        let value = match fill(self, &at.value) {
            Ok(value) => value,
            Err(error) => {
                self.compiler.refuse(at, error.to_string());
                at.value.clone()
            }
        };
        Located {
            value,
            position: at.position,
        }
    }
}
