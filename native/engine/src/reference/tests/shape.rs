use super::*;
use crate::program::Float;

#[test]
fn columns_gathers_over_all_inputs() {
    let kind = OpKind::Columns(vec![2, 0, 2]);
    same(
        &run(&kind, &[&f64s(&[-0.0]), &f64s(&[NAN, TINY])]),
        &f64s(&[TINY, -0.0, TINY]),
    );
    let integers = [Cells::I64(vec![Some(1), None]), Cells::I64(vec![Some(3)])];
    same(
        &run(&kind, &[&integers[0], &integers[1]]),
        &Cells::I64(vec![Some(3), Some(1), Some(3)]),
    );
    let bools = Cells::Bool(vec![Some(true), None, Some(false)]);
    same(
        &run(&kind, &[&bools]),
        &Cells::Bool(vec![Some(false), Some(true), Some(false)]),
    );
}

#[test]
fn columns_of_a_sparse_value_keeps_what_is_absent() {
    let kind = OpKind::Columns(vec![3, 1, 0, 3]);
    let (a, b) = (sparse(2, &[(1, -0.0)]), sparse(2, &[(1, NAN)]));
    same(&run(&kind, &[&a, &b]), &sparse(4, &[(0, NAN), (1, -0.0), (3, NAN)]));
}

#[test]
fn concat_keeps_the_order_of_its_inputs() {
    same(
        &run(&OpKind::Concat, &[&f32s(&[1.0]), &f32s(&[-0.0, f32::NAN])]),
        &f32s(&[1.0, -0.0, f32::NAN]),
    );
    let parts = [sparse(3, &[(2, 1.0)]), sparse(1, &[]), sparse(2, &[(0, 0.0)])];
    let joined = run(&OpKind::Concat, &[&parts[0], &parts[1], &parts[2]]);
    same(&joined, &sparse(6, &[(2, 1.0), (4, 0.0)]));
    assert!(matches!(joined, Cells::SparseF64(x) if x.width == 6));
}

#[test]
fn constant_is_the_same_for_every_row() {
    same(&run(&OpKind::Constant(fit64(&[-0.0, NAN])), &[]), &f64s(&[-0.0, NAN]));
}

#[test]
fn cast_rounds_once_to_nearest_even() {
    let to_f32 = OpKind::Cast(Float::F32);
    let tie = 1.0 + f64::from_bits((1023 - 24) << 52);
    gives(
        &to_f32,
        f64s(&[tie, tie.next_up(), -0.0]),
        f32s(&[1.0, 1.0 + f32::EPSILON, -0.0]),
    );
    gives(
        &to_f32,
        f64s(&[1e300, -INF, NAN]),
        f32s(&[f32::INFINITY, f32::NEG_INFINITY, f32::NAN]),
    );
    gives(
        &to_f32,
        f64s(&[f64::from(f32::MAX), 3.4028235677973366e38]),
        f32s(&[f32::MAX, f32::INFINITY]),
    );
    gives(
        &to_f32,
        f64s(&[TINY, 1e-45, 7.1e-46]),
        f32s(&[0.0, f32::from_bits(1), f32::from_bits(1)]),
    );
    gives(
        &OpKind::Cast(Float::F64),
        f32s(&[0.1, f32::from_bits(1)]),
        f64s(&[0.1f32 as f64, 1.401298464324817e-45]),
    );
}

#[test]
fn cast_of_integers_does_not_go_by_way_of_f64() {
    // 2^24 + 1 + 2^-29 of it: f64 would round it to a tie first, which then rounds down
    let integer = (1i64 << 60) + (1 << 36) + 1;
    gives(
        &OpKind::Cast(Float::F32),
        Cells::I64(vec![Some(integer)]),
        f32s(&[(1u64 << 60) as f32 + (1u64 << 37) as f32]),
    );
    assert_eq!((integer as f64) as f32, (1u64 << 60) as f32);
    gives(
        &OpKind::Cast(Float::F64),
        Cells::I64(vec![None, Some(-7), Some((1 << 53) + 1)]),
        f64s(&[NAN, -7.0, 9007199254740992.0]),
    );
}

#[test]
fn cast_of_bools() {
    let bools = Cells::Bool(vec![Some(true), Some(false), None]);
    gives(&OpKind::Cast(Float::F64), bools.clone(), f64s(&[1.0, 0.0, NAN]));
    gives(&OpKind::Cast(Float::F32), bools, f32s(&[1.0, 0.0, f32::NAN]));
}

#[test]
fn cast_keeps_what_is_absent() {
    let narrow = Cells::SparseF32(Sparse {
        width: 3,
        cells: vec![(2, f32::INFINITY)],
    });
    gives(&OpKind::Cast(Float::F32), sparse(3, &[(2, 1e300)]), narrow);
}

#[test]
fn to_sparse_drops_both_zeros_and_keeps_nan() {
    gives(
        &OpKind::ToSparse,
        f64s(&[0.0, NAN, -0.0, TINY, -INF]),
        sparse(5, &[(1, NAN), (3, TINY), (4, -INF)]),
    );
}

#[test]
fn absent_becomes_zero_or_nan_and_a_stored_zero_stays() {
    let x = sparse(4, &[(1, -0.0), (2, NAN)]);
    gives(&OpKind::ToDense, x.clone(), f64s(&[0.0, -0.0, NAN, 0.0]));
    gives(&OpKind::AbsentToNan, x, f64s(&[NAN, -0.0, NAN, NAN]));
}
