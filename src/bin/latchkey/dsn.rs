//! `latchkey dsn`: data sources in `odbc.ini`.

use latchkey::connection::data_sources::{self, Owner};
use latchkey::connection::string::Attribute;
use latchkey::error::Kind;
use latchkey::secret::Secret;
use latchkey::sqlstate::Phase;

use super::arguments::Dsn;
use super::ending::{self, Ending};
use super::facts;

/// Does what is asked for.
pub fn run(command: Dsn, json: bool) -> Result<Ending, Ending> {
    match command {
        Dsn::Add {
            name,
            properties,
            system,
            force,
        } => {
            let attributes = properties
                .iter()
                .map(|text| attribute(text))
                .collect::<Result<_, _>>()?;
            let (file, warnings) = data_sources::add(owner(system), &name, attributes, force)?;
            ending::warn(&warnings, Phase::Later);
            let facts = [("added", name.into()), ("file", file.display().to_string().into())];
            facts::print(&facts, json)?;
        }
        Dsn::List => {
            let rows = data_sources::list()?.into_iter().map(|source| {
                vec![
                    source.name.into(),
                    source.driver.into(),
                    source.file.display().to_string().into(),
                ]
            });
            facts::print_list(&["name", "driver", "file"], rows.collect(), json)?;
        }
        Dsn::Remove { name, system } => {
            let file = data_sources::remove(owner(system), &name)?;
            let facts = [("removed", name.into()), ("file", file.display().to_string().into())];
            facts::print(&facts, json)?;
        }
    }
    Ok(Ending::Done)
}

fn owner(system: bool) -> Owner {
    match system {
        true => Owner::System,
        false => Owner::User,
    }
}

/// `KEY=VALUE`. What is none is not repeated in the message: it may be a secret.
fn attribute(text: &str) -> Result<Attribute, Ending> {
    let Some((key, value)) = text.split_once('=') else {
        let text = "A property has no \"=\". Write each one as KEY=VALUE, in quotes where the shell needs them.";
        return Err(Ending::refused(Kind::Property, text));
    };
    Ok(Attribute {
        key: key.trim().to_owned(),
        value: Secret::from(value),
    })
}
