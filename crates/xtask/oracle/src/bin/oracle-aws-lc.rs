//! The oracle on jsonwebtoken's `aws_lc_rs` back end.

fn main() -> std::io::Result<()> {
    oracle::serve(std::io::stdin().lock(), std::io::stdout().lock())
}
