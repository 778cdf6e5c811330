// Replays traces of the simulator (docs/traces.md) as runs of group.qnt. Each trace becomes a Quint test: a list of lines, which replay.qnt
// takes one by one. The group must allow every line of a true trace, and refuse one of each false trace.
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const text = JSON.stringify

// The bounds of group.qnt are those of its random runs. Beside the five names stands one of no member, so that five voters are not
// the group before it was founded.
const sizes = [
  [/pure val NAMES = .*/, 'pure val NAMES = Set("raft01", "raft02", "raft03", "raft04", "raft05", "nobody")'],
  [/pure val TERM_MAX = .*/, 'pure val TERM_MAX = 1000'],
  [/pure val LOG_MAX = .*/, 'pure val LOG_MAX = 1000']]

/** A line of a trace. Our specification takes a request as Core sent it, where the other one leaves out entries. */
function lineOf(json) {
  const line = JSON.parse(json)
  Object.assign(line.event?.msg ?? {}, line.event?.msg?.sent)
  return line
}

const isOwn = ({ nid, msg }) => msg?.from === nid && msg.to === nid
const isAnswer = event => event.name === 'SendAppendEntriesResponse' && !isOwn(event) && !event.msg.reject
const voteOf = vote => text(vote === '0' ? '' : vote)

function messageOf({ type, from, to, term, index, logTerm, commit, terms, match }) {
  const content = {
    MsgVote: `requestOf(${index}, ${logTerm})`,
    MsgVoteResp: 'Grant',
    MsgApp: `entriesOf(${index}, ${logTerm}, [${terms}], ${commit})`,
    MsgAppResp: `Has(${match})` }[type]
  return `messageOf(${text(from)}, ${text(to)}, ${term}, ${content})`
}

/** What the process did, in the words of replay.qnt. A line of the trace that the line before it implies is left out. */
function deedOf(event, process) {
  const { name, msg, durable } = event
  switch (name) {
    case 'InitState':
      process.tickets = []
      return process.hasStarted ? `Restarts((${durable.term}, ${voteOf(durable.vote)}, ${durable.log}, ${durable.lastTerm}))`
        : (process.hasStarted = true, undefined)
    case 'BecomeCandidate': return 'Campaigns'
    case 'BecomeFollower': return 'StepsDown'
    case 'BecomeLeader':
      process.isElected = true
      return 'Leads'
    case 'Replicate': {
      const isFirst = process.isElected // The election has appended this entry.
      process.isElected = false
      return isFirst ? undefined : `Appends(${event.serial})`
    }

    case 'Commit': return `Commits(${event.state.commit})`
    case 'Persist':
      process.tickets.push(event.ticket)
      return `writeOf(${event.term ?? 0}, ${voteOf(event.vote ?? '0')}, ${event.first ?? 0}, [${event.terms ?? ''}])`
    case 'Persisted': {
      const count = process.tickets.filter(ticket => ticket <= event.ticket).length
      process.tickets.splice(0, count)
      return count === 0 ? 'Shows' : `HasWritten(${count})`
    }

    case 'SendAppendEntriesRequest': case 'SendRequestVoteRequest': return `Sends(${messageOf(msg)})`
    case 'SendAppendEntriesResponse': case 'SendRequestVoteResponse':
      return isOwn(event) ? undefined : msg.reject ? 'Shows' : `Answers(${messageOf(msg)})`
    case 'ReceiveAppendEntriesRequest': case 'ReceiveRequestVoteRequest': return `Takes(${messageOf(msg)})`
    case 'ReceiveAppendEntriesResponse': case 'ReceiveRequestVoteResponse':
      return isOwn(event) ? undefined : msg.reject ? `refusal(${text(msg.from)}, ${msg.term})` : `Takes(${messageOf(msg)})`
    case 'Ready': case 'Crash': case 'Send': case 'Receive': case 'Keep': case 'Ignore': return 'Shows'
    default: throw new Error(`replay.qnt has no step for the event ${name}. Add one, or let it only show the process.`)
  }
}

/** Nothing for a line from the middle of a step of Core, which shows the process as it is after a part of the step. */
function viewOf({ name, state, role, log, lastTerm }) {
  if (/^(Become|InitState|Replicate|Commit|Send.*Request)/.test(name)) return ''
  return `${text(role.slice('State'.length))}, ${state.term}, ${voteOf(state.vote)}, ${state.commit}, ${log}, ${lastTerm}, `
}

/** A test of replay.qnt, and the number in the trace of each of its lines. */
function testOf(trace) {
  const [lines, numbers, processes] = [[], [], {}]
  for (const { line, event } of trace) {
    const process = processes[event.nid] ??= { hasStarted: false, isElected: false, tickets: [], shown: '' }
    const deed = deedOf(event, process)
    // The same view again, after nothing was done, says nothing.
    const view = viewOf(event)
    if (deed === undefined || deed === 'Shows' && (view === '' || process.shown === view)) continue
    process.shown = deed === 'Shows' ? view : ''
    lines.push(`    ${view === '' ? 'within' : 'between'}(${text(event.nid)}, ${view}${deed})`)
    numbers.push(line)
  }

  const names = [...new Set(trace[0].event.conf[0])].map(text)
  const module = `module trace {\n  import replay.* from "./replay"\n\n  run traceTest = replays(Set(${names}), [\n${lines.join(',\n')}])\n}\n`
  return { module, numbers }
}

/** The number of the first line that the group does not allow, or undefined. */
function replay(trace, folder) {
  const { module, numbers } = testOf(trace)
  writeFileSync(join(folder, 'trace.qnt'), module)
  const { stdout, stderr } = spawnSync(join(here, 'node_modules/.bin/quint'), ['test', '--backend=typescript', '--max-samples=1',
    '--seed=1', '--verbosity=1', 'trace.qnt'], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (stdout.includes('ok traceTest passed')) return undefined
  const last = [...stdout.matchAll(/> line (\d+)/g)].at(-1)
  if (last === undefined) throw new Error(stdout + stderr)
  return numbers[last[1]]
}

// Each lie: the event that is changed, given those before it, and the change.
const lies = {
  'a refused vote is granted': [event => event.name === 'SendRequestVoteResponse' && event.msg.reject, event => { event.msg.reject = false }],
  'a vote changes': [
    ({ name, state }) => name === 'Ready' && state.vote !== '0',
    event => { event.state.vote = event.conf[0].find(name => name !== event.state.vote) }],
  'a restart forgets a vote': [({ name, durable }) => name === 'InitState' && durable.vote !== '0', event => { event.durable.vote = '0' }],
  'a restart forgets an entry': [
    ({ name, nid, durable }, past) => name === 'InitState' && durable.log > 1
      && past.some(event => event.nid === nid && isAnswer(event) && event.msg.match === durable.log),
    event => { event.durable.log-- }],
  'a log loses an entry': [({ name, log }) => name === 'Ready' && log > 1, event => { event.log-- }],
  'a commit comes before a majority has the entry': [
    ({ name }) => name === 'Commit',
    (event, trace, at) => {
      const appended = trace.slice(0, at).findLastIndex(line => line.event.name === 'Replicate')
      trace.splice(appended + 1, 0, ...trace.splice(at, 1))
    }],
  'a leader misses a vote': [
    ({ name }, past) => name === 'BecomeLeader' && past.at(-1).name === 'ReceiveRequestVoteResponse' && !isOwn(past.at(-1)),
    (event, trace, at) => { trace.splice(at - 1, 1) }],
  'an acknowledgement comes before the disk': [
    (event, past) => isAnswer(event) && past.at(-1).name === 'Persisted' && past.at(-1).nid === event.nid
      && past.some(({ nid, ticket, first }) => nid === event.nid && ticket === past.at(-1).ticket && first <= event.msg.match),
    (event, trace, at) => { trace.splice(at - 1, 0, ...trace.splice(at, 1)) }],
  'a message has another term': [({ name }) => name === 'ReceiveAppendEntriesRequest', event => { event.msg.term++ }],
  'a leader sends an entry that it does not have': [
    ({ name, msg }) => name === 'SendAppendEntriesRequest' && msg.terms.length > 0, event => { event.msg.terms[0]-- }] }

/** The first trace that has the event, changed, and up to some lines after the change. */
function falsified(traces, [isSuch, change]) {
  for (const trace of traces.map(each => structuredClone(each))) {
    const at = trace.findIndex(({ event }, i) => isSuch(event, trace.slice(0, i).map(line => line.event)))
    if (at < 0) continue
    change(trace[at].event, trace, at)
    return trace.slice(0, at + 40)
  }
}

/** Replays a sample of the simulator's runs, and demands that each lie is found. */
export function checkReplays(report, seeds, events) {
  const simulator = join(here, '../../tests/Tools/Simulator/bin/Release/net10.0/RaftActors.Simulator.dll')
  if (!existsSync(simulator)) throw new Error('Run "dotnet build -c Release tests/Tools/Simulator" first.')
  const folder = mkdtempSync(join(tmpdir(), 'replay-'))
  const { status, stdout, stderr } = spawnSync('dotnet', [simulator, '--seeds', `1..${seeds}`, '--events', `${events}`,
    '--trace-tla', join(folder, '{seed}.ndjson')], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stdout + stderr)
  const group = sizes.reduce((source, [from, to]) => source.replace(from, to), readFileSync(join(here, 'group.qnt'), 'utf8'))
  writeFileSync(join(folder, 'group.qnt'), group)
  copyFileSync(join(here, 'replay.qnt'), join(folder, 'replay.qnt'))

  const traces = Array.from({ length: seeds }, (_, i) =>
    readFileSync(join(folder, `${i + 1}.ndjson`), 'utf8').trim().split('\n').map(lineOf))
  let [began, count] = [Date.now(), 0]
  for (const [i, trace] of traces.entries()) {
    const refused = replay(trace, folder)
    if (refused !== undefined) report(false, `traces of Core: seed ${i + 1}, line ${refused} is no step of the group`)
    count += trace.filter(({ tag }) => tag === 'trace').length
  }

  const seconds = ((Date.now() - began) / 1000).toFixed(0)
  report(true, `traces of Core: ${count} events of ${seeds} seeds were replayed (${seconds} s)`)
  for (const [name, lie] of Object.entries(lies)) {
    const trace = falsified(traces, lie)
    const refused = trace && replay(trace, folder)
    report(refused !== undefined, `traces of Core, ${name}: ${refused === undefined ? 'not found' : `line ${refused} is no step of the group`}`)
  }

  rmSync(folder, { recursive: true })
}
