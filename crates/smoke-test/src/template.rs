//! A check as it was written, to be made again once the values it uses are known.

use gate::Problem;

use crate::{
    compile, hurl, plan::Check, policy::CheckPolicy, strict::Strict, variables::Variables,
    world::World,
};

/// What a check is made of.
#[derive(Clone, Debug)]
pub struct Template {
    /// What reports call it.
    pub name: String,
    /// The file it was written in.
    pub file: Option<String>,
    /// How it was written.
    pub source: Source,
}

/// How a check was written.
#[derive(Clone, Debug)]
pub enum Source {
    /// In a `smoke` section.
    Section(Box<Strict<CheckPolicy>>),
    /// In a `.hurl` file.
    Hurl(Box<hurl::Entry>),
}

impl Template {
    /// The check with these values. Calls `used` with each name it uses.
    ///
    /// # Errors
    /// Every mistake in it, each at its line.
    pub fn make(
        &self,
        world: &World,
        variables: &Variables,
        used: &mut dyn FnMut(&str),
    ) -> Result<Check, Vec<Problem>> {
        match &self.source {
            Source::Section(policy) => compile::check(self, policy, world, variables, used),
            Source::Hurl(entry) => hurl::check(self, entry, world, variables, used),
        }
    }
}
