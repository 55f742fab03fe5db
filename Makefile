# Two commands matter: `make demo` and `make test`. Both may be repeated at any time.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PY ?= python3
PORT ?= 8000
BIN := .venv/bin
READY := .venv/.ready
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard review/translations/*/LC_MESSAGES/messages.po))
DEMO := env PLATFORM_MODE=demo $(BIN)/flask --app wsgi

# What the browser and database tests start; the platform itself needs none of it.
SYSTEM_PACKAGES := chromium fonts-noto-cjk postgresql redis-server
MISSING = $(shell for package in $(SYSTEM_PACKAGES); do \
	dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q ' installed' || echo $$package; done)

.PHONY: help setup demo test properties totals simulations lint format long system system-packages lock translations bench kills fuzz backups clean

help: ## 列出各命令 List the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(READY) $(CATALOGUES) system ## 准备一切：.venv、翻译、测试所需的系统软件 Prepare everything

demo: $(READY) $(CATALOGUES) ## 启动示范省 Serve the demo province at http://127.0.0.1:8000
	@echo "→ 准备示范省 Preparing the demo province in var/demo/ …"
	@exec $(DEMO) demo serve --port $(PORT)

test: system-packages setup lint ## 准备一切并运行全部检查与测试 Prepare everything, run every check and test
	@echo "→ 测试 Tests, including real browsers and databases …"
	@REQUIRE_SERVICES=1 $(BIN)/python -m pytest -n 2

properties: $(READY) ## 以一万份随机标准检验计分 Check the arithmetic on 10,000 generated rubrics
	@GENERATED_RUBRICS=10000 $(BIN)/python -m pytest -q -n 2 tests/rubrics/test_properties.py

long: $(READY) ## 抽样、分配与评分保存的长时间验证 Long proofs of the draw, the panel and the desk
	@DRAW_RUNS=100000 DRAW_FRAMES=10000 PANEL_RUNS=10000 $(BIN)/python -m pytest -n 2 \
	  tests/scoring tests/trust/test_verify_draw.py tests/browser/test_verify_draw.py
	@SCORING_TRIALS=100 DESK_SAVES=200 DESK_KILLS=50 $(BIN)/python -m pytest \
	  tests/trust/test_scoring_once.py tests/browser/test_desk_queue.py

totals: $(READY) ## 用独立脚本重算一万次随机评估的总分 Recompute the totals of 10,000 random rounds by an independent script
	@TOTAL_ROUNDS=10000 $(BIN)/python -m pytest -q tests/trust/test_totals.py

simulations: $(READY) ## 用模拟检验提示名单与区间 Simulate flags 1,000 times each, intervals 2,000 times (15 minutes)
	@OPENBLAS_NUM_THREADS=1 nice -n 5 $(BIN)/python -m tests.scoring.flag_table > docs/flag-simulations.md
	@OPENBLAS_NUM_THREADS=1 nice -n 5 $(BIN)/python -m tests.scoring.coverage_table > docs/interval-coverage.md

lint: $(READY) ## 静态检查 Static checks
	@echo "→ 静态检查 ruff, mypy, import contracts, templates …"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PYTHONPATH=. $(BIN)/lint-imports --no-cache
	@$(BIN)/djlint templates --lint --quiet

format: $(READY) ## 整理代码格式 Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# The lock is installed by uv, itself taken from the lock; by pip where uv cannot work. uv does
# not read pip's settings, so a mirror that pip is told of is handed on.
$(READY): requirements-dev.txt
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "✗ 需要 Python 3.11 或更高版本。Python 3.11 or newer is needed, but $(PY) is: $$($(PY) --version 2>/dev/null || echo missing). Choose another: make PY=python3.11 …"; exit 1; }
	@echo "→ 安装依赖到 .venv Installing the locked packages into .venv (1–3 minutes when nothing is cached) …"
	@$(BIN)/python -c '' 2>/dev/null || $(PY) -m venv --without-pip --clear .venv || { \
	  echo "✗ 缺少 venv 模块。Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	@pip="$(PY) -m pip --python $(BIN)/python"; \
	if ! $$pip --version >/dev/null 2>&1; then \
	  $(BIN)/python -m ensurepip >/dev/null 2>&1 || { \
	    echo "✗ 缺少 pip。pip 22.3 or newer is missing: apt-get install python3-pip"; exit 1; }; \
	  pip="$(BIN)/python -m pip"; \
	fi; \
	awk '/^uv==/ {on = 1} on {print} on && !/\\$$/ {exit}' requirements-dev.txt > .venv/uv.txt; \
	mirror=$${PIP_INDEX_URL:-$$($$pip config get global.index-url 2>/dev/null || true)}; \
	if [ -n "$$mirror" ]; then export UV_DEFAULT_INDEX=$${UV_DEFAULT_INDEX:-$$mirror}; fi; \
	if $$pip install -q --require-hashes -r .venv/uv.txt \
	  && $(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes requirements-dev.txt; then \
	  echo "✓ .venv"; \
	else \
	  echo "→ uv 不可用，改用 pip。uv cannot do it here; pip takes 2–5 minutes …"; \
	  $$pip install -q --require-hashes -r requirements-dev.txt; \
	fi
	@touch $@

%.mo: %.po $(READY)
	@$(BIN)/pybabel -q compile -i $< -o $@

# As root on Debian the missing packages are installed; otherwise one line says what to do.
system:
	@missing="$(MISSING)"; \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "→ 安装测试所需的系统软件 Installing for the tests: $$missing …"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	elif [ -n "$$missing" ]; then \
	  echo "! 测试还缺 The tests still need: $$missing — sudo apt-get install $$missing"; \
	fi

system-packages: system
	@missing="$(MISSING)"; [ -z "$$missing" ] || exit 1

LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links
lock: $(READY) ## 更新依赖锁定文件 Renew the lock files (add UPGRADE=--upgrade to take newer versions)
	@$(LOCK) $(UPGRADE) requirements.in -o requirements.txt
	@$(LOCK) $(UPGRADE) -c requirements.txt requirements-dev.in -o requirements-dev.txt
	@! grep -nE '://' requirements.txt requirements-dev.txt

translations: $(READY) ## 更新英文翻译表 Bring the English catalogue up to date with the source
	@mkdir -p var
	@$(BIN)/pybabel -q extract -F babel.cfg --ignore-dirs '.*' -k _l --no-location -o var/messages.pot .
	@$(BIN)/pybabel -q update -N --no-wrap --ignore-obsolete --ignore-pot-creation-date --init-missing \
	  -l en -i var/messages.pot -d review/translations
	@$(BIN)/pybabel -q compile -d review/translations

fuzz: $(READY) $(CATALOGUES) ## 用一万个损坏的台账测试导入 Import ten thousand spoilt registers (about ten minutes)
	@FUZZ_FILES=10000 nice -n 5 $(BIN)/python -m pytest -q -n 2 tests/trust/test_import_fuzz.py

kills: $(READY) ## 在 50 个时刻强制中断 36,000 行的导入 Kill an import of 36,000 rows at 50 points
	@KILL_POINTS=50 KILL_ROWS=36000 $(BIN)/python -m pytest -s -k killed tests/trust/test_import_durability.py

backups: $(READY) ## 在写入与强制中断下备份 50 次 Back up 50 times under writes, kill 50 backups
	@BACKUP_COPIES=50 BACKUP_KILLS=50 $(BIN)/python -m pytest -q tests/trust/test_backup.py

bench: $(READY) ## 运行基准测试 Run the benchmarks
	@for file in benchmarks/*.py; do PYTHONPATH=. $(BIN)/python "$$file"; done

clean: ## 删除可再生成的文件（保留 var/ 中的数据）Remove what can be made again; var/ keeps its data
	@rm -rf .venv artefacts .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@find review/translations -name '*.mo' -delete 2>/dev/null || true
