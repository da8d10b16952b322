//! The bundle: container, manifest, schema and cells. Everything here judges bytes and values from outside and trusts none.

mod bytes;
pub mod cell;
mod dictionary;
mod digest;
mod error;
mod error_code;
mod feature;
mod fields;
pub mod json;
pub mod limits;
mod near_name;
mod output;
mod quote;
pub mod safetensors;
mod schema;

pub use bytes::Bytes;
pub use cell::{admit, normalise, Admitted, Carrier, Raw};
pub use dictionary::Dictionary;
pub use digest::Digest;
pub use error::{Error, Result};
pub use error_code::ErrorCode;
pub use feature::{CellKind, Feature, FeatureType, NullIs, Policy};
pub use json::Json;
pub use near_name::near_name;
pub use output::{Class, Classes, Output, OutputType};
pub use quote::{quote, quote_bytes};
pub use safetensors::{Dtype, Tensor, TensorFile};
pub use schema::Schema;
