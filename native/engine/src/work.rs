//! How much a program computes for one row, so that a small bundle cannot keep its reader busy for long.

use crate::forest::Forest;
use crate::program::{OpKind, Program};

/// Cells read and written, products and steps down trees, for one row.
pub fn per_row(program: &Program) -> u64 {
    program
        .ops
        .iter()
        .map(|op| {
            let values = op.inputs.iter().chain([&op.output]);
            let cells = values.fold(0, |cells: u64, &value| {
                cells.saturating_add(program.values[value].value_type.width as u64)
            });
            cells.saturating_add(match &op.kind {
                OpKind::Forest(forest) => steps(forest),
                OpKind::Linear { inputs, outputs, .. } => (*inputs as u64).saturating_mul(*outputs as u64),
                _ => 0,
            })
        })
        .fold(0, u64::saturating_add)
}

/// The longest way down each tree, and the leaves that are added.
fn steps(forest: &Forest) -> u64 {
    let depths = (0..forest.tree_count()).map(|tree| u64::from(forest.depth(tree)));
    depths.fold(0, |steps: u64, depth| {
        steps.saturating_add(depth + forest.leaf_width as u64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Build, Fitted};

    #[test]
    fn a_linear_model_costs_its_products() {
        let mut build = Build::new();
        let x = build.feature("x", "float64");
        let wide = build.op("concat@1", &[&x, &x, &x], &[], &[]);
        let weight = Fitted::f64s(&[1.0; 12]).shaped(&[3, 4]);
        let y = build.op(
            "linear@1",
            &[&wide],
            &[("bias", "none"), ("nan", "keep")],
            &[("weight", weight)],
        );
        build.output("margin", &y, "float64", 4);
        let program = build.finish().check().expect("the program is well formed");
        // concat reads 3 and writes 3, linear reads 3, writes 4 and multiplies 12.
        assert_eq!(per_row(&program), 25);
    }
}
