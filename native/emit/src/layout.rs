//! Where values lie in the workspace: a region for each type of C, so that no memory is read as another type than it was written
//! as; room is used again once the last operation has read it.

use modelpack_engine::program::{Float, Kind, Op, OpKind, Program, Value};

/// Regions of the workspace, those of 8 bytes first, so that no gaps lie between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    F64,
    /// Integers, bools and times.
    I64,
    F32,
    Code,
    /// Columns of sparse values.
    Column,
}

impl Region {
    pub const ALL: [Region; 5] = [Region::F64, Region::I64, Region::F32, Region::Code, Region::Column];

    /// Field of the workspace, its type in C and the type's bytes.
    pub fn field(self) -> (&'static str, &'static str, usize) {
        match self {
            Region::F64 => ("d", "double", 8),
            Region::F32 => ("f", "float", 4),
            Region::I64 => ("i", "int64_t", 8),
            Region::Code => ("c", "int32_t", 4),
            Region::Column => ("k", "uint32_t", 4),
        }
    }

    pub fn of(kind: Kind) -> Region {
        match kind {
            Kind::F64 => Region::F64,
            Kind::F32 => Region::F32,
            Kind::I64 | Kind::Bool | Kind::Time => Region::I64,
            Kind::Code { .. } => Region::Code,
            Kind::Text => unreachable!("no operation of this version takes text"),
        }
    }
}

/// Where a value lies.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub region: Region,
    pub offset: usize,
    /// Cells; of a sparse value the most that are stored.
    pub cells: usize,
    pub width: usize,
    /// Sparse: where the count of stored cells lies, their columns behind it.
    pub columns: Option<usize>,
}

impl Place {
    /// The first cell, as an expression.
    pub fn pointer(&self) -> String {
        format!("w->{} + {}", self.region.field().0, self.offset)
    }

    pub fn c_type(&self) -> &'static str {
        self.region.field().1
    }
}

pub struct Layout {
    /// Of each value; values that are the same cells share one.
    pub places: Vec<Place>,
    /// Of each operation that needs its input in single precision: where.
    pub narrowed: Vec<Option<Place>>,
    /// Cells of each region, in the order of [`Region::ALL`].
    pub sizes: [usize; 5],
}

impl Layout {
    pub fn new(program: &Program) -> Layout {
        let last = last_reads(program);
        let mut rooms = Rooms::default();
        let mut places: Vec<Option<Place>> = vec![None; program.values.len()];
        let mut narrowed = Vec::with_capacity(program.ops.len());
        for input in &program.inputs {
            places[input.value] = Some(rooms.place(&program.values[input.value], 1));
        }
        for (index, op) in program.ops.iter().enumerate() {
            let first = op.inputs.first().map(|&id| defined(&places, id));
            let temporary = first.filter(|_| needs_narrowing(program, op)).map(|place| {
                let offset = rooms.take(Region::F32, place.width);
                Place {
                    region: Region::F32,
                    offset,
                    ..place
                }
            });
            places[op.output] = Some(match first {
                Some(first) if is_same(program, op) => first,
                _ => rooms.place(&program.values[op.output], stored(program, op, &places)),
            });
            if let Some(place) = temporary {
                rooms.give(Region::F32, place.offset, place.width);
            }
            narrowed.push(temporary);
            for &root in last.get(index).into_iter().flatten() {
                rooms.free(&defined(&places, root));
            }
        }
        let places = (0..places.len()).map(|id| defined(&places, id)).collect();
        Layout {
            places,
            narrowed,
            sizes: rooms.sizes,
        }
    }

    pub fn bytes(&self) -> usize {
        let bytes = |(region, size): (Region, &usize)| size.max(&1) * region.field().2;
        Region::ALL
            .into_iter()
            .zip(&self.sizes)
            .map(bytes)
            .fold(0, usize::saturating_add)
            .next_multiple_of(8)
    }
}

fn defined(places: &[Option<Place>], id: usize) -> Place {
    places[id].expect("a checked program defines each value before its use")
}

/// Whether the result is the input's own cells.
pub fn is_same(program: &Program, op: &Op) -> bool {
    let kind = || program.values[op.inputs[0]].value_type.kind;
    match op.kind {
        OpKind::Require(_) => true,
        OpKind::Concat => op.inputs.len() == 1,
        OpKind::Cast(Float::F64) => kind() == Kind::F64,
        OpKind::Cast(Float::F32) => kind() == Kind::F32,
        _ => false,
    }
}

fn needs_narrowing(program: &Program, op: &Op) -> bool {
    match &op.kind {
        OpKind::Forest(forest) => {
            forest.input == Float::F32 && program.values[op.inputs[0]].value_type.kind == Kind::F64
        }
        _ => false,
    }
}

/// The most cells that a sparse result stores.
fn stored(program: &Program, op: &Op, places: &[Option<Place>]) -> usize {
    let width = program.values[op.output].value_type.width;
    if !program.values[op.output].value_type.sparse {
        return width;
    }
    let inputs = || {
        op.inputs
            .iter()
            .map(|&id| defined(places, id).cells)
            .fold(0, usize::saturating_add)
    };
    match &op.kind {
        OpKind::OneHot { .. } => 1,
        OpKind::Columns(index) => {
            let mut distinct = index.clone();
            distinct.sort_unstable();
            distinct.dedup();
            if distinct.len() == index.len() {
                inputs().min(width)
            } else {
                width
            }
        }
        OpKind::ToSparse => width,
        _ => inputs(),
    }
}

/// Values whose room is free after each operation. Outputs stay.
fn last_reads(program: &Program) -> Vec<Vec<usize>> {
    let mut root: Vec<usize> = (0..program.values.len()).collect();
    for op in &program.ops {
        if !op.inputs.is_empty() && is_same(program, op) {
            root[op.output] = root[op.inputs[0]];
        }
    }
    let mut last: Vec<Option<usize>> = vec![None; program.values.len()];
    for (index, op) in program.ops.iter().enumerate() {
        op.inputs
            .iter()
            .chain([&op.output])
            .for_each(|&id| last[root[id]] = Some(index));
    }
    program.outputs.iter().for_each(|(_, id)| last[root[*id]] = None);
    let mut after = vec![vec![]; program.ops.len()];
    for (id, last) in last.into_iter().enumerate() {
        if let Some(index) = last {
            after[index].push(id);
        }
    }
    after
}

/// Free room of each region: offsets and lengths, ascending, never adjacent.
#[derive(Default)]
struct Rooms {
    free: [Vec<(usize, usize)>; 5],
    sizes: [usize; 5],
}

impl Rooms {
    fn place(&mut self, value: &Value, cells: usize) -> Place {
        let region = Region::of(value.value_type.kind);
        Place {
            region,
            offset: self.take(region, cells),
            cells,
            width: value.value_type.width,
            columns: value.value_type.sparse.then(|| self.take(Region::Column, cells + 1)),
        }
    }

    fn take(&mut self, region: Region, cells: usize) -> usize {
        let free = &mut self.free[region as usize];
        if let Some(index) = free.iter().position(|&(_, length)| length >= cells) {
            let (offset, length) = free[index];
            if length == cells {
                free.remove(index);
            } else {
                free[index] = (offset + cells, length - cells);
            }
            return offset;
        }
        let size = &mut self.sizes[region as usize];
        *size += cells;
        *size - cells
    }

    fn free(&mut self, place: &Place) {
        self.give(place.region, place.offset, place.cells);
        if let Some(columns) = place.columns {
            self.give(Region::Column, columns, place.cells + 1);
        }
    }

    fn give(&mut self, region: Region, offset: usize, cells: usize) {
        let free = &mut self.free[region as usize];
        let index = free.partition_point(|&(start, _)| start < offset);
        free.insert(index, (offset, cells));
        if free.get(index + 1).is_some_and(|&(next, _)| next == offset + cells) {
            free[index].1 += free.remove(index + 1).1;
        }
        if index > 0 && free[index - 1].0 + free[index - 1].1 == offset {
            free[index - 1].1 += free.remove(index).1;
        }
    }
}
