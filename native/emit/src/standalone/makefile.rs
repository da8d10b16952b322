//! A Makefile for the test; the library's sources are listed for other build systems to copy.

use super::Standalone;
use crate::SourceFile;

pub fn file(of: &Standalone<'_>, files: &[SourceFile]) -> SourceFile {
    let lower = &of.names.lower;
    let mut sources: Vec<String> = files
        .iter()
        .filter_map(|file| file.name.strip_suffix(".c"))
        .filter(|name| *name != format!("{lower}_test"))
        .map(|name| format!("{name}.o"))
        .collect();
    sources.sort_unstable();
    let objects = sources.join(" \\\n\t");
    let text = format!(
        "# {about}. `make test` answers the golden rows; lib{lower}.a is what programs link.\n\
         CFLAGS ?= -O2\n\
         # Each operation rounded by itself. Not to be left out, nor -ffast-math to be added.\n\
         BITS = -std=c99 -ffp-contract=off\n\
         OBJECTS = {objects}\n\n\
         lib{lower}.a: $(OBJECTS)\n\t$(AR) rcs $@ $(OBJECTS)\n\n\
         test: {lower}_test\n\t./{lower}_test\n\n\
         {lower}_test: {lower}_test.o lib{lower}.a\n\t$(CC) $(LDFLAGS) -o $@ {lower}_test.o lib{lower}.a\n\n\
         %.o: %.c\n\t$(CC) $(CPPFLAGS) $(CFLAGS) $(BITS) -c -o $@ $<\n\n\
         clean:\n\trm -f $(OBJECTS) {lower}_test.o lib{lower}.a {lower}_test\n\n\
         .PHONY: test clean\n",
        about = of.names.about
    );
    SourceFile {
        name: "Makefile".to_owned(),
        text,
    }
}
