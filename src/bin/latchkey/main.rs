//! The companion command: queries, sign-in and support without an ODBC program.
//!
//! A third face beside ODBC and the C API: it opens a session as they do, and turns an error into a line with a SQLSTATE and
//! an exit code. `arguments` is what may be written on the command line; a file of its own does what each sub-command says.

mod arguments;
mod catalog;
mod connecting;
mod doctor;
mod dsn;
mod ending;
mod facts;
mod interrupt;
mod output;
mod progress;
mod query;
mod settings;
mod sign_in;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use connecting::Caller;
use ending::Ending;

fn main() -> ExitCode {
    // A wrong command line ends here, with exit code 2.
    let arguments = Arguments::parse();
    let ending = match Caller::new(arguments.timeout) {
        Ok(caller) => run(&caller, arguments),
        Err(ending) => Err(ending),
    };
    ending.unwrap_or_else(|ending| ending).tell()
}

fn run(caller: &Caller, arguments: Arguments) -> Result<Ending, Ending> {
    let json = arguments.json;
    match arguments.command {
        Command::Query(query) => query::run(caller, query, json),
        Command::Tables { connection, all } => catalog::tables(caller, &connection, all, json),
        Command::Schema { connection, table } => catalog::schema(caller, &connection, table.as_deref(), json),
        Command::Test { connection } => catalog::test(caller, &connection, json),
        Command::Login { connection, way } => sign_in::login(caller, &connection, &way, json),
        Command::Logout { connection } => sign_in::logout(caller, &connection, json),
        Command::Status { connection } => sign_in::status(caller, &connection, json),
        Command::Dsn(command) => dsn::run(command, json),
        Command::Settings(command) => settings::run(caller, command, json),
        Command::Doctor { connection } => doctor::run(caller, connection.as_deref(), json),
    }
}
