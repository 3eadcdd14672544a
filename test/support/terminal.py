# Runs a program on a terminal of its own and answers its questions: terminal.py FOLDER PROGRAM ARG... < answers.json
# The answers are a JSON list of [what to wait for, what to type]. What the program printed comes out, without control codes.
import json, os, pty, re, select, sys, time

folder, *command = sys.argv[1:]
answers = json.load(sys.stdin)
child, terminal = pty.fork()
if child == 0:
    os.chdir(folder)
    os.environ["TERM"] = "xterm"
    os.execv(command[0], command)

printed = ""


def read(seconds):
    global printed
    ready, _, _ = select.select([terminal], [], [], seconds)
    try:
        data = os.read(terminal, 65536) if ready else b""
    except OSError:
        return False
    printed += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", data.decode(errors="replace")).replace("\r", "")
    return True


deadline = time.time() + 30
for awaited, typed in answers:
    seen = len(printed)
    while awaited not in printed[seen:] and time.time() < deadline and read(0.1):
        pass
    # A prompt listens a moment after it has drawn itself.
    time.sleep(0.1)
    os.write(terminal, typed.encode())
while time.time() < deadline and read(0.1):
    pass
_, status = os.waitpid(child, 0)
sys.stdout.write(printed)
sys.exit(os.waitstatus_to_exitcode(status))
