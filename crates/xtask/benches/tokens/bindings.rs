//! C, Python and Node.js: our packages, and what one would use otherwise there.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use xtask::measure::{Row, Target, Work};
use xtask::oracle::Oracle;
use xtask::peers;

use crate::bare::{SIGNATURE, VERIFICATION};

pub(crate) fn rows() -> Result<Vec<Row<'static>>> {
    let python = Peer::new(peers::python()?);
    let node = Peer::new(peers::node()?);
    let c = Peer::new(peers::c()?);
    Ok(vec![
        c.sign("C: streamtoken_signer_sign", OURS)
            .target(Target::TimeAtMost(1.03)),
        Row::against(
            VERIFICATION,
            "C: streamtoken_key_set_verify",
            c.work("verify", OURS),
        ),
        python
            .sign("Python: Signer.sign", OURS)
            .target(Target::TimeAtMost(1.06)),
        python.sign("Python: PyJWT, sign", "PyJWT"),
        python.sign("Python: joserfc, sign", "joserfc"),
        Row::baseline(PYJWT, python.work("verify", "PyJWT")),
        Row::against(PYJWT, "Python: verify", python.work("verify", OURS))
            .target(Target::RateAtLeast(2.5)),
        Row::against(
            PYJWT,
            "Python: joserfc, verify",
            python.work("verify", "joserfc"),
        ),
        node.sign("Node.js: Signer.sign", OURS)
            .target(Target::TimeAtMost(1.06)),
        node.sign("Node.js: fast-jwt, sign", "fast-jwt"),
        node.sign("Node.js: jose, sign", "jose"),
        node.sign("Node.js: jsonwebtoken, sign", "jsonwebtoken"),
        Row::baseline(FAST_JWT, node.work("verify", "fast-jwt")),
        Row::against(FAST_JWT, "Node.js: verify", node.work("verify", OURS))
            .target(Target::RateAtLeast(2.0)),
        Row::against(
            FAST_JWT,
            "Node.js: jose, verify",
            node.work("verify", "jose"),
        ),
        Row::against(
            FAST_JWT,
            "Node.js: jsonwebtoken, verify",
            node.work("verify", "jsonwebtoken"),
        ),
    ])
}

const OURS: &str = "streamtoken";
const PYJWT: &str = "Python: PyJWT, verify";
const FAST_JWT: &str = "Node.js: fast-jwt (cache off), verify";

/// One process, which all its rows share: they are measured one after the other.
struct Peer(Rc<RefCell<Oracle>>);

impl Peer {
    fn new(oracle: Oracle) -> Self {
        Self(Rc::new(RefCell::new(oracle)))
    }

    fn sign(&self, name: &'static str, library: &'static str) -> Row<'static> {
        Row::against(SIGNATURE, name, self.work("sign", library))
    }

    fn work(&self, what: &'static str, library: &'static str) -> Work<'static> {
        let oracle = Rc::clone(&self.0);
        Box::new(move |n| {
            let request = json!({ "what": what, "library": library, "n": n });
            let answer = oracle.borrow_mut().ask(&request)?;
            let nanoseconds = answer.get("nanoseconds").and_then(Value::as_u64);
            nanoseconds
                .map(Duration::from_nanos)
                .context("no time came back")
        })
    }
}
