#!/bin/bash
# run.sh NAME LIMIT ARGUMENT...: runs `swift test ARGUMENT...` within LIMIT seconds and says last what failed.
# TEST_PROGRAM is run instead where it is set: the program that `swift test` would run, where there is no Swift.
#
# A run that hangs is told with where it hangs, ended, and tried once more; one that fails is not. The output is in .build/tests-NAME.log.
set -uo pipefail
name=$1 limit=$2
shift 2
log=.build/tests-$name.log

command=("${SWIFT:-swift}" test --skip-build --disable-xctest)
[[ -z ${TEST_PROGRAM:-} ]] || command=("$TEST_PROGRAM" --testing-library swift-testing)
# All at once they take as long as a few at a time, and each of them takes minutes: what waits for something gives up.
command+=(--experimental-maximum-parallelization-width 12)

# Seconds since the machine's start: some tests set its clock.
uptime_seconds() {
  local seconds
  read -r seconds _ </proc/uptime
  echo "${seconds%.*}"
}

run() {
  setsid "${command[@]}" "$@" > >(tee "$log") 2>&1 &
  local pid=$! status
  local end=$(($(uptime_seconds) + limit))
  while kill -0 "$pid" 2>/dev/null; do
    if (($(uptime_seconds) >= end)); then
      echo "tests $name: no end after $limit seconds; these run:"
      ps -o pid,stat,wchan:20,etime,args -g "$pid"
      grep -oE '^◇ Test [^ ]+\(.* started' "$log" | sed -E 's/^◇ Test (.*) started/\1/' | while read -r test; do
        grep -qE "^[✔✘] Test ${test//[()]/.} (with|passed|failed)" "$log" || echo "  not ended: $test"
      done
      kill -KILL -- "-$pid" 2>/dev/null
      wait "$pid" 2>/dev/null
      return 124
    fi
    sleep 0.5
  done
  wait "$pid"
  status=$?
  ((status == 0)) || grep -E '^✘' "$log" | tail -40
  return "$status"
}

run "$@"
status=$?
if ((status == 124)); then
  echo "tests $name: once more"
  run "$@"
  status=$?
fi
exit "$status"
