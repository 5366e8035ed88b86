"""Interpolation, dotenv files, and which of several values wins."""
import json

cases = []


def interpolation(text, **environment):
    variables = {"SET": "value", "EMPTY": "", "A_1": "one", "lower": "l", **environment}
    cases.append({
        "name": f"interpolation {text}" + ("".join(f" {k}={v!r}" for k, v in environment.items())),
        "files": {"compose.yaml": json.dumps({"services": {"web": {"image": "x", "labels": {"v": text}}}})},
        "environment": variables, "at": ["services.web.labels"],
    })


for text in [
    "plain", "", "$SET", "${SET}", "a${SET}b", "$SET.x", "$SETx", "$SET-x", "$SET$SET", "${SET}${SET}", "$A_1", "${A_1}", "$lower", "$Set",
    "$UNSET", "${UNSET}", "x${UNSET}y", "$EMPTY", "${EMPTY}",
    "${UNSET:-d}", "${UNSET-d}", "${EMPTY:-d}", "${EMPTY-d}", "${SET:-d}", "${SET-d}", "${UNSET:-}", "${UNSET-}", "${UNSET:- }",
    "${SET:+alt}", "${SET+alt}", "${EMPTY:+alt}", "${EMPTY+alt}", "${UNSET:+alt}", "${UNSET+alt}", "${SET:+}", "${SET+}",
    "${SET:?e}", "${SET?e}", "${EMPTY?e}", "${EMPTY:?e}", "${UNSET?e}", "${UNSET:?e}", "${UNSET:?}", "${UNSET?}", "${UNSET:?set $SET first}",
    "${UNSET:?two words: and more}",
    "$$", "$$SET", "$$$SET", "$$$$SET", "$${SET}", "$$${SET}", "a$$b", "100$$", "$$$$", "$${UNSET:-d}",
    "$", "100$", "$5", "$5x", "$ x", "a$-b", "$.", "$%", "$(SET)", "$[SET]", "$\"x\"", "$é", "$-",
    "${", "${}", "${SET", "${1}", "${1A}", "${SET!}", "${SET:}", "${ SET}", "${SET }", "${SET:=x}", "${SET=x}", "${SET/a/b}", "${SET%x}",
    "${SET#x}", "${#SET}", "${!SET}", "${SET:1:2}", "${SET^}", "${SET.x}", "${SET-", "${UNSET:-${x}", "${UNSET:-${x", "${É}",
    "${UNSET:-$SET}", "${UNSET:-${SET}}", "${UNSET:-a${EMPTY:-b${SET}c}d}", "${UNSET:-${UNSET2:-${UNSET3:-deep}}}",
    "${UNSET:-${UNSET2:?inner}}", "${SET:-${UNSET:?unused}}", "${SET:+${UNSET:-other}}", "${UNSET:+${UNSET2:?unused}}",
    "${UNSET:-{x}}", "${UNSET:-{}}", "${UNSET:-a:-b}", "${UNSET:-a-b}", "${UNSET-a:-b}", "${UNSET:-a?b}", "${UNSET:-a:?b}", "${UNSET-a?b}",
    "${UNSET:-a:+b}", "${UNSET:-a+b}", "${UNSET-a+b}", "${UNSET?a-b}", "${UNSET:?a:-b}", "${SET:?a-b}", "${SET?a:-b}", "${SET:+a-b}",
    "${SET+a:-b}", "${SET:+a?b}", "${SET+a:?b}", "${UNSET:-$$}", "${UNSET:-$$SET}", "${UNSET:-a$$}", "${UNSET:-\"q\"}", "${UNSET:-'q'}",
    "${UNSET:-é ü}", "${UNSET:-a b c}", "${UNSET:-/path:/other}", "${UNSET:-http://h:80/?a=b}", "${UNSET:-a}b}", "{SET}", "{$SET}", "}$SET{",
    "${SET}}", "${UNSET:-a\nb}", "line\n${SET}\nline", "${UNSET:-x}${SET:+y}${EMPTY-z}", "$SET/${UNSET:-d}/$EMPTY.", "\\$SET", "\\${SET}",
    "$SET\\n", "${UNSET:-\\}}", "%{SET}", "$_", "${_}", "$__A", "${UNSET:-,}", "${UNSET:-#}",
]:
    interpolation(text)
for value in ["${SET}", "$SET", "$$", "a: b", "- x", "line\nline", "é", " x ", "\"q\"", "\\", "{}", "null", "{{.X}}"]:
    interpolation("$V", V=value)
    interpolation("${NO:-$V}", V=value)
    interpolation("${V:+got}", V=value)


def keys(name, stack, at, **environment):
    cases.append({"name": name, "files": {"compose.yaml": stack}, "environment": environment, "at": at})


keys("keys: of environment", "services: {web: {image: x, environment: {\"${A}\": b, \"$A\": c}}}", ["services.web.environment"], A="1")
keys("keys: items of a list are values", "services: {web: {image: x, environment: [\"${A}=b\", \"C=$A\"]}}", ["services.web.environment"], A="N")
keys("keys: of labels", "services: {web: {image: x, labels: {\"a${A}\": b}}}", ["services.web.labels"], A="N")
keys("keys: of build arguments", "services: {web: {build: {context: ., args: {\"${A}\": b}}}}", ["services.web.build.args"], A="N")
keys("keys: of x-", "x-a: {\"${A}\": \"${A}\"}\nservices: {web: {image: x}}", ["x-a"], A="N")
keys("values: numbers and booleans from variables",
     "services: {web: {image: x, tty: \"${T}\", mem_limit: \"${M}\", cpus: \"${C}\", oom_score_adj: \"${O}\", init: \"${T}\", "
     "healthcheck: {test: [CMD, \"$A\"], retries: \"${R}\"}, deploy: {replicas: \"${R}\"}}}",
     ["services.web"], T="true", M="64m", C="0.5", O="-5", R="3", A="CMD")
keys("values: in names of volumes and networks",
     "services: {web: {image: x, volumes: [\"${V}:/v\"], networks: [\"${N}\"]}}\nvolumes: {data: {name: \"${V}-vol\"}}\nnetworks: {net: {name: \"$N.x\"}}",
     ["services.web.volumes", "services.web.networks", "volumes", "networks"], V="data", N="net")
keys("values: the project's name", "name: \"${P:-fallback}\"\nservices: {web: {image: \"x:${COMPOSE_PROJECT_NAME}\"}}", ["name", "services.web.image"])
keys("values: ports", "services: {web: {image: x, ports: [\"${P}:80\", \"$H:${P}-${Q}:8080-8081\"]}}", ["services.web.ports"], P="8000", Q="8001", H="127.0.0.1")
keys("values: anchors", "x-i: &i \"$A\"\nservices: {web: {image: *i, labels: {<<: {a: \"$A\"}}}}", ["services.web.image", "services.web.labels"], A="n")
keys("values: folded and literal", "services: {web: {image: x, labels: {b: \"$A\"}}}\nx-f: >\n  $A\n  b\nx-l: |\n  $A\n  $A\n", ["services.web.labels", "x-f", "x-l"], A="n")
keys("values: a plain number stays one", "services: {web: {image: x, environment: {A: 012, B: 1.50, C: 0x1F, D: yes, E: true, F: 1e3, G: null, H: ~}}}",
     ["services.web.environment"])
keys("values: configs' content", "services: {web: {image: x, configs: [c]}}\nconfigs: {c: {content: \"a $A $$B\"}}", ["configs"], A="n")


def dotenv(text, **environment):
    variables = {"SET": "value", **environment}
    cases.append({
        "name": f"dotenv {text}", "files": {"compose.yaml": "services: {web: {image: x, env_file: [e.env]}}", "e.env": text},
        "environment": variables, "at": ["services.web.environment"],
    })


for text in [
    "", "\n", "# only\n", "A=1", "A=1\nB=2", "A=1\n\n\nB=2\n", "A = 1 \n", "A= 1", "A =1", "  A=1", "\tA=1", "A=1\t", "A=", "A=\nB=2", "A= \nB=2",
    "A=''", "A=\"\"", "export A=1", "export\tA=1", "export  A=1", "exportA=1", "export", "export=1", "export SET", "A: 1", "A:1", "A : 1",
    "A:\nB=2", "A: \"q\"", "A=a:b", "A:a=b", "A=a=b", "A==b", "# c\nA=1", "A=1 # c", "A=1# c", "A=1 #c", "A=#c", "A= #c", "A=x#y", "A='#'",
    "A=\"#\" # c", "A='x' # c", "A='x'#c", "  # indented\nA=1", "A='x'", "A=\"x\"", "A='$SET'", "A=\"$SET\"", "A=$SET", "A=${SET}", "A='${SET}'",
    "A=\"${SET}\"", "A=\"\\$SET\"", "A='\\$SET'", "A=\\$SET", "A=$$SET", "A=\"$$SET\"", "A=${UNSET:-d}", "A=${UNSET-d}", "A=${SET:+x}",
    "A=${UNSET:?needed}", "A=${", "A=${}", "A=\"${\"", "A='${'", "A=a\nB=${A}b", "A=a\nB=$A\nC=\"$B\"\nD='$B'", "B=$A\nA=1", "SET=own\nB=$SET",
    "A=\"two\nlines\"", "A='two\nlines'", "A=\"two\n\nlines\" # c\nB=1", "A=\"a\\nb\"", "A='a\\nb'", "A=a\\nb", "A=\"a\\tb\\\\c\\\"d\"", "A='it\\'s'",
    "A=\"it\\'s\"", "A=\"\\a\\b\\f\\r\\v\\x\\0\"", "A=\"\\101\"", "A=\"\\0101\"", "A=\"\\01\"", "A=\"\\c\"", "SET\n", "A\n", "export SET\n", "unset A\n", "A='x'y\n", "A=\"a\\\nb\"", "A='x", "A=\"x", "A=x'", "A=x\"y\"", "A='x'y", "A=\"x\"y", "A='x' y",
    "A=\"x\" y", "A=\"x\"\"y\"", "A='a'b'c'", "A=a b  c", "A=a 'b' c", "A=\" x \"", "A=' x '", "SET", "UNSET", "SET\nUNSET\nB=1", "SET # c", " SET ", "SET=",
    "A=1\nA=2", "A=1\nA=$A-2", "\ufeffA=1", "A=1\r\nB=2\r\n", "A='x'\r\nB=\"y\"\r\n", "A=\"x\r\ny\"", "a.b=1", "a-b=1", "a_b=1", "A1=1", "1A=1", "A[0]=1",
    "\u00dc=1", "A\u00e9=\u00e9", "=1", "A B=1", "%=1", "A%=1", "A/B=1", "A$B=1", "ok=1\n%=2", "A", "A=`x`", "A=$(date)", "A=\\", "A=\"\\\\\"", "A='\\\\'",
    "A='\\", "A=http://u:p@h/?a=b&c=d#f", "A={\"k\": \"v\"}", "A='{\"k\": \"v\"}'", "A=[1, 2]", "A=true", "A=~/x", "A=*", "A=a,b;c", "A=\u00a0x", "A=x\u00a0",
    "A=1;B=2", "A=1 B=2", "A=-1", "A=\\n", "A=100%", "A=$", "A=$5", "A=a$", "A=\"a$\"", "A=\"$5\"", "A=$UNSET", "A=\"${UNSET:-a b}\"", "A=${UNSET:-\"q\"}",
    "A=${UNSET:-'q'}", "A=${UNSET:-#x}", "A=${UNSET:- # x}", "--- \nA=1", "A=1\n---", "unset A", "A\n=1", "A=1\n  B=2\n\tC=3",
]:
    dotenv(text)


def precedence(name, files, arguments=(), directory=".", image="x:${V:-default}", services=(), extra="", **environment):
    files = {"compose.yaml": f"services: {{web: {{image: \"{image}\", environment: [V, W]{extra}}}}}", **files}
    cases.append({
        "name": f"precedence: {name}", "files": files, "arguments": list(arguments), "directory": directory, "environment": environment,
        "at": ["services.web.image", "services.web.environment", "name"],
    })


dot = {".env": "V=dot\nW=dot"}
precedence("nothing", {})
precedence(".env", dot)
precedence("shell over .env", dot, V="shell")
precedence("an empty variable of the shell over .env", dot, V="")
precedence("--env-file instead of .env", {**dot, "one.env": "V=one"}, ["--env-file", "one.env"])
precedence("shell over --env-file", {"one.env": "V=one"}, ["--env-file", "one.env"], V="shell")
precedence("the later --env-file", {"one.env": "V=one\nW=one", "two.env": "V=two"}, ["--env-file", "one.env", "--env-file", "two.env"])
precedence("a later --env-file uses an earlier one's", {"one.env": "V=one", "two.env": "W=$V-two"}, ["--env-file", "one.env", "--env-file", "two.env"])
precedence("a missing --env-file", {}, ["--env-file", "no.env"])
precedence("COMPOSE_ENV_FILES", {**dot, "one.env": "V=one", "two.env": "W=two"}, COMPOSE_ENV_FILES="one.env,two.env")
precedence("--env-file over COMPOSE_ENV_FILES", {"one.env": "V=one", "two.env": "W=two"}, ["--env-file", "two.env"], COMPOSE_ENV_FILES="one.env")
precedence("COMPOSE_ENV_FILES in .env", {".env": "COMPOSE_ENV_FILES=one.env\nW=dot", "one.env": "V=one"})
precedence("COMPOSE_DISABLE_ENV_FILE", dot, COMPOSE_DISABLE_ENV_FILE="1")
precedence("COMPOSE_DISABLE_ENV_FILE=false", dot, COMPOSE_DISABLE_ENV_FILE="false")
precedence("COMPOSE_DISABLE_ENV_FILE with --env-file", {**dot, "one.env": "V=one"}, ["--env-file", "one.env"], COMPOSE_DISABLE_ENV_FILE="true")
precedence("COMPOSE_DISABLE_ENV_FILE in .env", {".env": "V=dot\nCOMPOSE_DISABLE_ENV_FILE=1"})
precedence(".env where the command runs and in the project", {".env": "V=project\nW=project", "sub/.env": "V=here"}, ["-f", "../compose.yaml"], "sub")
precedence(".env where the command runs only", {"sub/.env": "V=here"}, ["-f", "../compose.yaml"], "sub")
precedence(".env in the project only", dot, ["-f", "../compose.yaml"], "sub")
precedence(".env and a file found above", dot, [], "sub")
precedence(".env below a file found above", {**dot, "sub/.env": "V=here"}, [], "sub")
precedence(".env and --project-directory", {"p/.env": "V=given", ".env": "V=here\nW=here"}, ["--project-directory", "p", "-f", "compose.yaml"])
precedence(".env and -f in another directory", {"p/.env": "V=other", "p/c.yaml": "services: {web: {image: \"x:$V\", environment: [V, W]}}", ".env": "V=here\nW=here"},
           ["-f", "p/c.yaml"])
precedence(".env names the files", {".env": "COMPOSE_FILE=other.yaml", "other.yaml": "services: {web: {image: other}}"})
precedence(".env names the project", {".env": "COMPOSE_PROJECT_NAME=fromdot"})
precedence("variables in .env", {".env": "V=a\nW=${V}b-${SH}"}, SH="s")
precedence("shell in .env's values", {".env": "V=a\nW=${V}b"}, V="shell")
precedence("env_file below environment", {"e.env": "V=file\nW=file\nX=file"}, extra=", env_file: e.env", V="shell")
precedence("env_file with values of .env", {**dot, "e.env": "X=$V-$W\nV=file"}, extra=", env_file: e.env")
precedence("env_file's own variables", {"e.env": "A=1\nB=${A}2\nC=$D"}, extra=", env_file: e.env", D="shell")
precedence("env_file: the shell's value inside, the file's outside", {"e.env": "Y=file\nX=$Y"}, extra=", env_file: e.env", Y="shell")
precedence("env_file list", {"a.env": "A=a\nB=a\nC=$B", "b.env": "B=b\nD=$A"}, extra=", env_file: [a.env, b.env]")
precedence("env_file missing", {}, extra=", env_file: no.env")
precedence("env_file not required", {"a.env": "A=1"}, extra=", env_file: [{path: no.env, required: false}, {path: a.env}]")
precedence("env_file required", {}, extra=", env_file: [{path: no.env, required: true}]")
precedence("env_file of an unknown format", {"a.env": "A=1"}, extra=", env_file: [{path: a.env, format: json}]")
precedence("env_file is a directory", {"d/x": ""}, extra=", env_file: d")
precedence("env_file is not required and a directory", {"d/x": ""}, extra=", env_file: [{path: d, required: false}]")
precedence("env_file from a variable", {"a.env": "A=1"}, extra=", env_file: [\\\"${F}.env\\\"]".replace("\\\"", "\""), F="a")
precedence("env_file in a directory", {"d/a.env": "A=1"}, extra=", env_file: d/a.env")
precedence("environment without value in env_file", {"e.env": "V\nQ"}, extra=", env_file: e.env", V="shell", Q="q")
precedence("environment null over env_file", {"e.env": "V=file"}, extra=", env_file: e.env")
precedence("a passed-through variable from --env-file", {"one.env": "V=one"}, ["--env-file", "one.env"])
precedence("COMPOSE_FILE with a separator", {"a.yaml": "services: {web: {image: a}}", "b.yaml": "services: {web: {user: b}}"},
           COMPOSE_FILE="a.yaml@b.yaml", COMPOSE_PATH_SEPARATOR="@")
