//! Opening the browser, never through a shell.
