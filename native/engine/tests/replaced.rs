//! A bundle file that is replaced, cut or overwritten after it was opened: no answer changes, and nothing breaks.

use std::fs::{self, File, OpenOptions as FileOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use modelpack_bundle::{Bundle, ErrorCode, OpenOptions};
use modelpack_engine::{Call, OutputBuffer, Predictor, PredictorOptions};

fn base() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/hostile/base.mpk")
}

/// A folder of its own, removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("modelpack-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary folder");
        Folder(path)
    }

    fn bundle(&self) -> (PathBuf, Arc<Bundle>) {
        let path = self.0.join("bundle.mpk");
        fs::copy(base(), &path).expect("copied");
        let bundle = Bundle::open(&path, &OpenOptions::unsigned()).expect("the bundle is good");
        (path, bundle)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn cut(path: &Path, size: u64) {
    let file = FileOptions::new().write(true).open(path).expect("there");
    file.set_len(size).expect("cut");
}

fn overwrite(path: &Path) {
    let size = fs::metadata(path).expect("there").len() as usize;
    let mut file = FileOptions::new().write(true).open(path).expect("there");
    file.write_all(&vec![0xAA; size]).expect("written");
}

fn replace(path: &Path) {
    let other = path.with_extension("new");
    File::create(&other)
        .and_then(|mut file| file.write_all(b"another file"))
        .expect("written");
    fs::rename(&other, path).expect("renamed");
}

/// How a file changes, and the error of what was not read before.
type Change = (fn(&Path), Option<ErrorCode>);

const CHANGES: [Change; 6] = [
    (|path| cut(path, 0), Some(ErrorCode::Truncated)),
    (|path| cut(path, 100), Some(ErrorCode::Truncated)),
    (overwrite, Some(ErrorCode::Digest)),
    (
        |path| {
            fs::copy(base().with_file_name("flip-golden.mpk"), path)
                .map(|_| ())
                .expect("copied")
        },
        Some(ErrorCode::Digest),
    ),
    (replace, None),
    (|path| fs::remove_file(path).expect("removed"), None),
];

fn answer(predictor: &Predictor) -> f64 {
    let mut value = [0.0];
    let outputs = [OutputBuffer::from_f64(0, &mut value)];
    let mut call = Call {
        outputs: &outputs,
        ..Call::default()
    };
    let cells = [100f64.to_bits(), 0];
    predictor.predict_row(&cells, &[], &mut call).expect("an answer");
    value[0]
}

#[test]
fn a_predictor_that_was_made_answers_whatever_becomes_of_its_file() {
    let folder = Folder::new("after");
    for (change, _) in CHANGES {
        let (path, bundle) = folder.bundle();
        let predictor = Predictor::new(&bundle, &PredictorOptions::default()).expect("the bundle is good");
        let before = answer(&predictor);
        change(&path);
        assert_eq!(answer(&predictor).to_bits(), before.to_bits());
        let again = Predictor::new(&bundle, &PredictorOptions::default());
        if let Ok(again) = again {
            assert_eq!(answer(&again).to_bits(), before.to_bits());
        }
    }
}

#[test]
fn what_was_not_read_before_its_file_changed_fails_or_is_the_same() {
    let folder = Folder::new("between");
    let (_, bundle) = folder.bundle();
    let expected = answer(&Predictor::new(&bundle, &PredictorOptions::default()).expect("the bundle is good"));
    for (number, (change, error)) in CHANGES.into_iter().enumerate() {
        let (path, bundle) = folder.bundle();
        change(&path);
        let found = Predictor::new(&bundle, &PredictorOptions::default());
        assert_eq!(
            found.as_ref().err().map(modelpack_bundle::Error::code),
            error,
            "change {number}"
        );
        if let Ok(predictor) = found {
            assert_eq!(answer(&predictor).to_bits(), expected.to_bits());
        }
    }
}
