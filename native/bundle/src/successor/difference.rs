//! What callers of one schema would miss in another.

use crate::quote::quote;
use crate::{Classes, Feature, Output, Schema};

pub(super) struct Difference {
    pub text: String,
    /// Where it is about one.
    pub feature: Option<String>,
}

/// What in `next` does not serve callers of `current`; empty: it serves them.
pub(super) fn between(current: &Schema, next: &Schema) -> Vec<Difference> {
    let mut found = kept_features(current, next);
    found.extend(new_features(current, next));
    found.extend(order(current, next));
    found.extend(keys(current, next));
    found.extend(outputs(&current.outputs, &next.outputs));
    found
}

fn find<'a>(schema: &'a Schema, name: &str) -> Option<&'a Feature> {
    schema.features.iter().find(|feature| feature.name == name)
}

fn of_feature(feature: &Feature, what: impl std::fmt::Display) -> Difference {
    Difference {
        text: format!("the feature {} {what}", quote(&feature.name)),
        feature: Some(feature.name.clone()),
    }
}

fn kept_features(current: &Schema, next: &Schema) -> Vec<Difference> {
    let compare = |old: &Feature| {
        let Some(new) = find(next, &old.name) else {
            return Some(of_feature(old, "is gone"));
        };
        if new.dtype != old.dtype {
            let what = format!("was {} and is {}", old.dtype.name(), new.dtype.name());
            return Some(of_feature(old, what));
        }
        (old.optional && !new.optional).then(|| of_feature(old, "was optional and is required"))
    };
    current.features.iter().filter_map(compare).collect()
}

fn new_features(current: &Schema, next: &Schema) -> Vec<Difference> {
    let is_new = |feature: &&Feature| find(current, &feature.name).is_none();
    let required = next.features.iter().filter(is_new).filter(|feature| !feature.optional);
    required
        .map(|feature| of_feature(feature, format!("({}) is new and required", feature.dtype.name())))
        .collect()
}

/// The first feature that a caller by position would give in another's place.
fn order(current: &Schema, next: &Schema) -> Option<Difference> {
    let all_kept = current
        .features
        .iter()
        .all(|feature| find(next, &feature.name).is_some());
    let pairs = current.features.iter().zip(&next.features);
    let moved = pairs.enumerate().find(|(_, (old, new))| old.name != new.name);
    match moved {
        Some((at, (old, new))) if all_kept => {
            let what = format!("stood at {at}, where {} stands now", quote(&new.name));
            Some(of_feature(old, what))
        }
        // One that is gone moves all behind it, and was named.
        _ => None,
    }
}

fn keys(current: &Schema, next: &Schema) -> Option<Difference> {
    let names = |schema: &Schema| -> Vec<String> {
        let features = schema.keys.iter().filter_map(|at| schema.features.get(*at));
        features.map(|feature| quote(&feature.name).to_string()).collect()
    };
    let (old, new) = (names(current), names(next));
    (!old.is_empty() && old != new).then(|| Difference {
        text: format!(
            "the partition keys were [{}] and are [{}]",
            old.join(", "),
            new.join(", ")
        ),
        feature: None,
    })
}

fn outputs(current: &[Output], next: &[Output]) -> Vec<Difference> {
    let about = |text: String| Difference { text, feature: None };
    let names = |outputs: &[Output]| -> Vec<String> { outputs.iter().map(|output| output.name.clone()).collect() };
    let (old, new) = (names(current), names(next));
    if old != new {
        return vec![about(format!(
            "the outputs were {} and are {}",
            old.join(", "),
            new.join(", ")
        ))];
    }
    let pairs = current.iter().zip(next);
    pairs
        .filter_map(|(old, new)| output(old, new))
        .map(|what| about(format!("the output {what}")))
        .collect()
}

fn output(old: &Output, new: &Output) -> Option<String> {
    let name = &old.name;
    if old.dtype != new.dtype {
        return Some(format!("{name} was {} and is {}", old.dtype.name(), new.dtype.name()));
    }
    if old.classes != new.classes {
        let (was, is) = (class_count(&old.classes), class_count(&new.classes));
        return Some(match was == is {
            true => format!("{name} has other classes, or the same in another order"),
            false => format!("{name} had {was} classes and has {is}"),
        });
    }
    let (was, is) = (old.columns, new.columns);
    (was != is).then(|| format!("{name} had {was} columns and has {is}"))
}

fn class_count(classes: &[Classes]) -> usize {
    classes.iter().fold(0, |count, column| count + column.values.len())
}
