//! The grammar of connection strings.
