// Explores the specifications, then plants each bug of bugs.txt in a copy and demands that an invariant fails. Then it replays what Cores did
// in the simulator.
import { existsSync, readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { checkReplays } from './replays.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const quint = join(here, 'node_modules/.bin/quint')
const { values: options } = parseArgs({ options: {
  // How many runs of each specification, how many at most of each bug, and of how many steps.
  runs: { type: 'string', default: '2000' },
  samples: { type: 'string', default: '2500' },
  steps: { type: 'string', default: '80' },
  seed: { type: 'string', default: '1' },
  // How many seeds of the simulator are replayed, and at most how many events of each.
  replays: { type: 'string', default: '30' },
  events: { type: 'string', default: '200' },
  only: { type: 'string', default: '' },
  'can-run': { type: 'boolean', default: false } } })

if (!existsSync(quint)) {
  console.log('skipped specification: Quint is not installed; run "npm ci" in docs/spec.')
  process.exit(1)
}
if (options['can-run']) process.exit(0)

function run(file, samples) {
  const began = Date.now()
  const { stdout, stderr } = spawnSync(quint, ['run', '--backend=typescript', '--invariant=safe', `--seed=${options.seed}`,
    `--max-samples=${samples}`, `--max-steps=${options.steps}`, '--verbosity=1', file], { encoding: 'utf8' })
  const text = stdout + stderr
  return {
    outcome: text.includes('[violation]') ? 'violated' : text.includes('No violation found') ? 'held' : text.trim(),
    seconds: ((Date.now() - began) / 1000).toFixed(0) }
}

function bugs() {
  return readFileSync(join(here, 'bugs.txt'), 'utf8').trim().split('\n\n').slice(1).map(block => {
    const [title, from, to] = block.split('\n')
    const [module, name] = title.split(/: (.*)/)
    return { module, name, from: from.slice(2), to: to.slice(2) }
  })
}

let [passed, failed] = [0, 0]
function report(isRight, text) {
  isRight ? passed++ : failed++
  console.log(`${isRight ? 'held  ' : 'FAILED'} ${text}`)
}

const folder = mkdtempSync(join(tmpdir(), 'spec-'))
const all = bugs().filter(bug => `${bug.module}: ${bug.name}`.includes(options.only))
for (const module of new Set(all.map(bug => bug.module))) {
  const source = readFileSync(join(here, `${module}.qnt`), 'utf8')
  if (options.only === '') {
    const { outcome, seconds } = run(join(here, `${module}.qnt`), options.runs)
    report(outcome === 'held', `${module}: ${outcome} in ${options.runs} runs of ${options.steps} steps (${seconds} s)`)
  }

  for (const bug of all.filter(each => each.module === module)) {
    if (source.split(bug.from).length !== 2) {
      report(false, `${module}, ${bug.name}: its line does not stand once in ${module}.qnt`)
      continue
    }

    const copy = join(folder, `${module}.qnt`)
    writeFileSync(copy, source.replace(bug.from, () => bug.to))
    const { outcome, seconds } = run(copy, options.samples)
    report(outcome === 'violated', `${module}, ${bug.name}: ${outcome} within ${options.samples} runs (${seconds} s)`)
  }
}

rmSync(folder, { recursive: true })
if ('traces of Core'.includes(options.only)) checkReplays(report, Number(options.replays), Number(options.events))
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
