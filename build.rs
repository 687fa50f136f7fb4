//! Link settings of the shared library, and the C header of `src/capi`.

use std::path::PathBuf;

/// What the header shows, in its order.
const HEADER: &[&str] = &[
    "types.rs",
    "exports/library.rs",
    "exports/session.rs",
    "exports/oauth.rs",
    "exports/statement.rs",
    "exports/row.rs",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=cbindgen.toml");
    println!("cargo::rerun-if-changed=src/capi");
    // The embedded OAuth apps: public client ids, one variable per provider row.
    println!("cargo::rerun-if-env-changed=LATCHKEY_DROPBOX_APP_KEY");

    // unixODBC may dlclose a driver whose runtime threads still run: the library stays mapped (-z nodelete).
    // Our SQL* must bind to ourselves although the driver manager exports the same names (-Bsymbolic).
    // rustc's own version script exports the `#[no_mangle]` functions of this crate and hides everything else,
    // C and assembler objects of dependencies included; tests/house.rs compares the result with the list.
    for argument in ["-soname,liblatchkey.so", "-z,nodelete", "-Bsymbolic", "--as-needed"] {
        println!("cargo::rustc-cdylib-link-arg=-Wl,{argument}");
    }

    let source = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let header = PathBuf::from(std::env::var("OUT_DIR")?).join("latchkey.h");
    let mut builder = cbindgen::Builder::new().with_config(cbindgen::Config::from_file(source.join("cbindgen.toml"))?);
    for file in HEADER {
        builder = builder.with_src(source.join("src/capi").join(file));
    }
    builder.generate()?.write_to_file(&header);
    println!("cargo::rustc-env=LATCHKEY_GENERATED_HEADER={}", header.display());
    Ok(())
}
