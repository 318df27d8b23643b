//! The one binary we ship: `stagegate <gate> …` starts a gate. As a library it is the list of all
//! gates, from which action files, tables and schemas are generated.

mod command;
mod registry;
mod schema;

pub use command::main;
pub use registry::{Entry, gates};
pub use schema::config_schema;
