//! CRC-32 as ZIP uses it (polynomial 0xEDB88320), by tables of sixteen bytes a step, or by carry-less multiplication.

#[cfg(target_arch = "x86_64")]
mod carryless;

const STEP: usize = 16;
const TABLES: [[u32; 256]; STEP] = tables();

const fn tables() -> [[u32; 256]; STEP] {
    let mut tables = [[0u32; 256]; STEP];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut table = 1;
    while table < STEP {
        let mut byte = 0;
        while byte < 256 {
            let previous = tables[table - 1][byte];
            tables[table][byte] = (previous >> 8) ^ tables[0][(previous & 0xff) as usize];
            byte += 1;
        }
        table += 1;
    }
    tables
}

/// A running checksum.
#[derive(Clone, Copy, Debug)]
pub struct Crc32(u32);

impl Crc32 {
    pub fn new() -> Self {
        Crc32(u32::MAX)
    }

    pub fn of(bytes: &[u8]) -> u32 {
        let mut crc = Self::new();
        crc.update(bytes);
        crc.finish()
    }

    pub fn update(&mut self, bytes: &[u8]) {
        let rest = self.update_fast(bytes);
        self.update_by_tables(rest);
    }

    /// Takes in as many of the bytes as the processor's own instructions do, and gives the others back.
    #[cfg(target_arch = "x86_64")]
    fn update_fast<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let (whole, rest) = bytes.split_at(bytes.len() - bytes.len() % carryless::STEP);
        if whole.is_empty() || !carryless::is_available() {
            return bytes;
        }
        // SAFETY: the instruction is there, as asked above.
        let folded = unsafe { carryless::fold(self.0, whole) };
        self.0 = 0;
        self.update_by_tables(&folded);
        rest
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn update_fast<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        bytes
    }

    fn update_by_tables(&mut self, bytes: &[u8]) {
        let mut crc = self.0;
        let mut chunks = bytes.chunks_exact(STEP);
        for chunk in &mut chunks {
            let chunk: &[u8; STEP] = chunk.try_into().expect("chunks have this size");
            let mut next = 0;
            for (at, &byte) in chunk.iter().enumerate() {
                let head = if at < 4 { (crc >> (8 * at)) as u8 } else { 0 };
                next ^= TABLES[STEP - 1 - at][usize::from(byte ^ head)];
            }
            crc = next;
        }
        for &byte in chunks.remainder() {
            crc = (crc >> 8) ^ TABLES[0][usize::from(crc as u8 ^ byte)];
        }
        self.0 = crc;
    }

    pub fn finish(self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Crc32;

    #[test]
    fn the_known_checksums_come_out_in_pieces_of_any_size() {
        assert_eq!(Crc32::of(b""), 0);
        assert_eq!(Crc32::of(b"123456789"), 0xCBF4_3926);
        let text: Vec<u8> = (0..=255).cycle().take(1000).collect();
        for size in [1, 7, 16, 33, 999] {
            let mut crc = Crc32::new();
            text.chunks(size).for_each(|chunk| crc.update(chunk));
            assert_eq!(crc.finish(), Crc32::of(&text));
        }
    }

    #[test]
    fn all_ways_agree_on_every_length() {
        let text: Vec<u8> = (0..1000u32)
            .map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        for length in 0..text.len() {
            let mut by_tables = Crc32::new();
            by_tables.update_by_tables(&text[..length]);
            assert_eq!(by_tables.finish(), Crc32::of(&text[..length]), "{length}");
        }
    }
}
