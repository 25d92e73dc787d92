//! Names the shared library inside itself, since rustc gives a cdylib no SONAME, and keeps it in memory:
//! AWS-LC leaves a destructor with each thread that it ran in, which is called when that thread ends. In a
//! library that `dlclose` has unloaded until then, that is a crash (seen).

use std::env::var;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let part = |name: &str| var(format!("CARGO_PKG_VERSION_{name}")).unwrap_or_default();
    let version = match (part("MAJOR").as_str(), part("MINOR")) {
        // Before 1.0 every minor release may change the ABI, as everywhere with Cargo.
        ("0", minor) => format!("0.{minor}"),
        (major, _) => major.to_owned(),
    };
    let family = var("CARGO_CFG_TARGET_FAMILY").unwrap_or_default();
    let vendor = var("CARGO_CFG_TARGET_VENDOR").unwrap_or_default();
    let arguments = match (family.as_str(), vendor.as_str()) {
        // A dylib with thread-local variables stays in memory by itself.
        ("unix", "apple") => vec![format!(
            "-Wl,-install_name,@rpath/libstreamtoken.{version}.dylib"
        )],
        ("unix", _) => vec![
            format!("-Wl,-soname,libstreamtoken.so.{version}"),
            "-Wl,-z,nodelete".to_owned(),
        ],
        _ => return,
    };
    for argument in arguments {
        println!("cargo:rustc-cdylib-link-arg={argument}");
    }
}
