//! What may be written on the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 it failed; 2 the command line is wrong; 3 somebody has to sign in; 130 interrupted.
Errors are written to standard error, each with its SQLSTATE.

CONNECTION is the name of a data source (DSN), or a connection string such as \"URI=/data/people.json\". Other users of this \
machine can see the arguments of a program: keep secrets in a data source.";

/// Queries JSON documents behind OAuth 2.0, and looks after their sign-in.
#[derive(Debug, Parser)]
#[command(name = "latchkey", version, after_help = EXIT_CODES, disable_help_subcommand = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Print facts as JSON, for scripts.
    #[arg(long, global = true)]
    pub json: bool,
    /// Give up after so many seconds.
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub timeout: Option<Duration>,
}

/// The sub-commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a SQL statement or a procedure and print its rows.
    Query(Query),
    /// List the tables of a connection.
    Tables {
        /// A data source or a connection string.
        connection: String,
        /// System tables, too.
        #[arg(long)]
        all: bool,
    },
    /// List the columns of tables.
    Schema {
        /// A data source or a connection string.
        connection: String,
        /// One table, also as schema.table; without it all tables of documents.
        table: Option<String>,
    },
    /// Connect, sign in as the connection says, and look for documents.
    Test {
        /// A data source or a connection string.
        connection: String,
    },
    /// Sign in, and keep the tokens in the settings file. Nobody is asked where a usable token is stored.
    Login {
        /// A data source or a connection string.
        connection: String,
        /// How.
        #[command(flatten)]
        way: Way,
    },
    /// End the sign-in at the provider, and remove its tokens from the settings file.
    Logout {
        /// A data source or a connection string.
        connection: String,
    },
    /// Tell who is signed in and until when, without asking the provider. Exit code 3 when somebody has to sign in.
    Status {
        /// A data source or a connection string.
        connection: String,
    },
    /// Data sources in odbc.ini.
    #[command(subcommand)]
    Dsn(Dsn),
    /// The encrypted file of tokens.
    #[command(subcommand)]
    Settings(Settings),
    /// Look for what keeps a connection from working, and tell what to do about it. Exit code 1 when something does.
    Doctor {
        /// A data source or a connection string; without it only the installation is looked at.
        connection: Option<String>,
    },
}

/// `dsn`.
#[derive(Debug, Subcommand)]
pub enum Dsn {
    /// Add a data source to the user's odbc.ini.
    Add {
        /// Its name.
        name: String,
        /// Its properties. A secret makes the file readable by its owner alone.
        #[arg(required = true, value_name = "KEY=VALUE")]
        properties: Vec<String>,
        /// To the system's odbc.ini, for everybody.
        #[arg(long)]
        system: bool,
        /// Replace the data source if there is one.
        #[arg(long)]
        force: bool,
    },
    /// List the data sources of the user and of the system, of whatever driver.
    List,
    /// Remove a data source from the user's odbc.ini.
    Remove {
        /// Its name.
        name: String,
        /// From the system's odbc.ini.
        #[arg(long)]
        system: bool,
    },
}

/// `settings`.
#[derive(Debug, Subcommand)]
pub enum Settings {
    /// Tell how the file is encrypted, and whose sign-ins it holds. Shows no token.
    Inspect {
        /// The settings file.
        file: PathBuf,
        /// The key file that it is encrypted with, where the environment does not name it.
        #[arg(long, value_name = "FILE")]
        key_file: Option<PathBuf>,
    },
    /// Encrypt the file with another key.
    Rekey {
        /// The settings file.
        file: PathBuf,
        /// The key file that it is encrypted with, where the environment does not name it.
        #[arg(long, value_name = "FILE")]
        key_file: Option<PathBuf>,
        /// With what.
        #[command(flatten)]
        new: NewKey,
    },
}

/// The key that a settings file gets.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct NewKey {
    /// A passphrase, read from standard input.
    #[arg(long)]
    pub new_passphrase: bool,
    /// The 32 bytes in a key file.
    #[arg(long, value_name = "FILE")]
    pub new_key_file: Option<PathBuf>,
    /// The key that is built in, which only hides the tokens from casual eyes.
    #[arg(long)]
    pub built_in: bool,
}

/// `query`.
#[derive(Debug, Args)]
pub struct Query {
    /// A data source or a connection string.
    pub connection: String,
    /// The statement; several words are joined by spaces. "-" reads it from standard input.
    #[arg(required = true, value_name = "SQL")]
    pub sql: Vec<String>,
    /// The form of the rows; by default that of the file's name, else a table on a terminal and CSV elsewhere.
    #[arg(long, short, value_enum)]
    pub format: Option<Format>,
    /// Write the rows to a file, which appears when it is whole.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace the file if there is one.
    #[arg(long, requires = "output")]
    pub force: bool,
}

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people. Holds all rows in memory.
    Table,
    /// Comma-separated values with a heading; NULL is empty.
    Csv,
    /// A JSON object for each row, on a line of its own.
    Json,
    /// An Arrow IPC file (Feather).
    Arrow,
    /// Not written by this version.
    Parquet,
}

/// How somebody signs in.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct Way {
    /// Show a code, to be entered on any device with a browser.
    #[arg(long)]
    pub device: bool,
    /// Show the address of the sign-in page, and read from standard input what the page ends with: the code, or the whole
    /// address that the browser is sent to.
    #[arg(long)]
    pub paste: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| *seconds > 0.0);
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration.ok_or_else(|| "it must be a number of seconds above 0".to_owned())
}
