//! Link arguments of a Node-API addon.

fn main() {
    napi_build::setup();
    // What `cargo xtask dist` asks the linker for (`dist::small`), which not every linker has.
    println!("cargo::rerun-if-env-changed=STREAMTOKEN_LINK_ARG");
    if let Ok(argument) = std::env::var("STREAMTOKEN_LINK_ARG") {
        println!("cargo::rustc-link-arg-cdylib={argument}");
    }
}
