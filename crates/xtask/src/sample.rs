//! `cargo xtask sample`.
use clap::Args;
/// x
#[derive(Args)]
pub(crate) struct Sample {}
/// x
pub(crate) fn run(_: &Sample) -> anyhow::Result<()> {
    Ok(())
}
