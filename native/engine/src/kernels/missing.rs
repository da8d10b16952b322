//! Missing values: what counts as one, what stands in for it.

use super::real::{each, Real};
use super::{over, Failure, Kernel};
use crate::plan::Columns;
use crate::program::{Floats, Kind, MissingTest};
use crate::scratch::{Cell, Scratch, Slot};

const NULL: i32 = -1;
const NAN: i32 = -2;

/// The test on a float: NaN or equal to a number. Null never holds.
#[derive(Clone, Copy)]
struct RealTest<T> {
    nan: bool,
    /// NaN where no number counts as missing, since nothing equals it.
    value: T,
}

impl<T: Real> RealTest<T> {
    fn new(test: &MissingTest) -> RealTest<T> {
        match test {
            MissingTest::Nan | MissingTest::NanOrNull => RealTest {
                nan: true,
                value: T::NAN,
            },
            MissingTest::Value(value) => RealTest {
                nan: false,
                value: T::narrow(*value),
            },
            MissingTest::Null | MissingTest::Code(_) => RealTest {
                nan: false,
                value: T::NAN,
            },
        }
    }

    fn holds(self, x: T) -> bool {
        (self.nan && x.is_nan()) || x == self.value
    }
}

/// The test on a code: equal to one of two.
#[derive(Clone, Copy)]
struct CodeTest([i32; 2]);

impl CodeTest {
    fn new(test: &MissingTest) -> Option<CodeTest> {
        match test {
            MissingTest::Nan => Some(CodeTest([NAN, NAN])),
            MissingTest::Null => Some(CodeTest([NULL, NULL])),
            MissingTest::NanOrNull => Some(CodeTest([NAN, NULL])),
            MissingTest::Code(code) => Some(CodeTest([*code, *code])),
            MissingTest::Value(_) => None,
        }
    }

    fn holds(self, code: i32) -> bool {
        code == self.0[0] || code == self.0[1]
    }
}

pub struct Impute<T> {
    test: RealTest<T>,
    /// Input, output, fill.
    columns: Vec<(Slot, Slot, T)>,
}

impl<T: Real> Impute<T> {
    pub fn new(input: &Columns, output: &[Slot], test: &MissingTest, fill: &Floats) -> Impute<T> {
        let fills = T::tensor(fill);
        let columns = input
            .to(output)
            .into_iter()
            .zip(fills)
            .map(|((from, to), fill)| (from, to, fill));
        Impute {
            test: RealTest::new(test),
            columns: columns.collect(),
        }
    }
}

impl<T: Real> Kernel for Impute<T> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        for &(from, to, fill) in &self.columns {
            each(scratch.map::<T, T>(from, to, rows), |x| {
                if self.test.holds(x) {
                    fill
                } else {
                    x
                }
            });
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("impute", self.columns.len())
    }
}

pub fn impute_code(input: &Columns, output: &[Slot], test: &MissingTest, fill: i32) -> Box<dyn Kernel> {
    let test = CodeTest::new(test);
    Box::new(ImputeCode {
        test,
        fill,
        columns: input.to(output),
    })
}

struct ImputeCode {
    /// `None`: no code is missing.
    test: Option<CodeTest>,
    fill: i32,
    columns: Vec<(Slot, Slot)>,
}

impl Kernel for ImputeCode {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        let missing = |code| self.test.is_some_and(|test| test.holds(code));
        for &(from, to) in &self.columns {
            each(scratch.map::<i32, i32>(from, to, rows), |code| {
                if missing(code) {
                    self.fill
                } else {
                    code
                }
            });
        }
        Ok(())
    }

    fn describe(&self) -> String {
        String::from("impute a code")
    }
}

/// `to_null`: NaN becomes null, else null NaN.
pub struct MissingAs {
    columns: Vec<(Slot, Slot)>,
    from: i32,
    to: i32,
}

impl MissingAs {
    pub fn new(input: &Columns, output: &[Slot], to_null: bool) -> MissingAs {
        let (from, to) = if to_null { (NAN, NULL) } else { (NULL, NAN) };
        MissingAs {
            columns: input.to(output),
            from,
            to,
        }
    }
}

impl Kernel for MissingAs {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        for &(from, to) in &self.columns {
            each(scratch.map::<i32, i32>(from, to, rows), |code| {
                if code == self.from {
                    self.to
                } else {
                    code
                }
            });
        }
        Ok(())
    }

    fn describe(&self) -> String {
        String::from(if self.to == NULL { "NaN as null" } else { "null as NaN" })
    }
}

pub fn is_missing(input: &Columns, output: &[Slot], test: &MissingTest) -> Box<dyn Kernel> {
    let columns = input.to(output);
    let null = matches!(test, MissingTest::Null | MissingTest::NanOrNull);
    match input.kind {
        Kind::F32 => Box::new(IsMissing {
            columns,
            test: RealTest::<f32>::new(test),
        }),
        Kind::F64 => Box::new(IsMissing {
            columns,
            test: RealTest::<f64>::new(test),
        }),
        Kind::Code { .. } => Box::new(IsMissing {
            columns,
            test: CodeTest::new(test),
        }),
        Kind::Bool => Box::new(IsMissing {
            columns,
            test: IntegerTest(null.then_some(2)),
        }),
        Kind::I64 | Kind::Time | Kind::Text => Box::new(IsMissing {
            columns,
            test: IntegerTest(null.then_some(i64::MIN)),
        }),
    }
}

/// A test on cells of one type.
trait Test: Copy + Send + Sync {
    type Of: Cell;
    fn holds(self, cell: Self::Of) -> bool;
}

impl<T: Real> Test for RealTest<T> {
    type Of = T;
    fn holds(self, cell: T) -> bool {
        RealTest::holds(self, cell)
    }
}

impl Test for Option<CodeTest> {
    type Of = i32;
    fn holds(self, cell: i32) -> bool {
        self.is_some_and(|test| test.holds(cell))
    }
}

/// Equal to the cell that means missing.
#[derive(Clone, Copy)]
struct IntegerTest(Option<i64>);

impl Test for IntegerTest {
    type Of = i64;
    fn holds(self, cell: i64) -> bool {
        self.0 == Some(cell)
    }
}

struct IsMissing<S> {
    columns: Vec<(Slot, Slot)>,
    test: S,
}

impl<S: Test> Kernel for IsMissing<S> {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        for &(from, to) in &self.columns {
            each(scratch.map::<S::Of, f64>(from, to, rows), |cell| {
                f64::from(u8::from(self.test.holds(cell)))
            });
        }
        Ok(())
    }

    fn describe(&self) -> String {
        over("is missing", self.columns.len())
    }
}
