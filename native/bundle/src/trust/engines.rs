//! The engines that a policy permits.

/// A set of engines; the bits are those of the C ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Engines(u32);

const ALL: [(&str, Engines); 3] = [
    ("native", Engines::NATIVE),
    ("onnx", Engines::ONNX),
    ("compiled", Engines::COMPILED),
];

impl Engines {
    pub const NONE: Engines = Engines(0);
    pub const NATIVE: Engines = Engines(1);
    pub const ONNX: Engines = Engines(2);
    pub const COMPILED: Engines = Engines(4);

    /// The engine of this name alone.
    pub fn named(name: &str) -> Option<Engines> {
        ALL.iter().find(|engine| engine.0 == name).map(|engine| engine.1)
    }

    /// From the bits of the C ABI; None if one of them is no engine's.
    pub fn from_bits(bits: u32) -> Option<Engines> {
        let known = ALL.iter().fold(Engines::NONE, |known, engine| known.with(engine.1));
        (bits & !known.0 == 0).then_some(Engines(bits))
    }

    pub fn bits(self) -> u32 {
        self.0
    }

    #[must_use]
    pub fn with(self, other: Engines) -> Engines {
        Engines(self.0 | other.0)
    }

    pub fn contains(self, name: &str) -> bool {
        Self::named(name).is_some_and(|engine| self.0 & engine.0 != 0)
    }

    pub fn names(self) -> impl Iterator<Item = &'static str> {
        ALL.iter()
            .filter(move |engine| self.0 & engine.1 .0 != 0)
            .map(|engine| engine.0)
    }
}
