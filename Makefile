# make demo | test | check | bench | wheel | jar. Each does its own set-up; a second run takes seconds.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
CARGO := cargo
MANIFEST := --manifest-path native/Cargo.toml
# absolute, so that Maven's and cargo's working directories do not matter
ROOT := $(CURDIR)
RUST_SOURCES := $(shell find native -name '*.rs' -not -path 'native/target/*' -o -name 'Cargo.*' -not -path 'native/target/*' -o -name '*.h' -not -path 'native/target/*' -o -name 'modelpack.map')
JNI_LIBRARY := native/target/release/libmodelpack_jni.so
# Of the core module, and of all that are published: the shell looks, after Maven.
JAR := $$(ls $(ROOT)/java-bindings/modelpack/target/modelpack-*.jar | grep -E 'modelpack-[0-9.]+[.]jar$$')
PUBLISHED_JARS := $$(find java-bindings/modelpack* -path '*/target/modelpack*.jar' -not -path '*/target/*/*' -not -name '*-tests.jar' -not -name '*-all.jar')
C_LIBRARY := native/target/release/libmodelpack.so.0
JAVA_MODELS := build/benchmarks/java/.ready
WORKERS ?= 2

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# ---- set-up ----

.PHONY: doctor
doctor:
	@$(PYTHON) tools/doctor.py

$(VENV)/.ready: requirements-dev.txt | doctor
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(VENV)/.native: $(VENV)/.ready $(RUST_SOURCES) pyproject.toml
	VIRTUAL_ENV=$(ROOT)/$(VENV) $(BIN)/maturin develop --quiet --release --skip-install
	@touch $@

$(VENV)/.installed: $(VENV)/.native
	@echo $(ROOT)/src > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/modelpack-source.pth"
	@touch $@

.PHONY: setup
setup: $(VENV)/.installed ## the Python environment and the native library

$(C_LIBRARY): $(RUST_SOURCES)
	$(CARGO) build $(MANIFEST) --quiet --release -p modelpack-capi
	@touch native/target/release/libmodelpack.so
	@ln -sf libmodelpack.so $@

$(JNI_LIBRARY): $(RUST_SOURCES)
	$(CARGO) build $(MANIFEST) --quiet --release -p modelpack-jni
	@touch $@

# what the Java benchmarks run
$(JAVA_MODELS): $(VENV)/.installed benchmarks/models.py benchmarks/java/models.py
	$(BIN)/python benchmarks/java/models.py
	@touch $@

# ---- tests ----

.PHONY: test test-rust test-python test-c test-machines test-java test-pipelines test-all
test: test-rust test-c test-machines test-python test-java test-pipelines ## everything that must pass

test-rust: doctor
	$(CARGO) test $(MANIFEST) --quiet

# the valid vectors with every engine in them; takes a second where they are there
.PHONY: engine-vectors
engine-vectors: setup
	$(BIN)/python tools/engine_vectors.py build/engine-vectors

# Spark by itself: its session takes the memory of the machine
test-python: setup $(C_LIBRARY)
	$(BIN)/python -m pytest -n $(WORKERS) --ignore=tests/python/spark --ignore=tests/python/spark_ml tests/python
	$(BIN)/python -m pytest tests/python/spark

test-c: setup
	$(MAKE) --no-print-directory -C tests/c test PYTHON=$(ROOT)/$(BIN)/python
	$(BIN)/python tools/math_imports.py native/target/release/libmodelpack.so src/modelpack/_native/lib_native.so

# glibc without FMA, an old processor, aarch64: the last two where qemu is installed
test-machines: setup
	$(MAKE) --no-print-directory -C tests/c machines PYTHON=$(ROOT)/$(BIN)/python
	$(BIN)/python tools/without_fma.py $(BIN)/python -m pytest -n $(WORKERS) tests/python/importers tests/python/test_models.py

test-java: setup
	@if $(PYTHON) tools/doctor.py --java; then $(MAKE) --no-print-directory java-tests; fi

.PHONY: java-tests
java-tests: $(JNI_LIBRARY) engine-vectors $(JAVA_MODELS)
	$(BIN)/python tools/math_imports.py $(JNI_LIBRARY)
	mvn -B -q -f java-bindings -Dmodelpack.native=$(ROOT)/$(JNI_LIBRARY) -Dmodelpack.root=$(ROOT) verify
	@$(PYTHON) tools/surefire.py java-bindings
	@$(PYTHON) tools/check_jars.py $(PUBLISHED_JARS)
	@rm -rf build/quickstart && mkdir -p build/quickstart && cd build/quickstart && $(ROOT)/$(BIN)/python $(ROOT)/examples/quickstart/quickstart.py && \
	  java -cp "$(JAR)" $(ROOT)/examples/quickstart/Quickstart.java

# Spark's pipelines in Python, with the jar that test-java has built
test-pipelines: setup test-java
	@if $(PYTHON) tools/doctor.py --java; then MODELPACK_SPARK_JAR="$$(ls $(ROOT)/java-bindings/modelpack-spark/spark4_2.13/target/*-all.jar)" \
	  $(BIN)/python -m pytest tests/python/spark_ml; fi

test-all: test ## the same, and the tests on the newest Python and JDK found
	@newest="$$($(PYTHON) tools/doctor.py --newest)"; \
	if [ -z "$$newest" ]; then echo "no newer Python than $$($(PYTHON) --version) found: nothing more to test"; \
	else echo "Python tests on $$newest"; $(MAKE) --no-print-directory test-python PYTHON="$$newest" VENV=.venv-newest; fi
	@newest="$$($(PYTHON) tools/doctor.py --newest-java)"; \
	if [ -z "$$newest" ]; then echo "no newer JDK found: nothing more to test"; \
	else echo "Java tests on $$newest"; JAVA_HOME="$$newest" $(MAKE) --no-print-directory test-java; fi

# PySpark beside the environment's own packages; before 4.1 it takes no pandas 3, after 4.1 it runs on the newest JDK
SPARK_VERSIONS ?= 3.5 4.0 4.3
.PHONY: test-spark-versions
test-spark-versions: setup ## tests/python/spark on SPARK_VERSIONS (3.5 4.0 4.3), not part of CI
	@newest="$$($(PYTHON) tools/doctor.py --newest-java)"; for version in $(SPARK_VERSIONS); do \
	  place=$(ROOT)/build/spark-$$version; java="$${JAVA_HOME:-}"; packages="pyspark==$$version.* py4j==0.10.9.*"; \
	  case $$version in 3.*|4.0) packages="$$packages pandas==2.* pytz tzdata";; 4.1) ;; *) java="$${newest:-$$java}";; esac; \
	  [ -d $$place ] || $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --target $$place $$packages; \
	  echo "Spark $$version"; JAVA_HOME="$$java" PATH="$${java:+$$java/bin:}$$PATH" PYTHONPATH="$$place" $(BIN)/python -m pytest tests/python/spark; \
	done

# ---- checks ----

.PHONY: check
check: setup ## formats, lints, types, drift of generated files, licences
	$(CARGO) fmt $(MANIFEST) --all --check
	$(CARGO) clippy $(MANIFEST) --quiet --all-targets -- -D warnings
	$(BIN)/ruff format --quiet --check src tests tools benchmarks examples
	$(BIN)/ruff check --quiet src tests tools benchmarks examples
	$(BIN)/mypy --no-error-summary src/modelpack
	$(BIN)/python tools/generate.py --check
	$(BIN)/python tools/make_vectors.py --check
	$(BIN)/python tools/make_types.py --check
	$(BIN)/python tools/make_hostile.py --check
	$(BIN)/python tools/make_math_tables.py --check
	$(BIN)/python tools/licences.py
	$(MAKE) --no-print-directory -C tests/c header

# ---- fuzzing ----

MINUTES ?= 1
TARGET ?= arrow container json members onnx partitions policy program signature
.PHONY: fuzz
fuzz: ## TARGET (all) for MINUTES (1) each; needs nightly Rust and cargo-fuzz
	@cargo +nightly fuzz --version > /dev/null 2>&1 || { echo "fuzzing needs: rustup toolchain install nightly && cargo install cargo-fuzz"; exit 1; }
	@cargo +nightly fuzz build --fuzz-dir native/fuzz
	@for target in $(TARGET); do mkdir -p build/fuzz/$$target build/fuzz/artifacts/$$target; echo "$$target:"; \
	  cargo +nightly fuzz run --fuzz-dir native/fuzz $$target build/fuzz/$$target native/fuzz/corpus/$$target -- \
	    -artifact_prefix=build/fuzz/artifacts/$$target/ -max_total_time=$$((60 * $(MINUTES))) -timeout=30 -rss_limit_mb=2048 \
	    -max_len=16384 -print_final_stats=1 -verbosity=0; done

# ---- what people run ----

.PHONY: demo bench bench-java bench-mojo wheel natives jar spark-jars reproducible install
demo: setup $(C_LIBRARY) ## a real pipeline on real data: packed, predicted in Python, C and Java
	@jar=""; if $(PYTHON) tools/doctor.py --java; then $(MAKE) --no-print-directory jar > /dev/null; \
	  jar="--jar $(JAR)"; fi; \
	$(BIN)/python examples/flights/demo.py --out build/demo --library native/target/release --header native/include $$jar

bench: setup $(C_LIBRARY) ## ratios against the frameworks and ONNX Runtime
	$(BIN)/python benchmarks/run.py

bench-java: setup $(JNI_LIBRARY) $(JAVA_MODELS) ## Java beside H2O and JPMML; ARGUMENTS="--quick --json FILE REGEX"
	@$(PYTHON) tools/doctor.py --java
	mvn -B -q -f java-bindings -Dmodelpack.native=$(ROOT)/$(JNI_LIBRARY) -DskipTests -pl benchmarks -am package
	"$${JAVA_HOME:+$$JAVA_HOME/bin/}java" -cp "java-bindings/benchmarks/target/classes:$$(cat java-bindings/benchmarks/target/classpath)" \
	  dev.modelpack.benchmarks.Bench $(ARGUMENTS)

bench-mojo: $(JAVA_MODELS) ## H2O's models for bench-java: downloads H2O (270 MB) into build/h2o, and trains
	$(PYTHON) -m venv build/h2o
	build/h2o/bin/pip install --quiet --disable-pip-version-check h2o==3.46.0.6
	build/h2o/bin/python benchmarks/java/mojo.py

wheel: $(VENV)/.ready ## dist/modelpack-*.whl
	$(BIN)/maturin build --quiet --release --out dist
	@ls dist

# For this machine alone; NATIVES=all, or `make natives jar`: for every platform and any glibc from 2.17 on, as published.
NATIVES ?= $(if $(filter natives,$(MAKECMDGOALS)),all,host)
NATIVES_OF_all = -Dmodelpack.native=$(ROOT)/build/natives/linux-x86_64/libmodelpack_jni.so -Dmodelpack.natives=$(ROOT)/build/natives
NATIVES_OF_host = -Dmodelpack.native=$(ROOT)/$(JNI_LIBRARY) -Dmodelpack.native.platform=$(shell $(PYTHON) tools/native_platforms.py)

natives: setup ## build/natives/: the library of the jars, for every platform
	PATH="$(ROOT)/$(BIN):$$PATH" $(BIN)/python tools/natives.py

jar: doctor $(if $(filter all,$(NATIVES)),natives) ## java-bindings/modelpack/target/modelpack-*.jar
	@$(PYTHON) tools/doctor.py --java
	@$(if $(filter all,$(NATIVES)),,$(MAKE) --no-print-directory $(JNI_LIBRARY))
	@rm -f java-bindings/modelpack*/target/*.jar java-bindings/modelpack*/*/target/*.jar
	mvn -B -q -f java-bindings $(NATIVES_OF_$(NATIVES)) -Dmodelpack.root=$(ROOT) -DskipTests -pl modelpack,modelpack-arrow package
	@$(PYTHON) tools/check_jars.py $(if $(filter all,$(NATIVES)),--natives) $(PUBLISHED_JARS)
	@ls java-bindings/modelpack/target/*.jar

spark-jars: doctor $(if $(filter all,$(NATIVES)),natives) ## java-bindings/modelpack-spark/*/target/*-all.jar, for spark.jars; downloads Spark
	@$(PYTHON) tools/doctor.py --java
	@$(if $(filter all,$(NATIVES)),,$(MAKE) --no-print-directory $(JNI_LIBRARY))
	mvn -B -q -f java-bindings $(NATIVES_OF_$(NATIVES)) -Dmodelpack.root=$(ROOT) -DskipTests \
	  -pl modelpack-spark/spark4_2.13,modelpack-spark/spark3_2.13,modelpack-spark/spark3_2.12 -am package
	@ls java-bindings/modelpack-spark/*/target/*-all.jar

reproducible: setup ## builds the jars twice, in two folders, and compares them; minutes
	PATH="$(ROOT)/$(BIN):$$PATH" $(BIN)/python tools/reproducible.py

install: doctor ## the C library, its header and pkg-config file below PREFIX (/usr/local)
	$(MAKE) --no-print-directory -C native/capi install

.PHONY: vectors
vectors: setup ## writes tests/vectors/: the new valid ones, the others anew
	$(BIN)/python tools/make_vectors.py
	$(BIN)/python tools/make_types.py
	$(BIN)/python tools/make_hostile.py

.PHONY: clean
clean:
	rm -rf build dist native/target java-bindings/*/target src/modelpack/_native .venv .venv-newest
