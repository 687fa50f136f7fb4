//! THE table of connection properties.
