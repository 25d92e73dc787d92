//! Names the shared library inside itself: rustc gives a cdylib no SONAME.

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
    let argument = match (family.as_str(), vendor.as_str()) {
        ("unix", "apple") => format!("-Wl,-install_name,@rpath/libstreamtoken.{version}.dylib"),
        ("unix", _) => format!("-Wl,-soname,libstreamtoken.so.{version}"),
        _ => return,
    };
    println!("cargo:rustc-cdylib-link-arg={argument}");
}
