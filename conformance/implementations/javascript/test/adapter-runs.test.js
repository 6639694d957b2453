/** The adapter as a process: runs against a repository on a loopback server. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Session, checkOf, requireValid, sourceOf, timeOf } from './session.js';
import { NOW, Simulator, makeKey } from './simulator.js';
import { document, notice } from './support.js';

const DAY = 86_400;
const LINES = 'notice[pypi] WARNING: A title\nnotice[pypi]   A paragraph.\n';

/** A folder that exists and is empty, as the judge makes one. */
const emptyFolder = () => mkdtempSync(join(tmpdir(), 'tuf-motd-'));

/** @param {any} result */
const reasons = (result) => result.report.notices.map((/** @type {any} */ one) => `${one.id} ${one.decision} ${one.reason}`);

test('check: an explicit one on a terminal shows, records and is charged', async (context) => {
  const simulator = await Simulator.start(context);
  const session = new Session(context);
  const state = emptyFolder();
  const check = async (/** @type {any} */ changes) => session.accepted('check', checkOf(simulator, { state, ...changes }));
  const first = await check({});
  assert.deepEqual([first.exit_status, first.stdout, first.stderr], [0, '', LINES]);
  assert.deepEqual(Object.keys(first.report), ['state', 'failure', 'notices', 'requests', 'round_trips', 'bytes', 'last_success', 'warnings']);
  assert.deepEqual(reasons(first), ['base show new']);
  assert.equal(simulator.requests[0]?.headers['user-agent'], 'judge/1 tuf-motd/1.0');
  const again = await check({});
  assert.deepEqual([again.stderr, reasons(again)], ['', ['base skip not-yet-due']]);
  assert.deepEqual(reasons(await check({ now: timeOf(NOW + DAY - 1), offline: true })), ['base skip not-yet-due']);
  // MOTD-REP-4: the second charged run of these 7 days, and then no third.
  simulator.document = document({ notices: [notice({ revision: 2 })] });
  simulator.publish();
  assert.deepEqual(reasons(await check({})), ['base show new-revision']);
  simulator.document = document({ notices: [notice({ revision: 3 })] });
  simulator.publish();
  assert.deepEqual(reasons(await check({})), ['base skip budget']);
});

test('check: a pipe and JSON record nothing', async (context) => {
  const simulator = await Simulator.start(context);
  const session = new Session(context);
  const state = emptyFolder();
  for (let at = 0; at < 2; at += 1) {
    const pipe = await session.accepted('check', checkOf(simulator, { state, output: { form: 'pipe', columns: null } }));
    assert.deepEqual([pipe.stdout, pipe.stderr, reasons(pipe)], ['', LINES, ['base show new']]);
    const json = await session.accepted('check', checkOf(simulator, { state, output: { form: 'json' } }));
    assert.equal(json.stderr, '');
    assert.deepEqual(JSON.parse(json.stdout), json.report);
    assert.deepEqual(reasons(json), ['base show new']);
  }
});

test('check: too narrow, plain, and the limit of a run', async (context) => {
  const simulator = await Simulator.start(context, (one) => (one.document = document({ notices: ['a', 'b', 'c', 'd'].map((id) => notice({ id })) })));
  const session = new Session(context);
  const state = emptyFolder();
  const narrow = await session.accepted('check', checkOf(simulator, { state, output: { columns: 34 } }));
  assert.deepEqual([narrow.stderr, reasons(narrow)], ['', ['a skip too-narrow', 'b skip too-narrow', 'c skip too-narrow', 'd skip too-narrow']]);
  const plain = await session.accepted('check', checkOf(simulator, { state, output: { columns: 34, plain: true } }));
  assert.match(plain.stderr, /^(notice from pypi\nINFO: A title\n  A paragraph\.\n){3}1 more: .+\n(.+\n)*$/);
  assert.deepEqual(reasons(plain), ['a show new', 'b show new', 'c show new', 'd skip run-limit']);
});

test('check: a list shows all that applies, counts as seen, and is not charged', async (context) => {
  const simulator = await Simulator.start(context, (one) => (one.document = document({ notices: ['a', 'b', 'c', 'd'].map((id) => notice({ id, severity: 'warning' })) })));
  const session = new Session(context);
  const state = emptyFolder();
  for (const form of ['pipe', 'terminal', 'terminal']) {
    const list = await session.accepted('check', checkOf(simulator, { state, kind: 'list', output: { form } }));
    assert.equal(list.stderr, LINES.repeat(4));
    assert.deepEqual(reasons(list), ['a', 'b', 'c', 'd'].map((id) => `${id} show asked`));
  }
  simulator.document = document({ notices: [notice({ id: 'a', severity: 'warning' }), notice({ id: 'e' })] });
  simulator.publish();
  assert.deepEqual(reasons(await session.accepted('check', checkOf(simulator, { state }))), ['a skip not-yet-due', 'e show new']);
});

test('check: a verification failure, an unreachable repository, a refused document', async (context) => {
  const simulator = await Simulator.start(context);
  const session = new Session(context);
  const state = emptyFolder();
  await session.accepted('check', checkOf(simulator, { state, kind: 'list' }));
  simulator.keys.timestamp = [makeKey()];
  simulator.publish();
  const failed = await session.accepted('check', checkOf(simulator, { state }));
  assert.deepEqual([failed.exit_status, failed.report.state, failed.report.notices], [3, 'none', []]);
  assert.equal(failed.stderr, 'the state is none: timestamp, signature-threshold\n');
  simulator.answer('/metadata/timestamp.json', (answer) => answer.destroy());
  const away = await session.accepted('check', checkOf(simulator, { state, now: timeOf(NOW + 60) }));
  assert.deepEqual([away.exit_status, away.report.state, away.report.failure, away.report.last_success], [0, 'cached', { stage: 'timestamp', code: 'connect' }, timeOf(NOW)]);
  const stateless = await session.accepted('check', checkOf(simulator));
  assert.deepEqual([stateless.exit_status, stateless.report.state], [4, 'none']);
  const other = await Simulator.start(context, (one) => (one.document = document({ repository: 'other' })));
  const refused = await session.accepted('check', checkOf(other));
  assert.deepEqual([refused.exit_status, refused.report.failure], [5, { stage: 'document', code: 'repository-mismatch' }]);
});

test('check: a source that cannot be configured is rejected', async (context) => {
  const simulator = await Simulator.start(context);
  const session = new Session(context);
  for (const change of [{ name: 'a b' }, { name: 'x'.repeat(33) }, { root: '' }, { root: 'e30=' }]) {
    for (const kind of ['explicit', 'automatic', 'list']) {
      const command = { milliseconds: 0, used_network: false, stdout: '', exit_status: 0 };
      const answer = await session.ask('check', checkOf(simulator, { source: sourceOf(simulator, change), kind, command }));
      assert.deepEqual([answer.status, answer.stage, answer.code], ['rejected', 'configuration', 'source']);
    }
  }
  assert.equal(simulator.requests.length, 0);
});

test('check: switched off, nothing is asked and nothing is touched', async (context) => {
  const simulator = await Simulator.start(context);
  const session = new Session(context);
  const state = emptyFolder();
  const command = { milliseconds: 0, used_network: true, stdout: 'done\n', exit_status: 7 };
  for (const kind of ['explicit', 'list', 'automatic']) {
    const off = await session.accepted('check', checkOf(simulator, { state, kind, command, machine: { environment: { MOTD: 'off' } } }));
    const expected = kind === 'automatic' ? [7, 'done\n', '', null] : [0, '', 'the notices are switched off\n', null];
    assert.deepEqual([off.exit_status, off.stdout, off.stderr, off.report], expected);
  }
  assert.equal(simulator.requests.length, 0);
  assert.deepEqual(readdirSync(state), []);
});

test('check: an automatic run beside a command, its surroundings and its schedule', async (context) => {
  const simulator = await Simulator.start(context, (one) => (one.document = document({ notices: [notice({ severity: 'critical', text: { en: { title: 'Übel', body: [] } } }), notice({ id: 'info' })] })));
  const session = new Session(context);
  const state = emptyFolder();
  const automatic = async (/** @type {any} */ changes) => {
    const command = { milliseconds: 0, used_network: true, stdout: 'done\n', exit_status: 7 };
    const result = await session.accepted('check', checkOf(simulator, { state, kind: 'automatic', command, ...changes }));
    assert.deepEqual([result.exit_status, result.stdout], [7, 'done\n']);
    return result;
  };
  for (const silent of [{ output: { quiet: true } }, { output: { form: 'pipe' } }, { output: { form: 'json' } }, { machine: { environment: { CI: 'true' } } }]) {
    assert.deepEqual(await automatic(silent), { exit_status: 7, stdout: 'done\n', stderr: '', report: null });
  }
  assert.equal(simulator.requests.length, 0);
  // From now on there is something to show without a request, whatever the time that a request takes.
  await session.accepted('check', checkOf(simulator, { state, output: { form: 'json' } }));
  const asked = simulator.requests.length;
  const line = await automatic({ output: { form: 'pipe' }, machine: { environment: { MOTD: 'critical', CI: '1' } } });
  assert.equal(line.stderr, 'notice[pypi] CRITICAL: \\u{dc}bel\n');
  assert.deepEqual(reasons(line), ['base show new', 'info skip no-terminal']);
  const shown = await automatic({ machine: { environment: { CI: '0', LANG: 'C.UTF-8' } } });
  assert.equal(shown.stderr, '\r\nnotice[pypi] CRITICAL: Übel\nnotice[pypi] INFO: A title\nnotice[pypi]   A paragraph.\n');
  // MOTD-NET-5: within the interval; what is stored is shown.
  assert.deepEqual([simulator.requests.length, shown.report.state], [asked, 'cached']);
  assert.equal((await automatic({})).stderr, '');
});

test('check: an automatic run does not wait for a server that says nothing', async (context) => {
  const simulator = await Simulator.start(context);
  simulator.answer('/metadata/2.root.json', () => {});
  const session = new Session(context);
  const command = { milliseconds: 0, used_network: false, stdout: '', exit_status: 0 };
  const result = await session.accepted('check', checkOf(simulator, { state: emptyFolder(), kind: 'automatic', command }));
  assert.deepEqual([result.stderr, result.report.failure.code], ['', 'timeout']);
  const none = await session.ask('check', checkOf(simulator, { kind: 'automatic' }));
  assert.equal(none.status, 'error');
});

test('acknowledge: at the highest revision that applied, displayed or not', async (context) => {
  const simulator = await Simulator.start(context, (one) => (one.document = document({ notices: [notice({ id: 'a', revision: 2 }), notice({ id: 'b', severity: 'critical' }), notice({ id: 'c' })] })));
  const session = new Session(context);
  const state = emptyFolder();
  const check = async (/** @type {any} */ changes) => reasons(await session.accepted('check', checkOf(simulator, { state, ...changes })));
  await check({ output: { form: 'json' } });
  const source = sourceOf(simulator);
  assert.deepEqual(await session.accepted('acknowledge', { source, state, now: timeOf(NOW), ids: ['a', 'b', 'never', '__proto__'] }), {});
  assert.deepEqual(await check({}), ['a skip acknowledged', 'b skip acknowledged', 'c show new']);
  simulator.document = document({ notices: [notice({ id: 'a', revision: 3 }), notice({ id: 'never' })] });
  simulator.publish();
  assert.deepEqual(await check({}), ['a show new', 'never show new']);
  const refused = await session.ask('acknowledge', { source: sourceOf(simulator, { name: '' }), state, now: timeOf(NOW), ids: [] });
  assert.deepEqual([refused.status, refused.code], ['rejected', 'source']);
  const unusable = await session.ask('acknowledge', { source, state: '/dev/null/state', now: timeOf(NOW), ids: [] });
  assert.equal(unusable.status, 'error');
});

test('MOTD-STATE-4: two processes on one folder, and one process for each request', async (context) => {
  const simulator = await Simulator.start(context);
  const state = emptyFolder();
  /** @type {(value?: unknown) => void} */
  let arrived = () => {};
  const reached = new Promise((resolve) => (arrived = resolve));
  /** @type {import('node:http').ServerResponse | undefined} */
  let held;
  simulator.answer('/metadata/2.root.json', (answer) => {
    simulator.answers.clear();
    held = answer;
    arrived();
  });
  const first = new Session(context).accepted('check', checkOf(simulator, { state }));
  await reached;
  // The first one waits with the lock; the second one goes on without a state.
  const second = await new Session(context).accepted('check', checkOf(simulator, { state }));
  assert.deepEqual([second.report.state, second.report.warnings], ['fresh', ['another process holds the state folder; this run is stateless']]);
  held?.writeHead(404).end();
  const { report } = await first;
  assert.deepEqual([report.state, report.warnings], ['fresh', []]);
  const acknowledged = new Session(context);
  await acknowledged.accepted('acknowledge', { source: sourceOf(simulator), state, now: timeOf(NOW), ids: ['base'] });
  assert.equal(await acknowledged.end(), 0);
  assert.deepEqual(reasons(await new Session(context).accepted('check', checkOf(simulator, { state }))), ['base skip acknowledged']);
});

test('check: a clock before 1970', async (context) => {
  const simulator = await Simulator.start(context);
  const session = new Session(context);
  const state = emptyFolder();
  const result = await session.accepted('check', checkOf(simulator, { state, now: '1969-12-31T23:59:59Z' }));
  assert.deepEqual([result.exit_status, result.report.last_success, reasons(result)], [0, '1969-12-31T23:59:59Z', ['base skip not-begun']]);
});

test('check: what no header can hold is a failure of the adapter, and the next request is answered', async (context) => {
  const simulator = await Simulator.start(context);
  const session = new Session(context);
  const broken = await session.ask('check', checkOf(simulator, { state: emptyFolder(), installer: { name: 'a\r\nCookie: b', version: '1' } }));
  assert.equal(broken.status, 'error');
  assert.equal(simulator.requests.length, 0);
  assert.equal((await session.accepted('check', checkOf(simulator))).report.state, 'fresh');
});

test('the process answers and ends when its input ends, also with a connection open', async (context) => {
  const simulator = await Simulator.start(context);
  /** @type {(value?: unknown) => void} */
  let release = () => {};
  const reached = new Promise((resolve) => (release = resolve));
  // The body stalls: the socket of this answer stays open on the side of the server.
  simulator.answer('/metadata/timestamp.json', (answer) => (answer.writeHead(200, { 'Content-Length': 99 }).write('{'), release()));
  const session = new Session(context);
  session.send(`${JSON.stringify({ id: 'k', operation: 'check', ...checkOf(simulator, { deadline_milliseconds: 300 }) })}\n`);
  await reached;
  assert.equal(await session.end(), 0);
  const answer = await session.next();
  requireValid('check.answer', answer);
  assert.deepEqual([answer.id, answer.result.report.failure], ['k', { stage: 'timestamp', code: 'timeout' }]);
});
