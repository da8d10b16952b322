//! Operations that read or make category codes.

use super::{At, Writer};
use crate::code::Code;
use crate::constants::Element;

impl Writer<'_> {
    pub fn lookup(&mut self, at: At<'_>, table: &[f64], columns: usize, size: u32, code: &mut Code) {
        let table = self.constants.array(self.names, table);
        let (_, y) = self.open(at, code);
        code.put(format!("size_t first = mp_code_row(x[0], {size}) * {columns}, i;"));
        code.put(format!(
            "for (i = 0; i < {}; i++) {{\ny[i] = {table}[first + i];\n}}",
            y.width
        ));
    }

    pub fn one_hot(&mut self, at: At<'_>, column: &[i32], size: u32, code: &mut Code) {
        let table = self.constants.array(self.names, column);
        let (_, y) = self.open(at, code);
        code.put(format!("int32_t column = {table}[mp_code_row(x[0], {size})];"));
        code.put(format!("uint32_t *to = w->k + {};", y.columns.unwrap_or(0)));
        code.put("to[0] = column >= 0;\nif (column >= 0) {\nto[1] = (uint32_t)column;\ny[0] = 1.0;\n}");
    }

    pub fn number_code_f64(&mut self, at: At<'_>, values: &[f64], code: &mut Code) {
        self.number_code(at, values, f64::total_cmp, ("x[0] != x[0]", -2), code);
    }

    pub fn number_code_i64(&mut self, at: At<'_>, values: &[i64], code: &mut Code) {
        self.number_code(at, values, i64::cmp, ("x[0] == INT64_MIN", -1), code);
    }

    /// The index of the equal value, found among the sorted ones; they are distinct, so that no two are equal.
    fn number_code<T: Element + Copy>(
        &mut self,
        at: At<'_>,
        values: &[T],
        compare: impl Fn(&T, &T) -> std::cmp::Ordering,
        (missing, missing_code): (&str, i32),
        code: &mut Code,
    ) {
        if values.is_empty() {
            self.open(at, code);
            return code.put(format!("y[0] = {missing} ? {missing_code} : -3;"));
        }
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| compare(&values[a], &values[b]));
        let sorted: Vec<T> = order.iter().map(|&index| values[index]).collect();
        let codes: Vec<i32> = order.iter().map(|&index| index as i32).collect();
        let (sorted, codes) = (
            self.constants.array(self.names, &sorted),
            self.constants.array(self.names, &codes),
        );
        self.open(at, code);
        code.put(format!(
            "size_t low = 0, high = {};\nwhile (low < high) {{",
            values.len()
        ));
        code.put(format!(
            "size_t middle = low + (high - low) / 2;\nif ({sorted}[middle] < x[0]) {{"
        ));
        code.put("low = middle + 1;\n} else {\nhigh = middle;\n}\n}");
        code.put(format!("y[0] = {missing} ? {missing_code} : -3;"));
        code.put(format!(
            "if (low < {} && {sorted}[low] == x[0]) {{\ny[0] = {codes}[low];\n}}",
            values.len()
        ));
    }
}
