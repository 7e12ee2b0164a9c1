# make help lists the targets. Everything built goes to build/ (SAN=1: build/san/), laid out
# as it is installed: bin, lib/movies-pipeline, share/movies-pipeline, share/man/man1.

VERSION := 0.1.0
PREFIX  ?= /usr/local
PYTHON  ?= /usr/bin/python3
CC      ?= cc
B       := build$(if $(SAN),/san)

# A folder under bin/ is a room: a filter in C, or movies-*, a command in bash.
SCRIPTS := $(notdir $(wildcard bin/movies-*))
FILTERS := $(filter-out lib movies-%,$(notdir $(wildcard bin/*)))

# CFLAGS, CPPFLAGS and LDFLAGS are the user's; what the code needs stands in C_FLAGS.
CFLAGS  ?= -O2 -g
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror
ifdef SAN
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
# Where a fault in C would be harder to use. Sanitizers watch more closely, and do not go with the second line.
HARDEN   = -fstack-protector-strong -fstack-clash-protection -fPIE
HARDEN  += $(if $(SANITIZE),,$(if $(findstring -O0,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2))
HARDENED := -pie -Wl,-z,relro,-z,now,-z,noexecstack
C_FLAGS = $(HARDEN) $(CFLAGS) -std=c11 $(WARN) $(SANITIZE) -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
          -DVERSION='"$(VERSION)"' -Ibin/lib $(addprefix -I,$(wildcard /usr/include/postgresql)) $(CPPFLAGS)
LIBS_unzipper   := -lz -ldeflate
LIBS_csv2ndjson := -lcsv -ldeflate -lxxhash
LIBS_pgload     := -lpq -lcjson -lxxhash -lm
LIBS_explode    := -lcjson -lxxhash
LIBS_pglock     := -lpq

MAN     := $(FILTERS:%=$(B)/share/man/man1/%.1) $(SCRIPTS:%=$(B)/share/man/man1/%.1)
PROGS   := $(FILTERS:%=$(B)/bin/%) $(SCRIPTS:%=$(B)/bin/%)
BASH_IN := $(wildcard bin/lib/*.bash bin/movies-*/*.bash)
SHARED  := $(addprefix $(B)/lib/movies-pipeline/,$(notdir $(BASH_IN)) sqlstate.def)
DAGS    := $(patsubst dags/%,$(B)/share/movies-pipeline/dags/%,$(wildcard dags/*.py dags/.airflowignore))
TREES   := $(patsubst bin/movies-load/%,$(B)/share/movies-pipeline/%,$(wildcard bin/movies-load/pipelines/*))
SQL     := $(patsubst %,$(B)/share/movies-pipeline/%,$(wildcard sql/*/*.sql))
DRIVERS := $(patsubst tests/drivers/%.c,$(B)/tests/%,$(wildcard tests/drivers/*.c))
DRIVERS := $(patsubst %/fault,%/fault.so,$(DRIVERS:%/count=%/count.so))
LIB_O   := $(patsubst bin/%.c,$(B)/obj/%.o,$(wildcard bin/lib/*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(filter-out tests/fuzz/program.c,$(wildcard tests/fuzz/*.c)))
C_FILES := $(wildcard bin/*/*.[ch] tests/drivers/*.c tests/fuzz/*.[ch])

.PHONY: all help deps run test test-long lint lint-sql bench bench-quick airflow airflow-stop install clean stale
.PHONY: fuzz fuzzers coverage valgrind
.DELETE_ON_ERROR:
.SECONDARY:

all: stale $(PROGS) $(SHARED) $(SQL) $(TREES) $(DAGS) $(MAN) $(DRIVERS)

# What a file that is gone has left behind must not be run: a migration would be applied.
stale:
	@find $(B)/bin $(B)/lib $(B)/share -type f ! -name '*.pyc' 2>/dev/null | \
	    grep -vxF $(foreach f,$(PROGS) $(SHARED) $(SQL) $(TREES) $(DAGS) $(MAN),-e '$(f)') | xargs -r -d '\n' rm -f --

help:
	@echo 'make run       install what is missing, build, load the sample, print the nine answers'
	@echo '               (ZIP=FILE or ZIP=https://... loads that zip, not the sample)'
	@echo 'make test      run every test (SAN=1: under the address and undefined sanitizers)'
	@echo 'make test-long the same with many more cases (SEED=N repeats a run)'
	@echo 'make fuzz      look for inputs that break a filter, each fuzzer for SECONDS=60'
	@echo 'make coverage  print which lines of C the tests run (make valgrind: the tests under valgrind)'
	@echo 'make airflow   install and start Airflow with the DAGs, on this machine alone (airflow-stop)'
	@echo 'make lint      check the style and the pages (lint-sql: that of the SQL, which takes minutes)'
	@echo 'make bench     measure us and other tools side by side, for hours (bench-quick: for minutes)'
	@echo 'make install   to PREFIX=$(PREFIX) (DESTDIR is respected)'
	@echo 'make clean     remove build/; what runs wrote (var/) stays'

# What the Debian and Ubuntu packages are called; apt is asked only when one is missing.
NEEDED := gcc libc6-dev libcsv-dev libcjson-dev libpq-dev libdeflate-dev libxxhash-dev zlib1g-dev postgresql \
          jq zip curl ca-certificates util-linux
TESTED := openssl perl python3 python3-pytest $(if $(SAN),libasan8 libubsan1)
AIRFLOW := python3 python3-venv
FUZZED := clang python3
CLANG_RT = libclang-rt-$$(clang -dumpversion | cut -d. -f1)-dev# libFuzzer
LINTED := clang clang-format cppcheck shellcheck mandoc

deps:
	@tests/deps $(NEEDED)

run: deps
	@$(MAKE) --no-print-directory -s -j2 all
	@fixtures/demo '$(B)' "$$ZIP"

test test-long: deps
	@tests/deps $(TESTED) $(AIRFLOW) $(FUZZED)
	@tests/deps $(CLANG_RT)
	@$(MAKE) --no-print-directory -s -j2 all
	@dags/install '$(B)/airflow'
	@LONG=$(if $(filter test-long,$@),1) tests/all '$(B)'

# libFuzzer is clang's. The programs are built once more, with its instruments, in build/fuzz.
SECONDS ?= 60
fuzz: deps
	@tests/deps $(FUZZED)
	@tests/deps $(CLANG_RT)
	@$(MAKE) --no-print-directory -s -j2 B=build/fuzz CC=clang CFLAGS='-O1 -g' SANITIZE='$(FUZZ_SAN)' fuzzers
	@tests/fuzz/run build/fuzz '$(SECONDS)'

fuzzers: $(FUZZERS)

# The tests of the programs in C. With --coverage a program writes at its end, too, so the tests of faults
# fail, but the lines they run are counted. GNU C has gcov write before an exec, too.
C_TESTS := $(patsubst %,tests/%.t,contract unzipper csv2ndjson explode pgload pgload-server pipetree pglock)
coverage: deps
	@tests/deps $(TESTED)
	@find build/coverage -name '*.gcda' -delete 2>/dev/null || :
	@$(MAKE) --no-print-directory -s -j2 B=build/coverage CFLAGS='-O0 -g --coverage' CPPFLAGS=-std=gnu11 all
	@BIN='$(CURDIR)/build/coverage/bin' prove -j2 $(C_TESTS) || :
	@BIN='$(CURDIR)/build/coverage/bin' $(PYTHON) -B -m pytest -q -p no:cacheprovider tests/prop || :
	@tests/coverage build/coverage

# The same tests, each program in C run by valgrind; a fault that it sees is the status 99.
valgrind: deps
	@tests/deps $(TESTED) valgrind
	@$(MAKE) --no-print-directory -s -j2 all
	@tests/valgrind '$(B)' $(C_TESTS)

lint:
	@tests/deps $(NEEDED) $(LINTED)
	@$(MAKE) --no-print-directory -s -j2 all
	@tests/hardened $(FILTERS:%='$(B)/bin/%')
	@tests/lint $(C_FILES)

# sqlfluff takes minutes. relations.sql is a fragment.
lint-sql:
	@tests/deps sqlfluff
	@$(PYTHON) -B tests/lint-sql.py $(filter-out sql/common/relations.sql,$(wildcard sql/*/*.sql))

# We and other tools, side by side: installs what it compares with. BENCH='--only ratings' chooses.
bench bench-quick: deps
	@$(MAKE) --no-print-directory -s -j2 all
	@tests/bench/install '$(B)'
	@tests/bench/run --build '$(B)' $(if $(filter bench-quick,$@),--quick) $(BENCH)

# Airflow is installed by uv from uv.lock, into a folder of its own beside bin.
airflow: deps
	@tests/deps $(AIRFLOW)
	@$(MAKE) --no-print-directory -s -j2 all
	@dags/install '$(B)/airflow'
	@'$(B)/bin/movies-airflow' start

airflow-stop:
	@'$(B)/bin/movies-airflow' stop

install: deps
	@$(MAKE) --no-print-directory -s all
	@install -d $(addprefix '$(DESTDIR)$(PREFIX)'/,bin lib/movies-pipeline share/man/man1)
	@install -m 755 $(PROGS) '$(DESTDIR)$(PREFIX)'/bin
	@install -m 644 $(SHARED) '$(DESTDIR)$(PREFIX)'/lib/movies-pipeline
	@install -m 644 $(MAN) '$(DESTDIR)$(PREFIX)'/share/man/man1
	@for f in $(SQL:$(B)/%=%) $(TREES:$(B)/%=%) $(DAGS:$(B)/%=%); do \
	    install -D -m 644 '$(B)'/$$f '$(DESTDIR)$(PREFIX)'/$$f || exit 1; done

clean:
	rm -rf build

$(B)/obj/%.o: bin/%.c Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) $(C_FLAGS) -MMD -MP -c -o $@ $<

$(B)/obj/libmovies.a: $(LIB_O)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

define filter_rule
$(B)/bin/$(1): $$(patsubst bin/%.c,$(B)/obj/%.o,$$(wildcard bin/$(1)/*.c)) $(B)/obj/libmovies.a
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS) $$(SANITIZE) $$(HARDENED) $$(LDFLAGS) -o $$@ $$^ $$(LIBS_$(if $(filter explode-%,$(1)),explode,$(1)))
endef
$(foreach f,$(FILTERS),$(eval $(call filter_rule,$(f))))

define script_rule
$(B)/bin/$(1): bin/$(1)/$(1) Makefile
	@mkdir -p $$(@D)
	$$(Q)sed 's/@VERSION@/$(VERSION)/' $$< >$$@ && chmod +x $$@
endef
$(foreach s,$(SCRIPTS),$(eval $(call script_rule,$(s))))

vpath %.bash $(sort $(dir $(BASH_IN)))
$(B)/lib/movies-pipeline/%.bash: %.bash Makefile
	@mkdir -p $(@D)
	$(Q)sed 's/@VERSION@/$(VERSION)/' $< >$@

$(B)/lib/movies-pipeline/sqlstate.def: bin/lib/sqlstate.def
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(B)/share/movies-pipeline/%.sql: %.sql
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(B)/share/movies-pipeline/pipelines/%: bin/movies-load/pipelines/%
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(B)/share/movies-pipeline/dags/%: dags/%
	@mkdir -p $(@D)
	$(Q)cp $< $@

define man_rule
$(B)/share/man/man1/$(1).1: bin/$(1)/$(1).1
	@mkdir -p $$(@D)
	$$(Q)cp $$< $$@
endef
$(foreach c,$(FILTERS) $(SCRIPTS),$(eval $(call man_rule,$(c))))

$(B)/tests/%.so: tests/drivers/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -std=c11 $(WARN) -shared -fPIC -o $@ $<
$(B)/tests/literal: $(B)/obj/csv2ndjson/literal_json.o
$(B)/tests/%: tests/drivers/%.c $(B)/obj/libmovies.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(C_FLAGS) $(LDFLAGS) -o $@ $(filter-out %.a,$^) $(filter %.a,$^) $(LIBS_explode)

FUZZ_SAN  := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FUZZ_WRAP := exit msg_die msg_die_errno msg_warn read
# A fuzzer's objects: those of the filter, whose main file it includes.
$(B)/fuzz/zip: $(filter-out %/unzipper.o,$(patsubst bin/%.c,$(B)/obj/%.o,$(wildcard bin/unzipper/*.c)))
$(B)/fuzz/csv: $(filter-out %/csv2ndjson.o,$(patsubst bin/%.c,$(B)/obj/%.o,$(wildcard bin/csv2ndjson/*.c)))
$(B)/fuzz/literal: $(B)/obj/csv2ndjson/literal_json.o
$(B)/fuzz/value: $(patsubst bin/%.c,$(B)/obj/%.o,$(wildcard bin/pgload/value*.c)) $(B)/obj/pgload/civil.o
$(B)/fuzz/zip: FUZZ_WRAP += work_put work_end
$(B)/fuzz/%: tests/fuzz/%.c tests/fuzz/program.c tests/fuzz/program.h $(B)/obj/libmovies.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(C_FLAGS) -fsanitize=fuzzer $(FUZZ_WRAP:%=-Wl,--wrap=%) $(LDFLAGS) -o $@ \
	    $(filter %.c %.o,$^) $(filter %.a,$^) $(LIBS_unzipper) $(LIBS_csv2ndjson) -lcjson -lm

-include $(wildcard $(B)/obj/*/*.d)
