//! The name that a misspelt one is likely to mean.

/// Names longer than this are compared by equality without case only.
const LONGEST_COMPARED: usize = 64;

/// The closest of `names`: equal but for case, or within a third of the name's length in edits.
pub fn near_name<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(wanted);
    let allowed = (folded.len() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for name in names {
        let other = fold(name);
        let distance = if folded == other {
            0
        } else if folded.len().max(other.len()) > LONGEST_COMPARED || folded.len().abs_diff(other.len()) > allowed {
            continue;
        } else {
            edit_distance(&folded, &other)
        };
        if distance <= allowed && distance < other.len().max(1) && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

fn fold(name: &str) -> Vec<char> {
    name.chars()
        .map(|c| {
            if matches!(c, '-' | ' ' | '.') {
                '_'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect()
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b`.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_its_neighbour() {
        let names = ["hour", "distance", "carrier", "Wind_Speed"];
        for (wanted, found) in [
            ("huor", Some("hour")),
            ("distanc", Some("distance")),
            ("Carrier", Some("carrier")),
            ("wind speed", Some("Wind_Speed")),
            ("origin", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(near_name(wanted, names), found, "{wanted:?}");
        }
        assert_eq!(
            near_name(&"a".repeat(1000), [&*"b".repeat(1000), &*"A".repeat(1000)]),
            Some(&*"A".repeat(1000))
        );
    }
}
