//! A table over documents: a `DataSourceExec` with our own `FileSource`, projection and limit pushed into the scan.
