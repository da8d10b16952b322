//! Codes of categories: to numbers, to columns, and from numbers.

use std::collections::HashMap;

use super::real::{each, Real};
use super::{over, Failure, Kernel};
use crate::plan::Columns;
use crate::program::code_row;
use crate::scratch::{Scratch, Slot};

const NULL: i32 = -1;
const NAN: i32 = -2;
const UNSEEN: i32 = -3;

pub struct Lookup {
    from: Slot,
    size: u32,
    /// A table of size + 3 numbers for each output column.
    columns: Vec<(Slot, Vec<f64>)>,
}

impl Lookup {
    pub fn new(input: &Columns, output: &[Slot], table: &[f64], columns: usize, size: u32) -> Lookup {
        let column = |index: usize| table.iter().skip(index).step_by(columns).copied().collect();
        let columns = output
            .iter()
            .enumerate()
            .map(|(index, &slot)| (slot, column(index)))
            .collect();
        Lookup {
            from: input.slots[0],
            size,
            columns,
        }
    }
}

impl Kernel for Lookup {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        for (to, table) in &self.columns {
            each(scratch.map::<i32, f64>(self.from, *to, rows), |code| {
                table[code_row(code, self.size)]
            });
        }
        Ok(())
    }

    fn memory_bytes(&self) -> usize {
        self.columns
            .iter()
            .fold(0, |sum, (_, table)| sum + size_of_val(&**table))
    }

    fn describe(&self) -> String {
        format!("lookup in {} categories to {} columns", self.size, self.columns.len())
    }
}

pub struct OneHot {
    from: Slot,
    size: u32,
    /// Output column of each row of the table, -1 for none.
    column: Vec<i32>,
    output: Vec<Slot>,
}

impl OneHot {
    pub fn new(input: &Columns, output: &[Slot], column: &[i32], size: u32) -> OneHot {
        OneHot {
            from: input.slots[0],
            size,
            column: column.to_vec(),
            output: output.to_vec(),
        }
    }
}

impl Kernel for OneHot {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        for &to in &self.output {
            scratch.write::<f64>(to, rows).fill(f64::ABSENT);
        }
        for row in 0..rows {
            let code = scratch.read::<i32>(self.from, rows)[row];
            let column = self.column[code_row(code, self.size)];
            if let Ok(column) = usize::try_from(column) {
                scratch.write::<f64>(self.output[column], rows)[row] = 1.0;
            }
        }
        Ok(())
    }

    fn memory_bytes(&self) -> usize {
        size_of_val(&*self.column)
    }

    fn describe(&self) -> String {
        format!("one-hot of {} categories to {} columns", self.size, self.output.len())
    }
}

/// Bits of a number, those of 0.0 for -0.0: equal numbers have equal keys.
fn key(value: f64) -> u64 {
    if value == 0.0 {
        0
    } else {
        value.to_bits()
    }
}

pub struct NumberCode {
    from: Slot,
    to: Slot,
    codes: HashMap<u64, i32>,
}

impl NumberCode {
    pub fn new(input: &Columns, output: &[Slot], values: &[f64]) -> NumberCode {
        let codes = (0..).zip(values).map(|(code, &value)| (key(value), code)).collect();
        NumberCode {
            from: input.slots[0],
            to: output[0],
            codes,
        }
    }
}

impl Kernel for NumberCode {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        each(scratch.map::<f64, i32>(self.from, self.to, rows), |x| {
            if x.is_nan() {
                return NAN;
            }
            self.codes.get(&key(x)).copied().unwrap_or(UNSEEN)
        });
        Ok(())
    }

    fn describe(&self) -> String {
        over("code of a number", 1)
    }
}

pub struct IntegerCode {
    from: Slot,
    to: Slot,
    codes: HashMap<i64, i32>,
}

impl IntegerCode {
    pub fn new(input: &Columns, output: &[Slot], values: &[i64]) -> IntegerCode {
        let codes = (0..).zip(values).map(|(code, &value)| (value, code)).collect();
        IntegerCode {
            from: input.slots[0],
            to: output[0],
            codes,
        }
    }
}

impl Kernel for IntegerCode {
    fn run(&self, scratch: &mut Scratch<'_>, rows: usize) -> Result<(), Failure> {
        each(scratch.map::<i64, i32>(self.from, self.to, rows), |x| {
            if x == i64::MIN {
                return NULL;
            }
            self.codes.get(&x).copied().unwrap_or(UNSEEN)
        });
        Ok(())
    }

    fn describe(&self) -> String {
        over("code of an integer", 1)
    }
}
