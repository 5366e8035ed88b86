#!/usr/bin/env python3
"""Asks Docker Compose what it makes of the cases in cases-*.py and writes its answers to *.json beside them.

    ./record.py [COMPOSE]        # COMPOSE: the program, compose-2.26 unless given

The tests read the answers only; Compose is needed to record them anew. Each case is a directory /shop with files (paths from there),
a shell's variables, arguments and the paths of the answer (as jq has them) that are compared.
"""
import json, os, pathlib, shutil, subprocess, sys, tempfile

here = pathlib.Path(__file__).parent
compose = sys.argv[1] if len(sys.argv) > 1 else "compose-2.26"


def at(value, path):
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def record(case):
    root = tempfile.mkdtemp()
    try:
        shop = os.path.join(root, "shop")
        os.makedirs(shop)
        for name, text in case["files"].items():
            path = os.path.normpath(os.path.join(shop, name))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(text.encode("utf-8", "surrogateescape"))
        environment = {"PATH": os.environ["PATH"], "HOME": "/home/someone", **case.get("environment", {})}
        directory = os.path.normpath(os.path.join(shop, case.get("directory", ".")))
        os.makedirs(directory, exist_ok=True)
        arguments = case.get("arguments", [])
        done = subprocess.run(
            [compose, *arguments, "config", "--format", "json", *case.get("services", [])], cwd=directory, env=environment,
            input=case.get("input", "").encode(), capture_output=True, timeout=20)
        if done.returncode != 0:
            lines = done.stderr.decode().strip().splitlines()
            case["error"] = lines[-1].replace(root + "/", "/") if lines else "?"
        else:
            answer = json.loads(done.stdout.decode().replace(root + "/", "/"))
            case["answer"] = {path: at(answer, path) for path in case["at"]}
        return case
    finally:
        shutil.rmtree(root)


for source in sorted(here.glob("cases-*.py")):
    space = {}
    exec(compile(source.read_text(), str(source), "exec"), space)
    names = [case["name"] for case in space["cases"]]
    assert len(set(names)) == len(names), [name for name in names if names.count(name) > 1]
    cases = [record(case) for case in space["cases"]]
    target = here / (source.stem.removeprefix("cases-") + ".json")
    target.write_text("[\n" + ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases) + "\n]\n")
    print(f"{target.name}: {len(cases)} cases, {sum('error' in case for case in cases)} refused")
