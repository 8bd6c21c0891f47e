//! What `cargo metadata` says of our packages and their dependencies.

use crate::run::{cargo, output};
use anyhow::{Context, Result};
use serde_json::Value;

/// Names of a workspace package's features, sorted.
pub fn features_of(package: &str) -> Result<Vec<String>> {
    let metadata = workspace()?;
    let package = packages(&metadata)?
        .iter()
        .find(|candidate| candidate["name"] == package)
        .with_context(|| format!("no package {package} in the workspace"))?;
    let features = package["features"]
        .as_object()
        .context("a package has features")?;
    Ok(features.keys().cloned().collect())
}

/// Version of a workspace package.
pub fn version_of(package: &str) -> Result<String> {
    let metadata = workspace()?;
    let version = packages(&metadata)?
        .iter()
        .find(|candidate| candidate["name"] == package)
        .and_then(|candidate| candidate["version"].as_str());
    Ok(version
        .with_context(|| format!("no package {package} in the workspace"))?
        .to_owned())
}

/// Our packages only.
pub fn workspace() -> Result<Value> {
    let text = output(cargo().args(["metadata", "--format-version=1", "--no-deps"]))?;
    Ok(serde_json::from_str(&text)?)
}

/// Our packages, their dependencies and how they hang together.
pub fn all() -> Result<Value> {
    let text = output(cargo().args(["metadata", "--format-version=1", "--all-features"]))?;
    Ok(serde_json::from_str(&text)?)
}

/// The packages of the metadata.
pub fn packages(metadata: &Value) -> Result<&Vec<Value>> {
    metadata["packages"]
        .as_array()
        .context("the metadata list packages")
}
