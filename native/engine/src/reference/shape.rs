//! Operations that move cells or change their type.

use super::cells::{dense, sparse, Cells, Real, Sparse};
use crate::program::Float;

pub fn columns(index: &[u32], inputs: &[&Cells]) -> Cells {
    match concat(inputs) {
        Cells::F64(x) => Cells::F64(gather(index, &x)),
        Cells::F32(x) => Cells::F32(gather(index, &x)),
        Cells::I64(x) => Cells::I64(gather(index, &x)),
        Cells::Bool(x) => Cells::Bool(gather(index, &x)),
        Cells::Time(x) => Cells::Time(gather(index, &x)),
        Cells::SparseF64(x) => Cells::SparseF64(gather_sparse(index, &x)),
        Cells::SparseF32(x) => Cells::SparseF32(gather_sparse(index, &x)),
        Cells::Code(_) => unreachable!("codes are not gathered"),
    }
}

fn gather<T: Copy>(index: &[u32], x: &[T]) -> Vec<T> {
    index.iter().map(|&column| x[column as usize]).collect()
}

fn gather_sparse<R: Real>(index: &[u32], x: &Sparse<R>) -> Sparse<R> {
    let stored = |column: u32| {
        x.cells
            .iter()
            .find(|(c, _)| *c == column as usize)
            .map(|(_, value)| *value)
    };
    let cells = index
        .iter()
        .enumerate()
        .filter_map(|(to, &from)| Some((to, stored(from)?)))
        .collect();
    Sparse {
        width: index.len(),
        cells,
    }
}

pub fn concat(inputs: &[&Cells]) -> Cells {
    let (first, rest) = inputs.split_first().expect("a checked operation has its inputs");
    rest.iter().fold((*first).clone(), |all, next| match (all, next) {
        (Cells::F64(a), Cells::F64(b)) => Cells::F64(append(a, b)),
        (Cells::F32(a), Cells::F32(b)) => Cells::F32(append(a, b)),
        (Cells::I64(a), Cells::I64(b)) => Cells::I64(append(a, b)),
        (Cells::Bool(a), Cells::Bool(b)) => Cells::Bool(append(a, b)),
        (Cells::Time(a), Cells::Time(b)) => Cells::Time(append(a, b)),
        (Cells::SparseF64(a), Cells::SparseF64(b)) => Cells::SparseF64(append_sparse(a, b)),
        (Cells::SparseF32(a), Cells::SparseF32(b)) => Cells::SparseF32(append_sparse(a, b)),
        _ => unreachable!("check admits one kind only"),
    })
}

fn append<T: Copy>(mut a: Vec<T>, b: &[T]) -> Vec<T> {
    a.extend_from_slice(b);
    a
}

fn append_sparse<R: Real>(mut a: Sparse<R>, b: &Sparse<R>) -> Sparse<R> {
    a.cells
        .extend(b.cells.iter().map(|(column, value)| (a.width + column, *value)));
    a.width += b.width;
    a
}

pub fn cast(to: Float, x: &Cells) -> Cells {
    match to {
        Float::F64 => match x {
            Cells::F64(_) | Cells::SparseF64(_) => x.clone(),
            Cells::F32(x) => Cells::F64(x.iter().map(|&x| x as f64).collect()),
            Cells::SparseF32(x) => Cells::SparseF64(each_stored(x, |x| x as f64)),
            Cells::I64(x) => Cells::F64(x.iter().map(|x| x.map_or(f64::NAN, |x| x as f64)).collect()),
            Cells::Bool(x) => Cells::F64(x.iter().map(|x| x.map_or(f64::NAN, |x| x as u8 as f64)).collect()),
            _ => unreachable!("check admits numbers only"),
        },
        Float::F32 => match x {
            Cells::F32(_) | Cells::SparseF32(_) => x.clone(),
            Cells::F64(x) => Cells::F32(x.iter().map(|&x| x as f32).collect()),
            Cells::SparseF64(x) => Cells::SparseF32(each_stored(x, |x| x as f32)),
            Cells::I64(x) => Cells::F32(x.iter().map(|x| x.map_or(f32::NAN, |x| x as f32)).collect()),
            Cells::Bool(x) => Cells::F32(x.iter().map(|x| x.map_or(f32::NAN, |x| x as u8 as f32)).collect()),
            _ => unreachable!("check admits numbers only"),
        },
    }
}

pub(super) fn each_stored<A: Copy, B>(x: &Sparse<A>, f: impl Fn(A) -> B) -> Sparse<B> {
    Sparse {
        width: x.width,
        cells: x.cells.iter().map(|&(column, value)| (column, f(value))).collect(),
    }
}

pub fn to_sparse(x: &Cells) -> Cells {
    fn store<R: Real>(x: &[R]) -> Cells {
        let cells = x
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, value)| *value != R::ZERO)
            .collect();
        R::sparse(Sparse { width: x.len(), cells })
    }
    dense!(x, x => store(x))
}

pub fn to_dense(x: &Cells) -> Cells {
    sparse!(x, x => spread(x, Real::ZERO))
}

pub fn absent_to_nan(x: &Cells) -> Cells {
    sparse!(x, x => spread(x, Real::NAN))
}

fn spread<R: Real>(x: &Sparse<R>, absent: R) -> Cells {
    let mut cells = vec![absent; x.width];
    for &(column, value) in &x.cells {
        cells[column] = value;
    }
    R::dense(cells)
}
