//! The oracle on jsonwebtoken's `rust_crypto` back end.

fn main() -> std::io::Result<()> {
    oracle::serve(std::io::stdin().lock(), std::io::stdout().lock())
}
