#!/usr/bin/env python3
"""Records what Docker Compose 2.26.1 makes of the stacks in this directory.

    record.py COMPOSE [NAME...]

A directory holds a stack, in `command` the global options (and after `--` those of `config`), in `shell.env` the variables of whoever runs it.
Recorded are expected.json and expected.yaml, or expected.error. Where Muster differs on purpose (NAME ends with -differ or -differs), docker.json
and docker.yaml: the expected files are written by hand. Compose 2.26.1 does not know what newer-NAME is about: all of it is written by hand.
"""
import os
import shlex
import subprocess
import sys

HOME = '/home/someone'


def record(compose, directory):
    name = os.path.basename(directory)
    options, rest = [], []
    if os.path.exists(directory + '/command'):
        options = shlex.split(open(directory + '/command').read())
    if '--' in options:
        at = options.index('--')
        options, rest = options[:at], options[at + 1:]
    environment = {'HOME': HOME, 'PATH': '/usr/bin'}
    if os.path.exists(directory + '/shell.env'):
        environment.update(line.split('=', 1) for line in open(directory + '/shell.env').read().splitlines() if '=' in line)
    kind = 'docker' if name.endswith(('-differ', '-differs')) else 'expected'
    for ending in ('json', 'yaml', 'error'):
        if os.path.exists(f'{directory}/{kind}.{ending}'):
            os.remove(f'{directory}/{kind}.{ending}')
    for form in ('json', 'yaml'):
        done = subprocess.run(
            [compose, *options, 'config', '--format', form, *rest], cwd=directory, env=environment, capture_output=True, text=True)
        if done.returncode:
            lines = [line for line in done.stderr.replace(directory, '${PROJECT_DIR}').splitlines() if not line.startswith('time=')]
            open(f'{directory}/{kind}.error', 'w').write('\n'.join(lines) + '\n')
            continue
        text = done.stdout.replace(directory, '${PROJECT_DIR}').replace(os.path.dirname(directory), '${PARENT}').replace(HOME, '${HOME}')
        open(f'{directory}/{kind}.{form}', 'w').write(text.rstrip('\n') + '\n')


here = os.path.dirname(os.path.realpath(__file__))
names = sys.argv[2:] or sorted(os.listdir(here))
for name in names:
    if os.path.isdir(f'{here}/{name}') and not name.startswith('newer-'):
        record(sys.argv[1], f'{here}/{name}')
