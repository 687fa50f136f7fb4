//! How a driver manager finds the library: `odbcinst.ini`.

use std::path::PathBuf;

use crate::error::Result;

use super::dsn;

/// The section of the driver.
const SECTION: &str = "Latchkey";

/// What the system's `odbcinst.ini` says.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The file.
    pub file: PathBuf,
    /// The library in section `[Latchkey]`; none where there is no such section, or no library in it.
    pub library: Option<PathBuf>,
}

/// Reads the registration. `Kind::DataSource` when the file cannot be read.
pub fn registration() -> Result<Registration> {
    let file = dsn::system_folder().join("odbcinst.ini");
    let ini = dsn::read(&file)?;
    let library = dsn::entries(&ini, SECTION).and_then(|entries| {
        let entry = |name: &str| entries.iter().find(|(key, _)| key.trim().eq_ignore_ascii_case(name));
        // unixODBC prefers the one for 64 bits as well.
        let (_, library) = entry("Driver64").or_else(|| entry("Driver"))?;
        Some(PathBuf::from(library.trim())).filter(|library| !library.as_os_str().is_empty())
    });
    Ok(Registration { file, library })
}
