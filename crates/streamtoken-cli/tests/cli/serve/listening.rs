//! Where `serve` listens, and where it must not.

use super::{folder, serve, start_and_end};
use crate::common::streamtoken;

#[test]
fn nothing_listens_where_it_must_not() {
    let folder = folder();
    let run = |arguments: &[&str]| start_and_end(&mut serve(&folder, arguments));
    run(&["--listen", "0.0.0.0:0"]).refused(5, "listen_open");
    run(&["--dev"]).refused(2, "usage_invalid");
    run(&["--account", "a"]).refused(2, "usage_invalid");
    run(&["--key", "master.key", "--check-config"]).refused(2, "usage_invalid");
    let emulator = ["serve", "--dev", "--listen", "0.0.0.0:0"];
    start_and_end(streamtoken().args(emulator)).refused(5, "listen_open");
    start_and_end(streamtoken().args(emulator).arg("--behind-proxy")).refused(2, "usage_invalid");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    run(&["--listen", &address, "--log-level", "off"]).refused(5, "listen_failed");
}
