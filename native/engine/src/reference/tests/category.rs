use super::*;

#[test]
fn lookup_has_rows_for_null_nan_and_unseen() {
    let table = vec![0.0, 10.0, -1.0, 11.0, -2.0, 12.0, NAN, 13.0, 9.0, 14.0];
    let kind = OpKind::Lookup {
        table,
        columns: 2,
        size: 2,
    };
    gives(&kind, codes(&[0]), f64s(&[0.0, 10.0]));
    gives(&kind, codes(&[1]), f64s(&[-1.0, 11.0]));
    gives(&kind, codes(&[-1]), f64s(&[-2.0, 12.0]));
    gives(&kind, codes(&[-2]), f64s(&[NAN, 13.0]));
    gives(&kind, codes(&[-3]), f64s(&[9.0, 14.0]));
    gives(&kind, codes(&[2]), f64s(&[9.0, 14.0]));
    gives(&kind, codes(&[i32::MAX]), f64s(&[9.0, 14.0]));
}

#[test]
fn one_hot_stores_one_cell_or_none() {
    let kind = OpKind::OneHot {
        column: vec![1, -1, 0, 1, -1],
        size: 2,
        width: 3,
    };
    gives(&kind, codes(&[0]), sparse(3, &[(1, 1.0)]));
    gives(&kind, codes(&[1]), sparse(3, &[]));
    gives(&kind, codes(&[-1]), sparse(3, &[(0, 1.0)]));
    gives(&kind, codes(&[-2]), sparse(3, &[(1, 1.0)]));
    gives(&kind, codes(&[-3]), sparse(3, &[]));
    gives(&kind, codes(&[7]), sparse(3, &[]));
}

#[test]
fn number_code_is_exact_equality() {
    let kind = OpKind::NumberCodeF64(vec![0.0, 0.1, INF, TINY]);
    for (x, code) in [
        (-0.0, 0),
        (0.1, 1),
        (0.1f64.next_up(), -3),
        (INF, 2),
        (-INF, -3),
        (TINY, 3),
        (NAN, -2),
    ] {
        gives(&kind, f64s(&[x]), codes(&[code]));
    }
    let kind = OpKind::NumberCodeI64(vec![i64::MAX, -1]);
    for (x, code) in [(Some(i64::MAX), 0), (Some(-1), 1), (Some(i64::MAX - 1), -3), (None, -1)] {
        gives(&kind, Cells::I64(vec![x]), codes(&[code]));
    }
    gives(&OpKind::NumberCodeF64(vec![]), f64s(&[1.0]), codes(&[-3]));
}
