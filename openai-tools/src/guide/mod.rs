#![doc = include_str!("index.md")]

#[cfg(feature = "client")]
#[doc = include_str!("abilities.md")]
pub mod abilities {}

#[cfg(all(feature = "derive", feature = "testing"))]
#[doc = include_str!("approval.md")]
pub mod approval {}

#[cfg(all(feature = "derive", feature = "registry", feature = "testing"))]
#[doc = include_str!("contract.md")]
pub mod contract {}

#[cfg(all(feature = "derive", feature = "testing"))]
#[doc = include_str!("faults.md")]
pub mod faults {}

#[cfg(all(feature = "derive", feature = "testing"))]
#[doc = include_str!("limits.md")]
pub mod limits {}

#[cfg(all(feature = "derive", feature = "testing"))]
#[doc = include_str!("media.md")]
pub mod media {}

#[cfg(all(feature = "derive", feature = "testing"))]
#[doc = include_str!("outcomes.md")]
pub mod outcomes {}

#[doc = include_str!("schemas.md")]
pub mod schemas {}

#[cfg(all(feature = "derive", feature = "testing"))]
#[doc = include_str!("security.md")]
pub mod security {}

#[cfg(all(feature = "derive", feature = "testing"))]
#[doc = include_str!("servers.md")]
pub mod servers {}

#[cfg(all(feature = "derive", feature = "testing"))]
#[doc = include_str!("streams.md")]
pub mod streams {}
