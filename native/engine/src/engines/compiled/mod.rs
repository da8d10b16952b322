//! The engine `compiled`: a program that was compiled to machine code ahead of time, from the library in the bundle.
//!
//! Machine code is not bounded by anything once it runs. So the bytes come from a signed bundle whose policy permits it, are
//! loaded from where nobody can change them, and say themselves which program and model they were compiled from.

mod abi;
mod kernel;
mod library;
mod placed;
mod private_file;
#[cfg(target_os = "linux")]
mod sealed;
#[cfg(test)]
mod tests;
mod triple;

use std::sync::Arc;

use modelpack_bundle::{quote, Bundle, Digest, Error, ErrorCode, Result};

use crate::plan::Plan;
use crate::program::Program;
use abi::{CompiledModel, Entry, Origin};
use kernel::CompiledKernel;
use library::Library;

pub use triple::HOST;

/// The name in bundle.json and in trust policies.
pub const COMPILED: &str = "compiled";

/// What this version knows of what bundles ask of a reader that runs the engine.
const KNOWN: &str = "compiled@1";

/// A library that was checked.
#[derive(Clone, Debug)]
pub struct Compiled {
    entry: Entry,
    triple: String,
    /// Keeps `entry` where it is.
    library: Arc<Library>,
}

impl Compiled {
    /// The best library in the bundle for this machine. The engine must be permitted: `Predictor::new` asks.
    pub fn load(bundle: &Bundle, program: &Program, program_digest: &str) -> Result<Compiled> {
        check_requires(bundle)?;
        let (member, triple) = choose(bundle)?;
        let digest = |text: Option<Digest>| text.ok_or_else(|| Error::new(ErrorCode::Manifest, "a digest is none"));
        let origin = Origin {
            program: digest(Digest::from_hex(program_digest))?,
            model: digest(Digest::from_text(bundle.model_digest()))?,
            inputs: program.inputs.len(),
            output_columns: program
                .outputs
                .iter()
                .map(|(_, value)| program.values[*value].value_type.width)
                .fold(0, usize::saturating_add),
        };
        let bytes = bundle.read_member(&member)?;
        // SAFETY: the bytes have the digest that the verified bundle.json states, under a rule that permits machine code.
        unsafe { Compiled::from_bytes(&bytes, triple, &origin) }.map_err(|error| error.within(&member))
    }

    /// # Safety
    ///
    /// As [`Library::load`].
    unsafe fn from_bytes(bytes: &[u8], triple: String, origin: &Origin) -> Result<Compiled> {
        // SAFETY: the caller's promise.
        let library = unsafe { Library::load(bytes) }?;
        let missing = || refused("exports no mp_compiled_model");
        let exported = library.address::<CompiledModel>(abi::SYMBOL).ok_or_else(missing)?;
        // SAFETY: the library's own structure, which lives as long as the library; its size is read before the rest.
        let entry = unsafe { abi::check(exported, origin) }?;
        Ok(Compiled {
            entry,
            triple,
            library: Arc::new(library),
        })
    }

    /// The plan that calls the library; it keeps it loaded.
    pub fn plan(&self, program: &Program) -> Plan {
        Plan::of_engine(program, |inputs, outputs| {
            Box::new(CompiledKernel::new(self, inputs, outputs))
        })
    }
}

fn check_requires(bundle: &Bundle) -> Result<()> {
    let engine = bundle.engines().iter().find(|engine| engine.name == COMPILED);
    let unknown = engine.and_then(|engine| engine.requires.iter().find(|name| *name != KNOWN));
    match unknown {
        None => Ok(()),
        Some(unknown) => {
            let message = format!(
                "the engine compiled requires {}, which this version does not know",
                quote(unknown)
            );
            Err(Error::new(ErrorCode::Requires, message).with_hint("update modelpack"))
        }
    }
}

fn choose(bundle: &Bundle) -> Result<(String, String)> {
    let host = HOST.map(|host| host.to_string_lossy());
    let levels = triple::levels();
    let mut candidates = host
        .iter()
        .flat_map(|host| levels.iter().map(move |level| format!("{host}{level}")));
    let found = candidates.find(|triple| bundle.has_member(&triple::member(triple)));
    match found {
        Some(triple) => Ok((triple::member(&triple), triple)),
        None => {
            let machine = || format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
            let present = triple::present(bundle.member_names());
            Err(absent(&host.map_or_else(machine, |host| host.into_owned()), &present))
        }
    }
}

fn absent(host: &str, present: &[String]) -> Error {
    let present = match present {
        [] => "none".to_owned(),
        some => some
            .iter()
            .map(|triple| quote(triple).to_string())
            .collect::<Vec<_>>()
            .join(", "),
    };
    let message = format!(
        "the bundle has no library compiled for this machine, {}; it has {present}",
        quote(host)
    );
    Error::new(ErrorCode::Engine, message).with_hint(format!(
        "modelpack compile --engine compiled --triple {host}, or ask for the engine native"
    ))
}

fn refused(what: &str) -> Error {
    Error::new(ErrorCode::Engine, format!("the compiled library {what}"))
        .with_hint("compile it anew, or ask for the engine native")
}
