// Makes the traces that the tests replay: some hundred runs of the specification of the group, as one file of compressed JSON lines. A line
// is a trace, a list of steps. A step has the action with its choices and the processes that it changed.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const here = dirname(fileURLToPath(import.meta.url))
const target = join(here, '../../tests/Tools/Simulator/Specification/traces.jsonl.gz')

// Numbers, sets, maps and tuples of the Informal Trace Format, as plain JSON.
function plain(value) {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object') return value
  if ('#bigint' in value) return Number(value['#bigint'])
  if ('#tup' in value) return value['#tup'].map(plain)
  if ('#set' in value) return value['#set'].map(plain).sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
  if ('#map' in value) return value['#map'].map(([key, it]) => [plain(key), plain(it)])
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== '#meta').map(([key, it]) => [key, plain(it)]))
}

function stepsOf({ states }) {
  let before = {}
  return states.map(plain).map(({ latest, processes }) => {
    const texts = Object.fromEntries(processes.map(([name, process]) => [name, JSON.stringify(process)]))
    const changed = processes.filter(([name]) => texts[name] !== before[name])
    before = texts
    return { did: latest.tag, with: latest.value, processes: Object.fromEntries(changed) }
  })
}

const folder = mkdtempSync(join(tmpdir(), 'spec-'))
const lines = []
for (const [init, seed, count] of [['founded', 1, 140], ['unfounded', 2, 60]]) {
  const { stdout, stderr, status } = spawnSync(join(here, 'node_modules/.bin/quint'), ['run', '--backend=typescript', `--init=${init}`,
    `--seed=${seed}`, `--max-samples=${count}`, `--n-traces=${count}`, '--max-steps=80', '--verbosity=1',
    `--out-itf=${join(folder, init)}_{seq}.json`, join(here, 'group.qnt')], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stdout + stderr)
  for (const file of readdirSync(folder).filter(name => name.startsWith(`${init}_`)).sort()) {
    lines.push(JSON.stringify(stepsOf(JSON.parse(readFileSync(join(folder, file), 'utf8')))))
  }
}

rmSync(folder, { recursive: true })
writeFileSync(target, gzipSync(lines.join('\n'), { level: 9 }))
console.log(`${lines.length} traces`)
